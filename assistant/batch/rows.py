"""The briefs of a batch, row by row from JSONL or CSV: a row that can't be read is still a row, with its error, and nothing is held."""

from __future__ import annotations

import csv
import difflib
import hashlib
import itertools
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import IO, Any

from assistant.brief import FACT_LISTS, Brief
from assistant.errors import UsageError
from assistant.files import open_plain
from assistant.text import one_line, shorten

MOST_BYTES = 256 * 1024  # of a row: as of a brief in a file
LISTS = (*FACT_LISTS, "already_said", "avoid")
EXTRA = ("id", "kind")  # beside the brief's own keys: the user's name for the row, and the kind of its letter
KEYS = (*(f.name for f in fields(Brief)), *EXTRA)
_ENTRIES = re.compile(r"\s*(?:\||\n)\s*")  # what parts the entries of a list in a cell


@dataclass(frozen=True)
class Row:
    """One brief of a batch: its number, counted from 1 and without blank lines, and its values as read, `id` apart.

    `key` is a hash of the values and the id: by it a batch that was interrupted knows its rows again. `error` is why the row can't be
    read, "" when it can.
    """

    number: int
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    error: str = ""


class Rows:
    """The rows of an open file, once, in order; `table` when it is CSV, `name` for messages."""

    def __init__(self, file: IO[bytes], name: str, table: bool) -> None:
        """Nothing is read yet."""
        self._file, self._name, self._table = file, name, table
        self._read, self._size = 0, os.fstat(file.fileno()).st_size
        self._rows: Iterator[Row] = self._numbered()

    def look(self) -> None:
        """Read the first row, so that a file that isn't what it should be is known before anything is done. Raises UsageError."""
        first = list(itertools.islice(self._rows, 1))
        if not first:
            raise UsageError(f"{self._name} holds no briefs; a batch wants one a line, or a table")
        self._rows = itertools.chain(first, self._rows)

    @property
    def done(self) -> float:
        """The part of the file that was read, 0 to 1; 0 where nobody knows how long it is, as with a pipe."""
        return min(1.0, self._read / self._size) if self._size else 0.0

    def close(self) -> None:
        """Let the file go; standard input isn't ours."""
        if not self._file.closed and self._file.fileno() > 0:
            self._file.close()

    def __iter__(self) -> Iterator[Row]:
        """Each row, once. Raises UsageError when the file as a whole isn't what it should be."""
        return self._rows

    def _numbered(self) -> Iterator[Row]:
        with self._file:
            for number, row in enumerate(self._of_table() if self._table else self._of_lines(), start=1):
                yield Row(number, row.key, row.values, row.id, row.error)

    def _lines(self) -> Iterator[bytes]:
        """Each line; of one that is too long the beginning, which nobody will take for a row."""
        try:
            while line := self._file.readline(MOST_BYTES + 2):
                self._read += len(line)
                rest = line
                while len(rest) >= MOST_BYTES and not rest.endswith(b"\n"):  # to its end, and nothing of it is kept
                    rest = self._file.readline(MOST_BYTES)
                    self._read += len(rest)
                yield line
        except OSError as error:
            raise UsageError(f"{self._name}: can't be read on: {error.strerror or error}") from None

    def _of_lines(self) -> Iterator[Row]:
        for number, line in enumerate(self._lines(), start=1):
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not line.strip():
                continue
            if number == 1 and line.lstrip().startswith(b"["):
                raise UsageError(f"{self._name}: it is one JSON array; a batch wants one brief a line, in {{ }}")
            try:
                yield _row(_object(line))
            except ValueError as error:
                yield _bad(line, f"line {number}: {shorten(one_line(str(error)), 160)}")

    def _of_table(self) -> Iterator[Row]:
        """Rows of CSV, the first of which names the columns; cells of lists hold entries parted by | or line breaks."""
        csv.field_size_limit(MOST_BYTES)
        lines = (line.decode("utf-8", "surrogateescape") for line in self._lines())
        head = next(lines, "").removeprefix("\ufeff")
        delimiter = max(",;\t", key=lambda mark: len(set(_cells(head, mark)) & set(KEYS)))
        columns = _cells(head, delimiter)
        if len(set(columns)) < len(columns):
            twice = next(column for column in columns if columns.count(column) > 1)
            raise UsageError(f"{self._name}: two columns are named {one_line(twice)!r}")
        for column in columns:
            if column not in KEYS:
                near = difflib.get_close_matches(column, KEYS, n=1, cutoff=0.0)[0]
                raise UsageError(
                    f"{self._name}: unknown column {one_line(column)!r}; the nearest known one is {near!r}"
                )
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            place = f"line {reader.line_num + 2}"
            try:
                cells = next(reader)
                if any(cell.strip() for cell in cells):
                    yield _row(_values(columns, cells))
            except StopIteration:
                return
            except (csv.Error, ValueError) as error:
                last = reader.line_num + 1
                if last > int(place.split()[1]) and isinstance(error, csv.Error):
                    place = f"lines {place.split()[1]} to {last}, taken for one row: is a quotation mark without its other half?"
                yield _bad(place.encode(), f"{place}: {shorten(one_line(str(error)), 160)}")


def read_rows(source: str, stdin: IO[bytes]) -> Rows:
    """The rows of a file, `-` for standard input: CSV when it is named .csv or .tsv, JSONL otherwise. Raises UsageError."""
    if source == "-":
        return Rows(stdin, "standard input", table=False)
    name = one_line(source)
    try:
        file = open_plain(Path(source))
    except FileNotFoundError:
        raise UsageError(f"{name}: no such file; `-` reads standard input") from None
    except OSError as error:
        raise UsageError(f"{name} can't be read: {error.strerror or error}") from None
    return Rows(file, name, Path(source).suffix.lower() in (".csv", ".tsv"))


def key_of(values: dict[str, Any]) -> str:
    """The hash of a row's values, in hexadecimal: 80 bits, so that two of a million rows share one by accident once in 10^12 batches."""
    whole = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _row(values: dict[str, Any]) -> Row:
    named = values.pop("id", "")
    if isinstance(named, bool) or not isinstance(named, (str, int)):
        raise ValueError("id must be text or a number")
    for name, value in values.items():
        inner = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) for one in inner):
            raise ValueError(f"{shorten(one_line(name), 40)}: nested too deeply for a brief")
    # With the id: two rows that hold the same brief for two people are two rows.
    return Row(0, key_of(values | {"id": str(named)}), values, shorten(one_line(str(named)), 200))


def _bad(raw: bytes, error: str) -> Row:
    return Row(0, hashlib.sha256(raw).hexdigest()[:20], error=error)


def _object(line: bytes) -> dict[str, Any]:
    """The brief of a line. Raises ValueError that says what is wrong with it."""
    if len(line) > MOST_BYTES:
        raise ValueError(f"longer than {MOST_BYTES:,} bytes; is it a brief?")
    try:
        values = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not valid JSON: {error.msg}, at character {error.pos + 1}") from None
    except RecursionError:
        raise ValueError("nested too deeply for a brief") from None
    if not isinstance(values, dict):
        raise ValueError("not a brief: a row is one object in { }")
    return values


def _values(columns: list[str], cells: list[str]) -> dict[str, Any]:
    """The brief of a table's row; an empty cell says nothing. Raises ValueError that says what is wrong with it."""
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        raise ValueError(f"{len(cells)} cells in a table of {len(columns)} columns; is a text with commas in quotes?")
    values: dict[str, Any] = {}
    for column, cell in zip(columns, cells, strict=False):
        if any("\udc80" <= ch <= "\udcff" for ch in cell):
            raise ValueError(f"{column}: not UTF-8 text; save the table as UTF-8")
        if not cell.strip():
            continue
        if column in LISTS:
            values[column] = [entry for entry in _ENTRIES.split(cell.strip()) if entry]
        elif column == "feedback":
            if cell.strip().lower() not in ("true", "false", "yes", "no", "1", "0"):
                raise ValueError(f"feedback must be true or false, not {one_line(cell)!r}")
            values[column] = cell.strip().lower() in ("true", "yes", "1")
        else:
            values[column] = cell.strip()
    return values


def _cells(head: str, delimiter: str) -> list[str]:
    return [cell.strip().lower().replace(" ", "_") for cell in next(csv.reader([head], delimiter=delimiter), [])]
