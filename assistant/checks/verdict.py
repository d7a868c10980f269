"""The verdict: what kind of letter this is, by an explained combination of rules, the learned reading, and the brief.

1. `checks.learned` reads the sentences and says how likely each label is; what the rules found goes into that.
2. A leaked prompt makes it `other`, whatever else it says. What the brief doesn't hold makes it `ungrounded`, unless a reader would react
   to its tone first.
3. With a brief, what was taken up from it is known: a letter that does isn't perfunctory, one that does nothing of it isn't good.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.checks.book import RuleBook
from assistant.checks.engine import finding
from assistant.checks.learned import Reading, read
from assistant.letter import Finding, Letter, Severity
from assistant.patterns import plain
from assistant.zones import parse_letter

# Which families of sentences make which verdict (guidance: how letters are labelled), and in which pack their rules stand.
CLASSES = {
    "obsequious": ("thanks", "flattery", "abasement", "apology"),
    "pushy": ("pleading", "pressure"),
    "bitter": ("bitterness",),
    "other": ("boast", "oversharing", "padding", "leak", "recipient"),
    "perfunctory": ("perfunctory",),
}
CLASS_OF = {family: label for label, families in CLASSES.items() for family in families}
# A wrong recipient shows in no single sentence, a leak has its patterns: neither has a learned rule.
_RULE_OF = {family: f"{family}.sense" for family in CLASS_OF if family not in ("leak", "recipient")} | {
    "leak": "form.leak"
}
UNTRUE = "says what the brief doesn't"
# Log-odds from which a sentence is named: as a warning (then one good letter in ten has one), as an error in a letter that isn't good, and
# as an error in a letter that has the very fault. By cross-validation over authors; `python -m evals validate` measures what they cost.
SPEAKS, SHOUTS, WHISPERS = -0.8, 0.5, -1.8
LIKELY = 0.25  # from which a fault is believed of a letter that reads as perfunctory and yet takes up the brief
INNOCENT = -6.0  # and what is left of a reading that a guard excuses


def errors_of(label: str, found: Sequence[Finding], book: RuleBook) -> list[Finding]:
    """The errors of the rules that make a letter this."""
    return [f for f in found if f.severity == "error" and f.rule in book.rules and book.rules[f.rule].verdict == label]


def rule_measures(found: Sequence[Finding], book: RuleBook) -> dict[str, float]:
    """What the rules add to the measures that the model of letters weighs: findings by verdict, 3 of each at most."""
    out = {f"rules.{label}": 0.0 for label in CLASSES}
    for f in found:
        rule = book.rules.get(f.rule)
        if rule and f"rules.{rule.verdict}" in out:
            out[f"rules.{rule.verdict}"] = min(
                3.0, out[f"rules.{rule.verdict}"] + (1.0 if f.severity == "error" else 0.5)
            )
    return out


def excused(reading: Reading, letter: Letter, book: RuleBook) -> Reading:
    """The reading without what the `unless` of a learned rule excuses: "I won't ask you to reconsider" asks nothing."""
    matcher, families = book.guards
    sentences = []
    for sentence, read_as in zip(letter.sentences, reading.sentences, strict=False):
        gone = {families[number] for number in matcher.hits(plain(sentence.text))}
        sentences.append({f: min(v, INNOCENT) if f in gone else v for f, v in read_as.items()} if gone else read_as)
    return replace(reading, sentences=tuple(sentences))


def sentence_reads(text: str, rule_id: str) -> float:
    """How strongly a sentence by itself reads as what this learned rule is about, as log-odds."""
    family = next(name for name, rule in _RULE_OF.items() if rule == rule_id)
    return read(parse_letter(text)).sentences[0][family]


@dataclass(frozen=True)
class Verdict:
    """What the letter is, how likely that is (0 to 1), and why, in one line for the user."""

    label: str
    certainty: float
    why: str


def decide(
    likely: Mapping[str, float], findings: Sequence[Finding], book: RuleBook, taken_up: bool | None, kind: str
) -> Verdict:
    """The verdict. `likely` is what was learned; `taken_up` says whether something of the brief is in the letter, None without a brief."""
    label = max(likely, key=lambda name: likely[name])
    other = errors_of("other", findings, book)
    if unfit := [f for f in other if f.rule in ("form.leak", "form.empty", "form.language")]:
        return Verdict("other", 1.0, unfit[0].message)
    if (
        label == "good"
        and taken_up is None
        and any(f.rule == "substance.missing" for f in findings if f.severity == "error")
    ):
        label = "perfunctory"
    if taken_up and label == "perfunctory":
        # A short plain letter is mostly perfunctory to the reading; what is left of its odds, a twentieth here and there, names no fault.
        faults = [name for name in CLASSES if name != "perfunctory" and likely[name] >= LIKELY]
        label = max(faults, key=lambda name: likely[name], default="good")
    elif taken_up is False and label == "good":
        label = "perfunctory"
    untrue = errors_of("ungrounded", findings, book)
    if untrue and (label in ("good", "perfunctory") or likely[label] < 0.5):
        return Verdict("ungrounded", 1.0, untrue[0].message)
    if other and label in ("good", "perfunctory"):
        return Verdict("other", 1.0, other[0].message)
    return verdict_of(label, likely, kind, taken_up is not False)


def verdict_of(label: str, likely: Mapping[str, float], kind: str, about_it: bool = True) -> Verdict:
    """The verdict with its reason; a plain acknowledgement is as it should be, and so is a short letter of another kind `about_it`."""
    if label == "perfunctory" and (kind == "ack" or (kind != "note" and about_it)):
        return Verdict(
            "good", likely[label], f"plain and polite, as {'an' if kind[0] in 'aeiou' else 'a'} {kind} should be"
        )
    return Verdict(label, likely[label], _WHY[label])


def named_fault(found: Sequence[Finding], book: RuleBook) -> str:
    """The fault that a pattern names in a letter that otherwise reads well, "" when there is none.

    On the development letters nine of ten with such an error were labelled faulty, so it outweighs the reading. Counting rules, a
    third thanks, say nothing of the whole.
    """
    named = [f for label in ("bitter", "pushy", "obsequious") for f in errors_of(label, found, book)]
    rules = [book.rules[f.rule] for f in sorted(named, key=lambda f: found.index(f))]
    return next((rule.verdict for rule in rules if rule.type in ("existence", "cooccur")), "")


_WHY = {
    "good": "particular, and nothing stands against it",
    "perfunctory": "polite and harmless; nothing in it is particular, so it will be forgotten",
    "obsequious": "more thanks, praise or smallness than the occasion bears",
    "bitter": "a sting is left for the reader",
    "pushy": "asks for more than the reader can be asked for",
    "other": "something in it shouldn't go out as it is",
}


def sentence_findings(
    letter: Letter,
    read: Sequence[Mapping[str, float]],
    verdict: Verdict,
    found: Sequence[Finding],
    book: RuleBook,
    reads_so: bool,
) -> Iterator[Finding]:
    """What the learned reading has against single sentences, where no pattern has named the same fault already.

    In a letter that has a fault and reads so, the sentences that most make it so are errors; in any other, only what reads very strongly
    is named.
    """
    # Where a rule has named the fault already, no sentence is blamed only for being the worst of good ones.
    worst = max((r[family] for r in read for family in CLASSES.get(verdict.label, ())), default=-9.0)
    strongest = None if errors_of(verdict.label, found, book) else worst
    for sentence, reading in zip(letter.sentences, read, strict=False):
        family = max(CLASS_OF, key=lambda name: reading[name])
        inside = CLASSES.get(verdict.label, ()) if reads_so else ()
        own = max(inside, key=lambda name: reading[name], default="")
        named: tuple[str, Severity] | None = None
        if own and verdict.label != "perfunctory" and (reading[own] > WHISPERS or reading[own] == strongest):
            named = (own, "error")
        elif CLASS_OF[family] == "perfunctory":
            continue
        elif reading[family] > SPEAKS:
            named = (family, "error" if reading[family] > SHOUTS and verdict.label != "good" else "warning")
        if named is None or _RULE_OF.get(named[0]) not in book.rules:
            continue
        rule = _RULE_OF[named[0]]
        pack = rule.partition(".")[0]
        if any(
            f.rule.startswith(f"{pack}.") and f.span.start < sentence.span.end and f.span.end > sentence.span.start
            for f in found
        ):
            continue
        yield finding(book.rules[rule], sentence.span, sentence.text, named[1])
