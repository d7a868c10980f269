"""What a model points at in a rejection. It may add to what was read, never take away, and only with words that stand in the mail."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from assistant.brief import STAGES
from assistant.prompts import Template, fenced
from assistant.providers import Provider, Request
from assistant.rejection import Rejection

# What a model may add. That a mail is hostile or a machine's, and so not to be answered, is no model's to say.
MAY_ADD = ("personal", "invites_contact", "mentions_other_opening", "gives_reason")
MOST_SENT = 12_000  # characters of the mail
LEAST_QUOTE = 3  # words, but for a name
_ANSWER_TOKENS = 700


def propose(rejection: Rejection, provider: Provider, template: Template) -> tuple[Rejection, tuple[str, ...]]:
    """The rejection with what the model found, and remarks on what of it counted for nothing. Raises ProviderError and its kinds."""
    request = Request(template.render(mail=fenced(rejection.email.written[:MOST_SENT])), max_tokens=_ANSWER_TOKENS)
    try:
        found = _answer(provider.complete(request).texts[0])
    except ValueError as error:
        return rejection, (f"the model's reading counts for nothing: {error}",)
    remarks = [
        f"{name}: its words don't stand in the mail"
        for name in (*MAY_ADD, "stage")
        if name in found and not _stands(found[name], rejection)
    ]
    added = {name: words for name in MAY_ADD if (words := _stands(found.get(name, ""), rejection))}
    evidence = {**rejection.signals.evidence}
    for name, quote in added.items():
        evidence[name] = (*evidence.get(name, ()), quote)
    yes: dict[str, Any] = dict.fromkeys(added, True)
    signals = replace(rejection.signals, evidence=evidence, **yes)
    if signals.stage is None and found.get("reached") in STAGES and _stands(found.get("stage", ""), rejection):
        signals = replace(
            signals, stage=found["reached"], evidence={**evidence, "stage": (_stands(found["stage"], rejection),)}
        )
    keys = [key for key in ("company", "job_title") if not getattr(rejection, key)]
    names: dict[str, Any] = {key: name for key in keys if (name := _name(found.get(key, ""), rejection))}
    return replace(rejection, signals=signals, **names), tuple(remarks)


def _answer(text: str) -> dict[str, str]:
    """The texts of an answer by name. Raises ValueError, in words, for anything but the JSON that was asked for."""
    start, end = text.find("{"), text.rfind("}")
    try:
        values: Any = json.loads(text[start : end + 1]) if 0 <= start < end else None
    except json.JSONDecodeError as error:
        raise ValueError(f"its answer is no JSON ({error.msg})") from None
    except RecursionError:
        raise ValueError("its answer is nested too deeply") from None
    if not isinstance(values, dict):
        raise ValueError("its answer is no JSON object")
    return {key: value for key, value in values.items() if isinstance(value, str) and value.strip()}


def _stands(quote: str, rejection: Rejection, least: int = LEAST_QUOTE) -> str:
    """The quotation as it stands in what the sender wrote, whatever white space and case the model gave it; "" when it doesn't."""
    words = quote.split()
    if len(words) < least or len(quote) > 600:
        return ""
    spaced = r"\s+".join(map(re.escape, words))
    found = re.search(rf"(?<!\w){spaced}(?!\w)", rejection.email.written, re.IGNORECASE)
    return " ".join(found.group().split()) if found else ""


def _name(quote: str, rejection: Rejection) -> str:
    """A name that stands in the mail; what has no capital there is a mere word."""
    name = _stands(quote, rejection, 1)
    return name if any(ch.isupper() for ch in name) or not name.isascii() else ""
