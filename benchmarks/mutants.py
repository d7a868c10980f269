"""Mutation testing of the checks: how many small changes to `assistant/checks` some test notices.

    pip install 'mutmut==3.8.1' && python benchmarks/mutants.py [--sample 300] [--seed 7] [--modules form,length] [--folder F]

There are 6,000 mutants and each takes seconds, so a sample is drawn, the same for the same seed. Works on a copy of the
checkout in F (a new
temporary folder when left out). A mutant that no test reaches counts as one that survived.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "profile",
    "suppress",
    "checks",
    "truth",
    "faithful",
    "language",
    "zones",
    "reading",
    "soundness",
    "compare",
    "packs",
    "evals",
)
SETTINGS = """
[tool.mutmut]
source_paths = ["assistant"]
only_mutate = ["assistant/checks/*"]
also_copy = ["prompts", "evals", "examples", "training", "plain_ids.py"]
pytest_add_cli_args_test_selection = [{tests}]
pytest_add_cli_args = ["-p", "plain_ids"]
process_isolation = "forkserver" # what a test has put into a cache would hide a mutant from the next
"""
# Mutmut names each test on the command line; letters and sentences make names that don't survive that.
PLAIN_IDS = '''"""Parametrised tests are numbered instead of named by their values."""

from _pytest.python import Metafunc

_named = Metafunc.parametrize


def _numbered(self, argnames, argvalues, *others, **options):
    options.pop("ids", None)
    bare = [type(v)(v.values, v.marks, None) if hasattr(v, "marks") else v for v in argvalues]
    return _named(self, argnames, bare, *others, **options)


Metafunc.parametrize = _numbered


def pytest_make_parametrize_id(config, val, argname):
    return argname
'''


def prepare(folder: Path) -> None:
    """A copy of the checkout in which mutmut runs."""
    kept = shutil.ignore_patterns(".git", "__pycache__", "mutants", ".venv", "*.egg-info", "mails", "chat")
    shutil.copytree(ROOT, folder, ignore=kept, dirs_exist_ok=True)
    tests = ", ".join(f'"tests/test_{name}.py"' for name in TESTS)
    project = folder / "pyproject.toml"
    # The chat and mails folders hold data of other tests; the package's own chat folder is needed.
    shutil.copytree(ROOT / "assistant" / "chat", folder / "assistant" / "chat", dirs_exist_ok=True)
    project.write_text(project.read_text(encoding="utf-8") + SETTINGS.format(tests=tests), encoding="utf-8")
    (folder / "plain_ids.py").write_text(PLAIN_IDS, encoding="utf-8")


def mutmut(folder: Path, *arguments: str) -> str:
    """Run mutmut in the folder; what it said. Ends the program when it fails."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"mutmut {arguments[0]} failed: {(done.stderr or done.stdout)[-800:]}")
    return done.stdout


def outcomes(folder: Path) -> dict[str, str]:
    """Each mutant with what came of it."""
    return dict(re.findall(r"^\s*(\S+): (.+)$", mutmut(folder, "results", "--all", "true"), re.MULTILINE))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--modules", default="", help="only these files of assistant/checks, with commas between")
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="mutants-"))
    prepare(folder)
    mutmut(folder, "run", "--max-children", "1", "assistant.checks.length.x_over__mutmut_1")  # makes all mutants
    wanted = [f"assistant.checks.{name}." for name in options.modules.split(",") if name]
    names = [name for name in outcomes(folder) if not wanted or name.startswith(tuple(wanted))]
    drawn = random.Random(options.seed).sample(sorted(names), min(options.sample, len(names)))
    mutmut(folder, "run", "--max-children", "2", *drawn)
    found = outcomes(folder)
    by_module: dict[str, Counter[str]] = {}
    for name in drawn:
        by_module.setdefault(name.split(".")[2].removeprefix("x_").split("__mutmut")[0], Counter())[found[name]] += 1
    whole = sum(by_module.values(), Counter[str]())
    print(f"{len(drawn)} of {len(names)} mutants, seed {options.seed}; killed {whole['killed'] / len(drawn):.2f}\n")
    print("| module | mutants | killed | survived | other |\n|---|---|---|---|---|")
    for module, counts in sorted(by_module.items()):
        n, other = counts.total(), counts.total() - counts["killed"] - counts["survived"]
        print(f"| {module} | {n} | {counts['killed']} | {counts['survived']} | {other} |")


if __name__ == "__main__":
    main()
