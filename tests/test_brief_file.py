import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

from assistant.brief_file import MAX_BYTES, brief_from_values, parse_brief_values, read_brief_values
from assistant.errors import BriefError

LEAST = 'sender = "Ana"\ncompany = "Krume"\njob_title = "Baker"\n'


def broken(content: str | bytes) -> str:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(BriefError) as caught:
        brief_from_values(parse_brief_values(data, "b.toml"), "b.toml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_toml_and_json_say_the_same() -> None:
    toml = parse_brief_values(LEAST.encode(), "b")
    json = parse_brief_values(b'{"sender": "Ana", "company": "Krume", "job_title": "Baker"}', "b")
    assert toml == json


def test_a_byte_order_mark_is_no_error() -> None:
    assert parse_brief_values(b"\xef\xbb\xbf" + LEAST.encode(), "b")["sender"] == "Ana"


def test_the_line_of_an_unknown_key_is_named() -> None:
    assert broken(LEAST + "\nregoin = 'UK'\n").startswith(
        "b.toml, line 5: unknown key 'regoin'; the nearest known one is 'region'"
    )


def test_the_line_of_a_wrong_type_is_named() -> None:
    assert broken(LEAST + "conversation = 'x'\n").startswith("b.toml, line 4: conversation must be a list")


def test_the_line_of_a_wrong_type_in_json_is_named() -> None:
    assert broken('{"sender": "A",\n "company": 4}').startswith("b.toml, line 2: company must be text")


def test_the_line_of_bad_toml_is_named() -> None:
    assert broken("sender = \n").startswith("b.toml, line 1: not valid TOML")


def test_the_line_of_bad_json_is_named() -> None:
    assert broken('{"sender": "A",\n oops}').startswith("b.toml, line 2: not valid JSON")


def test_the_line_of_bad_utf8_is_named() -> None:
    assert broken(b'a = 1\nsender = "\xff"\n').startswith("b.toml, line 2: not UTF-8")


def test_missing_keys_name_the_flag_too() -> None:
    assert "company is missing; add it to the brief or give --company" in broken('sender = "A"\n')


def test_an_empty_file_is_an_error() -> None:
    assert "is empty" in broken("  \n")


def test_deep_nesting_is_an_error_not_a_crash() -> None:
    assert "b.toml" in broken("a = " + "[" * 50_000)
    assert "b.toml" in broken('{"a": ' + "[" * 50_000)


def test_a_directory_a_missing_and_a_huge_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="is a directory"):
        read_brief_values(tmp_path)
    with pytest.raises(BriefError, match="no such file"):
        read_brief_values(tmp_path / "none.toml")
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"a" * (10 * 1024 * 1024))
    with pytest.raises(BriefError, match=f"at most {MAX_BYTES:,}"):
        read_brief_values(huge)


@pytest.mark.parametrize(
    "path",
    sorted([*(ROOT / "examples").glob("*.toml"), *(ROOT / "evals").glob("[bdk]*/*.toml")]),  # briefs, dev, kinds
    ids=lambda p: f"{p.parent.name}-{p.name}",
)
def test_every_example_and_case_is_a_brief(path: Path) -> None:
    assert brief_from_values(read_brief_values(path), path.name).sender == tomllib.loads(path.read_text())["sender"]
