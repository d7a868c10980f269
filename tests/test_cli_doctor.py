"""`afternote doctor`: what it says of an installation, what of it is a problem, and that nothing is changed or sent unasked."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Outcome
from echoing import echoing

from assistant.cli.terminal import keep_partial
from assistant.files import private_folder
from assistant.providers import weights
from assistant.settings import cache_folder, config_folder, data_folder, state_folder

Run = Callable[..., Outcome]
Patch = pytest.MonkeyPatch


@pytest.fixture
def told(run: Run) -> Callable[..., dict[str, Any]]:
    """What it says as JSON, its checks by part; a part that has several is a list of the lines with something to do, or the last."""

    def call(*more: str) -> dict[str, Any]:
        done = run("doctor", "--json", *more)
        values = json.loads(done.out)
        assert done.code == (0 if values["well"] else 1)
        assert values["well"] == all(check["ok"] for check in values["checks"])
        assert all(bool(check["do"]) != check["ok"] for check in values["checks"])
        parts: dict[str, Any] = {}
        for check in values["checks"]:
            if check["part"] not in parts or check["do"]:
                parts[check["part"]] = check
        return values | parts

    return call


def settings_file(text: str) -> Path:
    config_folder().mkdir(parents=True, exist_ok=True)
    path = config_folder() / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_fresh_machine_is_well(run: Run, told: Callable[..., dict[str, Any]]) -> None:
    home = Path(os.environ["HOME"])
    done = run("doctor")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("all is well\n")
    values = told()
    assert (values["provider"], values["base_url"], values["key_from"]) == ("local", "", "")
    assert "nothing leaves it" in values["model"]["text"]
    assert list(home.iterdir()) == []  # looking makes nothing


def test_versions_of_all_that_matters_are_told(told: Callable[..., dict[str, Any]]) -> None:
    import platform
    from importlib.metadata import version

    values = told()
    assert f"Python {platform.python_version()}" in values["program"]["text"]
    for name in ("openai", "typer", "google-re2", "lxml", "xllamacpp"):
        assert f"{name} {version(name)}" in values["libraries"]["text"]


def test_a_missing_library_or_engine_is_a_problem(told: Callable[..., dict[str, Any]], monkeypatch: Patch) -> None:
    monkeypatch.setattr("assistant.doctor._version", lambda name: "" if name == "lxml" else "1")
    monkeypatch.setattr("assistant.doctor.util.find_spec", lambda name: None)
    values = told()
    assert "missing: lxml" in values["libraries"]["text"]
    assert values["engine"]["do"] == "pip install 'afternote[local]'"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    assert told()["engine"]["ok"]  # with an endpoint nobody misses it


@pytest.mark.parametrize(("environment", "file", "text", "well"), [
    ({}, "", "none is needed", True),
    ({"OPENAI_API_KEY": "sk-one"}, "", "set, from OPENAI_API_KEY", True),
    ({"OPENAI_API_KEY": "sk one"}, "", "OPENAI_API_KEY: character 3", False),
    ({"AFTERNOTE_PROVIDER": "openai"}, "", "none", False),
    ({"AFTERNOTE_BASE_URL": "http://127.0.0.1:1", "AFTERNOTE_MODEL": "m"}, "", "none for this address, as local", True),
    ({"AFTERNOTE_BASE_URL": "http://127.0.0.1:1", "AFTERNOTE_MODEL": "m", "OPENAI_API_KEY": "sk-one"}, "",
     "none for this address, as local servers take it; OPENAI_API_KEY set, but not for this", True),
    ({}, 'key_command = "never run"', "from the key_command of config.toml, asked when a letter is written", True),
    ({"AFTERNOTE_PROVIDER": "openai"}, "keyring = true", "keyring = true, but the library isn't there", False),
])  # fmt: skip
def test_whether_there_is_a_key_and_from_where(
    told: Callable[..., dict[str, Any]],
    monkeypatch: Patch,
    environment: dict[str, str],
    file: str,
    text: str,
    well: bool,
) -> None:
    monkeypatch.setattr("assistant.doctor.util.find_spec", lambda name: name != "keyring" or None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if file:
        settings_file(file)
    values = told()
    assert values["key"]["text"].startswith(text)
    assert (values["key"]["ok"], values["well"]) == (well, well)
    assert "sk-one" not in json.dumps(values)


def test_a_key_set_as_the_name_of_the_model_is_not_shown(run: Run, monkeypatch: Patch) -> None:
    for name in ("OPENAI_API_KEY", "AFTERNOTE_MODEL"):
        monkeypatch.setenv(name, "sk-proj-Zq7Xw2Lm9Rt4")
    assert "Zq7Xw2" not in run("doctor").out + run("doctor", "--json").out


@pytest.mark.parametrize(("text", "said"), [("modle = 'x'", "unknown setting 'modle'"), ("= ", "can't be read"),
    ("redact = 3", "redact must be true or false"), ("key_command = 3", "key_command must be")])  # fmt: skip
def test_a_broken_settings_file_is_named_and_the_rest_still_told(
    told: Callable[..., dict[str, Any]], text: str, said: str
) -> None:
    settings_file(text)
    values = told()
    assert said in values["settings"]["text"]
    assert values["cache"]["ok"]


def test_settings_that_do_not_fit_together_are_named(told: Callable[..., dict[str, Any]], monkeypatch: Patch) -> None:
    monkeypatch.setenv("AFTERNOTE_PROVIDER", "opnai")
    values = told()
    assert "nearest known one is 'openai'" in json.dumps(values["checks"])
    assert values["provider"] is None


def test_http_to_elsewhere_with_a_key_is_a_problem(told: Callable[..., dict[str, Any]], monkeypatch: Patch) -> None:
    monkeypatch.setenv("AFTERNOTE_MODEL", "m")
    monkeypatch.setenv("AFTERNOTE_API_KEY", "sk-one")
    for url, well in (
        ("http://127.0.0.1:1", True),
        ("http://localhost.evil.example", False),
        ("https://box.example", True),
    ):
        monkeypatch.setenv("AFTERNOTE_BASE_URL", url)
        assert told()["well"] is well


posix = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")


@posix
@pytest.mark.parametrize(("folder", "mode", "well"), [
    (data_folder, 0o700, True), (data_folder, 0o750, False), (state_folder, 0o755, False), (cache_folder, 0o755, True),
    (cache_folder, 0o777, False), (config_folder, 0o755, True), (config_folder, 0o775, False),
])  # fmt: skip
def test_rights_of_folders(
    told: Callable[..., dict[str, Any]], folder: Callable[[], Path], mode: int, well: bool
) -> None:
    folder().mkdir(parents=True)
    folder().chmod(mode)
    values = told()
    name = folder.__name__.removesuffix("_folder")
    assert values["well"] is well
    assert f"rights {mode:04o}, " in values[name]["text"]
    assert well or values[name]["do"].endswith(f"chmod 700 {shlex.quote(str(folder()))}")
    assert folder().stat().st_mode & 0o777 == mode  # it only looks


@posix
def test_files_and_their_rights(told: Callable[..., dict[str, Any]], run: Run) -> None:
    kept = keep_partial("Dear Ann")
    assert kept
    assert f"{kept.name} (" in told()["state"]["text"]
    kept.chmod(0o644)
    values = told()
    assert values["state"]["do"] == f"chmod 600 {shlex.quote(str(kept))}"
    subprocess.run(["sh", "-c", values["state"]["do"]], check=True)  # the hint can be pasted
    assert told()["well"]
    path = settings_file("model = 'm'\nbase_url = 'http://127.0.0.1:1'")
    path.chmod(0o666)
    assert told()["settings"]["do"] == f"chmod go-w {shlex.quote(str(path))}"


def test_what_a_killed_program_left_is_named_when_it_is_old(told: Callable[..., dict[str, Any]]) -> None:
    stages = [state_folder() / ".afternote-0a1b2c.part", cache_folder() / "weights" / "fetch-abc" / "x.whl"]
    for stage in stages:
        stage.parent.mkdir(parents=True)
        for folder in (state_folder(), cache_folder()):
            private_folder(folder)
        stage.write_text("half")
        stage.chmod(0o600)
    assert told()["well"]  # they may still be on their way
    for stage in stages:
        os.utime(stage, (time.time() - 3600, time.time() - 3600))
    values = told()
    assert [values["state"]["do"], values["cache"]["do"]] == [f"rm -r {stages[0]}", f"rm -r {stages[1].parent}"]


def test_weights_that_are_not_whole(told: Callable[..., dict[str, Any]], monkeypatch: Patch) -> None:
    assert "not here yet" in told()["weights"]["text"]
    path = weights.weights_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF")
    assert told()["weights"]["do"] == "afternote models fetch"
    monkeypatch.setattr(weights, "SIZE", 4)
    assert "of the right size" in told()["weights"]["text"]


def test_a_full_disk_is_a_problem(told: Callable[..., dict[str, Any]], monkeypatch: Patch) -> None:
    data_folder().mkdir(parents=True, mode=0o700)
    monkeypatch.setattr("assistant.doctor._free", lambda path: 1_000_000)
    values = told()
    assert values["data"]["do"] == values["state"]["do"] == "the disk is nearly full; make room"


def test_a_file_where_a_folder_should_be(told: Callable[..., dict[str, Any]]) -> None:
    data_folder().parent.mkdir(parents=True, exist_ok=True)
    data_folder().write_text("")
    assert "not a folder" in told()["data"]["text"]


def test_prompts_of_ones_own_are_named_and_linted(told: Callable[..., dict[str, Any]]) -> None:
    own = config_folder() / "prompts"
    own.mkdir(parents=True)
    (own / "note.md").write_bytes((ROOT / "prompts" / "note.md").read_bytes())
    assert told()["prompts"]["text"].startswith(f"note in {own}, valid")
    (own / "note.md").write_text("no front matter")
    assert "note.md: must start with front matter" in told()["prompts"]["text"]
    (own / "note.md").unlink()
    (own / "parts").mkdir()
    (own / "parts" / "never.md").write_text("{% include 'x' %}")
    assert "a part is plain text" in told()["prompts"]["text"]


def test_names_with_escapes_do_not_reach_the_terminal(run: Run) -> None:
    state_folder().mkdir(parents=True, mode=0o700)
    (state_folder() / "a\x1b[31m\nb.txt").write_text("x")
    for more in ((), ("--json",)):
        assert "\x1b" not in run("doctor", *more).out


# --- online


def test_nothing_is_sent_and_no_command_run_unless_asked(run: Run, monkeypatch: Patch, tmp_path: Path) -> None:
    def never(*_: object) -> None:
        raise AssertionError("doctor wanted the network")

    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    touch = json.dumps([sys.executable, "-c", f"open({str(tmp_path / 'hit')!r}, 'w')"])
    settings_file(f"base_url = 'http://127.0.0.1:9'\nmodel = 'm'\nkey_command = {touch}")
    assert run("doctor").code == 0
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize(("mode", "model", "text", "well"), [
    ("models", "m", "it answers, and offers m", True),
    ("models", "other", "it answers, but doesn't offer other", False),
    ("401", "m", "the key isn't accepted (401)", False),
    ("403", "m", "the key isn't accepted (403)", False),
    ("404", "m", "it answers, but lists no models (404)", True),
    ("500", "m", "it answers, but with an error (500)", False),
    ("redirect", "m", "sends on to another address (307)", False),
    ("garbage", "m", "not as an OpenAI-compatible endpoint", False),
])  # fmt: skip
def test_online_it_asks_the_endpoint_once_with_the_key(
    told: Callable[..., dict[str, Any]], monkeypatch: Patch, mode: str, model: str, text: str, well: bool
) -> None:
    monkeypatch.setenv("AFTERNOTE_API_KEY", "sk-only-for-this-one")
    monkeypatch.setenv("AFTERNOTE_MODEL", model)
    with echoing(mode) as echo:
        monkeypatch.setenv("AFTERNOTE_BASE_URL", echo.url)
        values = told("--online")
    assert text in values["endpoint"]["text"]
    assert values["well"] is well
    assert echo.seen == [("GET", "/v1/models", "Bearer sk-only-for-this-one")]
    assert "only-for-this" not in json.dumps(values)


def test_online_an_endpoint_that_is_not_there_or_never_answers(
    told: Callable[..., dict[str, Any]], monkeypatch: Patch
) -> None:
    monkeypatch.setenv("AFTERNOTE_MODEL", "m")
    monkeypatch.setattr("assistant.providers.reach.PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AFTERNOTE_BASE_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "no answer within" in told("--online")["endpoint"]["text"]
    assert "can't be reached" in told("--online")["endpoint"]["text"]


def test_online_a_key_that_cannot_be_had_is_said_and_nothing_is_asked(told: Callable[..., dict[str, Any]]) -> None:
    with echoing() as echo:
        command = json.dumps([sys.executable, "-c", "raise SystemExit(4)"])
        settings_file(f"base_url = {echo.url!r}\nmodel = 'm'\nkey_command = {command}")
        assert "ended with 4" in told("--online")["endpoint"]["text"]
    assert echo.seen == []


def test_online_the_embedded_model_asks_nobody(told: Callable[..., dict[str, Any]]) -> None:
    assert "runs on this machine" in told("--online")["endpoint"]["text"]


def test_it_loads_no_slow_library() -> None:
    code = "import sys; from assistant.cli import app\nsys.argv = ['afternote', 'doctor']\n"
    code += "try: app.main()\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not loaded & {"openai", "xllamacpp", "jinja2", "yaml", "rich", "keyring", "sqlite3", "lxml", "re2"}
