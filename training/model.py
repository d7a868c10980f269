"""The base model with low-rank matrices beside its frozen weights, and the loss on the answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from data import Example
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def load_tokenizer(weights: Path) -> Any:
    """The tokenizer that the GGUF file carries."""
    return AutoTokenizer.from_pretrained(weights.parent, gguf_file=weights.name)


def load_model(weights: Path, rank: int) -> Any:
    """The base weights, frozen, in bfloat16 (twice as fast on processors that have it), and float32 matrices of this rank to train.

    The parameters alone are rounded: rotary frequencies rounded so far would be other positions. Attention is the plain one: at
    fifty tokens it is faster on a CPU than the fused kernels, whose backward pass is slow there.
    """
    base = AutoModelForCausalLM.from_pretrained(
        weights.parent, gguf_file=weights.name, dtype=torch.float32, attn_implementation="eager"
    )
    for parameter in base.parameters():
        parameter.data = parameter.data.to(torch.bfloat16)
    return get_peft_model(base, LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=LAYERS))


@dataclass(frozen=True)
class Head:
    """The output layer for the tokens that occur in the pairs: a fifth of the vocabulary, and a tenth of the time saved.

    `rows` (tokens, width) are its weights, `place` (vocabulary) where a token's row is.
    """

    rows: torch.Tensor
    place: torch.Tensor


def make_head(model: Any, examples: list[Example]) -> Head:
    """The head for everything that these examples hold."""
    tokens = torch.tensor(sorted({t for e in examples for t in (*e.prompt, *e.answer)}))
    weight = model.get_base_model().lm_head.weight.data
    place = torch.full((weight.shape[0],), -1)
    place[tokens] = torch.arange(len(tokens))
    return Head(weight[tokens].clone(), place)


def loss_of(model: Any, head: Head, batch: list[Example]) -> torch.Tensor:
    """Mean cross-entropy over the answer tokens. Padding stands at the right, where a causal model can't see it from the answer."""
    width = max(e.length for e in batch)
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    rows, columns, targets = [], [], []
    for row, e in enumerate(batch):
        ids[row, : e.length] = torch.tensor(e.prompt + e.answer)
        for offset, target in enumerate(e.answer):
            rows.append(row)
            columns.append(len(e.prompt) + offset - 1)
            targets.append(target)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.get_base_model().model(input_ids=ids).last_hidden_state[rows, columns]
        scores = hidden @ head.rows.t()
    return torch.nn.functional.cross_entropy(scores.float(), head.place[torch.tensor(targets)])
