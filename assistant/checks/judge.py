"""A model's second look at the truth of a letter. It may add findings, never take one away; what it can't quote counts for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.brief import Brief
from assistant.letter import Finding, Letter, Span
from assistant.prompts import Template, fenced
from assistant.providers import Provider, Request, Usage

VERDICTS = ("supported", "contradicted", "absent")
_ANSWER_TOKENS = 2000


@dataclass(frozen=True)
class Judgement:
    """What the judge added. `claims` had quotes that stand in the letter; `unscored` says why there is no judgement, "" otherwise."""

    findings: tuple[Finding, ...]
    claims: int = 0
    unscored: str = ""
    usage: Usage = field(default_factory=Usage)


def judge(letter: Letter, brief: Brief, provider: Provider, template: Template) -> Judgement:
    """Ask for the letter's claims, each with a quote of letter and notes, and verify the quotes. Raises ProviderError and its kinds."""
    facts = "\n".join(f"- {fenced(text)}" for text in _notes(brief))
    request = Request(template.render(facts=facts, letter=fenced(letter.mail)), max_tokens=_ANSWER_TOKENS)
    completion = provider.complete(request)
    try:
        claims = _claims(completion.texts[0])
    except ValueError as error:
        return Judgement((), unscored=str(error), usage=completion.usage)
    placed = [(span, claim) for claim in claims if (span := _find(claim["letter"], letter.text, letter.body.start))]
    if claims and not placed:
        return Judgement((), unscored="none of its quotations stands in the letter", usage=completion.usage)
    found = tuple(_findings(placed, letter, " \n".join(_notes(brief))))
    return Judgement(found, len(placed), usage=completion.usage)


def _notes(brief: Brief) -> list[str]:
    about = [f"the sender is {brief.sender}", f"the reader is {brief.recipient or 'not named'}, {brief.recipient_role}"]
    return [*about, f"the job: {brief.job_title} at {brief.company}", *(f.text for f in brief.facts)]


def _claims(text: str) -> list[dict[str, str]]:
    """The claims of an answer. Raises ValueError, in words, for anything but the JSON that was asked for."""
    start, end = text.find("{"), text.rfind("}")
    try:
        values: Any = json.loads(text[start : end + 1]) if 0 <= start < end else None
    except json.JSONDecodeError as error:
        raise ValueError(f"the answer is no JSON ({error.msg})") from None
    claims = values.get("claims") if isinstance(values, dict) else None
    if not isinstance(claims, list):
        raise ValueError("the answer holds no claims")
    for claim in claims:
        texts = isinstance(claim, dict) and all(
            isinstance(claim.get(key), str) for key in ("letter", "notes", "verdict")
        )
        if not texts or claim["verdict"] not in VERDICTS:
            raise ValueError("a claim lacks its quotations or its verdict")
    return claims


def _find(quote: str, text: str, start: int) -> Span | None:
    """Where a quotation stands, whatever the white space and case; at least two words or eight letters of it."""
    words = quote.split()
    if len(quote.strip()) < 8 and len(words) < 2:
        return None
    m = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE).search(text, start)
    return Span(m.start(), m.end()) if m else None


def _findings(placed: list[tuple[Span, dict[str, str]]], letter: Letter, notes: str) -> Iterator[Finding]:
    """Absent claims, contradicted ones whose note is really there, and supported ones whose note isn't."""
    for span, claim in placed:
        quoted = bool(claim["notes"].strip()) and _find(claim["notes"], notes, 0) is not None
        if claim["verdict"] == "contradicted" and quoted:
            message, fix = f"a model finds that the notes say otherwise: {claim['notes']}", "compare the two"
            yield Finding("grounding.judged", "error", message, span, span.of(letter.text), fix)
        elif claim["verdict"] == "absent" or not quoted:
            message = "a model finds nothing in the notes that says so"
            yield Finding(
                "grounding.judged",
                "warning",
                message,
                span,
                span.of(letter.text),
                "is it true? then add it to the brief",
            )
