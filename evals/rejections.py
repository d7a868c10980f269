"""How well a rejection is read: its signals against the labels of two raters who didn't see each other's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from assistant.rejection import read_rejection
from assistant.rejection.signals import NAMES

MAILS = Path(__file__).parent / "mails"
ASKED = 0.95  # of each signal, on the mails that nothing was tuned on


def labelled(part: str) -> Iterator[tuple[Path, dict[str, object]]]:
    """The mails of a part, each with its labels."""
    for file in sorted((MAILS / part).glob("*.labels.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield MAILS / part / file.name.split(".")[0] / row["file"], row


def accuracy(part: str) -> dict[str, tuple[int, int, list[str]]]:
    """For each signal: right, all, and what is wrong with which mail."""
    out: dict[str, tuple[int, int, list[str]]] = {name: (0, 0, []) for name in NAMES}
    for path, label in labelled(part):
        signals = read_rejection(path.read_bytes(), path.name).signals
        for name in NAMES:
            right, whole, wrong = out[name]
            said = getattr(signals, name)
            if said != label[name]:
                wrong = [
                    *wrong,
                    f"{path.parent.name}/{path.name}: {said}, labelled {label[name]}; {signals.evidence.get(name, ())[:1]}",
                ]
            out[name] = (right + (said == label[name]), whole + 1, wrong)
    return out


def rejections(part: str, show: bool) -> None:
    """Print the accuracy of each signal, and whether it reaches what was asked for."""
    found = accuracy(part)
    for name, (right, whole, wrong) in found.items():
        print(
            f"{name:24} {right:4} of {whole}  {right / whole:.3f}"
            + ("" if right >= ASKED * whole else f"  below {ASKED}")
        )
        if show:
            print("".join(f"    {line}\n" for line in wrong), end="")
