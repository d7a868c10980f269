"""afternote: a short, true, specific note after a job rejection, or the word that none is needed.

from assistant import Brief, check, compose
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.brief import Brief, Fact
    from assistant.checks import Report, check
    from assistant.letter import Finding, Letter, Sentence, Span
    from assistant.writing import Draft, LeftOut, Options, compose

__version__ = "0.1.0"
_HOMES = {
    "Brief": "assistant.brief",
    "Draft": "assistant.writing",
    "Fact": "assistant.brief",
    "Finding": "assistant.letter",
    "LeftOut": "assistant.writing",
    "Letter": "assistant.letter",
    "Options": "assistant.writing",
    "Report": "assistant.checks",
    "Sentence": "assistant.letter",
    "Span": "assistant.letter",
    "check": "assistant.checks",
    "compose": "assistant.writing",
}
__all__ = [
    "Brief",
    "Draft",
    "Fact",
    "Finding",
    "LeftOut",
    "Letter",
    "Options",
    "Report",
    "Sentence",
    "Span",
    "check",
    "compose",
]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used: `afternote --help` needs none of them."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
