"""A batch by way of files: requests written and handed in as a whole, answers fetched within a day, for half the price of asking at once.

Each letter goes round until its drafting asks for nothing more: a first draft, and a revision while checks find errors, each in the next
file. What is under way stands in a `Box`; a program that goes on with it finds every letter exactly where it was.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

from assistant.batch.cost import Purse
from assistant.batch.openai_answers import Drafting, failure, lines_of
from assistant.batch.openai_box import Asked, Box, Part
from assistant.batch.openai_files import Api, Standing
from assistant.batch.results import Index, Results
from assistant.batch.rows import Row
from assistant.batch.run import Tally, count, undone
from assistant.errors import ProviderError, TryLater, UsageError
from assistant.files import open_plain, reason, stage_beside
from assistant.providers.patience import Passing
from assistant.text import one_line, shorten

FIRST, LONGEST = 3.0, 60.0  # seconds before a batch is first looked at, and between two looks at most
SLOWER = 1.5  # how the time between two looks grows
MISSES = 30  # looks in a row that come to nothing before the endpoint is taken to be down: half an hour
_MISSING = {
    "expired": "the batch expired before this letter was written",
    "cancelled": "the batch was cancelled before this letter was written",
    "completed": "the files of the batch hold no answer for this letter",
}


@dataclass
class Courier:
    """Takes rows to the box, requests out of it, and answers back, whichever way they travel. `tally` counts the results."""

    box: Box
    results: Results
    drafting: Drafting
    purse: Purse
    tally: Tally
    on_result: Callable[[Tally], None]
    tell: Callable[[str], None]
    _waiting: Iterator[Row] = field(default_factory=lambda: iter(()))
    _next: Row | None = None

    def begin(self, rows: Iterable[Row]) -> None:
        """These are the rows: those that have no letter and aren't under way are to be written."""
        self._reconcile()
        under_way = Index()
        for key in self.box.row_keys():
            under_way.wrote(key)
        self._waiting = (row for row in undone(rows, self.results, self.tally) if not under_way.has(row.key))
        self._next = next(self._waiting, None)

    def gather(self) -> None:
        """Take in as many rows as the purse bears; what can't be used is a result at once. The tally is whole when none is left."""
        held = len(self.box)
        with self.box.changes():
            while self._next and self.purse.bears(held):
                held += self._step(Asked(f"{self._next.key}-{self._next.number}", self._next))
                self._next = next(self._waiting, None)
        self.tally.whole = not self._next

    def settle(self, file: IO[bytes], part: int | None) -> int:
        """Use each answer of a file to a letter of this part, or of any; how many lines were of no use. To be called within changes."""
        useless = 0
        for line in lines_of(file, self.drafting.endpoint.place):
            asked = self.box.out(line.id, part) if line else None
            if line and asked:
                self._step(Asked(asked.id, asked.row, [*asked.answers, line.answer]))
            else:
                useless += 1
        return useless

    def give_up(self, part: int, why: str) -> None:
        """The letters of this part that got no answer get this one. To be called within changes."""
        for name in self.box.missing(part):
            asked = self.box.out(name, part)
            assert asked
            self._step(Asked(asked.id, asked.row, [*asked.answers, failure(why)]))

    def _step(self, asked: Asked) -> bool:
        """Draft with the answers there are: the letter is done, or waits again. Whether it waits."""
        outcome = self.drafting.next(asked.row, asked.answers)
        if isinstance(outcome, dict):
            self.results.add(outcome)
            count(self.tally, outcome, self.purse)
            self.box.remove(asked.id)
            self.on_result(self.tally)
            return False
        self.box.put(asked, self.drafting.line(asked.id, outcome))
        return True

    def _reconcile(self) -> None:
        """Take out of the box what stands in the results: a program that was ended between the two left it in both."""
        if not len(self.box):
            return
        with _read(self.results.path) as file, self.box.changes():
            for line in file:
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    result = json.loads(line)
                    self.box.remove(f"{result['key']}-{result['row']}")


@dataclass
class Post:
    """Has a courier's letters written by the Batch API. `on_look` gets a line about how it stands, each time that is asked."""

    courier: Courier
    api: Api
    on_look: Callable[[str], None]
    wait: Callable[[float], None] = time.sleep

    def run(self) -> None:
        """Until no letter waits for the endpoint any more. Raises what `Api` raises, with everything kept for the next run."""
        while True:
            self.courier.gather()
            while self.courier.box.plan():
                pass
            parts = [self._sent(part) for part in self.courier.box.parts()]
            if not parts:
                return
            self._wait_for(parts)

    def _sent(self, part: Part) -> Part:
        """The part with its batch begun, if it wasn't."""
        box = self.courier.box
        if part.batch:
            return part
        if not part.file:
            with _staged(self.courier.results.path) as (stage, file):
                box.write(part, file)
                file.flush()
                part = box.uploaded(part, self.api.upload(stage, part.name))
        look = part.tried
        box.trying(part, True)
        try:
            batch = self.api.create(part.file, part.name, look, partial(box.trying, part, False))
        except ProviderError:
            if not box.tried(part):  # nothing was begun, and nobody needs the file
                self.api.remove(part.file)
                box.uploaded(part, "")
            raise
        box.created(part, batch)
        self.courier.tell(
            f"{one_line(batch)} runs at {self.api.place.base_url}; Ctrl-C is safe: --resume fetches what it writes"
        )
        return Part(part.number, part.name, part.file, batch, tried=True)

    def _wait_for(self, parts: list[Part]) -> None:
        """Fetch each part when its batch has ended."""
        pause, misses = FIRST, 0
        while parts:
            self.wait(pause)
            pause = min(pause * SLOWER, LONGEST)
            standings: list[Standing] = []
            for part in list(parts):
                try:
                    standing = self.api.look(part.batch)
                except (Passing, TryLater) as error:
                    misses, pause = misses + 1, LONGEST
                    if misses >= MISSES:
                        raise (error.error if isinstance(error, Passing) else error) from None
                    continue
                misses = 0
                standings.append(standing)
                if standing.ended:
                    self._fetch(part, standing)
                    parts.remove(part)
            self.on_look(_said(standings))

    def _fetch(self, part: Part, standing: Standing) -> None:
        """Use the answers of a batch that has ended. Only when all are kept are its files taken away."""
        place, courier = self.api.place, self.courier
        batch = one_line(part.batch)
        why = _MISSING.get(standing.status, f"the batch {standing.status}")
        why = f"{why} ({batch}{': ' + standing.why if standing.why else ''})"
        with contextlib.ExitStack() as stack:
            files = []
            for name in standing.files:
                stage, file = stack.enter_context(_staged(courier.results.path))
                self.api.download(name, file)
                files.append(stack.enter_context(_read(stage)))
            with courier.box.changes():
                useless = sum(courier.settle(file, part.number) for file in files)
                courier.give_up(part.number, why)
        if useless:
            courier.tell(
                f"{place.base_url}: {useless:,} lines of {batch} can't be read or answer nothing that was asked; left out"
            )
        self.api.remove(part.file, *standing.files)


def write_requests(courier: Courier, path: Path) -> int:
    """Write the requests that wait into a file, as many as one may hold; how many. Raises UsageError when it can't be written."""
    box = courier.box
    with _staged(path) as (stage, file), box.changes():
        part = box.plan(by_hand=True)
        if not part:
            return 0
        written = box.write(part, file)
        box.sent(part)
        file.close()
        stage.replace(path)
    return written


def read_answers(courier: Courier, paths: Iterable[Path]) -> int:
    """Use the answers in files that were fetched by hand; how many lines were of no use. Raises UsageError for one that can't be read."""
    useless = 0
    for path in paths:
        with _read(path) as file, courier.box.changes():
            useless += courier.settle(file, None)
    return useless


def _said(standings: list[Standing]) -> str:
    """How batches stand, in a line."""
    if not standings:
        return "no word from the endpoint; it is asked again"
    states = ", ".join(dict.fromkeys(shorten(one_line(one.status), 40) for one in standings))
    done, failed, total = (sum(getattr(one, name) for one in standings) for name in ("done", "failed", "total"))
    return f"{states}: {done:,} of {total:,} requests answered" + (f", {failed:,} failed" if failed else "")


@contextlib.contextmanager
def _read(path: Path) -> Iterator[IO[bytes]]:
    """A file to read. Raises UsageError when it can't be."""
    try:
        with open_plain(path) as file:
            yield file
    except OSError as error:
        raise UsageError(f"{one_line(str(path))}: can't be read: {reason(error)}") from None


@contextlib.contextmanager
def _staged(path: Path) -> Iterator[tuple[Path, Any]]:
    """A private file beside this one, gone afterwards unless it took its place. Raises UsageError when it can't be written."""
    try:
        with stage_beside(path) as (stage, file):
            yield stage, file
    except OSError as error:
        raise UsageError(
            f"{one_line(str(path.parent))}: can't be written there: {reason(error)}; what was sent is kept"
        ) from None
