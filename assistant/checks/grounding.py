"""Hold every sentence to the brief: its names, numbers and dates, whether it claims what nobody told, and whether it turns a fact round."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.brief import Brief, Fact
from assistant.checks.figures import licensed_numbers, numbers
from assistant.checks.support import Grounds, grounds_of, knows, new_words, novelty_measures, rests_upon, weigh
from assistant.checks.turns import meant, relation_measures
from assistant.checks.vocabulary import names, stem, stems, stems_of, words
from assistant.letter import Finding, Letter, Sentence, Severity, Span

PLAIN = 1.5  # log-odds above the threshold from which a fact turned round is an error; between, a warning
_MEND = "take it out, or add it to the brief if it is true"


def check_grounding(letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
    """`grounding.*` on the body's sentences and the subject line."""
    if brief is None:
        return
    grounds = grounds_of(brief)
    for sentence in letter.sentences:
        yield from _strangers(sentence, grounds)
        resting = rests_upon(sentence.text, grounds)
        yield from _exchanged(sentence, resting)
        yield from _unsupported(sentence, resting, grounds)
        if resting:
            yield from _turned(sentence, meant(sentence.text, resting), grounds)
    if letter.subject:
        start = letter.text.find(letter.subject)
        line = Sentence(letter.subject, Span(start, start + len(letter.subject)))
        yield from _strangers(line, grounds, title=True)


def _strangers(sentence: Sentence, grounds: Grounds, title: bool = False) -> Iterator[Finding]:
    """Names and numbers from nowhere. A title has its own capitals, so there only numbers are held to the brief."""
    for w in [] if title else names(sentence.text):
        if (
            knows(w.stem, grounds.known)
            or stem(w.text.split("-")[0]) in grounds.known
            or w.stem in stems_of("courtesy")
            or (w.text.isupper() and len(w.text) == 1)
        ):
            continue
        what = "date" if w.stem in stems_of("months_and_days") else "name"
        yield _finding(f"grounding.{what}", f"the {what} {w.text} stands nowhere in the brief", sentence, w.span)
    for value, span in numbers(sentence.text).items():
        if value not in grounds.numbers and not _counts_nothing(sentence.text, span):
            message = f"the number {span.of(sentence.text)} stands nowhere in the brief"
            yield _finding("grounding.number", message, sentence, span)


def _counts_nothing(sentence: str, span: Span) -> bool:
    """`a second look`, `the two of you`: words of number that a brief needn't have; `two weeks` it must have."""
    word = span.of(sentence).lower()
    after = words(sentence[span.end :])[:1]
    return word in ("second", "third") or (word == "two" and not any(w.stem in stems_of("units") for w in after))


def _exchanged(sentence: Sentence, resting: list[Fact]) -> Iterator[Finding]:
    """A number or date that the brief has, but elsewhere: the fact that the sentence rests on says another, which the sentence hasn't."""
    if not resting:
        return
    best = resting[0].text
    said, noted = numbers(sentence.text), numbers(best)
    anywhere = frozenset().union(*(licensed_numbers(f.text) for f in resting))
    lost = [v for v in noted if v not in said and v != "1"]
    for value, span in said.items():
        if value not in anywhere and lost and value != "1" and not _counts_nothing(sentence.text, span):
            message = f"{span.of(sentence.text)}: the brief says {noted[lost[0]].of(best)} there"
            yield _finding("grounding.number", message, sentence, span)
    dates = stems_of("months_and_days", "seasons")
    if dates.isdisjoint(stems(best)) or not dates.isdisjoint(stems(best) & stems(sentence.text)):
        return
    dated = {w.stem: w.text for w in words(best) if w.stem in dates}
    for w in words(sentence.text):
        if w.stem in dates and not any(w.stem in stems(f.text) for f in resting):
            message = f"{w.text}: the brief says {next(iter(dated.values()))} there"
            yield _finding("grounding.date", message, sentence, w.span)


def _unsupported(sentence: Sentence, resting: list[Fact], grounds: Grounds) -> Iterator[Finding]:
    """A sentence that claims something no fact says, by the weights of `rules/grounding.json`."""
    measured = novelty_measures(sentence, resting, grounds)
    if weigh(measured, sentence.text, "novelty") > 0:
        listed = ", ".join(w.text for w in new_words(sentence.text, grounds)[:5])
        message = f"rests on nothing in the brief ({listed})"
        fix = "delete it, or add the fact to the brief if it is true"
        yield Finding("grounding.unsupported", "error", message, sentence.span, sentence.text, fix)


def _turned(sentence: Sentence, fact: Fact, grounds: Grounds) -> Iterator[Finding]:
    """A sentence that turns its fact round: who said it, whose it is, yes for no."""
    measured = relation_measures(sentence.text, fact, grounds)
    sure = weigh(measured, sentence.text, "relation")
    if sure > 0:
        severity: Severity = "error" if sure > PLAIN else "warning"
        message = f"may turn round what the brief says ({fact.id}: {fact.text})"
        fix = "compare who said, did or owns it, and whether it is yes or no"
        yield Finding("grounding.turned", severity, message, sentence.span, sentence.text, fix)


def _finding(rule: str, message: str, sentence: Sentence, span: Span) -> Finding:
    start = sentence.span.start
    at = Span(start + span.start, start + span.end)
    return Finding(rule, "error", message, at, span.of(sentence.text), _MEND)
