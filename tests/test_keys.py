"""A key goes to its own base URL and nowhere else: into no message, no file, no argument of a process."""

import json
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT, Outcome
from echoing import Echo, echoing
from hypothesis import given
from hypothesis import strategies as st

from assistant import key_sources
from assistant.errors import NotAuthorised, UsageError
from assistant.key_sources import key_of_command, with_key
from assistant.keys import sound_key, without_secrets
from assistant.providers.choose import make_provider
from assistant.settings import OPENAI_URL, Choice, ModelSettings, choose_model, config_folder, read_settings_file

Run = Callable[..., Outcome]
KEY = "sk-proj-Zq7Xw2Lm9Rt4Vb8Nc1Kd5Hf3-Jg6Ps0_Yu"
NONE = Choice()
BRIEF = ("--from", "Bo Lind", "--to", "Ann Ray", "--company", "Kiln", "--job", "Baker", "--talked-about", "cold ovens")


def settings_file(text: str) -> None:
    config_folder().mkdir(parents=True, exist_ok=True)
    (config_folder() / "config.toml").write_text(text)


def printing(text: str) -> str:
    """A key command that prints this."""
    return shlex.join([sys.executable, "-c", f"print({text!r})"])


# --- what a key may look like


@pytest.mark.parametrize("text", [KEY, f" {KEY}\n", f"{KEY}\r\n", f"\t{KEY}"])
def test_white_space_around_a_key_is_no_part_of_it(text: str) -> None:
    assert sound_key(text, "X") == KEY


@pytest.mark.parametrize(
    "text", ["sk one", "sk\none", "sk-é", "sk-\u200bone", "“sk-one”", "sk\x00one", "sk-one\x1b[31m", "x" * 9000]
)
def test_what_is_no_key_is_said_without_a_word_of_it(text: str) -> None:
    with pytest.raises(NotAuthorised) as stop:
        sound_key(text, "OPENAI_API_KEY")
    assert str(stop.value).startswith("OPENAI_API_KEY: ")
    assert text not in str(stop.value)
    assert "one" not in str(stop.value).removeprefix("OPENAI_API_KEY").replace("isn't one", "")


def test_a_malformed_key_stops_a_draft_before_the_network(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transport would refuse such a header with a message that quotes it."""
    monkeypatch.setenv("AFTERNOTE_API_KEY", f"{KEY}\nx-other: 1")
    with echoing() as echo:
        done = run("draft", *BRIEF, "--base-url", echo.url, "--model", "m")
    assert (done.code, echo.seen) == (77, [])
    assert "AFTERNOTE_API_KEY: character 43" in done.err
    assert "sk-proj" not in done.err


# --- hiding it in text


@pytest.mark.parametrize(("said", "left"), [
    (f"Incorrect API key provided: {KEY}.", "Incorrect API key provided: [key]."),
    (f"Bearer {KEY[:20]}", "Bearer [key]"),
    (f"…{KEY[-9:]}", "[key]"),
    ("Incorrect API key: sk-pr***********s0_Yu, see", "Incorrect API key: [key], see"),
    ("key sk-proj-... is revoked", "key [key] is revoked"),
    (f"{KEY}{KEY}", "[key]"),
    ("please wait ... and try again", "please wait ... and try again"),
    ("the model sk is unknown", "the model sk is unknown"),
])  # fmt: skip
def test_a_quoted_key_is_hidden_whole_cut_or_masked(said: str, left: str) -> None:
    assert without_secrets(said, KEY) == left


def test_a_short_key_is_hidden_where_it_stands_alone() -> None:
    assert without_secrets("pw: hunter2; hunter22", "hunter2") == "pw: [key]; hunter22"
    assert without_secrets("anything", "") == "anything"


@given(
    st.text(), st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60), st.text()
)
def test_no_eight_characters_of_a_key_get_through(before: str, key: str, after: str) -> None:
    hidden = without_secrets(before + key + after, key).replace("[key]", "\0")
    assert not any(key[i : i + 8] in hidden for i in range(len(key) - 7))


def test_a_long_text_takes_no_long_time() -> None:
    began = time.monotonic()
    without_secrets(KEY[:-1] * 5000, KEY)
    assert time.monotonic() - began < 3


# --- whose key it is


def test_nothing_shows_a_key_in_its_repr() -> None:
    made = choose_model(NONE, {"OPENAI_API_KEY": KEY}, Choice(key_command=("echo", KEY)))
    assert made.key == KEY
    assert KEY not in f"{made!r} {made} {Choice(key_command=('echo', KEY))!r}"


@pytest.mark.parametrize(("environment", "file", "base_url", "source"), [
    ({"OPENAI_API_KEY": "a"}, Choice(key_command=("c",), keyring=True), OPENAI_URL, "OPENAI_API_KEY"),
    ({}, Choice(key_command=("c",), keyring=True), OPENAI_URL, "key_command"),
    ({"OPENAI_API_KEY": " "}, Choice(key_command=("c",)), OPENAI_URL, "key_command"),
    ({}, Choice(keyring=True), OPENAI_URL, "keyring"),
    ({}, NONE, OPENAI_URL, ""),
    ({"AFTERNOTE_API_KEY": "b"}, Choice(key_command=("c",)), "http://box/v1", "AFTERNOTE_API_KEY"),
    ({"OPENAI_API_KEY": "a"}, Choice(key_command=("c",)), "http://box/v1", ""),
    ({}, Choice(key_command=("c",), base_url="http://box"), "http://box/v1", "key_command"),
    ({}, Choice(key_command=("c",), base_url="http://box"), OPENAI_URL, ""),
    ({}, Choice(key_command=("c",), base_url="http://box"), "http://box.evil.example/v1", ""),
    ({}, Choice(key_command=("c",), base_url="http://box", keyring=True), "http://other/v1", "keyring"),
    ({"OPENAI_BASE_URL": "http://proxy"}, Choice(key_command=("c",)), "http://proxy/v1", ""),
])  # fmt: skip
def test_environment_before_command_before_keyring_each_for_its_own_address(
    environment: dict[str, str], file: Choice, base_url: str, source: str
) -> None:
    made = choose_model(Choice(model="m", base_url=base_url), environment, file)
    assert made.key_from == source
    assert made.key == (environment[source] if source.endswith("_API_KEY") else "")
    assert made.key_command == (file.key_command if source == "key_command" else ())


def test_a_key_command_alone_chooses_openai_and_a_keyring_chooses_nothing() -> None:
    assert choose_model(NONE, {}, Choice(key_command=("c",))).base_url == OPENAI_URL
    assert choose_model(NONE, {"OPENAI_BASE_URL": "http://box"}, Choice(key_command=("c",))).base_url == OPENAI_URL
    assert choose_model(NONE, {}, Choice(keyring=True)).provider == "local"


@pytest.mark.parametrize(
    "url", ["https://me:s3cret@host/v1", "s3cret@host", "http://host/v1?key=s3cret", "http://host/#s3cret"]
)
def test_a_secret_in_the_address_is_refused_and_not_repeated(run: Run, url: str) -> None:
    done = run("draft", *BRIEF, "--base-url", url, "--model", "m", "--dry-run")
    assert done.code == 2
    assert "give the key as a key" in done.err
    assert "s3cret" not in done.err + done.out


@pytest.mark.parametrize(("text", "command"), [
    ('key_command = "pass show \'my key\'"', ("pass", "show", "my key")),
    ('key_command = ["op", "read", "op://a b/c"]', ("op", "read", "op://a b/c")),
])  # fmt: skip
def test_a_key_command_is_text_or_a_list(text: str, command: tuple[str, ...]) -> None:
    settings_file(text)
    assert read_settings_file(config_folder() / "config.toml").key_command == command


@pytest.mark.parametrize("value", ["3", '""', "[3]", f"'say \"{KEY}'", f"{{a = '{KEY}'}}", "true"])
def test_a_wrong_key_command_is_named_and_not_quoted(value: str) -> None:
    settings_file(f"key_command = {value}")
    with pytest.raises(UsageError, match=r"config\.toml: key_command") as stop:
        read_settings_file(config_folder() / "config.toml")
    assert KEY not in str(stop.value)


# --- the key command


def test_the_first_line_of_a_command_is_the_key() -> None:
    assert key_of_command((sys.executable, "-c", f"print({KEY!r}); print('user: bo')")) == KEY


def test_no_shell_and_no_standard_input(tmp_path: Path) -> None:
    """A brief that is piped in is for the draft, not for the command."""
    code = f"import sys; assert sys.stdin.read() == ''; print({KEY!r})"
    command = (sys.executable, "-c", code, f"; touch {tmp_path}/hit", "$(id)")
    call = f"import sys; from assistant.key_sources import key_of_command as k; assert k({command!r}); print(sys.stdin.read())"
    done = subprocess.run(
        [sys.executable, "-c", call], input="a brief", capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("a brief", 0), done.stderr
    assert not (tmp_path / "hit").exists()


@pytest.mark.parametrize(("code", "said"), [
    ("import sys; print('\\x1b[31mgpg: no secret key\\x07', file=sys.stderr); sys.exit(2)", "ended with 2: gpg: no secret key"),
    (f"import sys; print({KEY!r}); print('bad {KEY}', file=sys.stderr); sys.exit(1)", "ended with 1: bad [key]"),
    ("raise SystemExit(3)", "ended with 3; it said nothing"),
    ("print()", "printed nothing on its first line"),
    ("print('two words')", "character 4 isn't one that a key can have"),
    ("import sys; sys.stdout.buffer.write(bytes(range(128, 256)))", "isn't one that a key can have"),
    ("import os; os.kill(os.getpid(), 9)", "ended with -9"),
])  # fmt: skip
def test_a_command_that_gives_no_key_is_one_clean_line(code: str, said: str) -> None:
    with pytest.raises(NotAuthorised) as stop:
        key_of_command((sys.executable, "-c", code))
    message = str(stop.value)
    assert "the key_command of config.toml" in message
    assert said in message
    assert not any(ch in message for ch in "\n\x1b\x07")


def test_a_command_that_is_none_is_not_quoted() -> None:
    with pytest.raises(UsageError, match="can't be run: No such file or directory") as stop:
        key_of_command((KEY,))
    assert KEY not in str(stop.value)


@pytest.mark.parametrize("code", [
    "import time; time.sleep(60)",
    "while True: print('x' * 9999)",
    "import sys\nwhile True: sys.stderr.write('x' * 9999)",
])  # fmt: skip
def test_a_command_that_never_ends_is_ended(code: str) -> None:
    began = time.monotonic()
    with pytest.raises(NotAuthorised, match="took longer than 1 s and was ended"):
        key_of_command((sys.executable, "-c", code), patience=1)
    assert time.monotonic() - began < 8


@pytest.mark.skipif(os.name != "posix", reason="needs sh")
def test_a_helper_left_running_by_a_command_is_not_waited_for() -> None:
    began = time.monotonic()
    assert key_of_command(("sh", "-c", f"echo {KEY}; sleep 20 &")) == KEY
    assert time.monotonic() - began < 8


def test_the_key_command_is_run_for_its_own_address_only(run: Run, tmp_path: Path) -> None:
    script = f"open({str(tmp_path / 'hits')!r}, 'a').write('x'); print({KEY!r})"
    with echoing("401") as own, echoing("401") as other:
        command = shlex.join([sys.executable, "-c", script])
        settings_file(f"base_url = {own.url!r}\nmodel = 'm'\nkey_command = {json.dumps(command)}\n")
        for arguments in (
            ("draft", *BRIEF, "--dry-run"),
            ("doctor",),
            ("draft", *BRIEF, "--provider", "local", "--dry-run"),
        ):
            run(*arguments)
        run("draft", *BRIEF, "--base-url", other.url)
        assert not (tmp_path / "hits").exists()
        assert run("draft", *BRIEF).code == 77
        assert (tmp_path / "hits").read_text() == "x"
    assert {key for _, _, key in own.seen} == {f"Bearer {KEY}"}
    assert not any(KEY in key for _, _, key in other.seen)


# --- the keyring


class Ring:
    """A keyring in memory, in place of the library."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, user: str) -> str | None:
        return self.held.get((service, user))

    def set_password(self, service: str, user: str, key: str) -> None:
        self.held[service, user] = key

    def delete_password(self, service: str, user: str) -> None:
        del self.held[service, user]

    def get_keyring(self) -> SimpleNamespace:
        return SimpleNamespace(name="a ring in memory")


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring()
    monkeypatch.setitem(sys.modules, "keyring", ring)
    return ring


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: False, readline=lambda most: text[:most]))


def test_a_key_is_kept_for_one_address_used_there_and_removed(
    run: Run, ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    with echoing("401") as own, echoing("401") as other:
        typed(monkeypatch, KEY + "\n")
        done = run("keys", "set", "--base-url", own.url.removesuffix("/v1"))
        assert done.code == 0
        assert f"kept in a ring in memory, for {own.url} and no other address" in done.err
        assert "keyring = true" in done.err
        assert KEY not in done.out + done.err
        run("draft", *BRIEF, "--base-url", own.url, "--model", "m")
        assert KEY not in str(own.seen)  # nothing in the settings says that the keyring is to be asked
        settings_file("keyring = true")
        run("draft", *BRIEF, "--base-url", own.url, "--model", "m")
        run("draft", *BRIEF, "--base-url", other.url, "--model", "m")
    assert own.seen[-1][2] == f"Bearer {KEY}"
    assert KEY not in str(other.seen)
    assert run("keys", "rm", "--base-url", own.url).code == 0
    assert ring.held == {}
    assert "there is no key" in run("keys", "rm", "--base-url", own.url).err


@pytest.mark.parametrize(("text", "code"), [("", 2), ("\n", 2), ("two words\n", 77), ("x" * 99_999, 77)])
def test_what_is_no_key_is_not_kept(
    run: Run, ring: Ring, monkeypatch: pytest.MonkeyPatch, text: str, code: int
) -> None:
    typed(monkeypatch, text)
    assert run("keys", "set").code == code
    assert ring.held == {}


def test_no_key_can_be_given_as_an_argument(run: Run, ring: Ring) -> None:
    assert run("keys", "set", KEY).code == 2
    assert ring.held == {}


def test_without_the_library_or_a_keyring_it_is_one_line(monkeypatch: pytest.MonkeyPatch, ring: Ring) -> None:
    def locked(*_: str) -> None:
        raise RuntimeError(f"can't store {KEY}")

    monkeypatch.setattr(ring, "set_password", locked)
    with pytest.raises(UsageError, match=r"the system keyring can't be used \(RuntimeError\)") as stop:
        key_sources.keep_in_keyring("http://box/v1", KEY)
    assert KEY not in str(stop.value)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match=r"pip install 'afternote\[keyring\]'"):
        with_key(ModelSettings("openai", "m", "http://box/v1", key_from="keyring"))


def test_no_key_at_all_is_not_authorised_for_openai(ring: Ring) -> None:
    with pytest.raises(NotAuthorised, match="key_command"):
        make_provider(choose_model(Choice(provider="openai"), {}, Choice(keyring=True)))


# --- it is nowhere to be seen


@pytest.fixture
def watched(tmp_path: Path) -> Callable[..., str]:
    """Run the command line as a process of its own; all that anybody could read: output, every file of its home, arguments of processes."""
    found: list[str] = []

    def look(done: threading.Event) -> None:
        while not done.wait(0.01):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    text = path.read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue
                if KEY in text:
                    found.append(text)

    def call(*arguments: object, **environment: str) -> str:
        done = threading.Event()
        thread = threading.Thread(target=look, args=(done,))
        thread.start()
        home = Path(os.environ["HOME"])
        ended = subprocess.run(
            [sys.executable, "-m", "assistant.cli.app", *map(str, arguments)],
            capture_output=True, text=True, cwd=home, timeout=60, stdin=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, check=False,
        )  # fmt: skip
        done.set()
        thread.join()
        files = [path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file()]
        return "\n".join([ended.stdout, ended.stderr, *files, *found])

    return call


def leaks(text: str) -> list[str]:
    """The pieces of the key, eight characters long, that stand in a text."""
    return [KEY[i : i + 8] for i in range(len(KEY) - 7) if KEY[i : i + 8] in text]


MODES = ["400", "401", "403", "404", "429", "500", "garbage", "stream-error", "cut"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "arguments", [("draft", *BRIEF), ("draft", *BRIEF, "--json", "-o", "letter.txt")], ids=["plain", "json"]
)
def test_an_endpoint_that_gives_the_key_away_gives_it_to_nobody(
    watched: Callable[..., str], mode: str, arguments: tuple[str, ...]
) -> None:
    with echoing(mode) as echo:
        seen = watched(*arguments, "--base-url", echo.url, "--model", "m", AFTERNOTE_API_KEY=KEY)
    assert echo.seen[0][2] == f"Bearer {KEY}"  # it did get there
    assert "Traceback" not in seen
    assert leaks(seen) == []


@pytest.mark.parametrize("mode", MODES)
def test_nor_does_a_batch(watched: Callable[..., str], tmp_path: Path, mode: str) -> None:
    (tmp_path / "briefs.jsonl").write_text('{"sender": "Bo", "company": "Kiln", "job_title": "Baker"}\n')
    with echoing(mode) as echo:
        where = {"AFTERNOTE_API_KEY": KEY, "AFTERNOTE_ATTEMPTS": "1"}
        seen = watched(
            "batch", str(tmp_path / "briefs.jsonl"), "-o", "out.jsonl", "--base-url", echo.url, "--model", "m", **where
        )
    assert echo.seen[0][2] == f"Bearer {KEY}"
    assert "Traceback" not in seen
    assert leaks(seen) == []


def test_a_session_keeps_no_key(watched: Callable[..., str], tmp_path: Path) -> None:
    with echoing("401") as echo:
        (tmp_path / "b.toml").write_text('sender = "Bo"\ncompany = "Kiln"\njob_title = "Baker"\n')
        seen = watched(
            "chat", tmp_path / "b.toml", "--plain", "--base-url", echo.url, "--model", "m", AFTERNOTE_API_KEY=KEY
        )
    assert leaks(seen) == []


@pytest.mark.parametrize("arguments", [("draft", *BRIEF, "--dry-run"), ("doctor",), ("doctor", "--json"), ("doctor", "--online"),
    ("doctor", "--json", "--online")], ids=" ".join)  # fmt: skip
@pytest.mark.parametrize("mode", ["models", "401", "500", "garbage"])
def test_neither_dry_run_nor_doctor_shows_a_key(
    watched: Callable[..., str], arguments: tuple[str, ...], mode: str
) -> None:
    with echoing(mode) as echo:
        where = {"AFTERNOTE_BASE_URL": echo.url, "AFTERNOTE_MODEL": "m"}
        seen = watched(*arguments, AFTERNOTE_API_KEY=KEY, **where)
    assert leaks(seen) == []
    assert bool(echo.seen) == ("--online" in arguments)


def test_a_key_from_a_command_is_no_argument_and_in_no_file(watched: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    with echoing("401") as echo:
        command = json.dumps(shlex.join(["cat", str(tmp_path / "key")]))
        settings_file(f"base_url = {echo.url!r}\nmodel = 'm'\nkey_command = {command}\n")
        seen = watched("draft", *BRIEF)
    assert echo.seen[0][2] == f"Bearer {KEY}"
    assert leaks(seen) == []


@pytest.mark.parametrize(("mode", "model"), [("500", "m"), ("401", "m"), ("models", "other"), ("garbage", "m")])
def test_doctor_shows_no_key_of_a_command_either(run: Run, tmp_path: Path, mode: str, model: str) -> None:
    (tmp_path / "key").write_text(KEY)
    with echoing(mode) as echo:
        command = json.dumps(shlex.join(["cat", str(tmp_path / "key")]))
        settings_file(f"base_url = {echo.url!r}\nmodel = {model!r}\nkey_command = {command}\n")
        done = run("doctor", "--online", "--json")
    assert echo.seen[0][2] == f"Bearer {KEY}"
    assert leaks(done.out + done.err) == []


def test_crash_output_holds_no_key(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom assistant.cli import app, crash\n"
        "def broken(name): raise RuntimeError('header ' + os.environ['OPENAI_API_KEY'] + ' \\x1b[31m')\n"
        "app._add = broken\nsys.argv = ['afternote', 'doctor']\napp.main()\n"
    )
    environment = os.environ | {"OPENAI_API_KEY": KEY, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert "RuntimeError: header [key]" in done.stderr
    assert "a defect in afternote" in done.stderr
    assert leaks(done.stderr) == []
    assert "\x1b" not in done.stderr


def test_the_key_does_not_follow_a_redirect(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERNOTE_API_KEY", KEY)
    with echoing() as other, echoing("redirect", elsewhere=f"{other.url}/chat/completions") as own:
        moved: list[Echo] = [own, other]
        run("draft", *BRIEF, "--base-url", own.url, "--model", "m")
        monkeypatch.setenv("AFTERNOTE_BASE_URL", own.url)
        monkeypatch.setenv("AFTERNOTE_MODEL", "m")
        assert run("doctor", "--online").code == 1
    assert len(moved[0].seen) >= 2
    assert KEY not in str(moved[1].seen)
