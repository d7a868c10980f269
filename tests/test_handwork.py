"""Changes by hand: exact where they are made, and letter for letter nothing elsewhere."""

from pathlib import Path

import pytest
from conftest import gap
from hypothesis import given
from hypothesis import strategies as st

from assistant import Brief
from assistant.data_files import read_yaml
from assistant.letter import Letter
from assistant.writing import handwork
from assistant.writing.handwork import (
    addressed,
    in_register,
    reframed,
    signed,
    with_other,
    with_sentence,
    with_subject,
    without,
)
from assistant.zones import parse_letter

BODY = "The pump is fixed. It rained in Oslo. We met twice.\n\nYour kiln is new.\n\nI can send a chart. We wait."
PLAIN = f"Subject: The pump\n\nDear Ann,\n\n{BODY}\n\nKind regards,\nBo Lund\n"
EMOJI = PLAIN.replace("twice.", "twice 😀👩‍🔧 in the cafe\u0301.").replace("Bo", "😀 Bo")
POSTSCRIPT = f"{PLAIN}+34 555\n\nPS: My bike is yours.\n"
QUOTED = f"{PLAIN}\nOn Mon, 3 Mar 2025 at 10:00, Ann <ann@x.org> wrote:\n> We are sorry.\n> Dear Bo, I am Ann\n"
CRLF = PLAIN.replace("\n", "\r\n")
NO_GREETING = PLAIN.replace("Subject: The pump\n\nDear Ann,\n\n", "")
NO_SIGNATURE = f"Dear Ann,\n\n{BODY}\n"
ALL = pytest.mark.parametrize(
    "text", [PLAIN, CRLF, EMOJI, POSTSCRIPT, QUOTED, NO_GREETING, NO_SIGNATURE, BODY], ids=lambda text: text[-9:]
)


def marked(text: str) -> Letter:
    """The letter with a fact of its own for each sentence but the last."""
    letter = parse_letter(text)
    return letter.citing({s.text: (f"C{at}",) for at, s in enumerate(letter.sentences[:-1], start=1)})


def said(letter: Letter) -> list[tuple[str, tuple[str, ...]]]:
    return [(s.text, s.facts) for s in letter.sentences]


def frame(letter: Letter) -> tuple[str, ...]:
    spans = (letter.greeting, letter.closing, letter.signature, letter.quoted)
    return (letter.subject, *(span.of(letter.text) for span in spans))


def written(paragraphs: list[list[str]], line: str = "\n") -> str:
    body = [" ".join(paragraph) for paragraph in paragraphs if paragraph]
    return (line * 2).join(["Dear Ann,", *body, f"Best,{line}Bo"])


def around(body: str, change: bool) -> str:
    """What a body becomes between a greeting and a close that no table knows."""
    letter = in_register(parse_letter(f"Good morning Ann,\n\n{body}\n\nWarmly,\nBo\n"), change)
    return letter.text.removeprefix("Good morning Ann,\n\n").removesuffix("\n\nWarmly,\nBo\n")


# Sentences taken out


@pytest.mark.parametrize(
    "line",
    [
        "\n",
        pytest.param(
            "\r\n",
        ),
    ],
)
@given(data=st.data())
def test_a_letter_without_sentences_is_as_if_they_had_never_been_written(data: st.DataObject, line: str) -> None:
    sizes = data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    names = iter(["Ada", "Bea", "Cid", "Dan", "Eve", "Fay", "Gus", "Hal", "Ivo", "Jan", "Kai", "Leo"])
    paragraphs = [[f"Our friend {next(names)} is in." for _ in range(size)] for size in sizes]
    gone = data.draw(st.sets(st.integers(0, sum(sizes) - 1), min_size=1))
    places = iter(range(sum(sizes)))
    left = [[sentence for sentence in paragraph if next(places) not in gone] for paragraph in paragraphs]
    letter = without(marked(written(paragraphs, line)), data.draw(st.permutations(sorted(gone))))
    assert letter.text == written(left, line)
    kept = [fact for at, fact in enumerate(said(marked(written(paragraphs)))) if at not in gone]
    assert said(letter) == kept


@ALL
def test_taking_out_a_sentence_leaves_the_others_their_facts_and_the_frame(text: str) -> None:
    letter = marked(text)
    for place in range(len(letter.sentences)):
        shorter = without(letter, [place])
        assert said(shorter) == said(letter)[:place] + said(letter)[place + 1 :]
        assert frame(shorter) == frame(letter)
        assert len(shorter.text) < len(text)


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("Hi Sam, thanks so much. The pump is fixed.\n\nBest, Bo", 0, "Hi Sam, The pump is fixed.\n\nBest, Bo"),
        ("Dear Ann,\n\nOne.  Two.  Three.\n\nBest,\nBo", 1, "Dear Ann,\n\nOne.  Three.\n\nBest,\nBo"),
        ("Dear Ann,\n\nAt one. 😀 At two. At three.", 1, "Dear Ann,\n\nAt one. At three."),
        ("Dear Ann,\nAt one it\nrained. We met.\nBest,\nBo", 0, "Dear Ann,\nWe met.\nBest,\nBo"),
        pytest.param(
            "Dear Ann,\n\nAt one.\nAt two.\nAt three.\n\nBest,\nBo",
            1,
            "Dear Ann,\n\nAt one.\nAt three.\n\nBest,\nBo",
        ),
        pytest.param(
            "Dear Ann,\n\nAt one.\nAt two.\n\nBest,\nBo",
            0,
            "Dear Ann,\n\nAt two.\n\nBest,\nBo",
        ),
        pytest.param(
            "Dear Ann,\n\nTwo things:\n- the pump\n- the kiln\n\nBest,\nBo",
            2,
            "Dear Ann,\n\nTwo things:\n- the pump\n\nBest,\nBo",
        ),
        pytest.param(
            "At one.\n\nAt two.\n\nBest,\nBo",
            0,
            "At two.\n\nBest,\nBo",
        ),
        pytest.param(
            "Dear Ann,\n\nAt one.\n\nAt two.\n",
            1,
            "Dear Ann,\n\nAt one.\n",
            marks=gap("the last paragraph of a letter without a signature leaves its blank line below"),
        ),
        pytest.param(
            "Dear Ann,\n\nAt one.\n\nBest,\nBo\n\nPS: At two.\n",
            1,
            "Dear Ann,\n\nAt one.\n\nBest,\nBo\n",
            marks=gap("a postscript leaves its blank line below the signature"),
        ),
        pytest.param(
            "Dear Ann,\n\nAt one.\n\nBest,\nBo\n\nPS. At two.\n",
            2,
            "Dear Ann,\n\nAt one.\n\nBest,\nBo\n",
            marks=gap("a bare PS. is left over, since it is a sentence by itself"),
        ),
    ],
)
def test_the_gap_closes_where_a_sentence_goes(text: str, place: int, expected: str) -> None:
    assert without(parse_letter(text), [place]).text == expected


# Sentences put in and put otherwise


@ALL
@pytest.mark.parametrize("new_paragraph", [False, True])
def test_a_sentence_is_put_in_with_its_facts_and_nothing_else_changes(text: str, new_paragraph: bool) -> None:
    letter = marked(text)
    for after in range(len(letter.sentences)):
        longer = with_sentence(letter, "Your rye sulks.", ("C9",), after, new_paragraph)
        put_in = ("Your rye sulks.", ("C9",))
        assert said(longer) == [*said(letter)[: after + 1], put_in, *said(letter)[after + 1 :]]
        assert frame(longer) == frame(letter)
        start = longer.sentences[after + 1].span.start
        space = "\n\n" if new_paragraph else " "
        assert longer.text[start - len(space) : start] == space
        assert longer.text.replace(f"{space}{put_in[0]}", "", 1) == text


@pytest.mark.parametrize("new_paragraph", [False, True])
def test_what_was_put_in_and_taken_out_again_leaves_no_trace(new_paragraph: bool) -> None:
    letter = marked(PLAIN)
    for after in (2, 3, 5):  # the ends of paragraphs
        longer = with_sentence(letter, "Your rye sulks.", ("C9",), after, new_paragraph)
        assert without(longer, [after + 1]) == letter


@gap("in the middle of a paragraph the rest of it joins the new one")
def test_a_paragraph_of_its_own_holds_nothing_else() -> None:
    letter = with_sentence(parse_letter(PLAIN), "Your rye sulks.", (), 0, True)
    assert "\n\nYour rye sulks.\n\nIt rained in Oslo." in letter.text


@gap("a new paragraph, greeting, subject line or name comes with bare line feeds")
def test_what_is_put_into_a_letter_of_crlf_has_its_line_ends() -> None:
    letters = (
        with_sentence(parse_letter(CRLF), "Rye sulks.", (), 0, True),
        addressed(parse_letter(NO_GREETING.replace("\n", "\r\n")), "Zoe"),
        with_subject(parse_letter(NO_SIGNATURE.replace("\n", "\r\n")), "Rye"),
        signed(parse_letter(NO_SIGNATURE.replace("\n", "\r\n")), "Zoe"),
    )
    assert [letter.text.replace("\r\n", "").count("\n") for letter in letters] == [0] * 4


def test_a_sentence_that_rests_on_nothing_is_put_in_without_facts() -> None:
    assert said(with_sentence(parse_letter(PLAIN), "Rye sulks.", (), 0, False))[1] == ("Rye sulks.", ())


def test_a_sentence_without_facts_gets_none_from_one_that_holds_its_words() -> None:
    letter = parse_letter("Dear Ann,\n\nWe met in Oslo. I enjoyed it.\n\nBest,\nBo\n")
    letter = with_sentence(letter, "You showed me the kiln and I enjoyed it.", ("C1",), 0, False)
    assert said(letter)[-1] == ("I enjoyed it.", ())


@ALL
def test_a_sentence_in_other_words_rests_on_the_same_facts(text: str) -> None:
    letter = marked(text)
    for place, old in enumerate(letter.sentences):
        if old.text.startswith("PS"):
            continue  # without its mark it would be another part of the letter
        other = with_other(letter, place, "Your rye sulks.")
        assert other.text == text[: old.span.start] + "Your rye sulks." + text[old.span.end :]
        assert said(other) == [
            ("Your rye sulks.", old.facts) if at == place else one for at, one in enumerate(said(letter))
        ]


def test_of_two_sentences_alike_only_the_one_meant_changes() -> None:
    letter = parse_letter("Dear Ann,\n\nIt rained. We met. It rained.\n\nBest,\nBo\n")
    assert with_other(letter, 2, "It snowed.").text == "Dear Ann,\n\nIt rained. We met. It snowed.\n\nBest,\nBo\n"
    assert without(letter, [2]).text == "Dear Ann,\n\nIt rained. We met.\n\nBest,\nBo\n"


# The greeting


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        ("Dear Ann,", "Dear Zoe,"),
        ("Dear Ms. Okafor,", "Dear Zoe,"),
        ("Dear Ann", "Dear Zoe,"),
        ("Dear Ann:", "Dear Zoe:"),
        ("Hi Ann!", "Hi Zoe!"),
        ("Hello,", "Dear Zoe,"),
        ("Good morning Ann,", "Good morning Zoe,"),
        ("Ann,", "Dear Zoe,"),
        ("To whom it may concern:", "Dear Zoe:"),
        ("Dear Ann 😀,", "Dear Zoe,"),
        pytest.param("Hey Ann –", "Hey Zoe –", marks=gap("the space before the dash is lost")),
    ],
)
def test_a_greeting_keeps_its_manner_with_another_name(greeting: str, expected: str) -> None:
    letter = marked(PLAIN.replace("Dear Ann,", greeting))
    assert letter.greeting.of(letter.text) == greeting
    changed = addressed(letter, "Zoe")
    assert changed.text == PLAIN.replace("Dear Ann,", expected)
    assert said(changed) == said(letter)


@pytest.mark.parametrize("text", [CRLF, EMOJI, POSTSCRIPT, QUOTED, NO_SIGNATURE], ids=lambda text: text[-9:])
def test_only_the_greeting_takes_the_name(text: str) -> None:
    assert addressed(marked(text), "Zoe").text == text.replace("Dear Ann,", "Dear Zoe,")
    assert said(addressed(marked(text), "Zoe")) == said(marked(text))


def test_a_letter_without_a_greeting_gets_one() -> None:
    letter = addressed(marked(NO_GREETING), "Zoe")
    assert letter.text == f"Dear Zoe,\n\n{NO_GREETING}"
    assert letter.greeting.of(letter.text) == "Dear Zoe,"
    assert said(letter) == said(marked(NO_GREETING))
    assert addressed(marked(f"Subject: X\n\n{NO_GREETING}"), "Zoe").text == f"Subject: X\n\nDear Zoe,\n\n{NO_GREETING}"


def test_what_follows_the_greeting_on_its_line_stays() -> None:
    text = "Hi Sam, thanks so much. The pump is fixed.\n\nBest, Bo"
    assert addressed(parse_letter(text), "Zoe").text == text.replace("Sam", "Zoe")


def test_a_sentence_alone_behind_the_greeting_stays() -> None:
    text = "Hi Sam, thanks for letting me know.\n\nThe pump is fixed.\n\nBest,\nBo"
    assert "thanks for letting me know." in addressed(parse_letter(text), "Zoe").text


# The name below


@pytest.mark.parametrize("text", [PLAIN, CRLF, POSTSCRIPT, QUOTED, NO_GREETING], ids=lambda text: text[-9:])
def test_another_name_is_signed_and_the_rest_stays(text: str) -> None:
    letter = signed(marked(text), "Zoe Quist")
    assert letter.text == text.replace("Bo Lund", "Zoe Quist")
    assert said(letter) == said(marked(text))
    assert signed(letter, "Zoe Quist") == letter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear Ann,\n\nAt one.\n\nBest wishes, Tom", "Dear Ann,\n\nAt one.\n\nBest wishes, Zoe"),
        ("Dear Ann,\n\nAt one.\n\nBest,\n😀 Bo\n+34 555", "Dear Ann,\n\nAt one.\n\nBest,\nZoe\n+34 555"),
        (NO_SIGNATURE, f"{NO_SIGNATURE}\nZoe\n"),
        ("Dear Ann,\n\nWe met in Oslo.\n\nBest,\n", "Dear Ann,\n\nWe met in Oslo.\n\nBest,\n\nZoe\n"),
        pytest.param(
            "Dear Ann,\r\n\r\nAt one.\r\n\r\nBest,\r\nBo\r\nBaker",
            "Dear Ann,\r\n\r\nAt one.\r\n\r\nBest,\r\nZoe\r\nBaker",
            marks=gap("the carriage return behind the name is taken for a part of it"),
        ),
        pytest.param(
            "Dear Ann,\n\nAt one.\n\nBest,\n\nPS: At two.\n",
            "Dear Ann,\n\nAt one.\n\nBest,\n\nZoe\n\nPS: At two.\n",
            marks=gap("a letter without a name is signed below its postscript"),
        ),
        pytest.param(
            "Dear Ann,\n\nAt one.\n\nOn Mon, 3 Mar 2025 at 10:00, Ann <ann@x.org> wrote:\n> no\n",
            "Dear Ann,\n\nAt one.\n\nZoe\n\nOn Mon, 3 Mar 2025 at 10:00, Ann <ann@x.org> wrote:\n> no\n",
            marks=gap("a letter without a name is signed below the mail that it answers"),
        ),
    ],
)
def test_where_a_name_is_signed(text: str, expected: str) -> None:
    letter = signed(parse_letter(text), "Zoe")
    assert letter.text == expected
    assert letter.signature.of(letter.text).startswith("Zoe")


# The subject line


@pytest.mark.parametrize("text", [PLAIN, CRLF, EMOJI, POSTSCRIPT, QUOTED], ids=lambda text: text[-9:])
def test_only_the_subject_line_changes(text: str) -> None:
    letter = with_subject(marked(text), r"Rye \1 😀")
    assert letter.text == text.replace("The pump", r"Rye \1 😀", 1)
    assert letter.subject == r"Rye \1 😀"
    assert said(letter) == said(marked(text))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", "Subject: Rye\n\n"),
        ("**Subject:** The kiln\n\n", "**Subject:** Rye\n\n"),
        ("SUBJECT: The kiln\n\n", "SUBJECT: Rye\n\n"),
        ("Subject: Re: kiln\nTo: Ann\n\n", "Subject: Rye\nTo: Ann\n\n"),
        pytest.param(
            "To: Ann of Krume Bakery\nSubject: Krume Bakery\n\n",
            "To: Ann of Krume Bakery\nSubject: Rye\n\n",
        ),
        pytest.param(
            "Subject: Subject\n\n",
            "Subject: Rye\n\n",
        ),
        pytest.param(
            "Subject:\n\n",
            "Subject: Rye\n\n",
        ),
    ],
)
def test_a_subject_line_is_changed_or_begun(head: str, expected: str) -> None:
    assert with_subject(parse_letter(head + NO_SIGNATURE), "Rye").text == expected + NO_SIGNATURE


# More and less formal

RULES = read_yaml(Path(handwork.__file__).parent / "register.yaml")
FORMAL = (
    "Subject: It is on\n\nDear Ann,\n\nI am glad. You do not know that we have met 😀.\n\nKind regards,\nWe are Bo\n"
)
INFORMAL = "Subject: It is on\n\nHi Ann,\n\nI'm glad. You don't know that we've met 😀.\n\nAll the best,\nWe are Bo\n"


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_formal_and_informal_change_greeting_close_and_contractions_and_lead_back(line: str) -> None:
    formal, informal = (marked(text.replace("\n", line)) for text in (FORMAL, INFORMAL))
    assert in_register(formal, False) == informal
    assert in_register(informal, True) == formal
    assert in_register(formal, True) == formal
    assert in_register(informal, False) == informal


@pytest.mark.parametrize(("long", "short"), RULES["short"].items())
def test_each_form_leads_to_the_other_and_back(long: str, short: str) -> None:
    rest = "been here" if long.endswith(" have") else "be here"
    for start in ("Today ", ""):
        formal, informal = (f"{start}{form} {rest}." for form in (long, short))
        if not start:
            formal, informal = formal[0].upper() + formal[1:], informal[0].upper() + informal[1:]
        assert around(formal, False) == informal
        assert around(informal, True) == formal


@pytest.mark.parametrize(
    ("close", "formal", "informal"),
    [
        ("Kind regards,", "Kind regards,", "All the best,"),
        ("Best wishes,", "Yours sincerely,", "All the best,"),
        ("Yours sincerely,", "Yours sincerely,", "Best wishes,"),
        ("All the best!", "Kind regards!", "All the best!"),
        ("Cheers", "Cheers", "Cheers"),
    ],
)
def test_a_close_goes_one_step_either_way(close: str, formal: str, informal: str) -> None:
    letter = parse_letter(NO_SIGNATURE + f"\n{close}\nBo\n")
    closes = [in_register(letter, way) for way in (True, False)]
    assert [one.closing.of(one.text) for one in closes] == [formal, informal]


@pytest.mark.parametrize(
    "sentence",
    [
        "You are as strong as I am.",
        "Call me if you would, please.",
        "You know what it is: rye.",
        "The best that there is (or that we are) stays.",
        "They have more than we have!",
        "Is that what you do not?",
        "You say that you cannot; so be it.",
        "You asked me “who we are” twice.",
        "Is it what it is ?",
        pytest.param("I know who they are – bakers.", marks=gap("a dash isn't known to end a clause")),
    ],
)
def test_nothing_is_shortened_at_the_end_of_a_clause(sentence: str) -> None:
    assert around(sentence, False).removeprefix("You're").removeprefix("You are") == sentence.removeprefix("You are")


@pytest.mark.parametrize(
    "sentence",
    [
        "I have a van.",
        "You have 14 clinics.",
        "We have to go.",
        "I have no oven.",
        pytest.param(
            "I have red shoes.",
        ),
        pytest.param(
            "We have need of it.",
        ),
        pytest.param(
            "You have left-handed mixers.",
        ),
        pytest.param(
            "You have just one van.",
        ),
    ],
)
def test_have_is_shortened_only_where_it_helps_a_verb(sentence: str) -> None:
    assert around(sentence, False) == sentence


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("You'd like it, and it's late.", "You would like it, and it is late."),
        ("Ann's van isn't Bo's.", "Ann's van is not Bo's."),
        ("The kit's here.", "The kit's here."),
        pytest.param("I’m here.", "I am here.", marks=gap("the typographic apostrophe isn't known")),
        pytest.param("I'd moved by then.", "I had moved by then.", marks=gap("'d is always taken for would")),
        pytest.param("It's been a year.", "It has been a year.", marks=gap("'s is always taken for is")),
        pytest.param("Isn't it late?", "Is it not late?", marks=gap("'not' stays before the subject of a question")),
    ],
)
def test_a_contraction_is_written_out_as_it_is_meant(sentence: str, expected: str) -> None:
    assert around(sentence, True) == expected


def test_the_end_of_another_word_is_not_shortened() -> None:
    assert around("Li will come, and Malawi would not wait.", False) == "Li will come, and Malawi wouldn't wait."


@gap("capitals don't tell a name: We Are Social, an agency, becomes We're Social")
def test_a_name_is_not_shortened() -> None:
    assert around("My week at We Are Social was good.", False) == "My week at We Are Social was good."


def test_the_mail_below_keeps_its_words_in_either_register() -> None:
    below = QUOTED.removeprefix(PLAIN)
    assert in_register(marked(QUOTED), False).text == in_register(marked(PLAIN), False).text + below


def test_a_letter_without_a_frame_changes_in_its_sentences_alone() -> None:
    assert in_register(marked("I am Bo. It is late."), False).text == "I'm Bo. It's late."
    assert in_register(marked("I'm Bo. It's late.\n\nPS: I'm in."), True).text == "I am Bo. It is late.\n\nPS: I am in."
    signed_off = "{} Bo Lund. It is late.\n\n- Bo Lund\n\nPS: {} in.\n"
    assert in_register(marked(signed_off.format("I'm", "I'm")), True).text == signed_off.format("I am", "I am")


@gap("below a close the postscript keeps its contractions")
def test_a_postscript_changes_with_the_letter() -> None:
    letter = in_register(marked(FORMAL + "\nPS: I am in.\n"), False)
    assert letter.text == INFORMAL + "\nPS: I'm in.\n"


def test_a_postscript_keeps_its_facts_in_either_register() -> None:
    letter = marked(POSTSCRIPT + "Call me.\n")
    for formal in (True, False):
        assert [s.facts for s in in_register(letter, formal).sentences] == [s.facts for s in letter.sentences]


# Another brief

OLD = Brief(sender="Bo Lund", company="K", job_title="J", recipient="Ann", region="UK")
NEW = Brief(sender="Zoe Quist", company="K", job_title="J", recipient="Eve", region="UK")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PLAIN, PLAIN.replace("Dear Ann,", "Dear Eve,").replace("Bo Lund", "Zoe Quist")),
        (CRLF, CRLF.replace("Dear Ann,", "Dear Eve,").replace("Bo Lund", "Zoe Quist")),
        (PLAIN.replace("Dear", "Hi"), PLAIN.replace("Dear", "Hi").replace("Bo Lund", "Zoe Quist")),
        (PLAIN.replace("Bo Lund", "Bo"), PLAIN.replace("Bo Lund", "Bo").replace("Dear Ann,", "Dear Eve,")),
        (NO_GREETING, NO_GREETING.replace("Bo Lund", "Zoe Quist")),
        (NO_SIGNATURE, NO_SIGNATURE.replace("Dear Ann,", "Dear Eve,")),
    ],
    ids=range(6),
)
def test_another_brief_changes_only_what_the_old_one_had_written(text: str, expected: str) -> None:
    letter = reframed(marked(text), OLD, NEW)
    assert letter.text == expected
    assert said(letter) == said(marked(text))


def test_the_same_names_change_nothing() -> None:
    assert reframed(marked(PLAIN), OLD, OLD) == marked(PLAIN)
