"""The embedded model's sentences, note by note: the greedy one, the candidates, and the one that the checks choose.

    python benchmarks/sentences.py NOTES.jsonl OUT.jsonl [--drawn 8] [--adapter FILE.gguf] [--seed 1]

NOTES holds pairs as in `training/pairs` (kind, recipient, note, sentence); openings, closings and subjects are passed over. Whether a
sentence is right is for readers to say: OUT holds everything that they, or `training/soundness.py`, need. Printed are the share of notes
with a sentence that the product would use, and the time.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant import Brief
from assistant.brief import FACT_LISTS, Fact
from assistant.checks.faithful import faults
from assistant.checks.soundness import drawing_of, soundness
from assistant.prompts import load_template
from assistant.providers import Request
from assistant.providers.adapter import verified_adapter
from assistant.providers.local import Local
from assistant.providers.weights import verified
from assistant.text import clean
from assistant.writing.candidates import FIRST, SENTENCE_TOKENS
from assistant.writing.sentencewise import SURE

AT_ONCE = 12  # notes asked for in one call


def brief_of(pair: dict[str, str]) -> tuple[Brief, Fact]:
    """A brief that holds this note alone."""
    about: Any = {pair["kind"]: (pair["note"],)}
    brief = Brief(sender="Sam Doe", company="Acme", job_title="Clerk", recipient=pair["recipient"], **about)
    return brief, brief.facts[0]


def weigh(pair: dict[str, str], greedy: Any, drawn: Any) -> dict[str, Any]:
    """All candidates of one note with what is known of each, and the one that the product would use ("" for none)."""
    brief, fact = brief_of(pair)
    texts = [clean(t).strip() for t in drawn.texts]
    doubts = dict(zip(texts, drawn.doubts, strict=True))
    first = clean(greedy.texts[0]).strip()
    candidates = []
    for text in dict.fromkeys((first, *texts)):
        beside = texts if text in texts else [*texts, text]
        drawing = drawing_of(text, beside, doubts.get(text, greedy.doubts[0]))
        sound = soundness(text, fact, brief, drawing)
        one = {"text": text, "drawn": text in texts, "refused": faults(text, fact, brief)}
        candidates.append(
            one | asdict(drawing) | {"faithful": sound.faithful, "good": sound.good, "worth": sound.worth}
        )
    usable = [c for c in candidates if c["drawn"] and not c["refused"] and c["faithful"] >= SURE]
    chosen = max(usable, key=lambda c: c["worth"], default={"text": ""})["text"]
    return pair | {"greedy": first, "candidates": candidates, "chosen": chosen}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--drawn", type=int, default=8)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    pairs = [json.loads(line) for line in options.notes.read_text(encoding="utf-8").splitlines() if line.strip()]
    pairs = [pair for pair in pairs if pair["kind"] in FACT_LISTS]
    template = load_template("sentence")
    model = Local(verified(), options.adapter or verified_adapter())
    model.load()
    started, had = time.perf_counter(), 0
    with options.out.open("w", encoding="utf-8") as out:
        for at in range(0, len(pairs), AT_ONCE):
            group = pairs[at : at + AT_ONCE]
            asked = [template.render(recipient=p["recipient"], part=p["kind"], note=p["note"]) for p in group]
            greedy = model.complete_all([Request(m, 1, SENTENCE_TOKENS, 0.0, options.seed) for m in asked])
            drawn = model.complete_all(
                [Request(m, options.drawn, SENTENCE_TOKENS, FIRST, options.seed + at) for m in asked]
            )
            for pair, first, many in zip(group, greedy, drawn, strict=True):
                one = weigh(pair, first, many)
                had += bool(one["chosen"])
                out.write(json.dumps(one, ensure_ascii=False) + "\n")
    model.close()
    each = (time.perf_counter() - started) / max(1, len(pairs))
    print(f"{len(pairs)} notes; a sentence sure enough for {had} ({had / max(1, len(pairs)):.0%}); {each:.2f} s a note")


if __name__ == "__main__":
    main()
