"""One row of a batch: a brief in, a result out, whatever happens on the way. The same function for threads, for processes and for Ray."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Semaphore
from typing import TYPE_CHECKING, Any

from assistant.batch.rows import Row
from assistant.brief import brief_from
from assistant.errors import AfternoteError, BriefError, NothingWritten, StreamCut, UsageError
from assistant.prompts import load_template
from assistant.providers.gate import Gate
from assistant.providers.patience import BATCH, Patience
from assistant.settings import ModelSettings
from assistant.writing import Options, compose
from assistant.writing.veiling import veiled

if TYPE_CHECKING:
    from assistant.providers import Provider
    from assistant.providers.seam import Usage

WRITTEN, BAD, FAILED = "written", "bad", "failed"
# What a row is retried for when the batch is resumed is everything but WRITTEN.
STATUSES = (WRITTEN, BAD, FAILED)


@dataclass(frozen=True)
class Work:
    """How the letters of a batch are written: everything a process on this or another machine needs to know, and that can be sent there.

    `hidden` puts placeholders for names into what is sent. `options.seed` is the first row's; each next row has the next one.
    """

    settings: ModelSettings
    options: Options = field(default_factory=Options)
    hidden: bool = False
    patience: Patience = BATCH

    def writer(self, gate: Gate | None = None, letters: int = 1) -> Callable[[Row], dict[str, Any]]:
        """The function that turns rows into results, its model made ready; `letters` are wanted at once. Raises ProviderError."""
        provider = made(self, gate or Gate(), letters)
        options = replace(self.options, templates=functools.cache(load_template))
        return functools.partial(result_of, provider=provider, options=options, hidden=self.hidden)


def made(work: Work, gate: Gate, letters: int) -> Provider:
    """The provider, for several letters at once. Raises ProviderError and its kinds."""
    from assistant.providers.choose import make_provider
    from assistant.providers.endpoint import Endpoint
    from assistant.providers.local import Local

    provider = make_provider(work.settings, work.patience)
    if isinstance(provider, Endpoint):
        provider.streams, provider.gate, provider.slots = False, gate, Semaphore(letters)
    if isinstance(provider, Local):
        provider.letters = letters
        provider.load()
    return provider


def result_of(row: Row, provider: Provider, options: Options, hidden: bool) -> dict[str, Any]:
    """The result of one row, as it is written: `status` written with all of `draft --json`, or bad or failed with `error` and `exit_code`.

    Only what is no error of ours gets through, because it is a defect.
    """
    head = {"row": row.number, "id": row.id, "key": row.key}
    if row.error:
        return head | _failure(BriefError(row.error), BAD)
    values = dict(row.values)
    try:
        kind = values.pop("kind", options.kind)
        if not isinstance(kind, str):
            raise UsageError("kind must be text, such as note or ack")
        brief = brief_from(values)
        seed = None if options.seed is None else options.seed + row.number - 1
        own = replace(options, kind=kind, seed=seed, place=row.number - 1)
        draft = compose(brief, veiled(provider, brief, hidden), own)
    except UsageError as error:
        return head | _failure(error, BAD)
    except AfternoteError as error:
        return head | _failure(error, FAILED)
    return head | {"status": WRITTEN, "to": brief.recipient} | draft.as_json()


def usage_of(result: dict[str, Any]) -> Usage:
    """What a result cost, as the endpoint counted it; 0 for a row without a letter."""
    from assistant.providers.seam import Usage

    counted = result.get("usage") or {}
    return Usage(int(counted.get("prompt_tokens", 0)), int(counted.get("completion_tokens", 0)))


def _failure(error: AfternoteError, status: str) -> dict[str, Any]:
    told: dict[str, Any] = {"status": status, "error": str(error), "exit_code": error.exit_code}
    if isinstance(error, (NothingWritten, StreamCut)):
        told["asked"] = True  # an answer came, and cost what a letter costs
    if partial := getattr(error, "partial", ""):
        told["partial"] = partial
    if error.final:
        told["final"] = True  # no other row would fare better
    return told
