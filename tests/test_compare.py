"""Two versions beside each other."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checks import Report
from assistant.letter import Finding, Span
from assistant.writing.compare import Piece, newly_broken, word_diff
from assistant.zones import parse_letter

SPACE = st.sampled_from([" ", "  ", "\n", "\n\n", "\r\n"])
# Few words, so that the two texts share many.
TEXT = st.lists(st.tuples(st.sampled_from(["I", "am", "glad.", "😀", "Bo", "Bo,"]), SPACE), max_size=12).map(
    lambda words: "".join(word + space for word, space in words)
)


def side(pieces: list[Piece], mark: str) -> str:
    return "".join(piece.text for piece in pieces if piece.mark in ("", mark))


@given(old=TEXT | st.text(max_size=20), new=TEXT | st.text(max_size=20))
def test_both_texts_can_be_read_off_word_by_word(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert side(pieces, "+").split() == new.split()
    assert side(pieces, "-").split() == old.split()
    assert all(piece.text for piece in pieces)


@given(old=TEXT, new=TEXT)
def test_the_new_text_is_there_to_the_letter_unless_words_only_went(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    only_gone = any(a.mark == "-" and b.mark != "+" for a, b in pairwise([*pieces, Piece("", "")]))
    assert only_gone or side(pieces, "+") == new


@given(old=TEXT, new=TEXT)
def test_marks_and_plain_runs_take_turns(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    marks = [piece.mark for piece in pieces]
    assert all(a != b and (a, b) != ("+", "-") for a, b in pairwise(marks))


@given(st.lists(st.tuples(st.sampled_from(["I", "am", "glad."]), SPACE, SPACE), min_size=1))
def test_a_line_break_that_moved_is_no_change(words: list[tuple[str, str, str]]) -> None:
    old, new = ("".join(word[0] + word[at] for word in words) for at in (1, 2))
    assert word_diff(old, new) == [Piece("", new)]


@pytest.mark.parametrize("mark", ["-", "+"])
def test_a_whole_sentence_is_marked_rather_than_the_end_of_one_and_the_start_of_the_next(mark: str) -> None:
    long, short = "We met and I ran a line. I can bake.", "We met and I can bake."
    old, new = (long, short) if mark == "-" else (short, long)
    assert word_diff(old, new) == [Piece("", "We met and "), Piece(mark, "I ran a line. "), Piece("", "I can bake.")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("", "a b", [("+", "a b")]),
        ("a b", "", [("-", "a b")]),
        ("a b c", "a x c", [("", "a "), ("-", "b "), ("+", "x "), ("", "c")]),
        ("a\n\nc", "a\n\nb\n\nc", [("", "a\n\n"), ("+", "b\n\n"), ("", "c")]),
        ("a\n\nb\n\nc", "a\n\nc", [("", "a\n\n"), ("-", "b\n\n"), ("", "c")]),
        ("Hi. It rained.\n\nBo", "Hi.\n\nBo", [("", "Hi. "), ("-", "It rained.\n\n"), ("", "Bo")]),
        ("Hi.\n\nBo", "Hi.\n\nZoe", [("", "Hi.\n\n"), ("-", "Bo "), ("+", "Zoe")]),
        ("glad, Bo", "Glad Bo", [("-", "glad, "), ("+", "Glad "), ("", "Bo")]),
    ],
)
def test_what_went_and_what_came_stand_in_their_places(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert word_diff(old, new) == [Piece(*piece) for piece in expected]


# What broke


def report(*errors: tuple[str, str], verdict: str = "good", warnings: int = 0) -> Report:
    letter = parse_letter("Dear Ann,\n\nIt rained.\n\nBo")
    found = [Finding(rule, "error", message, Span(0, 1), "D") for rule, message in errors]
    found += [Finding("length.long", "warning", "it is long", Span(0, 1), "D")] * warnings
    return Report(letter, tuple(found), verdict, why="so it is")


PLEAD, NAME, OTHER_NAME = ("tone.plead", "it pleads"), ("grounding.name", "no Paris"), ("grounding.name", "no Oslo")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (report(), report(), ()),
        (report(), report(PLEAD), ("it pleads",)),
        (report(PLEAD), report(PLEAD), ()),
        (report(PLEAD), report(), ()),
        (report(PLEAD), report(PLEAD, PLEAD), ("it pleads",)),
        (report(PLEAD, PLEAD), report(PLEAD), ()),
        (report(PLEAD, PLEAD), report(PLEAD, PLEAD), ()),
        (report(PLEAD), report(NAME), ("no Paris",)),
        (report(NAME), report(NAME, OTHER_NAME), ("no Oslo",)),
        (report(), report(warnings=2), ()),
        (None, report(PLEAD, NAME), ("it pleads", "no Paris")),
        (None, report(verdict="pushy"), ()),
        (report(), report(verdict="pushy"), ("it reads as pushy now: so it is",)),
        (report(), report(PLEAD, verdict="pushy"), ("it pleads",)),
        (report(PLEAD, verdict="pushy"), report(PLEAD, verdict="bitter"), ()),
        (report(verdict="pushy"), report(), ()),
        pytest.param(
            report(NAME),
            report(OTHER_NAME, NAME),
            ("no Oslo",),
        ),
        pytest.param(
            report(NAME, verdict="ungrounded"),
            report(OTHER_NAME, verdict="ungrounded"),
            ("no Oslo",),
        ),
    ],
)
def test_only_what_the_letter_had_not_before_is_named(
    before: Report | None, after: Report, expected: tuple[str, ...]
) -> None:
    assert newly_broken(before, after) == expected
