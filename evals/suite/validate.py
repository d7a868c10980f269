"""The scorers held to damaged references: does the check that is meant notice, does it stay quiet before, and what moved
that shouldn't have?

Each damage is done to each reference letter by itself. What must not matter (other names, another spelling, another order)
must move nothing.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant import Brief
from assistant.zones import parse_letter
from evals.data import faulty_sentences, grounded
from evals.spoil import NAMES, insert, reordered, respelt
from evals.suite.cases import Case, reference_cases
from evals.suite.drafting import Recorded
from evals.suite.marks import CHECKS, marks
from evals.suite.references import Bands, read_bands, references

Damage = Callable[[Case, str, random.Random], tuple[Case, str]]
# What a damage may move besides the check that it is meant for: the verdict, whatever the letter's tone and length are held
# to, and the neighbours whose
# rules speak of the same fault.
MAY_FOLLOW = ("verdict", "band_tone", "band_length", "length", "closeness")
LEAKS = (
    "Sure! Here is your reply to the rejection:",
    "As an AI language model, I can't attend events.",
    "[insert company name]",
)


@dataclass(frozen=True)
class Meant:
    """A damage, the checks of which one must notice it, and those whose moving is no surprise."""

    name: str
    damage: Damage
    notice: tuple[str, ...]
    follow: tuple[str, ...] = ()


def damages() -> list[Meant]:
    """All damages."""
    sentences = defaultdict(list)
    for row in (*faulty_sentences("development"), *faulty_sentences("test")):
        sentences[row["family"]].append(row["text"])
    tone = (*sentences, "grounding")  # a sentence of any fault is also one that the brief doesn't hold
    untrue = [i["sentence"] for row in grounded("test") for i in row["inventions"]]
    out = [Meant(f"a sentence of {family}", _sentence(texts), (family,), tone) for family, texts in sentences.items()]
    return [
        *out,
        Meant("an invented sentence", _sentence(untrue), ("grounding",), tone),
        Meant("text of a program left in", _sentence(list(LEAKS)), ("leak", "form"), ("padding", "machine", "names", "grounding")),
        Meant("another name greeted", _greeted, ("names",), ("grounding",)),
        Meant("signed by somebody else", _signed, ("names",), ("grounding",)),
        Meant("no subject, then two", _subjects, ("form",), ("names",)),
        Meant("a word that was to be avoided", _avoided, ("avoid",)),
        Meant("a sentence that was said before", _said_before, ("repeat",)),
        Meant("nothing particular left", _bare, ("substance", "particular"), ("hook", "perfunctory", "names", "grounding")),
        Meant("thrice as long", _longer, ("band_length",), (*tone, "repeat")),
        Meant("cut to its first words", _cut, ("band_length",), ("substance", "hook", "particular", "perfunctory", "names")),
        Meant("thanks where they are no custom", _thanking_abroad, ("region",), tone),
    ]  # fmt: skip


def _sentence(texts: list[str]) -> Damage:
    return lambda case, text, draw: (case, insert(text, draw.choice(texts), draw)[0])


def _greeted(case: Case, text: str, draw: random.Random) -> tuple[Case, str]:
    greeting = parse_letter(text).greeting
    return case, f"{text[: greeting.start]}Dear {draw.choice(NAMES)},{text[greeting.end :]}" if greeting.of(
        text
    ) else text


def _signed(case: Case, text: str, draw: random.Random) -> tuple[Case, str]:
    signature = parse_letter(text).signature
    return case, f"{text[: signature.start]}{draw.choice(NAMES)}\n" if signature.of(text) else text


def _subjects(case: Case, text: str, _: random.Random) -> tuple[Case, str]:
    return case, f"Subject:\nSubject: one\n\n{text}"


def _avoided(case: Case, text: str, draw: random.Random) -> tuple[Case, str]:
    words = re.findall(r"\b[a-z]{6,}\b", text)
    return (replace(case, brief=replace(case.brief, avoid=(draw.choice(words),))), text) if words else (case, text)


def _said_before(case: Case, text: str, draw: random.Random) -> tuple[Case, str]:
    long = [s.text for s in parse_letter(text).sentences if len(s.text.split()) >= 8]
    return (replace(case, brief=replace(case.brief, already_said=(draw.choice(long),))), text) if long else (case, text)


def _bare(case: Case, text: str, _: random.Random) -> tuple[Case, str]:
    if case.kind != "note":
        return case, text
    letter = parse_letter(text)
    said = "Thank you for letting me know about your decision. I wish you and your team all the best, and please keep me in mind."
    return case, f"{text[: letter.body.start]}{said}{text[letter.body.end :]}"


def _longer(case: Case, text: str, _: random.Random) -> tuple[Case, str]:
    body = parse_letter(text).body
    return case, f"{text[: body.end]}\n\n{body.of(text)}\n\n{body.of(text)}{text[body.end :]}"


def _cut(case: Case, text: str, _: random.Random) -> tuple[Case, str]:
    body = parse_letter(text).body
    return case, f"{text[: body.start]}{' '.join(body.of(text).split()[:3])}.{text[body.end :]}"


def _thanking_abroad(case: Case, text: str, draw: random.Random) -> tuple[Case, str]:
    there = replace(case, brief=replace(case.brief, region="UK"))
    return (
        (there, insert(text, "Thank you for the time you took, and thanks again for the tour.", draw)[0])
        if case.kind == "note"
        else (case, text)
    )


def _renamed(case: Case, text: str, draw: random.Random) -> tuple[Case, str]:
    """Both people under other names, in the brief and in the letter."""
    old = {part for name in (case.brief.sender, case.brief.recipient) for part in re.findall(r"[^\W\d_]{3,}", name)}
    new = dict(zip(sorted(old), draw.sample(NAMES, min(len(old), len(NAMES))), strict=False))
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, new))})\b") if new else None
    if pattern is None:
        return case, text

    def other(words: str) -> str:
        return pattern.sub(lambda m: new[m.group()], words)

    values = {field: getattr(case.brief, field) for field in Brief.__dataclass_fields__}
    changed = {
        k: other(v) if isinstance(v, str) else tuple(map(other, v)) if isinstance(v, tuple) else v
        for k, v in values.items()
    }
    return replace(case, brief=Brief(**changed)), other(text)


INVARIANCES: dict[str, Damage] = {
    "other names": _renamed,
    "another spelling": lambda case, text, draw: (case, respelt(text, draw)),
    "paragraphs in another order": lambda case, text, draw: (case, reordered(text, draw)),
}


def scorers() -> Iterator[str]:
    """The measurements as lines of Markdown."""
    bands, own = read_bands(), {reference.name: reference for reference in references()}
    cases = [(case, own[case.name].letter) for case in reference_cases()]
    before = {case.name: _marks(case, letter, bands) for case, letter in cases}
    yield f"# The scorers on {len(cases)} references\n"
    yield from _false_alarms(before)
    yield from _damaged(cases, before, bands)
    yield from _contrasts(bands)
    yield from _unmoved(cases, before, bands)


def _marks(case: Case, text: str, bands: Bands) -> dict[str, float | None]:
    made = {"subject": "", "body": text, "kind": case.kind}
    found = marks(case, Recorded("", case.name, 1, 1, "ours", "", 0.0, "", made=made), bands)
    if broken := [f"{name}: {mark.why}" for name, mark in found.items() if mark.raised]:
        raise RuntimeError(f"{case.name}: {broken[0]}")  # a scorer that fails here is a defect, and shows
    return {name: mark.value for name, mark in found.items()}


def _false_alarms(before: dict[str, dict[str, float | None]]) -> Iterator[str]:
    failed = Counter(
        check for found in before.values() for check, value in found.items() if value is not None and value < 1
    )
    shown = ", ".join(f"{check} {n}" for check, n in failed.most_common())
    clean = sum(all(v in (None, 1) for v in found.values()) for found in before.values())
    yield f"false alarms: {clean} of {len(before)} references pass every check; the others fail {shown}\n"


def _damaged(cases: list[tuple[Case, str]], before: dict[str, dict[str, float | None]], bands: Bands) -> Iterator[str]:
    yield "| damage | letters | meant to notice | kill rate | by any check | moved besides, that shouldn't have |"
    yield "|---|---|---|---|---|---|"
    for meant in damages():
        draw, killed, seen, n, astray = random.Random(meant.name), 0, 0, 0, Counter[str]()
        for case, text in cases:
            changed, spoilt = meant.damage(case, text, draw)
            if (changed, spoilt) == (case, text) or any((before[case.name][c] or 0) < 1 for c in meant.notice[:1]):
                continue
            after = _marks(changed, spoilt, bands)
            fell = {c for c in CHECKS if _fell(before[case.name][c], after[c])}
            n += 1
            killed += bool(fell & set(meant.notice))
            seen += bool(fell - {"closeness"})
            astray.update(fell - {*meant.notice, *meant.follow, *MAY_FOLLOW})
        moved = ", ".join(f"{check} {count}" for check, count in astray.most_common(4)) or "nothing"
        rates = f"{killed / max(1, n):.2f} | {seen / max(1, n):.2f}"
        yield f"| {meant.name} | {n} | {', '.join(meant.notice)} | {rates} | {moved} |"
    yield ""


def _fell(before: float | None, after: float | None) -> bool:
    return before is not None and after is not None and after < before


def _contrasts(bands: Bands) -> Iterator[str]:
    """The twins that people wrote."""
    cases = {case.name: case for case in reference_cases()}
    count, noticed, silent = Counter[str](), Counter[str](), defaultdict(list)
    for reference in references():
        for contrast in reference.contrasts:
            found = _marks(cases[reference.name], contrast.letter, bands)
            looked = ("band_length",) if contrast.fault in ("long", "short") else ("verdict",)
            count[contrast.fault] += 1
            if any(found[c] == 0 for c in looked):
                noticed[contrast.fault] += 1
            else:
                silent[contrast.fault].append(reference.name)
    yield "| contrast letters | of them noticed | missed |\n|---|---|---|"
    for fault, n in count.items():
        yield f"| {n} {fault} | {noticed[fault] / n:.2f} | {', '.join(silent[fault])} |"
    yield ""


def _unmoved(cases: list[tuple[Case, str]], before: dict[str, dict[str, float | None]], bands: Bands) -> Iterator[str]:
    yield "| what must move nothing | letters | moved nothing | moved |\n|---|---|---|---|"
    for name, change in INVARIANCES.items():
        draw, n, moved = random.Random(name), 0, Counter[str]()
        still = 0
        for case, text in cases:
            changed, other = change(case, text, draw)
            if other == text:
                continue
            after = _marks(changed, other, bands)
            fell = [c for c in CHECKS if c != "closeness" and before[case.name][c] != after[c]]
            n, still = n + 1, still + (not fell)
            moved.update(fell)
        shown = ", ".join(f"{check} {count}" for check, count in moved.most_common(5)) or "nothing"
        yield f"| {name} | {n} | {still / max(1, n):.2f} | {shown} |"
