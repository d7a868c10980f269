from hypothesis import given
from hypothesis import strategies as st

from assistant.zones import parse_letter


def test_the_zones_of_a_letter(good_letter: str) -> None:
    letter = parse_letter(good_letter)
    assert letter.subject == "The rye starter"
    assert letter.greeting.of(letter.text) == "Dear Renske,"
    assert letter.closing.of(letter.text) == "Kind regards,"
    assert letter.signature.of(letter.text) == "Ifeoma Adeyemi"
    assert letter.body.of(letter.text).startswith("I was sorry")
    assert letter.body.of(letter.text).endswith("goes well.")
    assert letter.mail.startswith("Dear Renske,")


def test_sentences_stand_where_their_spans_say(good_letter: str) -> None:
    letter = parse_letter("😀 é\n\n" + good_letter)
    assert len(letter.sentences) >= 6
    assert all(s.span.of(letter.text) == s.text for s in letter.sentences)


def test_a_letter_without_greeting_or_name_still_has_its_sentences() -> None:
    letter = parse_letter("Your point about the pumps was new to me. I'll try it.")
    assert [s.text for s in letter.sentences] == ["Your point about the pumps was new to me.", "I'll try it."]
    assert letter.greeting.of(letter.text) == letter.signature.of(letter.text) == ""


def test_list_items_are_sentences_of_their_own() -> None:
    letter = parse_letter("Dear Ann,\n\nTwo things:\n- the pump\n- the valve\n\nBest,\nBo")
    assert [s.text for s in letter.sentences] == ["Two things:", "- the pump", "- the valve"]


@given(st.text(max_size=400))
def test_any_text_can_be_parsed(text: str) -> None:
    letter = parse_letter(text)
    assert all(s.span.of(text) == s.text for s in letter.sentences)


def test_a_part_of_a_cited_sentence_has_its_facts() -> None:
    letter = parse_letter("Hi Ann,\n\nYou restored car no. 218. It opens soon.\n\nBest,\nBo")
    assert {s.facts for s in letter.citing({"You restored car no. 218. It opens soon.": ("W1",)}).sentences} == {
        ("W1",)
    }
