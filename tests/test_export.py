"""The exported adapter is the trained one: on greedy output the engine and the training library agree token by token.

Needs the training libraries, which no user does: pip install '.[training]'.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from assistant.errors import Unavailable
from assistant.prompts import load_template
from assistant.providers import Request, weights
from assistant.providers.adapter import verified_adapter
from assistant.providers.local import Local

pytestmark = [
    pytest.mark.weights,
    pytest.mark.filterwarnings("ignore"),  # of the training libraries, about themselves
]
torch = pytest.importorskip("torch", reason="the training libraries aren't installed: pip install '.[training]'")
for name in ("transformers", "peft", "gguf", "xllamacpp"):
    pytest.importorskip(name, reason=f"{name} isn't installed: pip install '.[training,local]'")
sys.path.insert(0, str(ROOT / "training"))

COUNT = 24  # notes
LONGEST = 60  # tokens


def notes() -> list[dict[str, str]]:
    path = ROOT / "evals" / "notes" / "test-1.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:COUNT]


def by_training_library(base: Path, adapter: Path, pairs: list[dict[str, str]]) -> list[list[int]]:
    """Greedy tokens as the training library gives them: float32 throughout."""
    from data import encode
    from export import load_adapter
    from model import load_model, load_tokenizer

    tokenizer, model = load_tokenizer(base), load_model(base, 16)
    model = model.float().eval()
    load_adapter(model, adapter)
    end, out = tokenizer("<|im_end|>")["input_ids"][0], []
    for pair in pairs:
        tokens: list[int] = []
        prompt = encode(pair, tokenizer).prompt
        with torch.no_grad():
            while len(tokens) < LONGEST and (not tokens or tokens[-1] != end):
                scores: Any = model(input_ids=torch.tensor([prompt + tokens])).logits[0, -1]
                tokens.append(int(scores.argmax()))
        out.append([t for t in tokens if t != end])
    return out


def test_engine_and_training_library_agree_token_by_token(tmp_path: Path) -> None:
    from export import write_floats
    from model import load_tokenizer

    try:
        base = weights.verified() if weights.present() else weights.fetch(lambda had, whole: None)
    except Unavailable as error:
        pytest.skip(str(error))
    floats = tmp_path / "floats.gguf"
    write_floats(base, floats)
    pairs, template = notes(), load_template("sentence")
    engine = Local(floats, verified_adapter())
    asked = [template.render(recipient=p["recipient"], part=p["kind"], note=p["note"]) for p in pairs]
    said = [c.texts[0] for c in engine.complete_all([Request(m, 1, LONGEST, 0.0, 1) for m in asked])]
    engine.close()
    tokenizer = load_tokenizer(base)
    trained = by_training_library(base, verified_adapter(), pairs)
    assert [tokenizer(text)["input_ids"] for text in said] == trained
