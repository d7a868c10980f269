"""What of a brief is hidden from an endpoint when its writer wants names hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.providers import Message, Provider
    from assistant.redact import Redaction


def veiled(provider: Provider, brief: Brief, hidden: bool) -> Provider:
    """The provider, asked in placeholders where names are to be hidden."""
    if not hidden:
        return provider
    from assistant.redact import Redacting

    return Redacting(provider, _redaction(brief))


def masked(messages: tuple[Message, ...], brief: Brief) -> tuple[Message, ...]:
    """These messages as they would be sent. Raises ProviderError where something could still be read."""
    from dataclasses import replace

    redaction = _redaction(brief)
    return redaction.checked([replace(m, content=redaction.mask(m.content)) for m in messages])


def _redaction(brief: Brief) -> Redaction:
    """What a brief names: sender and reader, the company, and the names in its notes."""
    from assistant.redact import redaction_for

    notes = [*(fact.text for fact in brief.facts), *brief.already_said, *brief.avoid]
    return redaction_for([name for name in (brief.sender, brief.recipient) if name], [brief.company], names_in(notes))


def names_in(texts: Iterable[str]) -> list[str]:
    """What is a name in these texts, or may be one: any word with a capital that isn't an ordinary one. Too much comes back unharmed."""
    from assistant.checks.vocabulary import names, rules, stems_of, words
    from assistant.ordinary import is_ordinary

    plain = stems_of("function", "courtesy", "frames") | frozenset(rules("ordinary")["stems"].split())
    found = []
    for text in texts:
        found += [word.text for word in names(text)]
        capital = [w for w in words(text) if w.text[0].isupper() and w.text != "I" and w.stem not in plain]
        found += [w.text for w in capital if not is_ordinary(w.text)]
    return [re.sub(r"['’]s?$", "", name) for name in dict.fromkeys(found)]
