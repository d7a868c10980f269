"""Run the pattern rules of the packs over a letter: each sentence is read once, and only what occurs in it is looked at closely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from assistant.brief import Brief
from assistant.checks.packs import Rule
from assistant.letter import Finding, Letter, Severity, Span
from assistant.patterns import Matcher, plain

PATTERN_TYPES = ("existence", "budget", "require", "cooccur")


@dataclass(frozen=True)
class Match:
    """Where one pattern of a rule stands in the letter, and the sentence or line around it."""

    span: Span
    text: str
    around: Span


@dataclass(frozen=True)
class _Place:
    """One piece of the letter that patterns are matched in: a sentence, the subject line, the greeting, the closing, or all of it."""

    zone: str
    span: Span
    text: str


@dataclass
class Engine:
    """The pattern rules, compiled once for many letters."""

    rules: tuple[Rule, ...]
    _matchers: dict[str, tuple[Matcher, list[tuple[Rule, str]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the patterns of each zone into one automaton."""
        zones = dict.fromkeys(zone for rule in self.rules for zone in rule.zone)
        for zone in zones:
            entries: list[tuple[str, tuple[Rule, str]]] = []
            for rule in self.rules:
                if zone in rule.zone and rule.type in PATTERN_TYPES:
                    for role in ("patterns", "unless", "beside"):
                        entries += [(p, (rule, role)) for p in getattr(rule, role)]
            if entries:
                self._matchers[zone] = (Matcher(p for p, _ in entries), [owner for _, owner in entries])

    def run(self, letter: Letter, brief: Brief | None, kind: str) -> Iterator[Finding]:
        """All findings of the pattern rules that speak to this kind of letter and, with a brief, to its region."""
        found = self.matches(letter)
        region = brief.region if brief else ""
        for rule in self.rules:
            if (rule.id not in found and rule.type != "require") or rule.type not in PATTERN_TYPES:
                continue
            if not rule.applies(kind, region):
                continue
            matches = [m for m in found.get(rule.id, []) if not (rule.licensed and brief and _told(m.text, brief))]
            yield from _JUDGES[rule.type](rule, matches, letter)

    def matches(self, letter: Letter) -> dict[str, list[Match]]:
        """For each rule what its patterns found, in the order of the text, without what its `unless` and `beside` excuse."""
        found: dict[str, list[Match]] = {}
        for place in _places(letter):
            if place.zone not in self._matchers:
                continue
            matcher, owners = self._matchers[place.zone]
            text = plain(place.text)
            hits: dict[str, dict[str, list[int]]] = {}
            for number in matcher.hits(text):
                rule, role = owners[number]
                hits.setdefault(rule.id, {}).setdefault(role, []).append(number)
            for rule_id, roles in hits.items():
                if "unless" in roles or "beside" in roles or "patterns" not in roles:
                    continue
                spans = sorted(
                    (s for n in roles["patterns"] for s in matcher.spans(n, text)), key=lambda s: (s.start, -s.end)
                )
                found.setdefault(rule_id, []).extend(_matches(_apart(spans), place, letter))
        return found


def _matches(spans: Iterable[Span], place: _Place, letter: Letter) -> Iterator[Match]:
    for s in spans:
        at = Span(place.span.start + s.start, place.span.start + s.end)
        yield Match(at, at.of(letter.text), place.span)


def _apart(spans: list[Span]) -> Iterator[Span]:
    """Spans in order without those that overlap an earlier one: two patterns on the same words are one match."""
    end = -1
    for span in spans:
        if span.start >= end:
            yield span
            end = span.end


def _places(letter: Letter) -> Iterator[_Place]:
    if letter.subject:
        start = letter.text.find(letter.subject)
        yield _Place("subject", Span(start, start + len(letter.subject)), letter.subject)
    for zone, span in (("greeting", letter.greeting), ("closing", letter.closing)):
        if span.start < span.end:
            yield _Place(zone, span, span.of(letter.text))
    for sentence in letter.sentences:
        yield _Place("body", sentence.span, sentence.text)
    end = letter.quoted.start if letter.quoted.start > letter.greeting.start else len(letter.text)
    yield _Place("letter", Span(0, end), letter.text[:end])


def _told(words: str, brief: Brief) -> bool:
    """Whether the sender's own notes say it: then it is about something real, "honoured to present with you"."""
    return any(words.lower() in fact.text.lower() for fact in brief.facts)


def _each(rule: Rule, matches: list[Match], letter: Letter) -> Iterator[Finding]:
    for m in matches:
        yield finding(rule, m.span, m.text, count=len(matches))


def _beyond(rule: Rule, matches: list[Match], letter: Letter) -> Iterator[Finding]:
    """What is more than `at_most`; more than `error_over` makes an error of a warning. `distinct` counts different words once."""
    counted = list({m.text.lower(): m for m in reversed(matches)}.values()) if rule.distinct else matches
    severity: Severity = "error" if rule.error_over and len(counted) > rule.error_over else rule.severity
    for m in sorted(counted, key=lambda m: m.span.start)[rule.at_most :]:
        yield finding(rule, m.span, m.text, severity, count=len(counted))


def _missing(rule: Rule, matches: list[Match], letter: Letter) -> Iterator[Finding]:
    if not matches and letter.sentences:
        yield finding(rule, letter.body, letter.body.of(letter.text))


_JUDGES: dict[str, Callable[[Rule, list[Match], Letter], Iterator[Finding]]] = {
    "existence": _each,
    "cooccur": _each,
    "budget": _beyond,
    "require": _missing,
}


def finding(rule: Rule, span: Span, text: str, severity: Severity | None = None, count: int = 0) -> Finding:
    """What a rule has to say of a span; `{count}` and `{text}` in its message are filled in."""
    message = rule.message.replace("{count}", str(count)).replace("{text}", text)
    return Finding(rule.id, severity or rule.severity, message, span, text, rule.fix)
