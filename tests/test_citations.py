from hypothesis import given
from hypothesis import strategies as st

from assistant import Brief
from assistant.writing.citations import StreamFilter, attribute, take_out
from assistant.zones import parse_letter

RAW = "Dear Ann,\n\nYou said the rye sulks [C1]. We proofed in Lagos. [C2][M1] See [W1, N1] and [notes].\n\nBest,\nBo"
PLAIN = "Dear Ann,\n\nYou said the rye sulks. We proofed in Lagos. See and [notes].\n\nBest,\nBo"


def test_citations_are_taken_out_and_other_brackets_stay() -> None:
    assert take_out(RAW).text == PLAIN
    assert [i for _, i in take_out(RAW).places] == ["C1", "C2", "M1", "W1", "N1"]


@given(st.lists(st.integers(1, 12), min_size=1))
def test_a_stream_shows_the_same_text_however_it_is_cut(sizes: list[int]) -> None:
    shown, stream, place, turn = [], StreamFilter(), 0, 0
    while place < len(RAW):
        size = sizes[turn % len(sizes)]
        shown.append(stream.feed(RAW[place : place + size]))
        assert "[C" not in "".join(shown)
        place, turn = place + size, turn + 1
    assert "".join([*shown, stream.rest()]) == PLAIN


def test_each_sentence_gets_the_facts_it_rests_on(brief: Brief, good_letter: str) -> None:
    raw = good_letter.replace("in Lagos.", "in Lagos [C1][C2].").replace("in May.", "in May. [W1]")
    cited = take_out(raw)
    letter, findings = attribute(parse_letter(cited.text), cited, brief)
    by_start = {s.text.split()[0] + s.text.split()[1]: s.facts for s in letter.sentences}
    assert by_start["Yousaid"] == ("C1", "C2")
    assert by_start["Youare"] == ("W1",)
    assert by_start["Ican"] == ("N1",)  # uncited, but plainly taken up
    assert by_start["Iwas"] == ()
    assert findings == ()


def test_a_citation_that_covers_an_invention_is_found(brief: Brief, good_letter: str) -> None:
    raw = good_letter.replace("I can send", "I grew roses for the queen [M1]. You keep bees [C9]. I can send")
    cited = take_out(raw)
    letter, findings = attribute(parse_letter(cited.text), cited, brief)
    assert [f.rule for f in findings] == ["grounding.citation", "grounding.citation"]
    assert [f.span.of(letter.text) for f in findings] == ["I grew roses for the queen.", "You keep bees."]
