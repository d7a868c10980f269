"""Tokens a second of the embedded engine as afternote drives it, beside llama.cpp's own benches: same weights, threads, lengths and slots.

    python benchmarks/engine.py [--runs 3] [--peers FOLDER] [--json]

`llama-bench` and `llama-batched-bench` come from `benchmarks/llama_bench.py FOLDER`. One request at a time is held against the first, as
many as the program has slots against the second, with and without the adapter. Tokens read and written are counted alike, after loading.
Ours samples, counts its doubts and hands every piece to Python meanwhile; the benches only decode. Each measurement is a process of its
own, in turn: two engines never run at once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peers import program
from processes import ROOT
from rows import Row, alone, beside, options, show

PROMPT, WRITTEN, LONGER = 64, 32, 128  # tokens: about a note and its sentence; a short letter
TIMES = 3  # requests of each process, after one to warm up


class Endless:
    """The engine, told never to stop before the limit of tokens, so that each request is of the same length."""

    def __init__(self, server: Any) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def handle_chat_completions(self, body: dict[str, Any], receive: Any) -> Any:
        """As the engine's own, without an end."""
        return self._server.handle_chat_completions(body | {"ignore_eos": True}, receive)

    def handle_completions(self, body: dict[str, Any], receive: Any) -> Any:
        """As the engine's own, without an end."""
        return self._server.handle_completions(body | {"ignore_eos": True}, receive)


def measure(way: str) -> dict[str, float]:
    """In a process of its own: our tokens a second one `way`, and how many tokens a request's prompt has."""
    sys.path.insert(0, str(ROOT))
    from assistant.providers import Message, Request, local
    from assistant.providers.adapter import verified_adapter
    from assistant.providers.weights import verified

    local.LETTER_TOKENS = local.SLOT_TOKENS  # without the adapter too, slots of the size that the program has
    slots = 1 if way == "one" else local.SLOTS
    model = local.Local(verified(), verified_adapter() if way == "adapter" else None, slots)
    model.load()
    model._server = Endless(model._server)
    words = " the" * (PROMPT - 10)  # a token each; the turn marks are the rest
    request = Request((Message("user", words),), 1, LONGER if way == "one" else WRITTEN, 0.7, 1)

    def work() -> tuple[int, int]:
        if way == "one":
            used = [model.complete(request, lambda _: None).usage]
        else:
            used = [each.usage for each in model.complete_all([request] * slots)]
        return sum(u.prompt_tokens for u in used), sum(u.completion_tokens for u in used)

    read, written = work()
    rates = [(read + written) / _seconds(work) for _ in range(TIMES)]
    model.close()
    return {"rate": statistics.median(rates), "read": read // slots, "written": written // slots}


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def ours(way: str) -> dict[str, float]:
    """The same, from a process that is gone when it is done."""
    done = subprocess.run([sys.executable, __file__, "--inside", way], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def theirs(way: str, folder: Path, read: int, written: int) -> float:
    """Tokens a second of the bench that does the like."""
    from assistant.providers.adapter import verified_adapter
    from assistant.providers.local import SLOT_TOKENS, SLOTS, _cores
    from assistant.providers.weights import verified

    threads = ["-m", str(verified()), "-t", str(_cores())]
    if way == "one":
        lengths = ["-p", "0", "-n", "0", "-pg", f"{read},{written}", "-r", str(TIMES), "-o", "json"]
        return float(json.loads(_output([str(folder / "llama-bench"), *threads, *lengths]))[-1]["avg_ts"])
    lengths = ["-npp", str(read), "-ntg", str(written), "-npl", str(SLOTS), "-c", str(SLOTS * SLOT_TOKENS)]
    adapter = ["--lora", str(verified_adapter())] if way == "adapter" else []
    line = [str(folder / "llama-batched-bench"), *threads, *lengths, *adapter, "--output-format", "jsonl"]
    rates = [json.loads(each)["speed"] for each in _output(line).splitlines() if each.startswith("{")]
    return float(rates[-1])


def _output(line: list[str]) -> str:
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def row(way: str, name: str, folder: Path | None, runs: int) -> Row:
    """One way, in turn with the bench that does the like where it is there."""
    mine, bench = [], []
    for _ in range(runs):
        here = ours(way)
        mine.append(here["rate"])
        if folder:
            bench.append(theirs(way, folder, int(here["read"]), int(here["written"])))
    peer = "llama-bench" if way == "one" else "llama-batched-bench"
    return beside(name, peer, mine, bench, "tokens/s") if folder else alone(name, mine, "tokens/s")


def main() -> None:
    parser = options(__doc__, runs=3)
    parser.add_argument("--peers", type=Path, help="folder of the programs beside ours; without it they are skipped")
    parser.add_argument("--inside", choices=["one", "many", "adapter"], help="one measurement of ours, as JSON")
    chosen = parser.parse_args()
    if chosen.inside:
        print(json.dumps(measure(chosen.inside)))
        return
    sys.path.insert(0, str(ROOT))
    os.environ["PYTHONPATH"] = str(ROOT)
    found = program(chosen.peers, "llama.cpp", "llama-bench")
    ways = {
        "one": "engine, one after another",
        "many": "engine, 15 side by side",
        "adapter": "engine, 15 with the adapter",
    }
    show((row(way, name, found and found.parent, chosen.runs) for way, name in ways.items()), chosen.json)


if __name__ == "__main__":
    main()
