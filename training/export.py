"""Write trained LoRA matrices as a GGUF adapter that llama.cpp loads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def permute(rows: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp keeps the rotary halves of each head interleaved; transformers keeps them apart."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, 2, half, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def unpermute(rows: np.ndarray, heads: int) -> np.ndarray:
    """The way back from `permute`."""
    half = rows.shape[0] // heads // 2
    return rows.reshape(heads, half, 2, *rows.shape[1:]).swapaxes(1, 2).reshape(rows.shape)


def load_adapter(model: Any, path: Path) -> None:
    """Put the matrices of a GGUF adapter into a peft model of the same rank, to train on from there."""
    import torch

    config = model.get_base_model().config
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    tensors = {t.name: np.array(t.data, dtype=np.float32) for t in gguf.GGUFReader(str(path)).tensors}
    for name, parameter in model.state_dict().items():
        if ".lora_" in name:
            block, target, part = _place(name)
            values = tensors[f"blk.{block}.{target}.weight.lora_{part}"]
            if part == "b" and target in heads:
                values = unpermute(values, heads[target])
            parameter.copy_(torch.from_numpy(values))


def _place(name: str) -> tuple[str, str, str]:
    """Block number, llama.cpp's layer name and `a` or `b`, from a peft parameter's name."""
    block, _, rest = name.partition(".layers.")[2].partition(".")
    layer, _, part = rest.partition(".lora_")
    return block, NAMES[layer], part[0].lower()


def write_adapter(model: Any, out: Path, alpha: float) -> None:
    """Write the LoRA matrices of a peft model as float16 GGUF tensors `blk.N.NAME.weight.lora_a|lora_b`."""
    config = model.get_base_model().config
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    writer = gguf.GGUFWriter(str(out), "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(alpha))
    writer.add_string("general.name", "afternote note-to-sentence")
    for name, tensor in model.state_dict().items():
        if ".lora_" not in name:
            continue
        block, target, part = _place(name)
        values = tensor.detach().float().numpy()
        if part == "b" and target in heads:
            values = permute(values, heads[target])
        writer.add_tensor(f"blk.{block}.{target}.weight.lora_{part}", values.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_floats(weights: Path, out: Path) -> None:
    """The same weights with every matrix as float32: what a GGUF file holds once it is dequantised, as training sees it."""
    reader = gguf.GGUFReader(str(weights))
    writer = gguf.GGUFWriter(str(out), "llama")
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        if name == "general.file_type":
            writer.add_file_type(int(gguf.LlamaFileType.ALL_F32))
            continue
        kind = field.types[0]
        writer.add_key_value(
            name, field.contents(), kind, field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        )
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        writer.add_tensor(tensor.name, values.reshape([int(n) for n in reversed(tensor.shape)]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
