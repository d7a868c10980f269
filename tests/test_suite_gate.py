"""The gate: what turns it red, and that nothing that is missing makes it greener."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from evals.suite.compare import table
from evals.suite.drafting import Recorded
from evals.suite.gate import GREEN, NOTHING, RED, gate, judge, read_rules
from evals.suite.marks import MAY_BE_SILENT, NAMED, Mark
from evals.suite.reports.junit import junit
from evals.suite.results import Results, Row, read_results, write_baseline

RULES = read_rules(ROOT / "evals" / "gate.yaml")
LETTER = Recorded(
    "k",
    "c",
    1,
    1,
    "ours",
    "m",
    2.0,
    "code",
    made={"body": "Dear Ann,", "kind": "note", "usage": {"prompt_tokens": 5, "completion_tokens": 4}},
)


def row(case: str, epoch: int = 1, **values: float | Mark | None) -> Row:
    marks = {name: Mark(1.0) for name in NAMED}
    for name, value in values.items():
        marks[name] = value if isinstance(value, Mark) else Mark(value, "because")
    return Row(case, case[0], epoch, epoch, marks, (), replace(LETTER, case=case, epoch=epoch))


def run_of(*rows: Row, **changes: Any) -> Results:
    return replace(Results("success", rows, (), {"cases": sorted({r.case for r in rows})}, {}), **changes)


def checks(results: Results, baseline: Results | None = None) -> set[str]:
    return {objection.check for objection in judge(results, RULES, baseline)[0]}


FINE = tuple(row(f"{family}{n}") for family in "abcdefgh" for n in range(5))


def test_a_run_in_which_all_passed_is_green() -> None:
    assert checks(run_of(*FINE)) == set()


def test_a_scorer_that_raises_makes_it_red_and_not_the_mean_greener() -> None:
    broken = row("z1", hook=Mark(None, "ZeroDivisionError: of course", raised=True))
    results = run_of(*FINE, broken)
    assert results.estimate("hook").mean == 1.0
    (objection,) = judge(results, RULES, None)[0]
    assert objection.check == "hook"
    assert "failed to run on 1 of 41 letters, such as z1, repeat 1: ZeroDivisionError" in objection.text


def test_a_letter_that_a_check_left_out_makes_it_red() -> None:
    lacking = row("z1")
    del lacking.marks["thanks"]
    assert checks(run_of(*FINE, lacking)) == {"thanks"}
    assert checks(run_of(*FINE, row("z1", thanks=None))) == {"thanks"}
    silent = row("z1", **dict.fromkeys(MAY_BE_SILENT))
    assert checks(run_of(*FINE, silent)) == set()
    assert checks(run_of(*FINE, replace(silent, owed=("expected",)))) == {"expected"}


def test_an_unwritten_letter_is_one_failure_and_not_thirty() -> None:
    none = {name: None for name in NAMED if name != "written"}
    few = run_of(*FINE, row("z1", written=0.0, **none))
    assert checks(few) == set()
    many = run_of(*FINE[:20], *(row(f"{c}9", written=0.0, **none) for c in "abcdefgh"))
    assert checks(many) == {"written"}


def test_a_status_that_is_no_success_and_samples_that_failed_make_it_red() -> None:
    assert checks(run_of(*FINE, status="error")) == {"run"}
    assert checks(run_of(*FINE, troubles=("a1, repeat 2: no draft was recorded",))) == {"run"}
    assert "run" in checks(run_of())


@pytest.mark.parametrize("check", RULES.absolute)
def test_one_failure_of_what_may_never_fail_is_enough(check: str) -> None:
    assert checks(run_of(*FINE, row("z1", **{check: 0.0}))) == {check}


def test_under_a_floor_it_is_red_when_that_is_sure_and_a_remark_when_it_isnt() -> None:
    one = run_of(*FINE, row("z1", flattery=0.0))
    against, remarks = judge(one, RULES, None)
    assert against == []
    assert any("flattery" in remark and "too few to say so" in remark for remark in remarks)
    many = run_of(*FINE, *(row(f"{c}9", flattery=0.0) for c in "abcdefghijkl"))
    assert checks(many) == {"flattery"}


def test_a_case_that_fails_in_all_its_repeats_is_not_hidden_by_the_mean() -> None:
    repeats = [row(f"{family}1", epoch) for family in "abcdefghijklmnopqrst" for epoch in (1, 2, 3)]
    bad = [replace(r, marks=r.marks | {"verdict": Mark(0.0, "perfunctory")}) if r.case == "a1" else r for r in repeats]
    against = judge(run_of(*bad), RULES, None)[0]
    assert [(o.check, "a1 passes in 0 of 3 repeats" in o.text) for o in against] == [("verdict", True)]


def test_a_case_that_is_known_to_fail_is_let_through_until_it_doesnt() -> None:
    rules = replace(RULES, known={"a1": {"verdict": "too long a note"}})
    repeats = [row(f"{family}1", epoch) for family in "abcdefghijklmnopqrst" for epoch in (1, 2, 3)]
    bad = [replace(r, marks=r.marks | {"verdict": Mark(0.0, "perfunctory")}) if r.case == "a1" else r for r in repeats]
    assert judge(run_of(*bad), rules, None)[0] == []
    remarks = judge(run_of(*repeats), rules, None)[1]
    assert "a1 is known to fail verdict, and passes now: take it out of `known`" in remarks


def test_a_handful_of_cases_is_no_run() -> None:
    assert checks(run_of(*FINE[:11])) == {"run"}


def test_letters_that_all_sound_alike_make_it_red() -> None:
    assert checks(run_of(*FINE, alike={"a1": 0.9, "b1": 0.8})) == {"alike"}
    assert checks(run_of(*FINE, alike={"a1": 0.1, "b1": 0.2})) == set()


def test_a_sure_drop_against_the_baseline_makes_it_red_and_another_set_of_cases_says_so() -> None:
    worse = run_of(*(replace(r, marks=r.marks | {"band_tone": Mark(0.6)}) for r in FINE))
    assert checks(worse) == set()
    assert "band_tone" in checks(worse, run_of(*FINE))
    assert checks(run_of(*FINE), run_of(*FINE)) == set()
    lower = [replace(r, marks=r.marks | {"closeness": Mark(0.1)}) for r in FINE]
    assert checks(run_of(*lower), run_of(*FINE)) == set()  # that one is shown, never judged


def test_a_judge_counts_only_when_it_is_known_to_be_right() -> None:
    bad = [replace(r, marks=r.marks | {"rubric": Mark(0.0, "dull")}) for r in FINE]
    shown = {"judge": {"shown": "m: right on 0.5", "counts": False}}
    assert checks(run_of(*bad, about=shown)) == set()
    assert any("right on 0.5" in remark for remark in judge(run_of(*bad, about=shown), RULES, None)[1])
    counting = {"judge": {"shown": "m", "counts": True}}
    assert checks(run_of(*bad, about=counting)) == {"rubric"}
    unread = [replace(r, marks=r.marks | {"rubric": Mark(None, "unread")}) for r in FINE]
    assert checks(run_of(*unread, about=counting)) == {"rubric"}


def options(run: Path, baseline: Path | None = None) -> Namespace:
    return Namespace(run=run, baseline=baseline, rules=ROOT / "evals" / "gate.yaml")


def test_exit_codes_and_the_reason_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fine, bad, stale = tmp_path / "fine.json", tmp_path / "bad.json", tmp_path / "stale.json"
    write_baseline(run_of(*FINE), fine)
    write_baseline(run_of(*FINE, row("z1", names=0.0)), bad)
    write_baseline(run_of(*FINE, about={"references": "others"}), stale)
    assert gate(options(fine, fine)) == GREEN
    assert gate(options(bad)) == RED
    assert "RED   names: 1 of 41 letters fail what none may" in capsys.readouterr().out
    other = tmp_path / "other.json"
    write_baseline(run_of(*FINE, about={"model": "another"}), other)
    assert gate(options(fine, other)) == NOTHING
    assert "the baseline is of model 'another', the run of ''" in capsys.readouterr().err
    elsewhere = tmp_path / "elsewhere.json"
    write_baseline(run_of(*(replace(r, seed=9) for r in FINE)), elsewhere)
    assert gate(options(fine, elsewhere)) == NOTHING
    assert "shares no case and seed" in capsys.readouterr().err
    write_baseline(run_of(*FINE, about={"scored_by": "older code"}), other)
    assert gate(options(other)) == NOTHING
    assert "score it again" in capsys.readouterr().err
    assert gate(options(tmp_path / "none")) == NOTHING
    assert "no such run" in capsys.readouterr().err
    assert gate(options(fine, stale)) == NOTHING
    assert "the baseline is of references" in capsys.readouterr().err
    (tmp_path / "garbage.json").write_text("{")
    assert gate(options(tmp_path / "garbage.json")) == NOTHING


def test_a_stored_run_is_read_back_as_it_was(tmp_path: Path) -> None:
    before = run_of(*FINE, row("z1", hook=0.0, expected=None), alike={"a1": 0.25})
    write_baseline(before, tmp_path / "b.json")
    after = read_results(tmp_path / "b.json")
    assert [(r.case, r.epoch, {n: m.value for n, m in r.marks.items()}) for r in after.rows] == [
        (r.case, r.epoch, {n: m.value for n, m in r.marks.items()}) for r in before.rows
    ]
    assert after.alike == before.alike


def test_two_runs_are_compared_in_pairs_with_what_flipped() -> None:
    after = run_of(
        *(replace(r, marks=r.marks | {"hook": Mark(0.0, "no hook")}) if r.case[1] == "0" else r for r in FINE)
    )
    lines = table(run_of(*FINE), after)
    assert any(line.startswith("| hook | 40 | 1.00 | 0.80 | -0.20 *") and line.endswith("| 8 | 0 |") for line in lines)
    assert "- hook, worse: a0, repeat 1: no hook" in lines
    assert any(line.startswith("| thanks | 40 | 1.00 | 1.00 | +0.00 |") for line in lines)


def test_the_gates_own_rules_are_whole(tmp_path: Path) -> None:
    assert set(RULES.absolute) == {"grounding", "names", "leak", "avoid"}
    text = (ROOT / "evals" / "gate.yaml").read_text(encoding="utf-8")
    (tmp_path / "g.yaml").write_text(text.replace("flattery:", "flatery:"))
    with pytest.raises(ValueError, match="there is no check 'flatery'"):
        read_rules(tmp_path / "g.yaml")
    (tmp_path / "h.yaml").write_text(text.replace("  flattery: 0.98\n", ""))
    with pytest.raises(ValueError, match="'flattery' has no floor"):
        read_rules(tmp_path / "h.yaml")


def test_junit_tells_failed_from_broken_from_silent() -> None:
    from xml.etree import ElementTree

    results = run_of(
        row("a1"), row("b1", hook=0.0), row("c1", hook=Mark(None, "raised\x00", raised=True)), row("d1", hook=None)
    )
    root = ElementTree.fromstring(junit(results, judge(results, RULES, None)[0]))
    hook = next(suite for suite in root if suite.get("name") == "hook")
    assert {k: hook.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    assert int(root[0].get("failures") or 0) > 0
    assert not any(suite.get("name") == "closeness" for suite in root)
