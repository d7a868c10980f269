import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from batch_double import Double, batch_api, reply
from conftest import GOOD_LETTER, ROOT, Outcome

from assistant import Brief
from assistant.batch import openai_batch, openai_box, openai_files
from assistant.batch.openai_answers import Replay, lines_of, read_line
from assistant.errors import ProviderError
from assistant.providers import Message, Request
from assistant.providers.endpoint import Endpoint
from benchmarks.crowd import briefs, letter

Run = Callable[..., Outcome]
SENDER = re.compile(r'sender: "(.*?)"')
KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_batch, "FIRST", 0.01)
    monkeypatch.setattr(openai_batch, "LONGEST", 0.02)


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twelve briefs in the current folder, and a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AFTERNOTE_API_KEY", KEY)
    path = tmp_path / "briefs.jsonl"
    path.write_text("".join(json.dumps(values) + "\n" for values in briefs(12)))
    return path


def crowd(body: dict[str, Any]) -> str:
    found = SENDER.search(body["messages"][-1]["content"]) or SENDER.search(
        str([m["content"] for m in body["messages"]])
    )
    assert found
    return letter(found[1])


def results(path: Path) -> dict[int, dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len({line["row"] for line in lines}) == len(lines), "a row has two lines"
    return {line["row"]: line for line in lines}


def batch(run: Run, api: Double, *more: object, out: str = "out.jsonl") -> Outcome:
    return run("batch", "briefs.jsonl", "-o", out, "--model", "m", "--base-url", api.url, *more)


def whole(api: Double, out: str = "out.jsonl") -> None:
    """Every row has its letter, each was asked for once, and nothing stays behind, here or there."""
    found = results(Path(out))
    assert [found[n]["status"] for n in range(1, 13)] == ["written"] * 12
    ids = [request["custom_id"] for request in api.requests]
    assert len(ids) == len(set(ids)) == 12
    assert left_behind(out) == []


def left_behind(out: str = "out.jsonl") -> list[str]:
    return [p.name for p in Path().iterdir() if p.name.startswith((".afternote", f"{out}."))]


def test_the_letters_are_those_of_the_normal_way(run: Run, rows: Path) -> None:
    with batch_api(crowd, polls=3) as api:
        done = batch(run, api, "--openai-batch", "--seed", 5, "--temperature", 0.5, "--price", "1/1")
        asked = {request["custom_id"]: request["body"] for request in api.requests}
        normal = batch(run, api, "--seed", 5, "--temperature", 0.5, "--price", "1/1", out="normal.jsonl")
    assert (done.code, normal.code) == (0, 0), done.err
    whole(api)
    assert results(Path("out.jsonl")) == results(Path("normal.jsonl"))
    assert [line for line in done.err.splitlines() if line.startswith("tokens")] == [
        line for line in normal.err.splitlines() if line.startswith("tokens")
    ]
    assert all("stream" not in body and body["model"] == "m" for body in asked.values())
    assert sorted(body["seed"] for body in asked.values()) == list(range(5, 17))
    assert (api.count("POST /files"), api.count("POST /batches"), api.count("GET /batches/")) == (1, 1, 3)
    assert api.count("GET /batches") == 3, "it was looked for although it was only begun"
    assert api.files == {}, "what was sent and what came is taken away"
    assert next(iter(api.batches.values()))["metadata"]["afternote"].startswith("afternote-")


def test_files_are_private_and_hold_no_key(run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, tuple[int, bytes]] = {}

    def look(self: openai_files.Api, file: str, into: Any) -> None:
        download(self, file, into)
        seen.update({p.name: (p.stat().st_mode & 0o777, p.read_bytes()) for p in Path().iterdir() if p.is_file()})

    download = openai_files.Api.download
    monkeypatch.setattr(openai_files.Api, "download", look)
    umask = os.umask(0)
    try:
        with batch_api(crowd, broken=lambda name: 401 if name.endswith("-3") else 0) as api:
            api.write = lambda body: crowd(body)
            done = batch(run, api, "--openai-batch")
    finally:
        os.umask(umask)
    assert done.code == 1
    assert api.keys == {f"Bearer {KEY}"}
    assert {mode for name, (mode, _) in seen.items() if name != "briefs.jsonl"} == {0o600}
    assert any(name.endswith(".batch") for name in seen)
    assert len(seen) >= 4
    assert not any(KEY[3:].encode() in data for _, data in seen.values())
    assert KEY[3:] not in Path("out.jsonl").read_text() + done.err + done.out


STEPS = {
    "before the upload": (openai_files.Api, "upload", False),
    "after the upload": (openai_files.Api, "upload", True),
    "after the upload is noted": (openai_box.Box, "uploaded", True),
    "before the create": (openai_files.Api, "create", False),
    "after the create": (openai_files.Api, "create", True),
    "after the create is noted": (openai_box.Box, "created", True),
    "while waiting": (openai_files.Api, "look", True),
    "before the download": (openai_files.Api, "download", False),
    "after the download": (openai_files.Api, "download", True),
    "before a letter is taken out": (openai_box.Box, "remove", False),
    "after the letters are missed": (openai_batch.Courier, "give_up", True),
    "before the files are removed": (openai_files.Api, "remove", False),
}


class _Killed(BaseException):
    pass


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("time", [1, 2])
def test_whatever_ends_it_nothing_is_lost_or_asked_twice(
    run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch, step: str, time: int
) -> None:
    """`time`: the second time means a batch of two parts, or the second letter."""
    monkeypatch.setattr(openai_box, "MOST_REQUESTS", 7)
    owner, name, after = STEPS[step]
    inner, calls = getattr(owner, name), [0]

    def dies(*values: Any) -> Any:
        calls[0] += 1
        given = inner(*values) if after or calls[0] != time else None
        if calls[0] == time:
            raise _Killed
        return given

    with batch_api(crowd, polls=2) as api:
        monkeypatch.setattr(owner, name, dies)
        with pytest.raises(_Killed):
            batch(run, api, "--openai-batch")
        monkeypatch.setattr(owner, name, inner)
        done = batch(run, api, "--openai-batch", "--resume")
        assert done.code == 0, done.err
        whole(api)
        assert len(api.batches) == 2
        again = batch(run, api, "--openai-batch", "--resume")
        assert again.code == 0
    whole(api)


def test_running_the_same_command_again_goes_on_too(run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with batch_api(crowd, polls=2, refuse={"GET /batches/": [401]}) as api:
        first = batch(run, api, "--openai-batch")
        assert (first.code, len(api.batches)) == (77, 1)
        assert "--resume fetches it" in first.err
        for wrong, said in (
            (("--force", "--openai-batch"), "a batch for it is under way"),
            (("--resume",), "a batch for it is under way"),
            (("--openai-batch", "--seed", 3), "made with another --seed (None)"),
            (("--openai-batch", "--redact"), "made with another --redact (False)"),
        ):
            refused = batch(run, api, *wrong)
            assert refused.code == 2
            assert said in refused.err
        assert batch(run, api, "--openai-batch").code == 0
    whole(api)


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_says_how_to_come_back(run: Run, rows: Path, sig: int) -> None:
    command = [sys.executable, "-m", "assistant.cli.app", "batch", "briefs.jsonl", "-o", "out.jsonl", "--openai-batch"]
    with batch_api(crowd, polls=1000) as api:
        child = subprocess.Popen(
            [*command, "--model", "m", "--base-url", api.url], stderr=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        until = time.monotonic() + 30
        while not api.count("GET /batches/") and time.monotonic() < until:
            time.sleep(0.05)
        child.send_signal(sig)
        _, said = child.communicate(timeout=10)
        assert child.returncode == 128 + sig
        assert said.splitlines()[-1] == (
            "afternote: interrupted; the batch goes on at the endpoint, and --resume fetches it"
        )
        api.polls = 1
        assert batch(run, api, "--openai-batch", "--resume").code == 0
    whole(api)


def test_kill_minus_nine_while_the_endpoint_has_done_it_and_not_answered(run: Run, rows: Path) -> None:
    code = "from assistant.batch import openai_batch as b; b.FIRST = 0.05; from assistant.cli import app; app.main()"
    with batch_api(crowd, polls=2, slow=0.3) as api:
        command = [sys.executable, "-c", code, "batch", "briefs.jsonl", "-o", "out.jsonl", "--model", "m", "--resume"]
        for call in ("POST /files", "POST /batches", "GET /batches/", "GET /files/", "DELETE /files/"):
            child = subprocess.Popen(
                [*command, "--openai-batch", "--base-url", api.url], env=os.environ | {"PYTHONPATH": str(ROOT)}
            )
            until = time.monotonic() + 60
            while not api.count(call) and time.monotonic() < until:
                time.sleep(0.02)
            child.kill()
            child.wait()
            assert api.count(call)
        api.slow = 0.0
        assert batch(run, api, "--openai-batch", "--resume").code == 0
        assert api.count("POST /batches") == 1
        found = results(Path("out.jsonl"))
    assert [found[n]["status"] for n in range(1, 13)] == ["written"] * 12
    assert len(api.requests) == 12


def test_an_answer_lost_after_the_create_begins_no_second_batch(run: Run, rows: Path) -> None:
    with batch_api(crowd, lose=1) as api:
        done = batch(run, api, "--openai-batch")
    assert done.code == 0, done.err
    assert api.count("POST /batches") == 1
    whole(api)


@pytest.mark.parametrize("call", ["POST /files", "POST /batches", "GET /batches/", "GET /files/"])
@pytest.mark.parametrize("status", [429, 503])
def test_too_many_requests_and_then_well(run: Run, rows: Path, call: str, status: int) -> None:
    with batch_api(crowd, refuse={call: [status, status]}) as api:
        done = batch(run, api, "--openai-batch")
    assert done.code == 0, done.err
    whole(api)
    if not call.startswith("GET /batches"):
        assert "trying again" in done.err
    assert KEY[3:] not in done.err


@pytest.mark.parametrize(("call", "status", "code", "said"), [
    ("POST /files", 401, 77, "the key isn't accepted (401)"),
    ("POST /files", 404, 69, "no files there (404); has this endpoint a Batch API"),
    ("POST /batches", 400, 1, "refused the request (400)"),
    ("POST /batches", 403, 77, "not allowed (403)"),
])  # fmt: skip
def test_a_refusal_is_one_line_and_leaves_nothing(
    run: Run, rows: Path, call: str, status: int, code: int, said: str
) -> None:
    with batch_api(crowd, refuse={call: [status]}) as api:
        done = batch(run, api, "--openai-batch")
        assert done.code == code
        assert said in done.err.splitlines()[-1]
        assert KEY[3:] not in done.err
        assert left_behind() == []
        assert api.files == {}, "nobody needs the file any more"
        assert batch(run, api, "--resume").code == 0, "it can be done the normal way now"


def test_a_download_that_breaks_off_is_fetched_again(run: Run, rows: Path) -> None:
    for sized in (True, False):
        with batch_api(crowd, cut=2, sized=sized) as api:
            done = batch(run, api, "--openai-batch", out=f"{sized}.jsonl")
        assert done.code == 0, done.err
        assert "trying again" in done.err
        whole(api, f"{sized}.jsonl")


def test_an_output_that_is_garbled_doubled_short_and_foreign(run: Run, rows: Path) -> None:
    def spoiled(lines: list[bytes]) -> list[bytes]:
        foreign = json.dumps({"custom_id": "nobody-1", "response": {"status_code": 200, "body": reply("no")}}).encode()
        odd = [b"{", b"[]", b"\xff\xfe", b'{"custom_id": 7}', b"", foreign]
        return [lines[0], lines[0], *odd, *lines[2:]]

    with batch_api(crowd, lines=spoiled) as api:
        done = batch(run, api, "--openai-batch")
        assert done.code == 1
        assert "6 lines of batch_1 can't be read or answer nothing that was asked" in done.err
        found = results(Path("out.jsonl"))
        assert sorted(r["status"] for r in found.values()) == ["failed"] + ["written"] * 11
        failed = next(r for r in found.values() if r["status"] == "failed")
        assert "hold no answer for this letter" in failed["error"]
        api.lines = lambda lines: lines
        again = batch(run, api, "--openai-batch", "--resume")
    assert again.code == 0
    assert len(api.requests) == 13
    assert [r["status"] for r in results(Path("out.jsonl")).values()] == ["written"] * 12


@pytest.mark.parametrize(("statuses", "said", "code"), [
    ({2: 429, 5: 500}, "can't serve now: told to", 75), ({2: 400, 5: 400}, "told to, ", 1), ({2: 1, 5: 1}, "could not be executed", 1),
])  # fmt: skip
def test_failed_requests_are_failed_rows_and_tried_again(
    run: Run, rows: Path, statuses: dict[int, int], said: str, code: int
) -> None:
    with batch_api(crowd, broken=lambda name: statuses.get(int(name.rpartition("-")[2]), 0)) as api:
        api.end = "expired" if 1 in statuses.values() else "completed"
        done = batch(run, api, "--openai-batch")
        assert done.code == 1
        assert "0 rows can't be used, 2 failed; --resume tries them again; the first: row" in done.err
        found = results(Path("out.jsonl"))
        assert {n for n in found if found[n]["status"] == "failed"} == {2, 5}
        assert said in found[2]["error"]
        assert found[2]["exit_code"] == code
        api.broken, api.end = (lambda _: 0), "completed"
        assert batch(run, api, "--openai-batch", "--resume").code == 0
    assert len(api.requests) == 14
    assert len(results(Path("out.jsonl"))) == 12


def test_a_batch_that_fails_says_why_in_one_line(run: Run, rows: Path) -> None:
    with batch_api(crowd, end="failed", why="Enqueued token limit reached") as api:
        done = batch(run, api, "--openai-batch")
    assert done.code == 1
    assert "the batch failed (batch_1: Enqueued token limit reached)" in done.err
    assert [r["status"] for r in results(Path("out.jsonl")).values()] == ["failed"] * 12
    assert left_behind() == []


def test_bad_rows_are_never_sent(run: Run, rows: Path) -> None:
    good = rows.read_text().splitlines()
    rows.write_text(
        "\n".join([good[0], "{", '{"sender": "A"}', good[1], json.dumps({"kind": "ode"} | json.loads(good[2]))])
    )
    with batch_api(crowd) as api:
        done = batch(run, api, "--openai-batch")
    assert done.code == 1
    found = results(Path("out.jsonl"))
    assert [found[n]["status"] for n in range(1, 6)] == ["written", "bad", "bad", "written", "bad"]
    assert "unknown kind 'ode'" in found[5]["error"]
    assert len(api.requests) == 2


def test_rows_that_hold_the_same_each_get_a_letter(run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = rows.read_text().splitlines()[0] + "\n"
    rows.write_text(line * 3)
    with batch_api(crowd, polls=2, refuse={"GET /batches/": [401]}) as api:
        assert batch(run, api, "--openai-batch").code == 77
        rows.write_text(line * 5)  # two more while it runs
        assert batch(run, api, "--openai-batch").code == 0
    assert sorted(results(Path("out.jsonl"))) == [1, 2, 3, 4, 5]
    assert [b["request_counts"]["total"] for b in api.batches.values()] == [3, 2]


def one_brief(brief: Brief, tmp_path: Path) -> None:
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(brief).items() if k != "facts" and v}
    (tmp_path / "briefs.jsonl").write_text(json.dumps(values) + "\n")


BAD_LETTER = GOOD_LETTER.replace("I can send you", "Marta said I won 9 prizes [M1]. I can send you")


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_a_letter_with_errors_is_revised_as_in_the_normal_way(
    run: Run, rows: Path, tmp_path: Path, brief: Brief, rounds: int
) -> None:
    one_brief(brief, tmp_path)
    write = {2: BAD_LETTER, 4: GOOD_LETTER}

    def by_length(body: dict[str, Any]) -> str:
        return write.get(len(body["messages"]), GOOD_LETTER)

    with batch_api(by_length) as api:
        done = batch(run, api, "--openai-batch", "--rounds", rounds)
        normal = batch(run, api, "--rounds", rounds, out="normal.jsonl")
    assert (done.code, normal.code) == (0, 0), done.err
    ours, theirs = results(Path("out.jsonl"))[1], results(Path("normal.jsonl"))[1]
    assert ours == theirs
    assert ours["attempts"] == len(api.batches) == len(api.requests) == min(rounds, 1) + 1
    assert ours["usage"]["prompt_tokens"] == 1500 * ours["attempts"]
    if rounds:
        assert api.requests[1]["body"]["messages"][-2] == {"role": "assistant", "content": BAD_LETTER}


def test_a_revision_that_fails_leaves_the_letter_before(run: Run, rows: Path, tmp_path: Path, brief: Brief) -> None:
    one_brief(brief, tmp_path)
    with batch_api(lambda _: BAD_LETTER) as api:
        api.broken = lambda _: 500 if len(api.batches) > 1 else 0
        done = batch(run, api, "--openai-batch")
    assert "1 letters written, 1 of them with an error" in done.err
    assert len(api.batches) == 2


def test_killed_between_the_rounds(run: Run, rows: Path, tmp_path: Path, brief: Brief) -> None:
    one_brief(brief, tmp_path)
    refuse: dict[str, list[int]] = {"POST /files": [0, 401]}
    with batch_api(lambda body: GOOD_LETTER if len(body["messages"]) > 2 else BAD_LETTER, refuse=refuse) as api:
        assert batch(run, api, "--openai-batch").code == 77
        assert results(Path("out.jsonl")) == {}
        assert batch(run, api, "--openai-batch", "--resume").code == 0
    assert len(api.requests) == 2, "the first draft was kept"
    assert results(Path("out.jsonl"))[1]["attempts"] == 2


def test_names_are_hidden_and_come_back(run: Run, rows: Path, tmp_path: Path, brief: Brief) -> None:
    one_brief(brief, tmp_path)
    letters = []

    def write(body: dict[str, Any]) -> str:
        asked = body["messages"][-1]["content"]
        text = GOOD_LETTER
        for name, words in (("sender", "Ifeoma Adeyemi"), ("recipient", "Renske"), ("company", "Krume Bakery")):
            text = text.replace(words, re.search(rf'^{name}: "(.*?)"', asked, re.MULTILINE)[1])  # type: ignore[index]
        letters.append(text)
        return text

    with batch_api(write) as api:
        done = batch(run, api, "--openai-batch", "--redact")
        assert done.code in (0, 1), done.err
        normal = batch(run, api, "--redact", out="normal.jsonl")
    sent = json.dumps(api.requests)
    assert not any(name in sent for name in ("Ifeoma", "Adeyemi", "Renske", "Bakker", "Krume"))
    ours = results(Path("out.jsonl"))[1]
    assert ours == results(Path("normal.jsonl"))[1], normal.err
    assert "Ifeoma Adeyemi" in ours["body"]
    assert "Krume Bakery" in ours["body"]


def test_more_than_a_file_may_hold_goes_in_several(run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_box, "MOST_BYTES", 30_000)
    with batch_api(crowd, polls=2) as api:
        assert batch(run, api, "--openai-batch").code == 0
    assert len(api.batches) > 1
    whole(api)


def test_no_more_is_asked_than_may_be_spent(run: Run, rows: Path) -> None:
    with batch_api(crowd) as api:
        done = batch(run, api, "--openai-batch", "--price", "1/1", "--max-cost", "0.05")
        assert done.code == 0, done.err
        # A row is taken to cost 0.012 until one was paid; then it is known to cost 0.0017.
        assert [b["request_counts"]["total"] for b in api.batches.values()] == [4, 8]
        whole(api)
        done = batch(run, api, "--openai-batch", "--price", "1/1", "--max-cost", "0.013", out="other.jsonl")
        assert done.code == 1
        assert "--max-cost is reached" in done.err
        assert 0 < len(results(Path("other.jsonl"))) < 12


def test_by_hand(run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_box, "MOST_REQUESTS", 7)
    monkeypatch.delenv("AFTERNOTE_API_KEY")
    with batch_api(crowd) as api:
        done = batch(run, api, "--write-requests", "one.jsonl")
        assert "7 requests: one.jsonl" in done.err
        assert "5 letters are left" in done.err
        assert done.code == 0
        assert "7 requests" not in batch(run, api, "--write-requests", "one.jsonl").err, "it may not be uploaded yet"
        assert batch(run, api, "--write-requests", "two.jsonl").code == 0
        again = batch(run, api, "--write-requests", "three.jsonl")
        assert "no request waits to be written" in again.err
        assert not Path("three.jsonl").exists()
        assert api.calls == []
    assert Path("one.jsonl").stat().st_mode & 0o777 == 0o600
    names = {}
    for name in ("one", "two"):
        lines = [json.loads(line) for line in Path(f"{name}.jsonl").read_text().splitlines()]
        names[name] = [line["custom_id"] for line in lines]
        assert all(line["url"] == "/v1/chat/completions" and line["method"] == "POST" for line in lines)
        with Path(f"{name}.out").open("w") as out:
            for line in reversed(lines):
                answer = {"status_code": 200, "body": reply(crowd(line["body"]))}
                out.write(json.dumps({"custom_id": line["custom_id"], "response": answer, "error": None}) + "\n")
    assert not set(names["one"]) & set(names["two"])
    base = ("--model", "m", "--base-url", api.url)
    half = run("batch", "briefs.jsonl", "-o", "out.jsonl", "--read-answers", "one.out", *base)
    assert half.code == 1
    assert len(results(Path("out.jsonl"))) == 7
    full = run(
        "batch", "briefs.jsonl", "-o", "out.jsonl", "--read-answers", "one.out", "--read-answers", "two.out", *base
    )
    assert full.code == 0, full.err
    assert "7 lines can't be read or answer nothing" in full.err
    assert len(results(Path("out.jsonl"))) == 12
    assert left_behind() == []


@pytest.mark.parametrize(("options", "said"), [
    (("--openai-batch", "--provider", "local"), "a batch API is an endpoint's"),
    (("--openai-batch", "--model", "m", "--base-url", "http://127.0.0.1:9", "--rpm", "5"), "--rpm is for letters"),
    (("--openai-batch", "--write-requests", "x.jsonl", "--model", "m", "--base-url", "http://127.0.0.1:9"), "give one of them"),
    (("--read-answers", "x", "--model", "m", "--base-url", "http://127.0.0.1:9"), "--write-requests comes first"),
    (("--write-requests", "out.jsonl", "--model", "m", "--base-url", "http://127.0.0.1:9"), "other files than -o"),
])  # fmt: skip
def test_options_that_dont_go_together(run: Run, rows: Path, options: tuple[str, ...], said: str) -> None:
    done = run("batch", "briefs.jsonl", "-o", "out.jsonl", *options)
    assert done.code == 2
    assert said in done.err
    assert done.err.count("\n") == 1


def test_replay_gives_what_the_endpoint_would(tmp_path: Path) -> None:
    endpoint = Endpoint("m", "http://model.test/v1", "k" * 20)
    ask = Request((Message("user", "hi"),))

    def answered(line: dict[str, Any]) -> Any:
        read = read_line(json.dumps({"custom_id": "a-1"} | line).encode(), endpoint.place)
        assert read
        return Replay(endpoint, [read.answer]).complete(ask).texts[0]

    good = reply("Dear Ann")
    assert answered({"response": {"status_code": 200, "body": good}}) == "Dear Ann"
    long = json.loads(json.dumps(good).replace('"stop"', '"length"'))
    for response, error, said in (
        ({"status_code": 200, "body": long}, None, "stopped at its limit of length"),
        ({"status_code": 200, "body": reply(" ")}, None, "sent an empty reply"),
        ({"status_code": 200, "body": reply("x" * 200_000)}, None, "has no end"),
        ({"status_code": 200, "body": {"choices": 7}}, None, "no chat completion: its choices are no list"),
        ({"status_code": 200}, None, "unknown"),
        (None, {"message": f"it was {'k' * 20}"}, "it was [key]"),
        (None, "odd", "odd"),
        (7, None, "unknown"),
        ({"status_code": 503, "body": {"error": None}}, None, "can't serve now"),
    ):
        with pytest.raises(ProviderError, match=re.escape(said)):
            answered({"response": response, "error": error})


def test_a_line_without_end_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.batch import openai_answers

    monkeypatch.setattr(openai_answers, "MOST_LINE", 200)
    good = b'{"custom_id": "a-1", "error": "x"}\n'
    (tmp_path / "f").write_bytes(good + b"[" * 1000 + b"\n" + good)
    with (tmp_path / "f").open("rb") as file:
        found = [line and line.id for line in lines_of(file, Endpoint("m", "http://model.test/v1").place)]
    assert found == ["a-1", "a-1"]
