"""The embedded model asked plainly, and asked our way: how many letters are free of error findings.

    python benchmarks/letters.py OUT.jsonl [--seeds 3] [--cases evals/briefs] [--way ours|plain|both]

Writes every letter to OUT.jsonl, for reading by eye: a letter without findings isn't yet one that somebody would send.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO

from assistant import Brief, Options, check, compose
from assistant.brief_file import brief_from_values, read_brief_values
from assistant.errors import ProviderError
from assistant.prompts import load_template
from assistant.providers import Request
from assistant.providers.adapter import verified_adapter
from assistant.providers.local import Local
from assistant.providers.weights import verified
from assistant.writing.plan import make_plan

ROOT = Path(__file__).resolve().parent.parent
SIDE_BY_SIDE = 8  # plain letters in the engine at once


def ours(brief: Brief, model: Local, seed: int) -> dict[str, Any]:
    try:
        return compose(brief, model, Options(seed=seed)).as_json()
    except ProviderError as error:
        return {"body": "", "findings": [{"rule": "none", "severity": "error", "message": str(error)}], "left_out": []}


def plain(brief: Brief, model: Local, seed: int) -> dict[str, Any]:
    """One prompt, whatever comes back: what a person would do without this program."""
    about = (
        f"From: {brief.sender}\nTo: {brief.recipient or 'unknown'}\nCompany: {brief.company}\nJob: {brief.job_title}"
    )
    facts = "\n".join(f"- {fact.text}" for fact in brief.facts)
    messages = load_template("plain").render(brief=about, facts=facts)
    text = model.complete(Request(messages, max_tokens=250, temperature=0.7, seed=seed)).texts[0]
    report = check(text, brief, make_plan(brief, "note").kind)
    return {
        "body": text,
        "findings": [{"rule": f.rule, "severity": f.severity, "message": f.message} for f in report.findings],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cases", type=Path, default=ROOT / "evals" / "briefs")
    parser.add_argument("--way", choices=["ours", "plain", "both"], default="both")
    options = parser.parse_args()
    paths = sorted(options.cases.glob("*.toml"))
    base = Local(verified(), verified_adapter())
    models = {"ours": base, "plain": Local(base.weights, letters=SIDE_BY_SIDE)}
    with options.out.open("w", encoding="utf-8") as out:
        for way in ("ours", "plain") if options.way == "both" else (options.way,):
            cases = [(path, seed) for seed in range(1, options.seeds + 1) for path in paths]
            measure(way, cases, models[way], out)


def measure(way: str, cases: list[tuple[Path, int]], model: Local, out: TextIO) -> None:
    """Draft all cases one way, each letter written to `out` as it comes, and print the shares."""

    def draw(case: tuple[Path, int]) -> dict[str, Any]:
        path, seed = case
        brief = brief_from_values(read_brief_values(path), path.name)
        return {
            "way": way,
            "case": path.name,
            "seed": seed,
            **(ours if way == "ours" else plain)(brief, model, seed),
        }

    clean, rules, left, facts = 0, Counter[str](), 0, 0
    model.load()
    started = time.perf_counter()
    # Ours one after the other, as a user has it; the plain way fills the engine with several at once, or it would take an hour.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for made in map(draw, cases) if way == "ours" else pool.map(draw, cases):
            errors = {f["rule"] for f in made["findings"] if f["severity"] == "error"}
            rules.update(errors)
            clean += not errors
            left += sum("no sentence" in one["reason"] for one in made.get("left_out", ()))
            facts += len({fact for s in made.get("sentences", ()) for fact in s["facts"]})
            out.write(json.dumps(made, ensure_ascii=False) + "\n")
            out.flush()
    each = (time.perf_counter() - started) / len(cases)
    print(
        f"{way}: {clean} of {len(cases)} letters free of error findings ({clean / len(cases):.0%}); {each:.1f} s each"
    )
    print(f"  errors by rule, letters: {dict(rules.most_common())}")
    if way == "ours":
        print(f"  facts taken up: {facts}; facts no candidate carried: {left}")


if __name__ == "__main__":
    main()
