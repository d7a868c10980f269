"""The commands beside `draft`."""

from collections.abc import Callable

from conftest import ROOT, Outcome

from assistant.settings import config_folder

Run = Callable[..., Outcome]


def test_the_small_commands(run: Run) -> None:
    assert "not fetched yet" in run("models", "list").out
    assert "note@2:" in run("prompts", "list").out
    assert run("prompts", "show", "note").out == (ROOT / "prompts" / "note.md").read_text()
    assert run("prompts", "lint").code == 0
    assert run("--version").out.startswith("afternote ")


def test_lint_names_a_broken_template(run: Run) -> None:
    own = config_folder() / "prompts"
    own.mkdir(parents=True)
    (own / "note.md").write_text("no front matter")
    done = run("prompts", "lint")
    assert done.code == 1
    assert "note.md: must start with front matter" in done.err
