"""One letter, scored by every check. Pure: a case and a letter in, a mark for each check out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from assistant.checks import Report, check
from assistant.checks.book import shipped_book
from assistant.checks.vocabulary import content_stems
from evals.suite.cases import Case, expectation_failures
from evals.suite.drafting import Recorded
from evals.suite.references import Bands, references

# Rules of the pack `form` that are checks of their own, because they may never fail.
NAMES = ("form.greeting", "form.signature")
LEAK = "form.leak"


@dataclass(frozen=True)
class Mark:
    """What one check says of one letter: 1 passed, 0 failed, or something between; `why` in words where it isn't 1.

    `value` None: the check has nothing to say here, and `why` says why. That is told apart from a check that failed to run (`raised`).
    """

    value: float | None
    why: str = ""
    raised: bool = False


@dataclass(frozen=True)
class Subject:
    """What the checks look at: the case, what was recorded, the report of the package's own checks on the letter as it stands."""

    case: Case
    recorded: Recorded
    report: Report
    bands: Bands


@functools.cache
def packs() -> tuple[str, ...]:
    """The rule packs of the package, each of them a check here."""
    return tuple(sorted({rule.partition(".")[0] for rule in shipped_book().rules}))


def _pack(name: str) -> Callable[[Subject], Mark]:
    """0 when a rule of the pack finds an error, a half when it only warns, as it does of one doubtful sentence in a good letter.

    What is untrue is an error; a warning there is a doubt of the check's own, and one honest letter in six has one.
    """

    def mark(of: Subject) -> Mark:
        apart = (*NAMES, LEAK) if name == "form" else ()
        found = [f for f in of.report.findings if f.rule.startswith(f"{name}.") and f.rule not in apart]
        why = "; ".join(f"{f.rule}, {f.severity}: {f.text[:60]}" for f in found[:3])
        doubt = 1.0 if name == "grounding" else 0.5
        return Mark(0.0 if any(f.severity == "error" for f in found) else doubt if found else 1.0, why)

    return mark


def _names(of: Subject) -> Mark:
    found = [f for f in of.report.errors if f.rule in NAMES]
    return _passed(not found, "; ".join(f.message for f in found))


def _leak(of: Subject) -> Mark:
    found = [f for f in of.report.errors if f.rule == LEAK]
    return _passed(not found, "; ".join(f.text for f in found))


def _verdict(of: Subject) -> Mark:
    return _passed(of.report.verdict == "good", f"{of.report.verdict}: {of.report.why}")


def _expected(of: Subject) -> Mark:
    case = of.case
    if "expected" not in owed(case):
        return Mark(None, "the case expects nothing in particular")
    broken = expectation_failures(case, of.recorded.text)
    return _passed(not broken, "; ".join(broken))


def _particular(of: Subject) -> Mark:
    """Half for each fact that the letter takes up, two at most: for a brief of one fact, one is enough."""
    there = len(of.case.brief.facts)
    if "particular" not in owed(of.case):
        return Mark(None, "there is nothing that should be taken up")
    from assistant.checks.substance import rests_on

    taken = sum(any(rests_on(s, fact) for s in of.report.letter.sentences) for fact in of.case.brief.facts)
    wanted = min(2, there)
    return Mark(min(taken, wanted) / wanted, f"{taken} of {there} facts taken up")


def _band_length(of: Subject) -> Mark:
    words = of.report.letter.words
    place = of.bands.length(of.report.kind, words)
    band = of.bands.kinds[of.report.kind]["words"]
    why = f"{words} words, {place}; the references have {band.low:.0f} to {band.high:.0f}"
    return Mark(0.0 if place.startswith("too") else 1.0, why)


def _band_tone(of: Subject) -> Mark:
    kind = of.report.kind
    values = {measure.name: measure.value for measure in of.report.profile}
    far, limit = of.bands.tone(kind, values), of.bands.limits[kind]
    outside = [name for name, band in of.bands.kinds[kind].items() if name != "words" and band.distance(values[name])]
    return Mark(
        float(far <= limit), f"{far:.2f} widths from the references, who keep within {limit:.2f}: {', '.join(outside)}"
    )


def _closeness(of: Subject) -> Mark:
    """What the letter and the reference on the same brief share of their content words, as F1."""
    if "closeness" not in owed(of.case):
        return Mark(None, "no reference was written on this brief")
    own = next(r for r in references() if r.name == of.case.reference)
    said, wanted = content_stems(of.recorded.text), content_stems(own.letter)
    shared = len(said & wanted)
    return Mark(round(2 * shared / max(1, len(said) + len(wanted)), 3), f"{shared} content words shared")


def _passed(good: bool, why: str) -> Mark:
    return Mark(1.0) if good else Mark(0.0, why)


# `written` stands first: without a letter there is nothing for the others to say.
CHECKS: dict[str, Callable[[Subject], Mark]] = {
    **{name: _pack(name) for name in packs()},
    "names": _names,
    "leak": _leak,
    "verdict": _verdict,
    "expected": _expected,
    "particular": _particular,
    "band_length": _band_length,
    "band_tone": _band_tone,
    "closeness": _closeness,
}
NAMED = ("written", *CHECKS)
# Those that have nothing to say of some letters: the case expects nothing, holds nothing, has no reference.
MAY_BE_SILENT = ("expected", "particular", "closeness")


def marks(case: Case, recorded: Recorded, bands: Bands) -> dict[str, Mark]:
    """A mark from every check. One that raises gives a mark that says so; it is never left out."""
    if not recorded.text.strip():
        why = recorded.refused or "an empty letter"
        return {"written": Mark(0.0, why)} | dict.fromkeys(CHECKS, Mark(None, "there is no letter"))
    out = {"written": Mark(1.0)}
    try:
        subject = Subject(case, recorded, check(recorded.text, case.brief, kind_of(case)), bands)
    except Exception as error:
        return out | dict.fromkeys(CHECKS, _raised(error))
    for name, mark in CHECKS.items():
        try:
            out[name] = mark(subject)
        except Exception as error:  # whatever it is: a check that fails must be seen, and the others still speak
            out[name] = _raised(error)
    return out


def kind_of(case: Case) -> str:
    """The kind that a letter on this case must be: the one asked for, or an acknowledgement where the brief holds nothing to say.

    Not what the writer says it wrote, nor what it planned: one that gave up on every fact would otherwise be held to less.
    """
    return "ack" if case.kind == "note" and not case.brief.facts else case.kind


def owed(case: Case) -> tuple[str, ...]:
    """Which of the checks that may be silent must speak of a letter on this case."""
    there = {
        "expected": bool(case.must or case.never or case.one_of),
        "particular": bool(case.brief.facts) and kind_of(case) != "ack",
        "closeness": bool(case.reference),
    }
    return tuple(name for name in MAY_BE_SILENT if there[name])


def _raised(error: Exception) -> Mark:
    return Mark(None, f"{type(error).__name__}: {error}", raised=True)
