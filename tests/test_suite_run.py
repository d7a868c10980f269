"""Whole runs, on a loopback endpoint that obeys its prompt: scored, gated, killed and gone on with, scored again without a model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from benchmarks.worse_prompts import WORSE, settings
from benchmarks.worse_prompts import gate as gate_with
from evals.obedient import Endpoint, obedient
from evals.suite.results import read_results


def evals(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m evals …` in a process of its own."""
    command = [sys.executable, "-m", "evals", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | more)


def asked_for(endpoint: Endpoint, out: Path, *more: object) -> list[object]:
    return ["run", "--cases", "faultless", "--base-url", endpoint.url, "--model", "obedient", "--out", out, *more]


def lines(out: Path) -> list[dict[str, Any]]:
    path = out / "drafts.jsonl"
    whole = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [json.loads(line) for line in whole[: whole.rfind("\n") + 1].splitlines()]


def test_a_run_is_scored_whole_and_gated_and_scored_again_without_a_model(tmp_path: Path) -> None:
    with obedient() as endpoint:
        done = evals(*asked_for(endpoint, tmp_path, "--limit", 14, "--epochs", 2))
        assert done.returncode == 0, done.stderr
        asked = len(endpoint.asked)
        results = read_results(tmp_path)
        assert (results.status, len(results.rows), results.troubles) == ("success", 28, ())
        assert {row.recorded.seed for row in results.rows if row.recorded} == {1, 2}
        assert results.about["model"] == "obedient"
        green = evals("gate", "--run", tmp_path, "--baseline", "none")
        assert (green.returncode, green.stdout.splitlines()[-1]) == (
            0,
            "gate: green, 28 letters on 14 cases, 29 checks",
        ), green.stdout
        url = endpoint.url
    # The endpoint is gone: what follows asks nobody.
    same = ["score", "--cases", "faultless", "--base-url", url, "--model", "obedient", "--out", tmp_path, "--epochs", 2]
    again = evals(*same, "--limit", 14)
    assert again.returncode == 0, again.stderr
    assert [r.marks for r in read_results(tmp_path).rows] == [r.marks for r in results.rows]
    assert asked == len(lines(tmp_path))
    more = evals(*same, "--limit", 15)
    assert more.returncode == 1
    assert "stale: of 30 letters 2 are not recorded" in more.stderr
    half = evals("gate", "--run", tmp_path, "--baseline", "none")
    assert half.returncode == 2  # the scores before are not what was asked for last
    assert "the last run there was not finished" in half.stderr
    assert evals(*same, "--limit", 14).returncode == 0
    for name, first in (("page.html", "<!doctype html>"), ("summary.md", "## afternote evals"), ("junit.xml", "<?xml")):
        option = {"page.html": "--html", "summary.md": "--markdown", "junit.xml": "--junit"}[name]
        assert evals("report", "--run", tmp_path, option, tmp_path / name).returncode == 0
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(first)


def test_a_changed_prompt_makes_recordings_stale(tmp_path: Path) -> None:
    with obedient() as endpoint:
        arguments = asked_for(endpoint, tmp_path / "out", "--limit", 2)
        assert evals(*arguments).returncode == 0
    folder = tmp_path / "settings"
    assert settings(folder, WORSE["length doubled"])
    stale = evals("score", *arguments[1:], XDG_CONFIG_HOME=str(folder))
    assert stale.returncode == 1
    assert "their brief or prompt has changed since" in stale.stderr


def test_nothing_that_was_finished_is_run_twice_after_kill_9(tmp_path: Path) -> None:
    with obedient(latency=0.15) as endpoint:
        command = [sys.executable, "-m", "evals", *map(str, asked_for(endpoint, tmp_path, "--concurrency", 4))]
        for finished in (6, 16, 26):
            child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            limit = time.monotonic() + 60
            while len(lines(tmp_path)) < finished and time.monotonic() < limit:
                time.sleep(0.02)
            child.send_signal(signal.SIGKILL)
            child.wait()
            kept = {one["case"] for one in lines(tmp_path)}
            assert len(kept) >= finished
            endpoint.asked.clear()
        with (tmp_path / "drafts.jsonl").open("a") as torn:  # and a line that was being written
            torn.write('{"key": "half a li')
        kept_before = lines(tmp_path)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert f"{len(kept_before)} were finished before" in done.stderr
        after = lines(tmp_path)
        assert after[: len(kept_before)] == kept_before
        assert set(Counter(one["key"] for one in after).values()) == {1}
        senders = {one["made"]["body"].strip().splitlines()[-1] for one in kept_before}
        assert not [prompt for prompt in endpoint.asked if any(f'sender: "{name}"' in prompt for name in senders)]
        assert read_results(tmp_path).troubles == ()


def test_a_scorer_that_raises_turns_the_gate_red(tmp_path: Path) -> None:
    breaking = (
        "import sys\nfrom evals.suite import marks\n"
        "old = marks.CHECKS['hook']\n"
        "def hook(of):\n    if 'Callum Treharne' in of.recorded.text: raise RuntimeError('lost its way')\n    return old(of)\n"
        "marks.CHECKS['hook'] = hook\n"
        "from evals.__main__ import main\nsys.exit(main())\n"
    )
    with obedient() as endpoint:
        command = [sys.executable, "-c", breaking, *map(str, asked_for(endpoint, tmp_path))]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    red = evals("gate", "--run", tmp_path, "--baseline", "none")
    assert red.returncode == 1
    assert "RED   hook: failed to run on 1 of " in red.stdout
    assert "RuntimeError: lost its way" in red.stdout


def test_an_endpoint_that_fails_keeps_what_was_finished_and_says_so(tmp_path: Path) -> None:
    with obedient() as endpoint:
        url = endpoint.url
    gone = evals("run", "--cases", "faultless", "--base-url", url, "--model", "m", "--out", tmp_path, "--limit", 3)
    assert gone.returncode == 75
    assert "can't connect" in gone.stderr
    assert "0 of 3 letters are kept, and the same command goes on" in gone.stderr
    assert "Traceback" not in gone.stderr
    nothing = evals("gate", "--run", tmp_path, "--baseline", "none")
    assert nothing.returncode == 2
    assert "there is no run here" in nothing.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--limit", "0"], "'0' is no number above 0"),
        (["run", "--family", "nosuch", "--out", "x"], "there are no such cases"),
        (["gate", "--run", "nowhere", "--baseline", "none"], "no such run"),
        (["compare", "nowhere", "elsewhere"], "no such run"),
        (["report", "--run", "nowhere"], "no such run"),
    ],
)
def test_what_a_user_gets_wrong_is_one_clear_line(arguments: list[str], said: str) -> None:
    done = evals(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("worse", "says"),
    [
        ("as shipped", set()),
        ("never obsequious taken out", {"abasement", "flattery", "thanks", "verdict"}),
        ("grounding taken out", {"grounding", "verdict"}),
        ("length doubled", {"band_length", "padding", "verdict"}),
    ],
)
def test_a_prompt_made_worse_turns_the_gate_red_and_the_right_check_says_so(
    worse: str, says: set[str], tmp_path: Path
) -> None:
    assert settings(tmp_path, WORSE[worse]) == (worse != "as shipped")
    with obedient() as endpoint:
        code, objections = gate_with(endpoint.url, tmp_path, 0)
    said = {objection.partition(":")[0] for objection in objections}
    assert code == int(bool(says)), objections
    assert said >= says if says else not said, objections


def test_the_package_knows_nothing_of_the_suite() -> None:
    code = (
        "import sys, assistant.cli.app, assistant.chat.talk, assistant.writing, assistant.checks\nprint(*sys.modules)"
    )
    with tempfile.TemporaryDirectory() as empty:
        loaded = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=empty,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
    assert not {name.split(".")[0] for name in loaded.stdout.split()} & {"evals", "inspect_ai"}
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "assistant").rglob("*.py")]
    assert not [text for text in sources if "inspect_ai" in text or "import evals" in text or "from evals" in text]
