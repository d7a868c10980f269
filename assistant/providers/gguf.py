"""Why a GGUF file can't be used: its header, read just far enough to say so. The engine itself only says that it can't.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (magic, version, counts, keys with values, tensor places, data).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from assistant.text import one_line

# Value types of the format, as struct letters; 8 is a string, 9 an array.
_PLAIN = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_BYTES_PER_VALUE = {0: 4.0, 1: 2.0, 8: 34 / 32}  # of the tensor types an adapter comes in: F32, F16, Q8_0
_LONGEST = 1 << 24  # bytes of a string, or items of an array: more is a damaged file


@dataclass(frozen=True)
class Header:
    """What a file says of itself: keys, shapes of its tensors by name, and the least size in bytes that it must have."""

    keys: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]
    least_size: int


class Damaged(ValueError):
    """Not a GGUF file, or one that ends before its header does."""


def read_header(path: Path) -> Header:
    """The header of a GGUF file. Raises Damaged, OSError."""
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise Damaged("isn't a GGUF file")
        try:
            return _header(file)
        except (struct.error, UnicodeDecodeError, OverflowError, MemoryError):
            raise Damaged("is cut short or damaged") from None


def misfit(weights: Path, adapter: Path | None) -> str:
    """What is wrong with the weights, or with the adapter beside them, in one clause that names the file; "" when nothing is found."""
    try:
        return _misfit(weights, adapter)
    except OSError as error:
        return f"{one_line(str(error.filename or weights))} can't be read: {error.strerror or error}"


def _misfit(weights: Path, adapter: Path | None) -> str:
    try:
        base = read_header(weights)
    except Damaged as error:
        return f"{one_line(str(weights))} {error}"
    if base.keys.get("general.type") == "adapter":
        return f"{one_line(str(weights))} is an adapter, not a model; name the model that it belongs to"
    if weights.stat().st_size < base.least_size:
        return f"{one_line(str(weights))} is cut short; fetch it again"
    return _adapter_misfit(weights, base, adapter) if adapter else ""


def _adapter_misfit(weights: Path, base: Header, adapter: Path) -> str:
    name = one_line(str(adapter))
    if not adapter.is_file():
        return f"{name}: no such adapter file"
    try:
        low_rank = read_header(adapter)
    except Damaged as error:
        return f"{name} {error}"
    if low_rank.keys.get("adapter.type") != "lora":
        return f"{name} is no LoRA adapter"
    if (size := adapter.stat().st_size) < low_rank.least_size:
        return f"{name} is cut short: {size} of {low_rank.least_size} bytes"
    for tensor, shape in low_rank.shapes.items():
        layer, _, part = tensor.rpartition(".lora_")
        wide = base.shapes.get(layer, ())
        # The base matrix maps its first dimension to its second; `a` reads the one, `b` writes the other.
        if (
            len(wide) != 2
            or len(shape) != 2
            or (part == "a" and shape[0] != wide[0])
            or (part == "b" and shape[1] != wide[1])
        ):
            has = " by ".join(map(str, wide)) if wide else "missing"
            return f"{name} doesn't fit {weights.name}, it was made for another model ({layer} is {has} there)"
    return ""


def _header(file: BinaryIO) -> Header:
    def read(letters: str) -> Any:
        (value,) = struct.unpack("<" + letters, file.read(struct.calcsize("<" + letters)))
        return value

    read("I")  # version
    tensors, count = read("Q"), read("Q")
    keys = {}
    for _ in range(_sane(count)):
        name = _string(file, read)
        keys[name] = _value(file, read, read("I"))
    places = []
    for _ in range(_sane(tensors)):
        name = _string(file, read)
        shape = tuple(read("Q") for _ in range(_sane(read("I"))))
        places.append((name, shape, read("I"), read("Q")))
    unit = keys.get("general.alignment", 32)
    if not isinstance(unit, int) or unit < 1:
        raise struct.error
    start = -(-file.tell() // unit) * unit
    ends = [offset + math.ceil(math.prod(shape) * _BYTES_PER_VALUE.get(kind, 0)) for _, shape, kind, offset in places]
    return Header(keys, {name: shape for name, shape, *_ in places}, start + max(ends, default=0))


def _sane(count: int) -> int:
    if count > _LONGEST:
        raise OverflowError
    return count


def _string(file: BinaryIO, read: Callable[[str], Any]) -> str:
    size = _sane(read("Q"))
    raw = file.read(size)
    if len(raw) < size:
        raise struct.error
    return raw.decode("utf-8")


def _value(file: BinaryIO, read: Callable[[str], Any], kind: int) -> Any:
    if kind == _STRING:
        return _string(file, read)
    if kind == _ARRAY:
        inner, count = read("I"), _sane(read("Q"))
        if inner == _ARRAY:
            raise struct.error
        return [_value(file, read, inner) for _ in range(count)]
    if kind not in _PLAIN:
        raise struct.error
    return read(_PLAIN[kind])
