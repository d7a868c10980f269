"""The training run goes on where it was interrupted, as if it hadn't been: on a toy model, with the training libraries."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

torch = pytest.importorskip("torch", reason="the training libraries aren't installed: pip install '.[training]'")
transformers = pytest.importorskip("transformers", reason="pip install '.[training]'")
peft = pytest.importorskip("peft", reason="pip install '.[training]'")
pytest.importorskip("gguf", reason="pip install '.[training]'")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the training libraries, about themselves
sys.path.insert(0, str(ROOT / "training"))

WORDS = 50


def toy() -> Any:
    torch.manual_seed(3)
    config = transformers.LlamaConfig(
        vocab_size=WORDS,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    from model import LAYERS

    model = transformers.LlamaForCausalLM(config)
    return peft.get_peft_model(model, peft.LoraConfig(r=4, lora_alpha=8, lora_dropout=0.0, target_modules=LAYERS))


def test_a_resumed_run_ends_where_an_uninterrupted_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import train
    from data import Example
    from model import make_head

    examples = [Example([1, 2 + n % 40], [3 + n % 30, 4]) for n in range(40)]
    stage = train.Stage(pairs=[], epochs=2, rate=1e-2, batch=4)
    monkeypatch.setattr(train, "SAVE_EVERY", 7)

    def run(name: str, state: dict[str, Any] | None = None) -> train.Run:
        model = toy()
        if state:
            model.load_state_dict(state["trained"], strict=False)
        return train.Run(model, make_head(model, examples), tmp_path / name, 7, time.time(), "same", state)

    whole = run("whole.gguf")
    train.run_stage(whole, 1, stage, examples, examples[:4])
    cut = run("cut.gguf")
    calls = iter(range(9))  # the tenth step never comes: the last save was at the seventh
    real = train.loss_of

    def failing(*arguments: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(train, "loss_of", failing)
    with pytest.raises(KeyboardInterrupt):
        train.run_stage(cut, 1, stage, examples, examples[:4])
    monkeypatch.setattr(train, "loss_of", real)
    state = torch.load(tmp_path / "cut.resume")
    assert state["step"] == 7
    again = run("cut.gguf", state)
    train.run_stage(again, 1, stage, examples, examples[:4])
    for name, trained in whole.model.state_dict().items():
        if ".lora_" in name:
            assert torch.allclose(trained, again.model.state_dict()[name], atol=1e-6), name


def test_a_name_that_matches_no_pairs_ends_the_run() -> None:
    from data import files

    with pytest.raises(SystemExit, match="no file in"):
        files(["pairs-1.jsonl", "pears-*.jsonl"])
