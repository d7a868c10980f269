"""afternote: a short, true, specific note after a job rejection, or the word that none is needed.

from assistant import Brief, advise, check, compose
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.advice import Advice, Reason, Situation, advise
    from assistant.brief import Brief, Fact
    from assistant.checks import Report, check
    from assistant.letter import Finding, Letter, Sentence, Span
    from assistant.mail.email import Email
    from assistant.rejection import Rejection, Signals, read_rejection
    from assistant.writing import Draft, LeftOut, Options, compose

__version__ = "0.1.0"
_HOMES = {
    "Advice": "assistant.advice",
    "Brief": "assistant.brief",
    "Draft": "assistant.writing",
    "Email": "assistant.mail.email",
    "Fact": "assistant.brief",
    "Finding": "assistant.letter",
    "LeftOut": "assistant.writing",
    "Letter": "assistant.letter",
    "Options": "assistant.writing",
    "Reason": "assistant.advice",
    "Rejection": "assistant.rejection",
    "Report": "assistant.checks",
    "Sentence": "assistant.letter",
    "Signals": "assistant.rejection",
    "Situation": "assistant.advice",
    "Span": "assistant.letter",
    "advise": "assistant.advice",
    "check": "assistant.checks",
    "compose": "assistant.writing",
    "read_rejection": "assistant.rejection",
}
__all__ = [
    "Advice",
    "Brief",
    "Draft",
    "Email",
    "Fact",
    "Finding",
    "LeftOut",
    "Letter",
    "Options",
    "Reason",
    "Rejection",
    "Report",
    "Sentence",
    "Signals",
    "Situation",
    "Span",
    "advise",
    "check",
    "compose",
    "read_rejection",
]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: `afternote --help` needs none of them."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
