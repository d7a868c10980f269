"""`afternote check` as a user meets it: exit codes, streams, formats, bad input."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import GOOD_LETTER, ROOT
from jsonschema import Draft7Validator

BRIEF = ROOT / "examples" / "final-round.toml"
BAD = (
    "Subject: 😀 Cafe\u0301\r\n\r\nDear Renske,\r\n\r\nThank you so much for your decision. I have long admired your company.\r\n"
    "Please reconsider.\r\n\r\nBest,\r\nJosé\r\n"
)
# The parts of SARIF 2.1.0 that the program writes, with what the standard asks of them.
REGION = {
    "type": "object",
    "properties": {k: {"type": "integer", "minimum": 1} for k in ("startLine", "startColumn", "endLine", "endColumn")}
    | {k: {"type": "integer", "minimum": 0} for k in ("charOffset", "charLength")},
    "additionalProperties": False,
    "required": ["startLine"],
}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs", "$schema"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool", "results", "columnKind"],
                "properties": {
                    "columnKind": {"enum": ["unicodeCodePoints"]},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name", "rules"],
                                "properties": {
                                    "rules": {
                                        "items": {"required": ["id"], "properties": {"help": TEXT}},
                                        "uniqueItems": True,
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "items": {
                            "required": ["message", "ruleId", "ruleIndex", "level", "locations"],
                            "properties": {
                                "level": {"enum": ["error", "warning", "note", "none"]},
                                "message": TEXT,
                                "locations": {
                                    "items": {"properties": {"physicalLocation": {"properties": {"region": REGION}}}}
                                },
                            },
                        }
                    },
                },
            },
        },
    },
}


def run(*args: str, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli.app", "check", *args], input=stdin, capture_output=True, cwd=cwd
    )
    return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.txt"
    path.write_bytes(BAD.encode())
    return path


def test_a_good_letter_exits_with_zero_and_says_so() -> None:
    done = run("-", stdin=GOOD_LETTER.encode())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("good: ")
    assert "beside good letters" in done.stdout


def test_a_faulty_letter_exits_with_one_unless_told_not_to_fail(bad: Path) -> None:
    done = run(str(bad))
    assert done.returncode == 1
    assert "thanks.rejection" in done.stdout
    assert "^^^^" in done.stdout
    assert "\x1b" not in done.stdout
    assert run(str(bad), "--no-fail").returncode == 0


def test_json_has_the_contract_and_offsets_in_code_points_of_the_input(bad: Path) -> None:
    values = json.loads(run(str(bad), "--format", "json").stdout)
    assert set(values) >= {"verdict", "words", "scores", "findings"}
    assert values["verdict"] in ("pushy", "obsequious")
    text = bad.read_bytes().decode()
    for finding in values["findings"]:
        assert set(finding) == {"rule", "severity", "message", "start", "end", "text", "fix"}
        assert text[finding["start"] : finding["end"]] == finding["text"]
    assert {"thanks.rejection", "flattery.admired", "pleading.reconsider"} <= {f["rule"] for f in values["findings"]}


def test_several_letters_and_patterns_give_a_list(bad: Path) -> None:
    (bad.parent / "good.txt").write_text(GOOD_LETTER, encoding="utf-8")
    values = json.loads(run("*.txt", "--format", "json", cwd=bad.parent).stdout)
    assert [(v["file"], v["verdict"] == "good") for v in values] == [("bad.txt", False), ("good.txt", True)]


def test_sarif_is_sarif(bad: Path) -> None:
    values = json.loads(run(str(bad), "--format", "sarif").stdout)
    assert list(Draft7Validator(SARIF).iter_errors(values)) == []
    result = next(r for r in values["runs"][0]["results"] if r["ruleId"] == "pleading.reconsider")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) == (6, 1)
    assert values["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "pleading.reconsider"


def test_github_annotations_stand_a_line_each(bad: Path) -> None:
    lines = run(str(bad), "--format", "github").stdout.splitlines()
    assert lines
    assert all(
        re.match(r"::(error|warning) file=[^,]+,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=[\w.]+::\S", line)
        for line in lines
    )


def test_with_a_brief_what_is_not_in_it_is_ungrounded(tmp_path: Path) -> None:
    text = GOOD_LETTER.replace("I can send", "I told Marta at Siemens about it on Friday. I can send").encode()
    path = tmp_path / "brief.toml"
    assert run("-", "--brief", str(path), stdin=text).returncode == 2
    head = 'sender="Ifeoma Adeyemi"\nrecipient="Renske Bakker"\ncompany="Krume Bakery"\njob_title="Night Baker"\n'
    path.write_text(head + 'conversation=["rye starter sulks"]\n')
    values = json.loads(run("-", "--brief", str(path), "--format", "json", stdin=text).stdout)
    assert values["verdict"] == "ungrounded"
    assert "Siemens" in {f["text"] for f in values["findings"] if f["rule"] == "grounding.name"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \r\n\xef\xbb\xbf\n", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "a binary file"),
        (b"Dear Ren\xe9,\n\nhello there", "not UTF-8 at byte 8"),
    ],
)
def test_what_is_no_letter_is_one_clear_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(content)
    done = run(str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "letter.txt" in done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "check needs a letter"),
        (("nowhere.txt",), "no such file"),
        (("*.nothing",), "no file matches"),
        ((".",), "that is a directory"),
        (("-", "--kind", "poem"), "unknown kind 'poem'"),
        (("-", "--format", "xml"), "unknown format 'xml'"),
        (("-", "--explain", "thanks.bugdet"), "nearest is 'thanks.budget'"),
        (("-", "--judge"), "--judge holds a letter to a brief"),
        (("-", "--ignore", "thanks.budget", "--reason", "x"), "--ignore needs a file"),
    ],
)
def test_a_wrong_command_line_is_one_clear_line(tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    done = run(*args, stdin=GOOD_LETTER.encode(), cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_file_among_good_ones_is_said_and_the_others_are_checked(bad: Path) -> None:
    (bad.parent / "empty.txt").write_text("")
    done = run("bad.txt", "empty.txt", cwd=bad.parent)
    assert done.returncode == 2
    assert "empty.txt: the file is empty" in done.stderr
    assert "thanks.rejection" in done.stdout


def test_a_broken_rule_of_the_project_is_named_and_the_others_run(bad: Path) -> None:
    (bad.parent / "afternote.toml").write_text('[check]\nrules = ["own.yaml"]\n')
    (bad.parent / "own.yaml").write_text("rules:\n  x:\n    type: existence\n")
    done = run("bad.txt", cwd=bad.parent)
    assert done.returncode == 2
    assert "rule own.x: needs 'message'" in done.stderr
    assert "thanks.rejection" in done.stdout


def test_a_finding_is_suppressed_beside_the_letter_and_goes_stale_when_the_sentence_changes(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(GOOD_LETTER.replace("I can send", "You are simply amazing people. I can send"), encoding="utf-8")
    before = path.read_bytes()
    assert "flattery.superlative" in run(str(path)).stdout
    assert "needs --reason" in run(str(path), "--ignore", "flattery.superlative").stderr
    run(str(path), "--ignore", "flattery.superlative", "--reason", 'an "in-joke"')
    assert path.read_bytes() == before
    assert 'reason = "an \\"in-joke\\""' in (tmp_path / "letter.txt.ignore.toml").read_text()
    assert "flattery.superlative" not in run(str(path)).stdout
    path.write_text(
        path.read_text(encoding="utf-8").replace("simply amazing people", "simply amazing people there"),
        encoding="utf-8",
    )
    done = run(str(path))
    assert "flattery.superlative" in done.stdout
    assert "take the entry out" in done.stderr


def test_explain_says_why_and_where_from() -> None:
    done = run("--explain", "thanks.rejection")
    assert done.returncode == 0
    assert "Source: 000 article" in done.stdout
    assert "It leaves alone:" in done.stdout


def test_the_openai_sdk_is_never_imported() -> None:
    code = (
        "import sys\nsys.argv=['afternote','check','-']\nfrom assistant.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=GOOD_LETTER, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"openai", "rich", "jinja2", "tenacity", "xllamacpp", "numpy"}


def test_the_judge_adds_what_it_can_quote_and_says_when_it_could_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = {"letter": "I can send you our training sheet", "notes": "", "verdict": "absent"}
    replies = [json.dumps({"claims": [claim]}), "It seems fine to me."]
    letter = "Dear Anne,\n\nThe handheld scanners stayed with me. I can send you our training sheet.\n\nBest,\nMarisol Vega\n"
    monkeypatch.setenv("AFTERNOTE_PROVIDER", "scripted")
    monkeypatch.setenv("AFTERNOTE_MODEL", str(tmp_path / "script.json"))
    (tmp_path / "script.json").write_text(json.dumps(replies[:1]))
    done = run("-", "--brief", str(BRIEF), "--judge", stdin=letter.encode())
    assert "grounding.judged" in done.stdout
    assert "judge: 1 claims, 1 not carried" in done.stderr
    (tmp_path / "script.json").write_text(json.dumps(replies[1:]))
    done = run("-", "--brief", str(BRIEF), "--judge", stdin=letter.encode())
    assert "grounding.judged" not in done.stdout
    assert "judge: unscored" in done.stderr
