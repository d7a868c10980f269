"""Layers import downward only, and what is slow is imported inside functions."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

# From the bottom up; a module may import its own layer and those below.
LAYERS = [
    {"errors", "text"},
    {
        "brief",
        "brief_file",
        "data_files",
        "database",
        "files",
        "grams",
        "key_sources",
        "keys",
        "letter",
        "ordinary",
        "patterns",
        "quoting",
        "regions",
        "settings",
        "touches",
        "zones",
    },
    {"calendar_file", "ledger", "mail", "providers"},
    {"prompts", "redact"},
    {"checks"},
    {"rejection"},
    {"advice"},
    {"writing"},
    {"batch", "doctor", "session", "store"},
    {"chat", "cli"},
]
SLOW = {
    "openai",
    "xllamacpp",
    "jinja2",
    "yaml",
    "rich",
    "tenacity",
    "nupunkt",
    "Stemmer",
    "platformdirs",
    "torch",
    "lxml",
    "inscriptis",
    "dateutil",
    "charset_normalizer",
    "icalendar",
    "pyperclip",
    "idna",
    "sqlite3",
    "prompt_toolkit",
    "keyring",
    "ray",
}
FILES = sorted((ROOT / "assistant").rglob("*.py"))


def layer(module: str) -> int:
    part = module.split(".")[1] if "." in module else ""
    return next((rank for rank, names in enumerate(LAYERS) if part in names), -1)


def imports(path: Path, everywhere: bool) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree)) if everywhere else tree.body
    found = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return found + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down_only(path: Path) -> None:
    own = layer(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if own == -1:
        assert path.name == "__init__.py"  # the package's face may name everything
        return
    for module in imports(path, everywhere=True):
        if module.startswith("assistant."):
            assert layer(module) <= own, f"{path.name} imports {module}"
        assert module.split(".")[0] not in ("evals", "training", "tests")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_slow_libraries_are_imported_inside_functions(path: Path) -> None:
    assert not {m.split(".")[0] for m in imports(path, everywhere=False)} & SLOW


def test_help_loads_no_slow_library() -> None:
    code = "import sys\nfrom assistant.cli import app, draft, models, prompts\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.split()
    assert not {name.split(".")[0] for name in loaded} & (SLOW - {"rich"})


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_public_names_are_there() -> None:
    import assistant

    for name in assistant.__all__:
        assert getattr(assistant, name).__name__ == name
    assert (ROOT / "assistant" / "py.typed").is_file()
