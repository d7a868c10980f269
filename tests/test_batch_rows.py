"""Rows of a batch from JSONL and CSV: what can't be read is a row too, with its reason, and the rest goes on."""

import io
import json
import tracemalloc
from pathlib import Path

import pytest

from assistant.batch.rows import MOST_BYTES, Row, Rows, key_of, read_rows
from assistant.errors import UsageError

GOOD = {"sender": "Ana Reyes", "company": "Lumen Tiles", "job_title": "Kiln Operator", "conversation": ["the new kiln"]}


def rows_of(folder: Path, content: bytes, name: str = "rows.jsonl") -> list[Row]:
    path = folder / name
    path.write_bytes(content)
    return list(read_rows(str(path), io.BytesIO()))


def test_each_line_is_a_row_and_blank_ones_are_none(tmp_path: Path) -> None:
    line = json.dumps(GOOD | {"id": 7}).encode()
    rows = rows_of(tmp_path, b"\xef\xbb\xbf" + line + b"\r\n\n  \n" + line)
    assert [(row.number, row.id, row.error) for row in rows] == [(1, "7", ""), (2, "7", "")]
    assert rows[0].values == GOOD
    assert rows[0].key == rows[1].key == key_of(GOOD | {"id": "7"})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{oops}", "line 2: not valid JSON"),
        (b"[1]", "line 2: not a brief"),
        (b"\xff\xfe{}", "line 2: not UTF-8"),
        (b"[" * 100_000, "line 2: nested too deeply"),
        (b'{"sender": "' + b"x" * (MOST_BYTES + 10) + b'"}', "line 2: longer than"),
        (json.dumps(GOOD | {"id": [1]}).encode(), "line 2: id must be"),
    ],
)
def test_a_line_that_cant_be_read_is_a_row_with_its_reason(tmp_path: Path, line: bytes, reason: str) -> None:
    good = json.dumps(GOOD).encode()
    rows = rows_of(tmp_path, good + b"\n" + line + b"\n" + good)
    assert [bool(row.error) for row in rows] == [False, True, False]
    assert rows[1].error.startswith(reason)


def test_a_row_without_an_end_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with path.open("wb") as file:
        for _ in range(40):
            file.write(b"x" * 1_000_000)
        file.write(b"\n" + json.dumps(GOOD).encode())
    tracemalloc.start()
    rows = list(read_rows(str(path), io.BytesIO()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [bool(row.error) for row in rows] == [True, False]
    assert peak < 6 * MOST_BYTES  # of forty million


def test_a_table_has_lists_parted_by_bars_or_lines(tmp_path: Path) -> None:
    table = (
        "Id;Sender;Company;Job Title;Conversation;Feedback\n"
        'a;Ana Reyes;"Lumen; Tiles";Kiln Operator;"the new kiln | the glaze\nand the clay";yes\n'
        ";;;;;\n"
        "b;Bo Lund;Lumen;Kiln Operator;;\n"
    )
    rows = rows_of(tmp_path, b"\xef\xbb\xbf" + table.encode(), "rows.csv")
    assert [row.id for row in rows] == ["a", "b"]
    assert rows[0].values["company"] == "Lumen; Tiles"
    assert rows[0].values["conversation"] == ["the new kiln", "the glaze", "and the clay"]
    assert rows[0].values["feedback"] is True
    assert "conversation" not in rows[1].values


def test_rows_of_a_table_that_cant_be_read(tmp_path: Path) -> None:
    table = b"sender,company,job_title,feedback\nAna,Lumen,Kiln,maybe\nBo,L\xfcmen,Kiln,no\nCy,Lumen,Kiln,no,more\nDi,Lumen,Kiln,no\n"
    rows = rows_of(tmp_path, table, "rows.csv")
    assert [row.error.split(": ")[0] for row in rows] == ["line 2", "line 3", "line 4", ""]
    assert "UTF-8" in rows[1].error
    assert "commas" in rows[2].error


def test_an_open_quotation_is_a_row_with_its_reason(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b'sender,company,job_title\nAna,Lumen,Kiln\nBo,"Lumen,Kiln\n', "rows.csv")
    assert [bool(row.error) for row in rows] == [False, True]


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"sender,firm,job_title\n", "rows.csv", "unknown column 'firm'"),
        (b'[{"sender": "Ana"}]', "rows.jsonl", "one brief a line"),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(tmp_path: Path, content: bytes, name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        rows_of(tmp_path, content, name)


def test_no_file_and_no_plain_file_are_said(tmp_path: Path) -> None:
    for source in (tmp_path / "none.jsonl", tmp_path, Path("/dev/zero")):
        with pytest.raises(UsageError, match=r"no such file|can't be read"):
            read_rows(str(source), io.BytesIO())


def test_how_far_the_reading_is(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes((json.dumps(GOOD).encode() + b"\n") * 4)
    rows: Rows = read_rows(str(path), io.BytesIO())
    seen = [rows.done for _ in rows]
    assert seen == [0.25, 0.5, 0.75, 1.0]


def test_two_people_with_the_same_brief_are_two_rows(tmp_path: Path) -> None:
    lines = b"\n".join(json.dumps(GOOD | {"id": name}).encode() for name in "ab")
    assert len({row.key for row in rows_of(tmp_path, lines)}) == 2


@pytest.mark.parametrize("depth", [2, 600, 5000])
def test_a_row_nested_too_deeply_is_one_bad_row(tmp_path: Path, depth: int) -> None:
    deep = b'{"sender": ' + b"[" * depth + b"]" * depth + b"}"
    rows = rows_of(tmp_path, deep + b"\n" + json.dumps(GOOD).encode())
    assert [bool(row.error) for row in rows] == [True, False]
    assert "nested" in rows[0].error


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two columns are named 'company'"):
        rows_of(tmp_path, b"company,sender,company\n", "rows.csv")


def test_the_order_of_keys_makes_no_other_row() -> None:
    turned = dict(reversed(list(GOOD.items())))
    assert key_of(turned) == key_of(GOOD)
    assert key_of(GOOD | {"company": "Lumen"}) != key_of(GOOD)
