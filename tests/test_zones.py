"""Letters as people paste them: zones, sentences and offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.zones import parse_letter


def parts(text: str) -> tuple[str, str, list[str], str, str]:
    letter = parse_letter(text)
    assert all(text[s.span.start : s.span.end] == s.text for s in letter.sentences)
    spans = (letter.greeting, letter.closing, letter.signature)
    greeting, closing, signature = (span.of(text) for span in spans)
    return letter.subject, greeting, [s.text for s in letter.sentences], closing, signature


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Subject: The kiln\n\nDear Ms. Okafor,\n\nIt drops. Why?\n\nKind regards,\nAna Ruiz\n+34 555",
            ("The kiln", "Dear Ms. Okafor,", ["It drops.", "Why?"], "Kind regards,", "Ana Ruiz\n+34 555"),
        ),
        (
            "Hi Sam, thanks for the call. The pump is fixed.\n\nBest wishes, Tom",
            ("", "Hi Sam,", ["thanks for the call.", "The pump is fixed."], "Best wishes,", "Tom"),
        ),
        ("The pump is fixed.\n\nCheers\nTom", ("", "", ["The pump is fixed."], "Cheers", "Tom")),
        ("Dear all,\n\nIt went well.\n\n- Tom", ("", "Dear all,", ["It went well."], "", "- Tom")),
        (
            "Dear Ann,\n\nTwo things:\n- the pump\n- the valve\n\nBest,\nBo\n\nPS. The book is yours.",
            ("", "Dear Ann,", ["Two things:", "- the pump", "- the valve", "PS.", "The book is yours."], "Best,", "Bo"),
        ),
        (
            "Dear Ann,\r\n\r\nIt went\r\nwell. 😀 Cafe\u0301 next?\r\n\r\nBest,\r\nBo\r\n",
            ("", "Dear Ann,", ["It went\r\nwell.", "😀 Cafe\u0301 next?"], "Best,", "Bo"),
        ),
        (
            "From: Bo <bo@x.org>\nTo: Ann\nSubject: Re: kiln\n\nDear Ann,\n\nFine.\n\nBo",
            ("Re: kiln", "Dear Ann,", ["Fine."], "", "Bo"),
        ),
    ],
)
def test_the_zones_of_letters_as_pasted(text: str, expected: tuple[object, ...]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    "below",
    [
        "> Dear Bo,\n> we regret\n> to say no.",
        "On Mon, 3 Mar 2025 at 10:00, Ann <ann@x.org> wrote:\n> no",
        "-----Original Message-----\nFrom: Ann\nYou are incredible.",
        "From: Ann\nSent: Monday\nWe regret.",
        "________________________________\nYou are incredible.",
    ],
)
def test_the_mail_being_answered_is_no_part_of_the_letter(below: str) -> None:
    text = f"Dear Ann,\n\nThe kiln is fixed.\n\nBest,\nBo\n\n{below}"
    assert parts(text)[2:] == (["The kiln is fixed."], "Best,", "Bo")
    letter = parse_letter(text)
    assert letter.quoted.of(text) == below
    assert letter.words == 8
    assert letter.mail.endswith("Bo")


def test_an_answer_between_quoted_lines_is_read_whole() -> None:
    text = "Dear Ann,\n\nThank you.\n\n> you lack German\n\nThat is true.\n\n> and rye\n\nNot any more.\n\nBo"
    assert parts(text)[2] == ["Thank you.", "That is true.", "Not any more."]
    assert parse_letter(text).words == 11


def test_text_from_html_mail_with_hard_spaces_and_invisible_marks() -> None:
    text = "\ufeffDear\u00a0Ann,\n\u00a0\n\u200bThe kiln\u00a0drops.\u00a0\n\u00a0\nBest,\nBo"
    subject, greeting, sentences, closing, signature = parts(text)
    assert (subject, greeting.strip("\ufeff"), closing, signature) == ("", "Dear\u00a0Ann,", "Best,", "Bo")
    assert [s.strip("\u200b") for s in sentences] == ["The kiln\u00a0drops."]


@given(st.text(alphabet=st.sampled_from("Dear AnBo,.!?\n\r>-*😀é\u0301:\u00a0\u200bS"), max_size=200))
def test_every_span_is_a_span_of_the_text(text: str) -> None:
    letter = parse_letter(text)
    for span in (letter.greeting, letter.body, letter.closing, letter.signature, letter.quoted):
        assert 0 <= span.start <= span.end <= len(text)
    assert all(text[s.span.start : s.span.end] == s.text and s.text.strip() for s in letter.sentences)
    starts = [s.span.start for s in letter.sentences]
    assert starts == sorted(starts)
