"""A batch from its first row to its last: nothing lost, nothing twice, and an end when there is a reason for one."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import GOOD_LETTER

from assistant.batch.cost import Price, Purse, read_price
from assistant.batch.results import Results
from assistant.batch.rows import Row
from assistant.batch.run import DOWN, Tally, run
from assistant.batch.work import BAD, FAILED, WRITTEN, result_of
from assistant.brief import Brief
from assistant.cli.progress import duration, state_of
from assistant.errors import TryLater, UsageError
from assistant.providers import Completion, Request, Usage
from assistant.writing import Options


def row(number: int, key: str = "") -> Row:
    return Row(number, key or f"key{number}", {"sender": "Ana"}, f"id{number}")


def written(row: Row, tokens: int = 10) -> dict[str, Any]:
    usage = {"prompt_tokens": tokens, "completion_tokens": tokens}
    return {
        "row": row.number,
        "id": row.id,
        "key": row.key,
        "status": WRITTEN,
        "body": "…",
        "findings": [],
        "usage": usage,
    }


def failed(row: Row, code: int, status: str = FAILED) -> dict[str, Any]:
    return {"row": row.number, "id": row.id, "key": row.key, "status": status, "error": "told to", "exit_code": code}


class Fakes:
    """Writers that hold up to `most` rows and give them back, the newest first, as `answer` has it."""

    def __init__(self, answer: Any = written, most: int = 3) -> None:
        self.answer, self.most = answer, most
        self.held: list[Row] = []
        self.sent: list[int] = []

    @property
    def under_way(self) -> int:
        return len(self.held)

    @property
    def room(self) -> bool:
        return len(self.held) < self.most

    def send(self, row: Row) -> None:
        assert self.room
        self.held.append(row)
        self.sent.append(row.number)

    def results(self) -> Iterator[dict[str, Any]]:
        if self.held:
            yield self.answer(self.held.pop())


def done(
    path: Path, rows: list[Row], fakes: Fakes, resume: bool = False, purse: Purse | None = None, until: int = 10**9
) -> tuple[Tally, list[dict[str, Any]]]:
    results = Results(path, resume)
    try:
        tally = run(rows, fakes, results, purse or Purse(), lambda: len(fakes.sent) >= until, lambda _tally: None)
    finally:
        results.close()
    return tally, [json.loads(line) for line in path.read_text().splitlines()]


def test_every_row_has_one_result(tmp_path: Path) -> None:
    tally, lines = done(tmp_path / "o.jsonl", [row(n) for n in range(1, 21)], Fakes())
    assert sorted(line["row"] for line in lines) == list(range(1, 21))
    assert (tally.written, tally.rows, tally.whole) == (20, 20, True)
    assert tally.usage == Usage(200, 200)


def test_asked_to_end_it_brings_home_what_is_under_way_and_a_resumed_batch_does_the_rest(tmp_path: Path) -> None:
    rows, path = [row(n) for n in range(1, 11)], tmp_path / "o.jsonl"
    first = Fakes()
    tally, lines = done(path, rows, first, until=5)
    assert not tally.whole
    assert sorted(line["row"] for line in lines) == sorted(first.sent)
    second = Fakes()
    tally, lines = done(path, rows, second, resume=True)
    assert not set(first.sent) & set(second.sent)
    assert sorted(line["row"] for line in lines) == list(range(1, 11))
    assert (tally.before, tally.written, tally.whole) == (len(first.sent), 10 - len(first.sent), True)


def test_rows_without_a_letter_are_tried_again_and_leave_one_line_each(tmp_path: Path) -> None:
    rows, path = [row(n) for n in range(1, 7)], tmp_path / "o.jsonl"
    answers = {2: lambda r: failed(r, 75), 4: lambda r: failed(r, 2, BAD)}
    tally, _ = done(path, rows, Fakes(lambda r: answers.get(r.number, written)(r)))
    assert (tally.written, tally.bad, tally.failed) == (4, 1, 1)
    again = Fakes()
    _, lines = done(path, rows, again, resume=True)
    assert sorted(again.sent) == [2, 4]
    assert [line["status"] for line in lines] == [WRITTEN] * 6


def test_rows_that_hold_the_same_are_each_written_and_known_again(tmp_path: Path) -> None:
    rows, path = [row(1, "same"), row(2, "same"), row(3, "same"), row(4)], tmp_path / "o.jsonl"
    done(path, rows, Fakes(most=1), until=2)
    again = Fakes(most=1)
    _, lines = done(path, rows, again, resume=True)
    assert sorted(line["key"] for line in lines) == ["key4", "same", "same", "same"]
    assert len(again.sent) == 2


def test_half_a_line_is_no_result(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    done(path, [row(1), row(2)], Fakes())
    with path.open("a") as file:
        file.write('{"row": 3, "key": "key3", "status": "writ')
    again = Fakes()
    _, lines = done(path, [row(n) for n in (1, 2, 3)], again, resume=True)
    assert again.sent == [3]
    assert len(lines) == 3


def test_a_file_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text('{"my": "diary"}\n{"row": 1}\n')
    with pytest.raises(UsageError, match="line 1: no result of a batch"):
        Results(path, resume=True)
    assert path.read_text() == '{"my": "diary"}\n{"row": 1}\n'
    with pytest.raises(UsageError, match="--resume goes on"):
        Results(path, resume=False)


def test_the_file_is_the_users_alone_and_one_batchs_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    results = Results(path, resume=False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(UsageError, match="another batch"):
        Results(path, resume=True)
    results.close()
    Results(path, resume=True).close()


def test_no_link_and_no_device_is_written_to(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("mine\n")
    link = tmp_path / "o.jsonl"
    link.symlink_to(target)
    for path in (link, Path("/dev/full"), tmp_path):
        with pytest.raises(UsageError):
            Results(path, resume=False, force=True)
    assert target.read_text() == "mine\n"


def test_a_disk_that_fills_keeps_whole_lines_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "o.jsonl"
    whole = os.write
    room = [900]

    def filling(file: int, data: bytes) -> int:
        if file > 2:
            if not room[0]:
                raise OSError(28, "No space left on device")
            data = data[: room[0]]
            room[0] -= len(data)
        return whole(file, data)

    monkeypatch.setattr(os, "write", filling)
    with pytest.raises(UsageError, match=r"No space left on device.*--resume"):
        done(path, [row(n) for n in range(1, 30)], Fakes())
    monkeypatch.undo()
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert 0 < len(kept) < 29
    again = Fakes()
    _, lines = done(path, [row(n) for n in range(1, 30)], again, resume=True)
    assert sorted(line["row"] for line in lines) == list(range(1, 30))
    assert len(again.sent) == 29 - len(kept)


def test_a_key_that_isnt_accepted_ends_the_batch_at_once(tmp_path: Path) -> None:
    fakes = Fakes(lambda r: failed(r, 77) | {"final": True})
    tally, lines = done(tmp_path / "o.jsonl", [row(n) for n in range(1, 100)], fakes)
    assert tally.stopped is not None
    assert tally.stopped.exit_code == 77
    assert len(lines) == fakes.most  # what was under way still came
    assert len(fakes.sent) == fakes.most


def test_an_endpoint_that_is_down_ends_the_batch_soon(tmp_path: Path) -> None:
    fakes = Fakes(lambda r: failed(r, 75))
    tally, lines = done(tmp_path / "o.jsonl", [row(n) for n in range(1, 100)], fakes)
    assert isinstance(tally.stopped, TryLater)
    assert DOWN <= len(lines) < DOWN + fakes.most
    assert not tally.whole


def test_failures_between_letters_dont_end_it(tmp_path: Path) -> None:
    tally, _ = done(
        tmp_path / "o.jsonl",
        [row(n) for n in range(1, 91)],
        Fakes(lambda r: written(r) if r.number % 9 == 0 else failed(r, 75)),
    )
    assert tally.stopped is None
    assert (tally.written, tally.failed) == (10, 80)


def test_it_never_costs_more_than_is_allowed(tmp_path: Path) -> None:
    path, rows = tmp_path / "o.jsonl", [row(n) for n in range(1, 100)]
    purse = Purse(Price(1000.0, 0.0), limit=1.0)  # a row of 10 tokens costs 0.01; unknown rows are taken for dear
    tally, lines = done(path, rows, Fakes(most=8), purse=purse)
    assert lines == []
    assert not tally.whole
    purse = Purse(Price(1000.0, 0.0), limit=10.0)
    tally, lines = done(path, rows, Fakes(lambda r: written(r, 500)), purse=purse, resume=True)
    assert purse.spent == pytest.approx(10.0)  # the first one goes alone: 9 might be its price; then 0.5 a row
    assert len(lines) == 20
    assert not tally.whole


def test_a_resumed_batch_counts_what_it_cost_before(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    done(path, [row(n) for n in range(1, 5)], Fakes())
    results = Results(path, resume=True)
    assert results.spent == Usage(40, 40)
    results.close()


@pytest.mark.parametrize("words", ["", "cheap", "1", "1/2/3", "-1/2"])
def test_a_price_is_two_numbers(words: str) -> None:
    with pytest.raises(UsageError, match="--price"):
        read_price(words)


class Answers:
    """A provider that answers with one text, or fails."""

    name, model, destination, style = "scripted", "m", "", "letter"

    def __init__(self, text: str | Exception) -> None:
        self.text = text

    def complete(self, request: Request, on_text: Any = None) -> Completion:
        if isinstance(self.text, Exception):
            raise self.text
        return Completion((self.text,), Usage(5, 5))


def values(brief: Brief) -> dict[str, Any]:
    return {k: list(v) if isinstance(v, tuple) else v for k, v in vars(brief).items() if v}


def test_one_row_becomes_a_letter_or_its_error(brief: Brief) -> None:
    def made(row: Row, text: str | Exception = GOOD_LETTER) -> dict[str, Any]:
        return result_of(row, Answers(text), Options(seed=5), hidden=False)  # type: ignore[arg-type]

    letter = made(Row(4, "k", values(brief), "their id"))
    assert (letter["status"], letter["row"], letter["id"], letter["to"]) == (WRITTEN, 4, "their id", "Renske Bakker")
    assert letter["seed"] == 8
    assert letter["sentences"]
    assert made(Row(4, "k", values(brief) | {"kind": "ack"}))["kind"] == "ack"
    for wrong in (
        {"kind": "poem"},
        {"kind": 3},
        {"sender": ""},
        {"colour": "red"},
        {"stage": "twice"},
        {"conversation": "x"},
    ):
        result = made(Row(1, "k", values(brief) | wrong))
        assert (result["status"], result["exit_code"]) == (BAD, 2), wrong
    assert made(Row(1, "k", error="line 1: not JSON"))["error"] == "line 1: not JSON"
    late = made(Row(1, "k", values(brief)), TryLater("busy"))
    assert (late["status"], late["error"], late["exit_code"]) == (FAILED, "busy", 75)


def test_how_far_it_is_in_one_line() -> None:
    tally = Tally(before=10, written=38, bad=1, failed=1)
    assert state_of(tally, 0.5, 30.0) == "50 of about 100 rows, 2 without a letter, 80 a minute, about 38 s left"
    assert state_of(Tally(written=2), 0.0, 60.0) == "2 rows, 2 a minute"
    assert [duration(s) for s in (40, 720, 12_600)] == ["40 s", "12 min", "3.5 h"]
