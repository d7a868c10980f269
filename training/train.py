"""Teach the embedded model its job: a LoRA adapter from the pairs in `pairs/`.

    python training/train.py WEIGHTS.gguf OUT.gguf [--rank 16] [--epochs 2] [--rate 4e-4] [--start ADAPTER.gguf] [--seed 7]

Reads the base weights from their GGUF file, trains low-rank matrices on all seven linear layers with the loss on the answer only, and
writes them as a GGUF adapter that llama.cpp loads beside the same weights. CPU only: the frozen weights are held in bfloat16, which
doubles the speed on processors that have it, the trained matrices in float32.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from export import load_adapter, write_adapter
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

PAIRS = Path(__file__).parent / "pairs"
LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


@dataclass(frozen=True)
class Example:
    """Token ids of one pair: the prompt, and the answer that the loss is taken on."""

    prompt: list[int]
    answer: list[int]


def read_pairs(patterns: list[str]) -> list[dict[str, str]]:
    """The pairs of all files whose names match one of the patterns."""
    paths = sorted({path for pattern in patterns for path in PAIRS.glob(pattern)})
    return [
        json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def held_back(pair: dict[str, str], percent: int) -> bool:
    """The same few pairs are held back in every run, whatever the seed: chosen by the hash of the note."""
    return int(hashlib.sha256(pair["note"].encode()).hexdigest(), 16) % 100 < percent


def encode(pair: dict[str, str], tokenizer: Any) -> Example:
    prompt = (
        f"<|im_start|>user\nTo: {pair['recipient']}\n{pair['kind']}: {pair['note']}<|im_end|>\n<|im_start|>assistant\n"
    )
    return Example(tokenizer(prompt)["input_ids"], tokenizer(pair["sentence"] + "<|im_end|>")["input_ids"])


def batches(examples: list[Example], size: int, rng: random.Random) -> list[list[Example]]:
    """Batches of like length, in random order: little padding, and still a different path each epoch."""
    ordered = sorted(examples, key=lambda e: len(e.prompt) + len(e.answer) + rng.random() * 4)
    out = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    rng.shuffle(out)
    return out


def loss_of(model: Any, batch: list[Example]) -> torch.Tensor:
    """Mean cross-entropy over the answer tokens; the output layer runs on their positions only, which saves most of its time."""
    width = max(len(e.prompt) + len(e.answer) for e in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros(len(batch), width, dtype=torch.long)
    rows, columns, targets = [], [], []
    for row, e in enumerate(batch):
        tokens = e.prompt + e.answer
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        for offset, target in enumerate(e.answer):
            rows.append(row)
            columns.append(len(e.prompt) + offset - 1)
            targets.append(target)
    causal = model.get_base_model()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = causal.model(input_ids=ids, attention_mask=mask).last_hidden_state[rows, columns]
        scores = causal.lm_head(hidden)
    return torch.nn.functional.cross_entropy(scores.float(), torch.tensor(targets))


def mean_loss(model: Any, examples: list[Example], rng: random.Random) -> float:
    model.eval()
    with torch.no_grad():
        total = sum(loss_of(model, batch).item() * len(batch) for batch in batches(examples, 16, rng))
    model.train()
    return total / max(1, len(examples))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", nargs="+", default=["*.jsonl"], help="names of the files in pairs/ to train on")
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--held-back", type=int, default=5, help="per cent of the pairs kept for the validation loss")
    parser.add_argument("--start", type=Path, help="an adapter of the same rank to train on from")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    tokenizer = AutoTokenizer.from_pretrained(options.weights.parent, gguf_file=options.weights.name)
    base = AutoModelForCausalLM.from_pretrained(
        options.weights.parent, gguf_file=options.weights.name, dtype=torch.float32
    )
    for (
        parameter
    ) in base.parameters():  # the parameters alone: rotary frequencies rounded so far would be other positions
        parameter.data = parameter.data.to(torch.bfloat16)
    config = LoraConfig(r=options.rank, lora_alpha=2 * options.rank, lora_dropout=0.0, target_modules=LAYERS)
    model: Any = get_peft_model(base, config)
    if options.start:
        load_adapter(model, options.start)

    pairs = read_pairs(options.pairs)
    train = [encode(p, tokenizer) for p in pairs if not held_back(p, options.held_back)]
    check = [encode(p, tokenizer) for p in pairs if held_back(p, options.held_back)]
    steps = options.epochs * math.ceil(len(train) / options.batch)
    optimizer = torch.optim.AdamW(
        [p for p in model.parameters() if p.requires_grad], lr=options.rate, weight_decay=0.01
    )

    def rate(step: int) -> float:
        warm = max(1, steps // 20)
        return step / warm if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    started, step, recent = time.time(), 0, 0.0
    print(
        json.dumps(
            {
                "pairs": len(train),
                "held_back": len(check),
                "steps": steps,
                "rank": options.rank,
                "seed": options.seed,
            }
        ),
        flush=True,
    )
    model.train()
    for epoch in range(options.epochs):
        for batch in batches(train, options.batch, rng):
            loss = loss_of(model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            recent = loss.item() if not recent else 0.95 * recent + 0.05 * loss.item()
            if step % 20 == 0:
                print(
                    json.dumps({"step": step, "loss": round(recent, 4), "seconds": round(time.time() - started)}),
                    flush=True,
                )
        line = {
            "epoch": epoch + 1,
            "validation": round(mean_loss(model, check, rng), 4),
            "seconds": round(time.time() - started),
        }
        print(json.dumps(line), flush=True)
        write_adapter(model, options.out, alpha=2 * options.rank)


if __name__ == "__main__":
    main()
