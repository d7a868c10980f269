"""Prompts made worse on purpose, one way at a time, on an endpoint that obeys its prompt: does the gate turn red, and which check says so?

    python benchmarks/worse_prompts.py [--limit N]

The endpoint is `evals/obedient.py`, on loopback. The cases are the references that the checks have nothing against: what the gate then
says is said of the prompts. The worse prompts stand where a user's own would, in a settings folder made for this.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from evals.obedient import obedient

ROOT = Path(__file__).resolve().parent.parent


def without(line: str) -> Callable[[str], str]:
    """Take the point of a list that begins so, with all its lines, out of a prompt."""
    return lambda text: re.sub(rf"^- {line}.*?(?=^- |\Z)", "", text, flags=re.MULTILINE | re.DOTALL)


def doubled(text: str) -> str:
    """Ask for twice the words."""
    return re.sub(r"{{ (low|high) }}", r"{{ \1 * 2 }}", text)


WORSE: dict[str, Callable[[str], str]] = {
    "as shipped": lambda text: text,
    "never obsequious taken out": without("Being obsequious"),
    "grounding taken out": without("Inventing"),
    "length doubled": doubled,
}


def settings(folder: Path, change: Callable[[str], str]) -> bool:
    """The user's own prompts, changed; whether anything did change."""
    changed = False
    for path in sorted((ROOT / "prompts").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        changed |= change(text) != text
        copy = folder / "afternote" / "prompts" / path.relative_to(ROOT / "prompts")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(change(text), encoding="utf-8")
    return changed


def gate(url: str, folder: Path, limit: int) -> tuple[int, list[str]]:
    """Run the suite and the gate with the prompts of this settings folder: the gate's exit code and what it objects to."""
    out = folder / "run"
    around = os.environ | {"XDG_CONFIG_HOME": str(folder)}
    asked = ["--cases", "faultless", "--base-url", url, "--model", "obedient", "--concurrency", "16", "--out", str(out)]
    _evals(["run", *asked, *(["--limit", str(limit)] if limit else [])], around, {0})
    said = _evals(["gate", "--run", str(out), "--baseline", "none"], around, {0, 1})
    return said.returncode, [line.removeprefix("RED   ") for line in said.stdout.splitlines() if line.startswith("RED")]


def _evals(arguments: list[str], around: dict[str, str], fine: set[int]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evals", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise SystemExit(f"{' '.join(command)} failed with {done.returncode}: {done.stderr[-600:]}")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=0)
    limit = parser.parse_args().limit
    with obedient() as endpoint:
        for name, change in WORSE.items():
            with tempfile.TemporaryDirectory() as temporary:
                if not settings(Path(temporary), change) and name != "as shipped":
                    raise SystemExit(f"{name}: the prompts hold nothing of the kind any more")
                code, objections = gate(endpoint.url, Path(temporary), limit)
            print(f"\n{name}: {'green' if code == 0 else 'red'}")
            print("\n".join(f"  {objection}" for objection in objections))


if __name__ == "__main__":
    main()
