"""The programs that ours is held against, each in a virtual environment of its own.

    python benchmarks/peers.py FOLDER

installs them there: `llm`, `shell-gpt` and `proselint` from the Python package index, `write-good` from npm where npm is there. And this
checkout with only what it depends on, for a fair start: the more packages an environment holds, the longer the SDK takes to import.
The other benchmarks take the folder as `--peers FOLDER`, and install what is missing with `--install`.
llama.cpp's benches are built into the same folder by `benchmarks/llama_bench.py`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from rows import note

ROOT = Path(__file__).resolve().parent.parent
PYTHON = {
    "afternote": [str(ROOT)],
    "llm": ["llm"],
    "shell-gpt": ["shell-gpt", "click"],  # 1.5.1 imports click and doesn't ask for it
    "proselint": ["proselint"],
}
NODE = ("write-good",)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What a benchmark beside other programs takes."""
    parser.add_argument("--peers", type=Path, help="folder of the programs beside ours; without it they are skipped")
    parser.add_argument("--install", action="store_true", help="install into that folder what is missing")


def program(folder: Path | None, peer: str, name: str, install: bool = False) -> Path | None:
    """Path of a peer's program in `folder`, or None, with a line that says so."""
    if folder is None:
        note(f"{peer}: skipped, no --peers folder given")
        return None
    home = folder.absolute() / peer
    path = home / "node_modules" / name if peer in NODE else home / "bin" / name
    if install and not path.exists() and peer in (*PYTHON, *NODE):
        _install(home, peer)
    if path.exists():
        return path
    note(f"{peer}: skipped, not in {folder}")
    return None


def version(folder: Path, peer: str) -> str:
    """The installed version of a peer."""
    home = folder.absolute() / peer
    if peer in NODE:
        return str(json.loads((home / "node_modules" / peer / "package.json").read_text(encoding="utf-8"))["version"])
    ask = f"from importlib.metadata import version; print(version({peer!r}))"
    done = subprocess.run([str(home / "bin" / "python"), "-c", ask], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _install(home: Path, peer: str) -> None:
    if peer in NODE and not shutil.which("npm"):
        return
    note(f"{peer}: installing")
    if peer in PYTHON:
        venv.create(home, with_pip=True)
        command = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", *PYTHON[peer]]
    else:
        home.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--prefix", str(home), peer]
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    into = parser.parse_args().folder
    for each in (*PYTHON, *NODE):
        program(into, each, "python" if each in PYTHON else each, install=True)
