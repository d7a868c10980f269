"""Teach the embedded model its job: a LoRA adapter from the pairs in `pairs/`, in the stages of `curriculum.toml`.

    python training/train.py WEIGHTS.gguf OUT.gguf [--rank 16] [--seed 7] [--stages 5] [--start ADAPTER.gguf]

Reads the base weights from their GGUF file, trains low-rank matrices on all seven linear layers with the loss on the answer only, and
writes them as a GGUF adapter that llama.cpp loads beside the same weights. CPU only. Interrupted, it goes on from OUT.resume when the
same command is given again. The curve is in OUT.jsonl.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from data import Example, batches, encode, files, held_back, read_pairs
from export import load_adapter, write_adapter
from model import Head, load_model, load_tokenizer, loss_of, make_head

CURRICULUM = Path(__file__).parent / "curriculum.toml"
REPORT_EVERY, SAVE_EVERY = 20, 100  # steps


@dataclass(frozen=True)
class Stage:
    """One run over some of the pairs. Of the files in `notes` the notes alone; `held_back` per cent are for the validation loss."""

    pairs: list[str]
    epochs: int
    rate: float
    batch: int = 16
    held_back: int = 3
    notes: tuple[str, ...] = ()
    warm: float = 0.05


@dataclass
class Run:
    """Everything of a run that goes on: the model, where it stands, and where it writes."""

    model: Any
    head: Head
    out: Path
    seed: int
    started: float
    fingerprint: str
    state: dict[str, Any] | None = None

    def log(self, line: dict[str, Any]) -> None:
        """One line of the curve, on standard output and in OUT.jsonl."""
        text = json.dumps(line | {"seconds": round(time.time() - self.started)})
        print(text, flush=True)
        with self.out.with_suffix(".jsonl").open("a", encoding="utf-8") as file:
            file.write(text + "\n")

    def save(self, place: tuple[int, int], recent: float, optimizer: Any, schedule: Any) -> None:
        """All that is needed to go on, written aside first: a run cut short here loses nothing."""
        trained = {k: v for k, v in self.model.state_dict().items() if ".lora_" in k}
        state = {
            "fingerprint": self.fingerprint,
            "stage": place[0],
            "step": place[1],
            "recent": recent,
            "trained": trained,
            "optimizer": optimizer.state_dict(),
            "schedule": schedule.state_dict(),
            "seconds": time.time() - self.started,
        }
        aside = self.out.with_suffix(".part")
        torch.save(state, aside)
        aside.replace(self.out.with_suffix(".resume"))


def run_stage(run: Run, number: int, stage: Stage, train: list[Example], check: list[Example]) -> None:
    """Train on one stage, from where a resumed run stood."""
    per_epoch = math.ceil(len(train) / stage.batch)
    steps = stage.epochs * per_epoch
    optimizer = torch.optim.AdamW(
        [p for p in run.model.parameters() if p.requires_grad], lr=stage.rate, weight_decay=0.01
    )

    def rate(step: int) -> float:
        warm = max(1, round(steps * stage.warm))
        return (
            (step + 1) / warm if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
        )

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    done, recent = 0, 0.0
    if run.state:
        optimizer.load_state_dict(run.state["optimizer"])
        schedule.load_state_dict(run.state["schedule"])
        done, recent = run.state["step"], run.state["recent"]
        run.state = None
        run.log({"stage": number, "resumed_at": done})
    else:
        run.log({"stage": number, "pairs": len(train), "held_back": len(check), "steps": steps, "rate": stage.rate})
    step = 0
    run.model.train()
    for epoch in range(stage.epochs):
        for batch in batches(train, stage.batch, random.Random(f"{run.seed} {number} {epoch}")):
            step += 1
            if step <= done:
                continue
            loss = loss_of(run.model, run.head, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            recent = loss.item() if not recent else 0.95 * recent + 0.05 * loss.item()
            if step % REPORT_EVERY == 0:
                run.log({"stage": number, "step": step, "loss": round(recent, 4)})
            if step % SAVE_EVERY == 0 and step % per_epoch:
                run.save((number, step), recent, optimizer, schedule)
        if step > done:
            run.log(
                {"stage": number, "epoch": epoch + 1, "validation": round(mean_loss(run.model, run.head, check), 4)}
            )
            run.save((number, step), recent, optimizer, schedule)


def mean_loss(model: Any, head: Head, examples: list[Example]) -> float:
    """The mean loss over examples that the model isn't trained on."""
    model.eval()
    with torch.no_grad():
        groups = batches(examples, 16, random.Random(0))
        total = sum(loss_of(model, head, batch).item() * len(batch) for batch in groups)
    model.train()
    return total / max(1, len(examples))


def read_stages(path: Path) -> list[Stage]:
    """The stages of a curriculum file."""
    stages = tomllib.loads(path.read_text(encoding="utf-8"))["stage"]
    return [Stage(**(one | {"notes": tuple(one.get("notes", ()))})) for one in stages]


def fingerprint_of(options: argparse.Namespace, stages: list[Stage]) -> str:
    """What a run depends on: going on after a change of data or settings would be another run."""
    parts = [str((options.rank, options.seed, options.stages, stages)).encode()]
    parts += [p.read_bytes() for p in (options.weights, options.start) if p]
    parts += [p.read_bytes() for p in files([pattern for s in stages for pattern in (*s.pairs, *s.notes)])]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--curriculum", type=Path, default=CURRICULUM)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stages", type=int, nargs="+", help="only these, counted from 1")
    parser.add_argument("--start", type=Path, help="an adapter of the same rank to train on from")
    options = parser.parse_args()

    stages = read_stages(options.curriculum)
    wanted = sorted(set(options.stages or range(1, len(stages) + 1)))
    if not 1 <= wanted[0] <= wanted[-1] <= len(stages):
        parser.error(f"{options.curriculum} has the stages 1 to {len(stages)}")
    torch.manual_seed(options.seed)
    tokenizer, model = load_tokenizer(options.weights), load_model(options.weights, options.rank)
    if options.start:
        load_adapter(model, options.start)
    data = {}
    for number in wanted:
        stage = stages[number - 1]
        pairs = read_pairs(stage.pairs, stage.notes)
        held = [held_back(pair, stage.held_back) for pair in pairs]
        encoded = [encode(pair, tokenizer) for pair in pairs]
        data[number] = [[e for e, h in zip(encoded, held, strict=True) if h is side] for side in (False, True)]
    head = make_head(model, [e for sides in data.values() for side in sides for e in side])

    run = Run(
        model,
        head,
        options.out,
        options.seed,
        time.time(),
        fingerprint_of(options, [stages[number - 1] for number in wanted]),
    )
    kept = options.out.with_suffix(".resume")
    if kept.exists():
        state = torch.load(kept)
        if state["fingerprint"] != run.fingerprint:
            raise SystemExit(f"{kept} is of a run with other data or settings; remove it to start afresh")
        missing = model.load_state_dict(state["trained"], strict=False)
        if missing.unexpected_keys or any(".lora_" in key for key in missing.missing_keys):
            raise SystemExit(f"{kept} doesn't fit this model; remove it to start afresh")
        run.state, run.started = state, time.time() - state["seconds"]
    for number in wanted:
        if run.state and number < run.state["stage"]:
            continue
        run_stage(run, number, stages[number - 1], *data[number])
        write_adapter(model, options.out, alpha=2 * options.rank)


if __name__ == "__main__":
    main()
