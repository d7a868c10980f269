"""Recordings: what they are known by, and that nothing finished is lost or drafted twice."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest
from conftest import GOOD_LETTER

from assistant import Brief
from assistant.errors import StreamCut, TryLater, UsageError
from assistant.providers import Completion, OnText, Request, Usage
from assistant.providers.scripted import Scripted
from evals.suite import drafting
from evals.suite.cases import Case
from evals.suite.drafting import Recorded, Records, Wanted, all_wanted, draft, draft_all, key_of


@dataclass
class Writer:
    """Writes the same good letter, and counts how many it was asked for at once; fails from the n-th on."""

    fails_from: int = 10**6
    name: str = "writer"
    model: str = "w"
    destination: str = ""
    style: Literal["letter"] = "letter"
    asked: int = 0
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        with self.lock:
            self.asked, self.now = self.asked + 1, self.now + 1
            self.most = max(self.most, self.now)
            number = self.asked
        time.sleep(0.01)
        with self.lock:
            self.now -= 1
        if number >= self.fails_from:
            raise TryLater("the endpoint has had enough")
        return Completion((GOOD_LETTER,), Usage(7, 5))


def cases_of(brief: Brief, many: int) -> list[Case]:
    return [Case(f"c{n:02}", "x", "y", "note", replace(brief, sender=f"Ifeoma Adeyemi {n}")) for n in range(many)]


def keys_of(wanted: list[Wanted], writer: Writer) -> dict[str, Wanted]:
    return {key_of(one, "ours", writer): one for one in wanted}


def test_a_recording_is_known_by_all_that_made_it(
    brief: Brief, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case, writer = Case("c", "x", "y", "note", brief), Writer()
    first = key_of(Wanted(case, 1, 1), "ours", writer)
    others = {
        key_of(Wanted(case, 2, 2), "ours", writer),
        key_of(Wanted(case, 1, 1), "plain", writer),
        key_of(Wanted(replace(case, brief=replace(brief, region="US")), 1, 1), "ours", writer),
        key_of(Wanted(replace(case, kind="feedback"), 1, 1), "ours", writer),
        key_of(Wanted(case, 1, 1), "ours", replace(writer, model="v")),
        key_of(Wanted(case, 1, 1), "ours", replace(writer, style="sentences")),
    }
    assert len(others | {first}) == 7
    # What is only about the case, and in no prompt, changes nothing: a better expectation needs no new letter.
    assert key_of(Wanted(replace(case, never=("x",), name="d"), 3, 1), "ours", writer) == first
    own = tmp_path / "home" / "config" / "afternote" / "prompts"
    own.mkdir(parents=True)
    shipped = Path(__file__).resolve().parent.parent / "prompts" / "note.md"
    (own / "note.md").write_text(
        shipped.read_text(encoding="utf-8").replace("You write short letters", "You write letters")
    )
    assert key_of(Wanted(case, 1, 1), "ours", writer) not in others | {first}


def test_repeats_have_seeds_of_their_own_and_are_never_served_from_each_other(brief: Brief, tmp_path: Path) -> None:
    writer = Writer()
    wanted = all_wanted(cases_of(brief, 2), 3, 10)
    assert [(one.case.name, one.epoch, one.seed) for one in wanted][:3] == [
        ("c00", 1, 10),
        ("c01", 1, 10),
        ("c00", 2, 11),
    ]
    keys = keys_of(wanted, writer)
    draft_all(keys, "ours", writer, Records(tmp_path / "d.jsonl"), 3, lambda one: None)
    assert writer.asked == len(keys) == 6
    assert 1 < writer.most <= 3
    again = Records(tmp_path / "d.jsonl")
    assert set(again.found) == set(keys)
    draft_all(keys, "ours", writer, again, 3, lambda one: None)
    assert writer.asked == 6


def test_what_was_finished_when_the_endpoint_failed_is_kept(brief: Brief, tmp_path: Path) -> None:
    writer = Writer(fails_from=5)
    keys = keys_of(all_wanted(cases_of(brief, 20), 1, 1), writer)
    with pytest.raises(TryLater):
        draft_all(keys, "ours", writer, Records(tmp_path / "d.jsonl"), 2, lambda one: None)
    kept = Records(tmp_path / "d.jsonl")
    assert len(kept.found) == 4
    assert writer.asked < 10
    writer.fails_from = 10**6
    writer.asked = 0
    draft_all(keys, "ours", writer, kept, 2, lambda one: None)
    assert writer.asked == 16
    assert set(kept.found) == set(keys)


def test_a_reply_that_broke_off_is_no_refusal_and_is_asked_for_again(brief: Brief, tmp_path: Path) -> None:
    keys = {"k": Wanted(Case("c", "x", "y", "note", brief), 1, 1)}
    records = Records(tmp_path / "d.jsonl")
    with pytest.raises(StreamCut):
        draft_all(keys, "ours", Scripted(["Dear Renske, the rye starter<cut>"] * 2), records, 1, lambda one: None)
    assert records.found == {}


def test_what_another_state_of_the_writing_code_made_is_drafted_again(
    brief: Brief, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, writer = {"k": Wanted(Case("c", "x", "y", "note", brief), 1, 1)}, Writer()
    draft_all(keys, "ours", writer, Records(tmp_path / "d.jsonl"), 1, lambda one: None)
    monkeypatch.setattr(drafting, "writing_code", lambda: "another")
    records = Records(tmp_path / "d.jsonl")
    assert not records.has("k")
    draft_all(keys, "ours", writer, records, 1, lambda one: None)
    assert writer.asked == 2
    assert records.has("k")


def test_a_torn_last_line_is_no_letter_and_a_broken_one_is_named(brief: Brief, tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    one = draft("k", Wanted(Case("c", "x", "y", "note", brief), 1, 1), "ours", Writer())
    Records(path).add(one)
    with path.open("a") as out:
        out.write('{"key": "torn')
    records = Records(path)
    assert list(records.found) == ["k"]
    assert records.found["k"] == one
    records.add(replace(one, key="k2"))
    assert list(Records(path).found) == ["k", "k2"]
    path.write_text(path.read_text() + '{"key": "no more"}\n')
    with pytest.raises(UsageError, match=r"d\.jsonl:3: no recorded draft"):
        Records(path)


def test_a_writer_that_finds_nothing_is_recorded_as_refusing(brief: Brief) -> None:
    refused = draft("k", Wanted(Case("c", "x", "y", "lead", replace(brief, conversation=())), 1, 1), "ours", Writer())
    assert refused.made is None
    assert refused.text == ""
    assert "a note of kind lead can't be written" in refused.refused


def test_the_plain_way_asks_once_and_takes_what_comes(brief: Brief) -> None:
    scripted = Scripted(["Thank you so much for rejecting me!"])
    one = draft("k", Wanted(Case("c", "x", "y", "note", brief), 1, 1), "plain", scripted)
    assert one.text == "Thank you so much for rejecting me!"
    assert "Write a thank-you email after a job rejection" in scripted.calls[0].messages[0].content
    assert json.loads(json.dumps(one.__dict__)) == one.__dict__
    assert Recorded(**json.loads(json.dumps(one.__dict__))) == one
