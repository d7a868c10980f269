"""Rule packs: every rule speaks where it must and is quiet where it must; broken ones are named and the others still run."""

from pathlib import Path

import pytest

from assistant.checks import check
from assistant.checks.book import make_book, shipped_book
from assistant.checks.examples import failures
from assistant.checks.packs import parse_pack, shipped_packs
from assistant.checks.user_rules import project_file, user_book
from assistant.errors import UsageError
from assistant.patterns import Matcher, PatternError, expand, plain

BOOK = shipped_book()
GOOD = """
rules:
  buzz:
    type: existence
    patterns: ["synerg(?:y|ies)"]
    message: a word of the trade press
    why: Nobody says it aloud.
    fix: say what you mean
    fires: ["I see real synergies here."]
    quiet: ["I see the point."]
"""


def test_the_shipped_packs_are_sound() -> None:
    assert BOOK.problems == ()
    assert len(BOOK.rules) > 45


@pytest.mark.parametrize("rule_id", list(BOOK.rules))
def test_each_rule_fires_on_its_examples_and_is_quiet_on_the_others(rule_id: str) -> None:
    assert list(failures(BOOK, BOOK[rule_id])) == []


@pytest.mark.parametrize("rule_id", list(BOOK.rules))
def test_each_rule_says_why_and_what_would_mend_it(rule_id: str) -> None:
    rule = BOOK[rule_id]
    assert len(rule.why.split()) >= 4
    assert rule.fix
    assert "{" not in rule.message.replace("{count}", "").replace("{kind}", "").replace("{low}", "").replace(
        "{high}", ""
    )


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("patterns:", "patern:", "unknown key 'patern'; the nearest known one is 'patterns'"),
        ("type: existence", "type: existense", "unknown type 'existense'; the nearest known one is 'existence'"),
        ("synerg(?:y|ies)", "synerg(?:y|ies", "not a pattern that RE2 takes"),
        ("synerg(?:y|ies)", "(?=syn)x", "not a pattern that RE2 takes"),
        ("synerg(?:y|ies)", "(:words)", "there is no list 'words'"),
        ("message: a word", "massage: a word", "unknown key 'massage'"),
        ("    why: Nobody says it aloud.\n", "", "needs 'why'"),
        ("rules:", "rule:", "needs 'rules'"),
        ("rules:", "rules: [", "no YAML"),
    ],
)
def test_a_broken_rule_is_named_with_its_file(old: str, new: str, problem: str) -> None:
    pack = parse_pack("mine", GOOD.replace(old, new), "mine.yaml")
    assert pack.rules == ()
    assert len(pack.problems) == 1
    assert pack.problems[0].startswith("mine.yaml")
    assert problem in pack.problems[0]


def test_a_broken_rule_leaves_the_others_running() -> None:
    pack = parse_pack(
        "mine", GOOD + GOOD.replace("rules:\n", "").replace("buzz", "bad").replace("existence", "no"), "mine.yaml"
    )
    book = make_book([*shipped_packs(), pack])
    assert [p.split(":")[0] for p in book.problems] == ["mine.yaml"]
    assert "mine.buzz" in {f.rule for f in check("Dear Ann,\n\nI see synergies.\n\nBo", book=book).findings}


def test_a_rule_without_examples_is_a_failure() -> None:
    pack = parse_pack("mine", GOOD.replace('    quiet: ["I see the point."]\n', ""), "mine.yaml")
    book = make_book([pack])
    assert list(failures(book, book["mine.buzz"])) == ["mine.yaml: rule mine.buzz has no example under 'quiet'"]


def test_a_rule_that_never_fires_is_a_failure() -> None:
    book = make_book([parse_pack("mine", GOOD.replace("synerg(", "zynerg("), "mine.yaml")])
    assert "is quiet on" in next(failures(book, book["mine.buzz"]))


def test_rules_can_be_switched_off_one_by_one_or_by_the_pack() -> None:
    book = make_book(shipped_packs(), off=["thanks.budget", "machine.*", "flatery.admired"])
    assert "thanks.budget" not in book.rules
    assert "machine.tells" not in book.rules
    assert "thanks.rejection" in book.rules
    assert book.problems == ("off: there is no rule 'flatery.admired'; the nearest is 'flattery.admired'",)


def test_settings_and_project_add_rules(tmp_path: Path) -> None:
    settings, project = tmp_path / "settings", tmp_path / "project" / "letters"
    (settings / "rules").mkdir(parents=True)
    project.mkdir(parents=True)
    (settings / "rules" / "mine.yaml").write_text(GOOD)
    (project.parent / "ours.yaml").write_text(GOOD)
    (project.parent / "afternote.toml").write_text(
        '[check]\noff = ["length.long"]\nrules = ["ours.yaml", "gone.yaml"]\n'
    )
    assert project_file(project) == project.parent / "afternote.toml"
    book = user_book(settings, project)
    assert {"mine.buzz", "ours.buzz"} <= book.rules.keys()
    assert "length.long" not in book.rules
    assert len(book.problems) == 1
    assert "gone.yaml: can't be read" in book.problems[0]


@pytest.mark.parametrize("text", ["[check]\nofff = []", "[check]\noff = 3", "check = 3", "[check\n"])
def test_a_wrong_check_table_is_one_clear_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "afternote.toml").write_text(text)
    with pytest.raises(UsageError, match=r"afternote\.toml"):
        user_book(tmp_path / "none", tmp_path)


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        ("thank you", "Thank\n  YOU all", "Thank\n  YOU"),
        ("thank you", "unthank you", None),
        ("can't", "I can’t say", "can’t"),
        ("so ?called", "the socalled fit", "socalled"),
        ("so ?called", "the so called fit", "so called"),
        ("[a b]+c", "x a bc", " a bc"),
        ("~nk", "thank", "nk"),
        ("(:great) team", "a superb\u00a0team", "superb\u00a0team"),
    ],
)
def test_patterns_read_as_people_write_them(pattern: str, text: str, matched: str | None) -> None:
    matcher = Matcher([expand(pattern, {"great": "superb|fine"})])
    seen = plain(text)
    assert len(seen) == len(text)
    spans = matcher.spans(0, seen) if matcher.hits(seen) else []
    assert [s.of(text) for s in spans] == ([matched] if matched else [])


def test_a_list_that_is_not_there_is_an_error() -> None:
    with pytest.raises(PatternError, match="no list 'nope'"):
        expand("(:nope)", {})


def test_an_unknown_rule_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"nearest is 'thanks\.budget'"):
        BOOK["thanks.buget"]
