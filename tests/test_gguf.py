"""Why a model or an adapter can't be used is told from its header, in one clause that names the file."""

import struct
from pathlib import Path

import pytest

from assistant.errors import Unavailable
from assistant.providers import adapter, weights
from assistant.providers.gguf import misfit


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def gguf(path: Path, keys: dict[str, str], tensors: dict[str, tuple[int, int]]) -> Path:
    """A GGUF file with string keys and float16 matrices of these shapes, all zero."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    head += b"".join(text(name) + struct.pack("<I", 8) + text(value) for name, value in keys.items())
    offset = 0
    for name, (wide, high) in tensors.items():
        head += text(name) + struct.pack("<IQQIQ", 2, wide, high, 1, offset)
        offset += wide * high * 2
    path.write_bytes(head + b"\0" * (-len(head) % 32) + b"\0" * offset)
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return gguf(tmp_path / "base.gguf", {"general.architecture": "llama"}, {"blk.0.attn_q.weight": (64, 64)})


def low_rank(path: Path, wide: int) -> Path:
    tensors = {"blk.0.attn_q.weight.lora_a": (wide, 8), "blk.0.attn_q.weight.lora_b": (8, wide)}
    return gguf(path, {"general.type": "adapter", "adapter.type": "lora"}, tensors)


def test_a_fitting_adapter_has_nothing_against_it(base: Path, tmp_path: Path) -> None:
    assert misfit(base, low_rank(tmp_path / "fits.gguf", 64)) == ""
    assert misfit(base, None) == ""


def test_an_adapter_for_a_model_of_another_size_is_named(base: Path, tmp_path: Path) -> None:
    said = misfit(base, low_rank(tmp_path / "wide.gguf", 96))
    assert "wide.gguf doesn't fit base.gguf" in said
    assert "64 by 64" in said
    other = gguf(
        tmp_path / "deep.gguf",
        {"general.type": "adapter", "adapter.type": "lora"},
        {"blk.40.attn_q.weight.lora_a": (64, 8)},
    )
    assert "blk.40.attn_q.weight is missing there" in misfit(base, other)


def test_an_adapter_cut_short_is_named_with_its_sizes(base: Path, tmp_path: Path) -> None:
    path = low_rank(tmp_path / "cut.gguf", 64)
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-100])
    assert f"cut.gguf is cut short: {whole - 100} of {whole} bytes" in misfit(base, path)
    path.write_bytes(path.read_bytes()[:60])
    assert "cut.gguf is cut short or damaged" in misfit(base, path)


def test_what_is_no_adapter_and_what_is_no_model_is_said(base: Path, tmp_path: Path) -> None:
    assert "is no LoRA adapter" in misfit(base, base)
    adapter_file = low_rank(tmp_path / "a.gguf", 64)
    assert "is an adapter, not a model" in misfit(adapter_file, None)
    (tmp_path / "note.gguf").write_text("hello")
    assert "isn't a GGUF file" in misfit(tmp_path / "note.gguf", None)
    assert "no such adapter file" in misfit(base, tmp_path / "none.gguf")


@pytest.mark.parametrize("cut", [3, 11, 20, 40, 75, 90])
def test_a_header_that_breaks_off_anywhere_is_no_traceback(base: Path, tmp_path: Path, cut: int) -> None:
    (tmp_path / "part.gguf").write_bytes(base.read_bytes()[:cut])
    assert "part.gguf" in misfit(tmp_path / "part.gguf", None)


def test_odd_shapes_and_alignments_are_said_not_thrown(base: Path, tmp_path: Path) -> None:
    odd = gguf(tmp_path / "odd.gguf", {"general.alignment": "wide"}, {"blk.0.attn_q.weight": (64, 64)})
    assert "damaged" in misfit(odd, None)
    flat = base.read_bytes().replace(struct.pack("<IQQ", 2, 64, 64), struct.pack("<IQQ", 1, 64, 64), 1)
    (tmp_path / "flat.gguf").write_bytes(flat)
    assert misfit(tmp_path / "flat.gguf", low_rank(tmp_path / "a.gguf", 64))


def test_the_adapter_is_made_for_the_weights_that_are_fetched() -> None:
    assert adapter.card()["base_sha256"] == weights.SHA256


def test_the_shipped_adapter_is_the_one_of_its_card(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert adapter.verified_adapter() == adapter.adapter_file()
    assert adapter.adapter_file().stat().st_size < 10_000_000
    other = adapter.card() | {"sha256": "0" * 64}
    monkeypatch.setattr(adapter, "card", lambda: other)
    with pytest.raises(Unavailable, match="wrong hash"):
        adapter.verified_adapter()
