"""Compute the bands of the meter from the good letters among the labelled ones: 10th to 90th of a hundred, and the ends of the scales.

    python training/bands.py

Writes them into `assistant/checks/rules/profile.yaml`, with the hash of the letters they come from; the length keeps the band of its kind.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from assistant.checks.learned import read
from assistant.checks.profile import values
from assistant.zones import parse_letter

ROOT = Path(__file__).parent.parent
LETTERS = ROOT / "evals" / "letters" / "development"
PROFILE = ROOT / "assistant" / "checks" / "rules" / "profile.yaml"


def main() -> None:
    texts = [
        row["letter"]
        for file in sorted(LETTERS.glob("*.jsonl"))
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        if row["label"] == "good"
    ]
    measured = []
    for text in texts:
        letter = parse_letter(text)
        measured.append(values(letter, read(letter).sentences))
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    out = re.sub(
        r"^reference:.*$", f"reference: {len(texts)} letters, {digest}", PROFILE.read_text(encoding="utf-8"), flags=re.M
    )
    for name in measured[0]:
        if name == "words":
            continue
        ordered = sorted(m[name] for m in measured)
        low, high, top = (ordered[int(len(ordered) * share)] for share in (0.1, 0.9, 0.995))
        band = f"[{low:g}, {max(high, low + 1):g}, 0, {max(top, high * 1.6, low + 3):.4g}]"
        out = re.sub(rf"(^  {name}:\n(?:    .*\n|      .*\n)*?    band: ).*$", rf"\g<1>{band}", out, flags=re.M)
        print(name, band)
    PROFILE.write_text(out, encoding="utf-8")


if __name__ == "__main__":
    main()
