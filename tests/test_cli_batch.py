"""`afternote batch` as a whole process, against the crowd's endpoint on loopback."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from endpoints import Answer, serving

CROWD = [sys.executable, str(ROOT / "benchmarks" / "crowd.py")]


@pytest.fixture(scope="module")
def crowd() -> Iterator[str]:
    server = subprocess.Popen([*CROWD, "serve", "--latency", "0.05"], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    yield server.stdout.readline().strip()
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def briefs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crowd") / "briefs.jsonl"
    path.write_bytes(subprocess.run([*CROWD, "briefs", "90"], capture_output=True, check=True).stdout)
    return path


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-c", "from assistant.cli.app import main; main()", "batch", *map(str, arguments)]


def batch(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, stdin=subprocess.DEVNULL)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_all_rows_get_their_own_letter(crowd: str, briefs: Path, tmp_path: Path) -> None:
    out = tmp_path / "letters.jsonl"
    ran = batch(briefs, "-o", out, "--base-url", crowd, "--model", "m", "--concurrency", 32, "--json", "--price", "1/2")
    assert ran.returncode == 0, ran.stderr
    rows = {int(row["id"].removeprefix("row-")): row for row in map(json.loads, briefs.read_text().splitlines())}
    made = lines(out)
    assert sorted(one["id"] for one in made) == sorted(row["id"] for row in rows.values())
    for one in made:
        assert one["body"].rstrip().endswith(rows[one["row"] - 1]["sender"])
        assert one["status"] == "written"
    told = json.loads(ran.stdout)
    assert (told["written"], told["bad"], told["failed"], told["whole"]) == (90, 0, 0, True)
    assert told["cost"] == pytest.approx(
        (told["usage"]["prompt_tokens"] + 2 * told["usage"]["completion_tokens"]) / 1e6
    )
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    again = batch(briefs, "-o", out, "--base-url", crowd, "--model", "m", "--resume", "--json")
    assert json.loads(again.stdout)["before"] == 90
    assert len(lines(out)) == 90


def test_a_table_with_bad_rows_tells_partial_failure(crowd: str, tmp_path: Path) -> None:
    table = tmp_path / "briefs.csv"
    table.write_text(
        "id,sender,company,job_title,recipient,conversation,stage\n"
        "a,Ade Mca,Lumen Tiles,Kiln Operator,Bo Lund,the new kiln | the glaze,final\n"
        "b,Bo Mca,,Kiln Operator,Bo Lund,the new kiln,\n"
        "c,Chi Mca,Lumen Tiles,Kiln Operator,Bo Lund,the new kiln,twice\n"
    )
    out = tmp_path / "letters.jsonl"
    ran = batch(table, "-o", out, "--base-url", crowd, "--model", "m")
    assert ran.returncode == 1
    assert {one["id"]: one["status"] for one in lines(out)} == {"a": "written", "b": "bad", "c": "bad"}
    assert "2 rows can't be used" in ran.stderr
    assert "company is missing" in ran.stderr
    table.write_text(table.read_text().replace("b,Bo Mca,,", "b,Bo Mca,Lumen Tiles,").replace(",twice", ",screen"))
    ran = batch(table, "-o", out, "--base-url", crowd, "--model", "m", "--resume")
    assert ran.returncode == 0, ran.stderr
    assert sorted(one["id"] for one in lines(out)) == ["a", "b", "c"]


def test_killed_it_goes_on_where_it_was(crowd: str, briefs: Path, tmp_path: Path) -> None:
    out = tmp_path / "letters.jsonl"
    arguments = (briefs, "-o", out, "--base-url", crowd, "--model", "m", "--concurrency", 4)
    process = subprocess.Popen(command(*arguments), cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    while not out.exists() or len(out.read_bytes().splitlines()) < 10:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    had = len([line for line in out.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")])
    deadline = time.monotonic() + 20
    while _alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(process.pid)  # nobody goes on asking for a batch that is dead
    assert 10 <= had < 90
    ran = batch(*arguments, "--resume", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["before"] == had
    assert sorted(one["row"] for one in lines(out)) == list(range(1, 91))


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_dies_costs_no_row(crowd: str, briefs: Path, tmp_path: Path) -> None:
    out = tmp_path / "letters.jsonl"
    arguments = (briefs, "-o", out, "--base-url", crowd, "--model", "m", "--concurrency", 8, "--processes", 2)
    process = subprocess.Popen(command(*arguments), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not out.exists() or len(out.read_bytes().splitlines()) < 8:
        time.sleep(0.02)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == 0, said
    assert sorted(one["row"] for one in lines(out)) == list(range(1, 91))


@pytest.mark.parametrize(("status", "code"), [(401, 77), (503, 75)])
def test_what_no_row_would_fare_better_with_ends_it(
    status: int, code: int, briefs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERNOTE_ATTEMPTS", "1")
    out = tmp_path / "letters.jsonl"
    with serving(Answer(status=status)) as endpoint:
        ran = batch(briefs, "-o", out, "--base-url", endpoint.url, "--model", "m", "--concurrency", 4)
    assert ran.returncode == code
    assert len(lines(out)) < 20
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--max-cost", "1"], "--price"),
        (["--price", "cheap"], "--price"),
        (["--kind", "poem"], "unknown kind"),
        (["-o", "letters.txt"], ".jsonl"),
    ],
)
def test_what_cant_be_followed_is_said_before_anything_is_done(
    arguments: list[str], reason: str, run: Any, briefs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run(
        "batch", briefs, "-o", "letters.jsonl", "--base-url", "http://127.0.0.1:9", "--model", "m", *arguments
    )
    assert outcome.code == 2
    assert reason in outcome.err
    assert not list(tmp_path.glob("letters*"))


def test_output_is_not_its_own_input(run: Any, briefs: Path) -> None:
    before = briefs.read_bytes()
    assert run("batch", briefs, "-o", briefs, "--resume", "--base-url", "http://127.0.0.1:9", "--model", "m").code == 2
    assert briefs.read_bytes() == before
