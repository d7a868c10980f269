"""A model as a judge: optional, and never counted before it is known how often it is right.

Letters are shown to it as data. What it says is a mark only when it can be read; else the letter is unscored. How often it is right is
measured on letters whose labels are known: for single letters the rates on good and on faulty ones, for pairs the references against
their spoilt twins.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ProviderError, TryLater, Unavailable
from assistant.prompts import fenced, parse_template
from assistant.providers import Provider, Request
from assistant.text import one_line, shorten
from evals.data import letters, read_lines
from evals.suite.marks import Mark
from evals.suite.references import references

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"
TRUSTED = 0.9  # a judge that is right less often, on either side, doesn't count
KNOWN = 60  # labelled letters that a judge is tried on, half of them good
ANSWER_TOKENS = 200


@dataclass(frozen=True)
class Trust:
    """How a judge did on letters whose labels are known.

    `where` is its address, `prompt` the template's label, `known` the hash of those letters. `good` and `faulty` are the shares it called
    so; `unread` answers it gave none to.
    """

    model: str
    where: str
    prompt: str
    known: str
    good: float
    faulty: float
    n: int
    unread: int

    @property
    def counts(self) -> bool:
        """Whether what it says of other letters may count."""
        return self.good >= TRUSTED and self.faulty >= TRUSTED

    @property
    def shown(self) -> str:
        """In words, to stand beside its score."""
        rates = f"right on {self.good:.2f} of good and {self.faulty:.2f} of faulty letters, {self.n} tried, {self.unread} unread"
        return f"{self.model}: {rates}; " + ("it counts" if self.counts else "so it doesn't count")


def rubric(text: str, judge: Provider) -> Mark:
    """What the judge says of one letter: 1 good, 0 faulty, unscored when its answer can't be read."""
    messages = parse_template(PROMPTS / "rubric.md").render(letter=fenced(text))
    return _read(
        judge, Request(messages, max_tokens=ANSWER_TOKENS, temperature=_cold(judge)), "verdict", ("faulty", "good")
    )


def prefers_second(first: str, second: str, judge: Provider) -> Mark:
    """1 when it would rather have the second letter whichever stands first, 0 the first, unscored when the order decides or
    an answer can't be read.
    """
    template = parse_template(PROMPTS / "pairwise.md")
    said = []
    for one, other in ((first, second), (second, first)):
        messages = template.render(first=fenced(one), second=fenced(other))
        said.append(
            _read(
                judge,
                Request(messages, max_tokens=ANSWER_TOKENS, temperature=_cold(judge)),
                "better",
                ("first", "second"),
            )
        )
    forth, back = (mark.value for mark in said)
    if forth is None or back is None:
        return next(mark for mark in said if mark.value is None)
    return Mark(forth, said[0].why) if forth != back else Mark(None, "it prefers whichever stands at the same place")


def _cold(judge: Provider) -> float | None:
    return 0.0 if judge.name == "local" else None  # some models refuse the parameter


def _read(judge: Provider, request: Request, key: str, values: Sequence[str]) -> Mark:
    try:
        text = judge.complete(request).texts[0]
    except (TryLater, Unavailable):
        raise
    except ProviderError as error:
        return Mark(None, f"no answer: {one_line(str(error))}")
    start, end = text.find("{"), text.rfind("}")
    try:
        said: Any = json.loads(text[start : end + 1])
        return Mark(float(values.index(said[key])), str(said.get("because", "")))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Mark(None, f"its answer can't be read: {shorten(one_line(text), 80)!r}")


def trust(judge: Provider, at_once: int) -> Trust:
    """Try the judge on labelled letters of the development part, half of them good; the same letters each time."""
    rows, draw = letters("development"), random.Random(11)
    good = draw.sample([r for r in rows if r["label"] == "good"], KNOWN // 2)
    faulty = draw.sample([r for r in rows if r["label"] != "good"], KNOWN // 2)
    said = _all([r["letter"] for r in (*good, *faulty)], lambda text: rubric(text, judge), at_once)
    return _trust(judge, trust, [m.value for m in said[: len(good)]], [m.value for m in said[len(good) :]])


def pair_trust(judge: Provider, at_once: int) -> Trust:
    """Try it on the references against their twins; `good` where the twin stood first, `faulty` where it stood second."""
    pairs = [
        (c.letter, r.letter)
        for r in references()
        for c in r.contrasts
        if c.fault not in ("long", "short", "ungrounded")
    ]
    pairs = random.Random(11).sample(pairs, min(KNOWN // 2, len(pairs)))
    forth = _all(pairs, lambda pair: prefers_second(pair[0], pair[1], judge), at_once)
    back = _all(pairs, lambda pair: prefers_second(pair[1], pair[0], judge), at_once)
    return _trust(judge, pair_trust, [m.value for m in forth], [m.value for m in back])


def _identity(judge: Provider, measure: Callable[[Provider, int], Trust]) -> tuple[str, str, str, str]:
    """What a measurement of a judge holds for: its name, where it is, its prompt, and the letters it was tried on."""
    single = measure is trust
    label = parse_template(PROMPTS / ("rubric.md" if single else "pairwise.md")).label
    tried = (
        [row["letter"] for row in letters("development")]
        if single
        else [c.letter for r in references() for c in r.contrasts]
    )
    known = hashlib.sha256("\n".join(tried).encode()).hexdigest()[:12]
    return judge.model, judge.destination, label, known


def _trust(
    judge: Provider,
    measure: Callable[[Provider, int], Trust],
    good: Sequence[float | None],
    faulty: Sequence[float | None],
) -> Trust:
    """An answer that can't be read is a wrong one here: a judge that often has none is not to be trusted either."""
    right = sum(value == 1 for value in good) / len(good), sum(value == 0 for value in faulty) / len(faulty)
    unread = sum(value is None for value in (*good, *faulty))
    return Trust(*_identity(judge, measure), round(right[0], 3), round(right[1], 3), len(good) + len(faulty), unread)


def _all(items: Sequence[Any], ask: Callable[[Any], Mark], at_once: int) -> list[Mark]:
    with ThreadPoolExecutor(max(1, at_once)) as pool:
        return list(pool.map(ask, items))


def judge_all(texts: Sequence[str], judge: Provider, at_once: int, path: Path) -> list[Mark]:
    """The judge's marks of these letters, in order. Each is kept in the file as it comes, and not asked for again."""
    label = parse_template(PROMPTS / "rubric.md").label
    kept = {row["key"]: Mark(row["value"], row["why"]) for row in read_lines(path)} if path.is_file() else {}
    lock = threading.Lock()

    def ask(text: str) -> Mark:
        if not text.strip():
            return Mark(None, "there is no letter")
        key = hashlib.sha256("\n".join([judge.destination, judge.model, label, text]).encode()).hexdigest()[:20]
        if key not in kept:
            kept[key] = rubric(text, judge)
            with lock, path.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"key": key, "value": kept[key].value, "why": kept[key].why}) + "\n")
        return kept[key]

    return _all(texts, ask, at_once)


def prefer_all(pairs: Sequence[tuple[str, str]], judge: Provider, at_once: int) -> list[float | None]:
    """For each pair 1 when the second letter is preferred, 0 the first, None when undecided; a letter that wasn't written has lost."""

    def ask(pair: tuple[str, str]) -> Mark:
        first, second = (bool(text.strip()) for text in pair)
        if first != second:
            return Mark(float(second))
        return prefers_second(*pair, judge) if first else Mark(None, "there is no letter")

    return [mark.value for mark in _all(pairs, ask, at_once)]


def known_trust(path: Path, judge: Provider, measure: Callable[[Provider, int], Trust], at_once: int) -> Trust:
    """What was measured of this judge before and stands in the file, else measured now and stored there."""
    stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    for values in stored:
        if (values["model"], values["where"], values["prompt"], values["known"]) == _identity(judge, measure):
            return Trust(**values)
    found = measure(judge, at_once)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([*stored, asdict(found)], indent=1) + "\n", encoding="utf-8")
    return found
