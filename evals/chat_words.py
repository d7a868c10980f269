"""How the chat understands its users: requests for changes, answers to the interview, and short replies, beside what their authors meant.

    python -m evals chat [--part test|development] [--show]

The inputs are by authors who had seen neither the rules nor the program; the rules were bettered on the development part. Right is, of a
request, the same kinds of wish in any order, and where a wish is about something, words of it; of an answer, the same facts, or names,
whatever stands around them; of a short reply, what it means.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.chat.answers import facts_in, means
from assistant.chat.naming import job_and_company, people_in
from assistant.text import one_line
from assistant.writing.wishes import read_wishes

FOLDER = Path(__file__).parent / "chat"
MEANINGS = (
    "enough",
    "ghosted",
    "tired",
    "skip",
    "leave",
    "no",
    "yes",
)  # of two that fit, the first: what a question would take it for


def rows(part: str, name: str) -> list[dict[str, Any]]:
    paths = sorted((FOLDER / part).glob(f"{name}*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def main(part: str, show: bool) -> None:
    for name, judge in (("requests", request_right), ("answers", answer_right), ("short", short_right)):
        right: Counter[str] = Counter()
        there: Counter[str] = Counter()
        for row in rows(part, name):
            got, fine = judge(row)
            group = row.get("question") or row.get("means") or "one wish" if name != "requests" else _group(row)
            there[group] += 1
            right[group] += fine
            if show and not fine:
                print(f"  {name}: {json.dumps(row, ensure_ascii=False)}\n     got {got}")
        print(
            f"{name:<10} {sum(right.values())} of {sum(there.values())}  {sum(right.values()) / sum(there.values()):.2f}   ",
            end="",
        )
        print(", ".join(f"{group} {right[group]}/{there[group]}" for group in sorted(there)))


def request_right(row: dict[str, Any]) -> tuple[Any, bool]:
    got = [(w.kind, w.about) for w in read_wishes(row["text"])]
    wanted = [(w["kind"], w["about"]) for w in row["wishes"]]
    if {k for k, _ in got} == {"other"}:
        got = got[:1]  # a story of several sentences goes to the model as one
    if Counter(k for k, _ in got) != Counter(k for k, _ in wanted):
        return got, False
    left = list(got)
    for kind, about in wanted:
        fitting = [g for g in left if g[0] == kind and (not about or kind == "other" or _touch(about, g[1]))]
        if not fitting:
            return got, False
        left.remove(fitting[0])
    return got, True


def answer_right(row: dict[str, Any]) -> tuple[Any, bool]:
    if row["question"] == "job":
        got = list(job_and_company(row["answer"]))
        return got, [_plain(g) for g in got] == [_plain(f) for f in row["facts"]]
    if row["question"] == "people":
        found = people_in(row["answer"])
        return found, [_plain(f) for f in found] == [_plain(f) for f in row["facts"]]
    got = facts_in(row["answer"])
    return got, len(got) == len(row["facts"]) and all(_touch(a, b, 0.6) for a, b in zip(got, row["facts"], strict=True))


def short_right(row: dict[str, Any]) -> tuple[Any, bool]:
    got = [name for name in MEANINGS if means(name, row["text"])] or ["answer"]
    # "no" and "nothing" pass a question as well; which of the two is meant, the question that stands decides.
    return got, row["means"] in got


def _group(row: dict[str, Any]) -> str:
    return row["wishes"][0]["kind"] if len(row["wishes"]) == 1 else "several"


def _plain(text: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", one_line(text).lower().strip(" .,!?"))


def _touch(one: str, other: str, share: float = 0.5) -> bool:
    a, b = (set(_tokens(text)) for text in (one, other))
    return (bool(a & b) and len(a & b) >= share * max(len(a), len(b))) or a == b


def _tokens(text: str) -> Iterator[str]:
    yield from re.findall(r"[^\W_]+", text.lower())
