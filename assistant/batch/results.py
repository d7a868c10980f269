"""The results of a batch: a line each, appended when it is there, so that whatever ends the program loses no letter."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from assistant.batch.rows import Row
from assistant.batch.work import STATUSES, WRITTEN, usage_of
from assistant.errors import UsageError
from assistant.files import open_plain, stage_beside
from assistant.providers.seam import Usage
from assistant.text import one_line


class Index:
    """How often each key was written, and met again since. On disk while it is large, and gone with the program: memory stays level."""

    def __init__(self) -> None:
        """Nothing is known."""
        import sqlite3

        self._db = sqlite3.connect("", isolation_level=None)  # a private temporary file (sqlite.org/inmemorydb.html)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA temp_store = FILE")
        self._db.execute("CREATE TABLE t (key TEXT PRIMARY KEY, written INT NOT NULL, met INT NOT NULL) WITHOUT ROWID")

    def wrote(self, key: str) -> None:
        """A letter on this key stands in the results."""
        add = "ON CONFLICT DO UPDATE SET written = written + 1"
        self._db.execute(f"INSERT INTO t VALUES (?, 1, 0) {add}", (key,))

    def has(self, key: str) -> bool:
        """Whether the row now met is done: of rows that hold the same, as many as were written."""
        rows = self._db.execute("UPDATE t SET met = met + 1 WHERE key = ? RETURNING met <= written", (key,)).fetchall()
        return bool(rows and rows[0][0])


class Results:
    """The file of results, held by this program alone. `spent` is what its letters cost so far, `kept` how many there are.

    `uncounted` are answers whose cost nobody told.
    """

    def __init__(self, path: Path, resume: bool, force: bool = False) -> None:
        """Begin the file, or go on with it: letters stay, lines that hold none are taken out, to be tried again. Raises UsageError."""
        self.path, self.name = path, one_line(str(path))
        self.spent, self.kept, self.uncounted = Usage(), 0, 0
        self._index: Index | None = None
        try:
            exists = path.exists()
            if exists and not (resume or force):
                raise UsageError(f"-o {self.name} exists; --resume goes on with it, --force begins it anew")
            self._lock(path)
            if exists and resume:
                self._index = Index()
                self._take_up()
            elif exists:
                os.truncate(self._file, 0)
        except OSError as error:
            raise UsageError(f"-o {self.name}: {error.strerror or error}") from None

    def has(self, row: Row) -> bool:
        """Whether a letter on this row was written before."""
        return self._index is not None and self._index.has(row.key)

    def add(self, result: dict[str, Any]) -> None:
        """Append a result, whole or not at all. Raises UsageError when the disk takes no more."""
        line = json.dumps(result, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        end = os.lseek(self._file, 0, os.SEEK_END)
        try:
            at = 0
            while at < len(line):  # a disk that fills takes a part first
                at += os.write(self._file, line[at:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, end)
            why = error.strerror or str(error)
            raise UsageError(
                f"-o {self.name}: can't be written ({why}); what it holds is kept: make room, and go on with --resume"
            ) from None

    def fileno(self) -> int:
        """The number of the open file."""
        return self._file

    def close(self) -> None:
        """See it safely on the disk, and let it go. Raises UsageError when somebody removed it and it can't be put back."""
        try:
            with contextlib.suppress(OSError):
                os.fsync(self._file)
            if not os.fstat(self._file).st_nlink:
                self._put_back()
        finally:
            os.close(self._file)

    def _put_back(self) -> None:
        """The file was removed while we wrote it: what it held is still there, as long as it is open, and gets its name again."""
        try:
            with stage_beside(self.path) as (stage, new):
                os.lseek(self._file, 0, os.SEEK_SET)
                while piece := os.read(self._file, 1 << 20):
                    new.write(piece)
                new.flush()
                os.link(stage, self.path)  # never over a file that somebody put there meanwhile
        except OSError as error:
            raise UsageError(
                f"-o {self.name} was removed while it was written ({error.strerror or error}); its letters are lost"
            ) from None

    def _lock(self, path: Path) -> None:
        """Open the file for this program alone; one that was exchanged while we waited for it is opened again."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        if path.exists():
            open_plain(path).close()  # no device, no folder
        self._file = os.open(path, flags, 0o600)
        _hold(self._file, self.name)
        if not path.exists() or path.stat().st_ino != os.fstat(self._file).st_ino:
            os.close(self._file)  # another batch put a new file there between the two
            raise UsageError(f"-o {self.name}: another batch is writing it; let it end first")

    def _take_up(self) -> None:
        """Copy the letters into a new file that takes the old one's place; where nothing is to be left out, the old one stays."""
        left_out = False
        with open_plain(self.path) as old, stage_beside(self.path) as (stage, new):
            for line, result in _results(old, self.name):
                if result is None or result["status"] != WRITTEN:
                    left_out = True
                    self.uncounted += bool(result and result.get("asked"))
                    continue
                new.write(line)
                assert self._index
                self._index.wrote(result["key"])
                self.spent += usage_of(result)
                self.uncounted += usage_of(result) == Usage()
                self.kept += 1
            if not left_out:
                return
            new.flush()
            os.fsync(new.fileno())
            stage.replace(self.path)
        os.close(self._file)
        self._lock(self.path)


def _results(file: IO[bytes], name: str) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
    """Each line and what it holds; None for the last one where it isn't whole. Raises UsageError for a file that holds other things."""
    for number, line in enumerate(file, start=1):
        try:
            result = json.loads(line)
            sound = result["status"] in STATUSES and isinstance(result["key"], str)
        except (ValueError, KeyError, TypeError):
            sound = False
        if sound and line.endswith(b"\n"):
            yield line, result
        elif line.endswith(b"\n"):
            raise UsageError(
                f"-o {name}, line {number}: no result of a batch; is it the right file? It was left as it is"
            )
        else:
            yield line, None


def _hold(file: int, name: str) -> None:
    """Keep other batches out until this one ends, however it ends. Raises UsageError."""
    try:
        import fcntl
    except ImportError:  # Windows: there an open file keeps others from replacing it, and that must do
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise UsageError(f"-o {name}: another batch is writing it; let it end first") from None
