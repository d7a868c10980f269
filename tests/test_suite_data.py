"""The references and the cases: that they are what the suite takes them for, and the bands those that they make."""

from collections import Counter
from pathlib import Path

import pytest

from assistant import check
from assistant.checks.length import BANDS as GUIDANCE
from assistant.zones import parse_letter
from evals.data import letters
from evals.suite.cases import choose, expectation_failures, read_cases
from evals.suite.references import FAULTS, SHIPPED, compute, read_bands, references, set_hash, write_shipped
from evals.suite.show_references import SOURCES, lines

KINDS = {"note", "ack", "feedback", "lead", "linkedin", "keep-in-touch", "reopened"}
FAMILIES = {
    "rich", "thin", "empty", "recruiter", "committee", "no-name", "uk", "region", "lead", "internal", "hostile", "exact", "owners",
    "injection", "foreign", "avoid", "long-fact", "names",
}  # fmt: skip


def test_there_are_references_of_every_kind_and_contrasts_of_every_fault() -> None:
    found = references()
    assert len(found) >= 40
    assert {reference.kind for reference in found} == KINDS
    faults = Counter(contrast.fault for reference in found for contrast in reference.contrasts)
    assert set(faults) == set(FAULTS)
    assert min(faults.values()) >= 8
    assert len({reference.brief.sender for reference in found}) == len(found)
    assert len({reference.brief.region for reference in found}) >= 20


def test_no_reference_is_a_letter_that_the_checks_were_fitted_to() -> None:
    fitted = {
        s.text for row in letters("development") for s in parse_letter(row["letter"]).sentences if len(s.text) > 40
    }
    assert not [s.text for r in references() for s in parse_letter(r.letter).sentences if s.text in fitted]


def test_the_stored_bands_are_those_of_the_references_that_are_there() -> None:
    stored, computed = read_bands(), compute(references())
    assert stored == computed
    assert stored.set == set_hash(references())
    changed = (*references()[1:],)
    assert set_hash(changed) != stored.set


def test_the_meter_of_the_package_shows_these_bands(tmp_path: Path) -> None:
    write_shipped(read_bands(), tmp_path / "bands.yaml")
    assert (tmp_path / "bands.yaml").read_text(encoding="utf-8") == SHIPPED.read_text(encoding="utf-8")


def test_bands_of_another_set_are_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "bands.json"
    path.write_text('{"set": "0123456789ab", "limits": {}, "kinds": {}}')
    with pytest.raises(ValueError, match=r"0123456789ab.*python -m evals references --write"):
        read_bands(path)


@pytest.mark.parametrize(("words", "kind", "said"), SOURCES)
def test_the_letters_of_the_sources_fall_where_their_readers_put_them(words: int, kind: str, said: str) -> None:
    place = read_bands().length(kind, words)
    if said == "too long":
        assert place == "too long"
    elif said == "perfunctory":
        assert place == "too short"
    else:
        assert not place.startswith("too")


def test_the_bands_lie_in_what_the_guidance_asks_for() -> None:
    for kind, own in read_bands().kinds.items():
        assert GUIDANCE[kind].low <= own["words"].low < own["words"].high <= GUIDANCE[kind].high
    shown = "\n".join(lines(read_bands()))
    assert "| words | 23 to 33 |" in shown
    assert "| 176 | note | too long | too long |" in shown


def test_there_are_cases_for_every_behaviour() -> None:
    cases = read_cases()
    assert len(cases) >= 100
    families = Counter(case.family for case in cases)
    assert set(families) >= FAMILIES
    assert min(families.values()) >= 5
    assert len({case.brief.region for case in cases if case.family == "region"}) == 3
    assert all(any(len(f.text.split()) >= 70 for f in case.brief.facts) for case in cases if case.family == "long-fact")
    assert not any(case.brief.facts for case in cases if case.family == "empty")
    assert all(case.brief.avoid for case in cases if case.family == "avoid")
    assert all(case.probes for case in cases)


def test_a_small_run_still_probes_every_family_in_turn() -> None:
    cases = read_cases()
    families = len({case.family for case in cases})
    assert len({case.family for case in choose(cases, families)}) == families
    assert choose(cases, None) == cases
    twelve = [case.family for case in choose(cases, 12)]
    assert len(set(twelve)) == 12
    assert {twelve[0], twelve[-1]} & {"uk", "thin", "region"}  # spread over all of them, not the first in the alphabet


def test_a_letter_by_a_person_breaks_none_of_the_expectations_of_its_case() -> None:
    own = {reference.name: reference.letter for reference in references()}
    checked = [case for case in read_cases() if case.reference]
    assert len(checked) >= 10
    assert not [case.name for case in checked if expectation_failures(case, own[case.reference])]


def test_expectations_are_held_to_whole_words(tmp_path: Path) -> None:
    path = tmp_path / "x-01.toml"
    path.write_text(
        'family = "x"\nprobes = "y"\nmust = ["Company1"]\nnever = ["£14"]\none_of = ["two", "2"]\n'
        '[brief]\nsender = "A B"\ncompany = "C"\njob_title = "D"\n'
    )
    (case,) = read_cases(tmp_path)
    assert expectation_failures(case, "Company12 pays £14 and 20 more") == [
        "lacks 'Company1'",
        "says '£14'",
        "has none of 'two', '2'",
    ]
    assert expectation_failures(case, "COMPANY1 pays £140 for\ntwo") == []
    assert "has none of 'two', '2'" in expectation_failures(case, "Company1 pays 2,000 or 2.5")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("family = 3 = 4", "x.toml: can't be read"),
        ('family = "a"\nprobes = "b"\n', "needs either a .brief. or the reference"),
        ('family = "a"\nprobes = "b"\nreference = "none"\n', "there is no reference 'none'"),
        ('famly = "a"\n', "unknown key 'famly'"),
        ('probes = "b"\n[brief]\nsender = "x"\n', "family is missing"),
    ],
)
def test_a_broken_case_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(ValueError, match=said):
        read_cases(tmp_path)


def test_most_references_pass_the_checks_and_their_twins_don_t() -> None:
    """What is measured must not get worse unseen: 61 of 68 references good, 91 of 95 twins noticed, when this was written."""
    found = references()
    good = [r for r in found if (report := check(r.letter, r.brief, r.kind)).verdict == "good" and not report.errors]
    assert len(good) >= 0.88 * len(found)
    twins = [(r, c) for r in found for c in r.contrasts if c.fault not in ("long", "short")]
    noticed = [1 for r, c in twins if check(c.letter, r.brief, r.kind).verdict != "good"]
    assert len(noticed) >= 0.93 * len(twins)
