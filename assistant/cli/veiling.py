"""Redaction on the command line: when it is on, and what of a brief it hides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

_START = re.compile(r"[^\W\d_]+(?= [A-ZÀ-Þ])|[A-ZÀ-Þ][^\W\d_]+(?: [A-ZÀ-Þ][^\W\d_]+)?")

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.providers import Message, Provider
    from assistant.redact import Redaction
    from assistant.settings import ModelSettings


def masking(flag: bool | None, settings: ModelSettings) -> bool:
    """Whether names are hidden: as the flag says, else as `redact` in the settings file; never where nothing leaves the machine."""
    from assistant.settings import config_folder, redacts

    if settings.provider != "openai":
        return False
    return redacts(config_folder() / "config.toml") if flag is None else flag


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
    from assistant.checks.vocabulary import names
    from assistant.ordinary import is_ordinary
    from assistant.redact import redaction_for

    notes = [*(fact.text for fact in brief.facts), *brief.already_said, *brief.avoid]
    others = [word.text for note in notes for word in names(note)]
    # A name that begins a note isn't told from any word that begins one: masking too much comes back unharmed.
    starts = [found.group() for note in notes if (found := _START.match(note))]
    others += [word for start in starts for word in start.split() if not is_ordinary(word)]
    return redaction_for([name for name in (brief.sender, brief.recipient) if name], [brief.company], others)
