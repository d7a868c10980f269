"""Findings that may stand: kept beside the letter, with a reason, for the sentence as it is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

from assistant import check
from assistant.checks.suppress import Entry, add_entries, apply, read_entries, sidecar
from assistant.errors import UsageError

LETTER = 'Dear Ann,\n\nPlease, please reconsider your "no". The rye starter sulks at 20 degrees, you said.\n\nBo Lund\n'


def test_what_may_stand_is_kept_and_taken_out_again(tmp_path: Path) -> None:
    path, report = sidecar(tmp_path / "letter.txt"), check(LETTER)
    assert path.name == "letter.txt.ignore.toml"
    assert read_entries(path) == []
    entries = add_entries(path, [], report, ["pleading.reconsider"], "our own\n joke")
    assert read_entries(path) == entries
    (entry,) = entries
    assert (entry.rule, entry.reason) == ("pleading.reconsider", "our own joke")
    gone, stale = apply(entries, report)
    assert {f.rule for f in gone} == {"pleading.reconsider"}
    assert stale == []
    assert add_entries(path, entries, report, ["pleading.reconsider"], "our own joke") == entries  # twice is once


def test_an_entry_no_longer_holds_when_its_sentence_changes(tmp_path: Path) -> None:
    entries = add_entries(tmp_path / "x", [], check(LETTER), ["pleading.reconsider"], "a joke")
    assert apply(entries, check(LETTER.replace("your", "that"))) == ([], entries)
    elsewhere = apply(entries, check(LETTER.replace("20 degrees", "22 degrees")))
    assert elsewhere[1] == []


def test_only_the_named_rules_may_stand(tmp_path: Path) -> None:
    report = check(LETTER)
    with pytest.raises(UsageError, match=r"nothing to ignore: thanks\.budget, boast\.sense found nothing"):
        add_entries(tmp_path / "x", [], report, ["thanks.budget", "boast.sense"], "why not")
    with pytest.raises(UsageError, match="--ignore needs --reason"):
        add_entries(tmp_path / "x", [], report, ["pleading.reconsider"], " \n")
    assert not (tmp_path / "x").exists()
    with pytest.raises(UsageError, match="can't be written"):
        add_entries(tmp_path / "none" / "x", [], report, ["pleading.reconsider"], "why not")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[ignore]\n", "can't be read"),
        ("ignore = 3\n", "must hold entries"),
        ("ignore = [3]\n", "must hold entries"),
        ('[[ignore]]\nrule = "a"\ntext = "b"\ncontext = "c"\n', "entry 1 needs rule, text, context and a reason"),
        ('[[ignore]]\nrule = "a"\ntext = "b"\ncontext = "c"\nreason = " "\n', "entry 1 needs"),
        ('[[ignore]]\nrule = "a"\ntext = "b"\ncontext = "c"\nreason = "d"\nmore = "e"\n', "and nothing else"),
    ],
)
def test_a_broken_file_is_named_with_the_entry(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "letter.txt.ignore.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=rf"letter\.txt\.ignore\.toml.*{said}"):
        read_entries(path)


def test_quotes_and_backslashes_come_back_as_they_were(tmp_path: Path) -> None:
    path, report = tmp_path / "x", check(LETTER)
    (entry,) = add_entries(path, [], report, ["pleading.reconsider"], 'a "joke" \\ ours')
    assert read_entries(path) == [Entry(**asdict(entry))]
    assert entry.reason == 'a "joke" \\ ours'
