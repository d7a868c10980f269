"""What leaves the machine without names, and what comes back with them."""

import json
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Brief, Options, compose
from assistant.checks.judge import judge
from assistant.errors import Interrupted, ProviderError, StreamCut
from assistant.prompts import fenced, load_template
from assistant.providers import Completion, Message, Request, Usage
from assistant.providers.scripted import Scripted
from assistant.redact import NotMasked, Redacting, Redaction, Restorer, redaction_for
from assistant.zones import parse_letter

ANNE = ("Dr Anne Whitcomb",)
KRUME = ("The Krume Bakery Ltd",)


def masked(text: str, people: tuple[str, ...] = ANNE, companies: tuple[str, ...] = KRUME) -> str:
    return redaction_for(people, companies).mask(text)


def said(*texts: str) -> list[Message]:
    return [Message("user", text) for text in texts]


def test_each_word_of_a_name_has_its_placeholder_and_titles_stay() -> None:
    assert masked("Dear Dr Whitcomb, dear Anne Whitcomb") == "Dear Dr NAME_2, dear NAME_1 NAME_2"
    assert redaction_for(ANNE, ()).restore("Dear NAME_1,") == "Dear Anne,"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Prof. Dr. Renske van der Meer", ["Renske", "Meer"]),
        ("J. R. Okonkwo", ["Okonkwo"]),
        ("J.R. Okonkwo", ["Okonkwo"]),
        ("Khalid bin Fahd al-Otaibi", ["Khalid", "Fahd", "Otaibi"]),
        ("Maria de los Ángeles Ruiz", ["Maria", "los", "Ángeles", "Ruiz"]),
        ("Al Di Marco", ["Al", "Marco"]),  # a particle only between others, or in small letters
        ("Seán Ó Súilleabháin", ["Seán", "Súilleabháin"]),
        ("Whitcomb, Anne (HR)", ["Whitcomb", "Anne", "HR"]),
        ("Tom Ashby Jr.", ["Tom", "Ashby"]),
        ("Jane Lord", ["Jane", "Lord"]),
        ("Jean-Luc O’Brien", ["Jean-Luc", "O’Brien", "Jean", "Luc"]),
        ("李明", ["李明"]),
        ("", []),
        ("Dr ...", ["Dr"]),
        ("Omar ash-Shami, PhD", ["Omar", "Shami"]),
    ],
)
def test_titles_particles_and_initials_are_no_names(name: str, words: list[str]) -> None:
    assert list(redaction_for([name], ()).texts.values()) == words


def test_a_company_named_for_a_person_is_the_company() -> None:
    assert masked("Whitcomb & Sons, Whitcomb", companies=("Whitcomb & Sons",)) == "COMPANY_1, NAME_2"


def test_a_family_shares_the_placeholder_of_its_name() -> None:
    assert masked("Tom Ashby, Ida Ashby", ("Tom Ashby", "Ida Ashby")) == "NAME_1 NAME_2, NAME_3 NAME_2"


def test_further_names_of_the_notes_are_masked_too() -> None:
    redaction = redaction_for(ANNE, KRUME, ["Pádraig"])
    assert redaction.mask("Anne and Padraig") == "NAME_1 and NAME_3"


@pytest.mark.parametrize(
    ("company", "core"),
    [
        ("Krume Foods Inc.", "Krume Foods"),
        ("Krume Foods, Inc", "Krume Foods"),
        ("The Krume", "Krume"),
        ("Krume Pvt. Ltd.", "Krume"),
        ("Krume GmbH & Co. KG", "Krume"),
        ("Krume B.V.", "Krume"),
        ("Krume plc", "Krume"),
        ("Krume LLC", "Krume"),
        ("Krume AG", "Krume"),
        ("Ashby & Sons Ltd", "Ashby & Sons"),
        ("Ashby & Co", "Ashby"),
        ("Co", "Co"),
        ("3K", "3K"),
    ],
)
def test_a_company_is_one_placeholder_with_and_without_its_legal_form(company: str, core: str) -> None:
    redaction = redaction_for((), [company])
    assert redaction.texts == {"COMPANY_1": core}
    for text in (f"at {company}.", f"at {core}", f"AT {core.upper()}'s"):
        assert "COMPANY_1" in redaction.mask(text)
        assert redaction.restore(redaction.mask(text)).casefold() == text.casefold()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ANNE anne AnNe", "NAME_1 NAME_1 NAME_1"),
        ("Anne's Anne’s annes WHITCOMBS' Anne", "NAME_1's NAME_1’s NAME_1s NAME_2S' NAME_1"),
        ("Annette, Hanne, Joanne, Whitcombe, anne-mie", "Annette, Hanne, Joanne, Whitcombe, NAME_1-mie"),
        ("CV_Anne_Whitcomb.pdf (Anne)", "CV_NAME_1_NAME_2.pdf (NAME_1)"),
        ("A\u00adnne \u200bAn\u200bne", "NAME_1 \u200bNAME_1"),
        ("Ａｎｎｅ 𝐀𝐧𝐧𝐞", "NAME_1 NAME_1"),
        ("at krume bakery, KRUME\nBAKERY’S", "at COMPANY_1, COMPANY_1’S"),
        ("a bakery in Krumeville", "a bakery in Krumeville"),
    ],
)
def test_names_are_found_whole_in_any_case_and_with_a_possessive(text: str, result: str) -> None:
    assert masked(text) == result


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Siobhán O'Brien", "Siobhán O'Brien SIOBHÁN O’BRIEN Siobha\u0301n OʼBrien"),
        ("Zoe\u0308 Müller", "Zoë Müller, ZOË Mu\u0308ller's"),
        ("Łukasz Wójcik", "łukasz wojcik Lukasz Wójcik"),
        ("Işıl Çelik", "ISIL CELIK Işıl"),
        ("Ólafur Þórðarson", "Olafur þórðarson"),
        ("Jürgen Groß", "Jürgen GROSS Jurgen Groß"),
        ("Αλέξης Παππάς", "ΑΛΕΞΗΣ ΠΑΠΠΑΣ Αλέξης"),
        ("Дмитрий Йорданов", "дмитрий ЙОРДАНОВ"),
        ("李明", "和李明说 李明老师"),
        ("김 민준", "김민준은"),
        ("أحمد الفارسي", "لأحمد أَحْمَد"),
        ("प्रिया", "प्रिया ने"),
    ],
)
def test_accents_apostrophes_and_composition_hide_no_name(name: str, text: str) -> None:
    redaction = redaction_for([name], ())
    result = redaction.mask(text)
    left = re.sub(r"NAME_\d+", "", result)
    assert not [word for word in redaction.texts.values() if word in left]
    assert not re.findall(r"[A-Za-zΑ-ωА-я]{3,}", left)
    assert len(redaction.texts) == len(redaction_for([name], ()).texts)  # none was taken for another name
    redaction.checked(said(result))


def test_two_names_that_differ_in_an_accent_alone_stay_two() -> None:
    assert masked("Müller Muller MULLER", ("Eva Müller", "Eva Muller")) == "NAME_2 NAME_3 NAME_3"


def test_a_name_that_is_part_of_one_written_character_is_left_in_it() -> None:
    redaction = redaction_for(["이 기", "Anne"], ())
    assert redaction.mask("김 기") == "김 NAME_2"


def test_a_name_that_is_an_ordinary_word_is_masked_where_it_has_a_capital() -> None:
    text = "Will will grant May a rose. May Rose Grant hope? Hope so."
    names = ("Will Rose", "May Grant", "Hope")
    assert masked(text, names) == "NAME_1 will grant NAME_3 a rose. NAME_3 NAME_2 NAME_4 hope? NAME_5 so."


def test_an_ordinary_word_given_in_small_letters_comes_back_with_the_capital_it_was_masked_by() -> None:
    redaction = redaction_for(["will okonkwo"], ())
    result = redaction.mask("Will you say Will Okonkwo will?")
    assert result == "NAME_1 you say NAME_1 NAME_2 will?"
    assert redaction.restore(result) == "Will you say Will okonkwo will?"


def test_an_ordinary_word_is_not_taken_for_a_name_without_its_accents() -> None:
    redaction = redaction_for(["Đỗ Mỹ"], ())
    assert redaction.mask("Do you do it My way, Đỗ đỗ MỸ?") == "Do you do it My way, NAME_1 đỗ NAME_2?"
    redaction.checked(said("Do you do it My way?"))


def test_a_name_comes_back_as_the_user_gave_it_and_another_spelling_as_it_was() -> None:
    redaction = redaction_for(["Jean-Luc O'Brien"], ["Krume & Sons"])
    text = "JEAN-LUC O’Brien of krume & sons; Jean Luc Obrien of Krume and Sons, Krume&Sons"
    back = redaction.restore(redaction.mask(text))
    assert back == "Jean-Luc O'Brien of Krume & Sons; Jean Luc Obrien of Krume and Sons, Krume&Sons"


@pytest.mark.parametrize(
    "phone",
    [
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "+31201234567",
        "0031 20 123 4567",
        "020 7946 0958",
        "(020) 7946-0958",
        "(555) 010-4477",
        "555-010-4477",
        "555.010.4477",
        "01.23.45.67.89",
        "01 23 45 67 89",
        "98765 43210",
        "07700900123",
        "0171/1234567",
        "555-0104",
        "+91-98765-43210",
        "+234 803 555 0142",
    ],
)
def test_phone_numbers_are_masked_whole(phone: str) -> None:
    for text in ("call {}.", "({})", "{}, ask for Anne", "since 2019, {}"):
        redaction = redaction_for((), ())
        result = redaction.mask(text.format(phone))
        assert not re.search(r"\d", result.replace("PHONE_1", "").replace("2019", ""))
        assert redaction.restore(result) == text.format(phone)


@pytest.mark.parametrize(
    "figure",
    [
        "2019",
        "2019-2023",
        "2019 – 2023",
        "2019/2023",
        "2019 2020 2021",
        "2024-05-17",
        "17.05.2024",
        "17/05/2024",
        "05-17-24",
        "20240517",
        "2024-05-17 10:30",
        "$1,250,000",
        "$1250000",
        "€1.250.000",
        "EUR 1250000",
        "1250000 euros",
        "1.250.000",
        "12 500 000",
        "1,250,000",
        "45000-55000",
        "45.000 - 55.000",
        "2200-0600",
        "123456",
        "id 123-456",
        "12 hours at 4 degrees for 3 years",
        "1234567.89",
        "3 shops, 120 people, 4000 loaves",
        "99.999%",
    ],
)
def test_figures_are_no_phone_numbers(figure: str) -> None:
    assert masked(f"it was {figure}, she said") == f"it was {figure}, she said"


@pytest.mark.parametrize(
    "link",
    [
        "https://krume.example/jobs?id=7#top",
        "http://localhost:8000/x",
        "www.krume.example",
        "krume.co.uk",
        "krumebakery.nl",
        "linkedin.com/in/anne-whitcomb-12",
        "forms.krume.example/a",
        "https://krume.example/Rye_(bread",
    ],
)
def test_links_are_masked_without_the_punctuation_around_them(link: str) -> None:
    assert masked(f"see ({link}), or {link}.") == "see (LINK_1), or LINK_1."
    assert masked(fenced(f'"{link}"')) == '"\\"LINK_1\\""'


@pytest.mark.parametrize(
    "text", ["and/or", "e.g. this, i.e. that", "node.js", "at 9 a.m. sharp", "bread.", "v1.2/3", "..."]
)
def test_what_only_has_dots_and_slashes_is_no_link(text: str) -> None:
    assert masked(text) == text


def test_a_space_forgotten_between_two_sentences_does_no_harm() -> None:
    redaction = redaction_for((), ())
    result = redaction.mask("I liked the bakery.It was warm. Of the bakery it")
    assert redaction.restore(result) == "I liked the bakery.It was warm. Of the bakery it"
    redaction.checked(said(result))


def test_a_row_of_digits_too_long_for_a_phone_number_is_left_whole() -> None:
    assert masked("1" * 24) == "1" * 24


def test_what_is_found_is_numbered_as_it_first_occurs_and_keeps_its_placeholder() -> None:
    redaction = redaction_for(ANNE, KRUME)
    first = redaction.mask("anne@krume.example or b.o'hara+x@mail.krume.example, +44 20 7946 0958, krume.example/a")
    assert first == "EMAIL_1 or EMAIL_2, PHONE_1, LINK_1"
    second = redaction.mask("krume.example/b, B.O'Hara+x@mail.krume.example; +44 (20) 7946-0958; krume.example/a")
    assert second == "LINK_2, EMAIL_2; PHONE_1; LINK_1"
    assert redaction.restore(second).startswith("krume.example/b, b.o'hara+x@mail.krume.example; +44 20 7946 0958")


def test_a_company_that_is_a_domain_is_one_thing() -> None:
    assert masked("Loaf.com, loaf.com's and loaf.com/x", companies=("Loaf.com",)) == "COMPANY_1, COMPANY_1's and LINK_1"


def test_json_strings_stay_json_strings() -> None:
    note = 'Anne said:\nNick\tand "Anne" <b>Nan</b> at C:\\Nan, anne@krume.example'
    text = fenced(note)
    redaction = redaction_for(["Anne Nick", "Nan", "C"], ['Toys "R" Us'])
    result = redaction.mask(text)
    assert json.loads(result) == redaction.mask(note)
    assert "\\u003cb\\u003eNAME_3\\u003c/b\\u003e" in result
    assert redaction.restore(result) == text
    assert redaction.restore(redaction.mask(fenced('at Toys "R" Us'))) == '"at Toys "R" Us"'


@pytest.mark.parametrize(
    "own", ["NAME_1", "name_1", "NAME\\_1", "\\name_1", "LINK_2", "WORD_1", "SURNAME_12", "Link_2"]
)
def test_what_looks_like_a_placeholder_in_the_users_text_stands_for_nothing_else(own: str) -> None:
    redaction = redaction_for(["Anne Link", "Name"], ["Word"])
    text = f"Anne wrote {own}: {own} of Link and Name"
    result = redaction.mask(text)
    assert result.count("WORD_1") == 2
    assert redaction.restore(result) == text
    redaction.checked(said(result))


def test_a_word_like_a_placeholder_is_masked_behind_ordinary_words_as_well() -> None:
    assert masked("a new link_2, a New Link", companies=("New Link",)) == "a new WORD_1, a COMPANY_1"


PIECES = [
    *(
        "Anne",
        "Whitcomb",
        "O'Brien",
        "Jean-Luc",
        "Jean",
        "Krume & Sons",
        "Will",
        "李明",
        "Đỗ",
        "Müller",
        "Name",
        "Link_",
    ),
    *(
        "NAME",
        "_",
        "1",
        "12",
        "\\",
        "\\n",
        "\\u003c",
        '"',
        "NAME_1",
        "name\\_2",
        "WORD_1",
        "PHONE_",
        "s",
        "'s",
        "will",
        "Do",
        "ﬁ",
    ),
    *(
        "anne@krume.example",
        "+44 20 7946 0958",
        "https://krume.example/a",
        "krume.nl",
        "2019-2023",
        "$1,250",
        "555-0104",
    ),
    *(" ", " ", "\n", ".", ",", "-", "/", "(", "@", "\u0301", "\u200b", "é", "x"),
]


def known() -> Redaction:
    people = ["Anne Whitcomb", "Will O'Brien", "Jean-Luc Đỗ", "李明", "Eva Müller", "Name Link"]
    return redaction_for(people, ["Krume & Sons"])


def bare(text: str) -> str:
    """What the round trip may change is gone: case, accents, zero-width characters, spaces and quotes."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in '\u200b\n "\\')


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_masked_and_restored_text_is_the_text(text: str) -> None:
    redaction = known()
    assert bare(redaction.restore(redaction.mask(text))) == bare(text)


@given(st.lists(st.sampled_from([p for p in PIECES if p not in ("\u0301", "\u200b", "é", "NAME")]), max_size=10))
def test_it_is_the_same_to_the_letter_where_names_are_spelled_as_given(pieces: list[str]) -> None:
    redaction, text = known(), " ".join(pieces)
    assert redaction.restore(redaction.mask(text)) == text


@given(st.text(max_size=60))
def test_any_text_at_all_comes_back(text: str) -> None:
    redaction = redaction_for(["Anne"], ())
    assert redaction.restore(redaction.mask(text)) == text


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_what_passes_the_check_holds_no_name(text: str) -> None:
    redaction = known()
    result = redaction.mask(text)
    try:
        redaction.checked(said(result))
    except NotMasked:
        return
    plain = "".join(c for c in unicodedata.normalize("NFKD", result) if not unicodedata.combining(c))
    left = re.sub(r"(?:NAME|COMPANY|EMAIL|PHONE|LINK|WORD)_\d+", "|", plain)
    assert not re.search(r"(?i)\b(?:anne|whitcomb|o'?brien|jean|luc|muller)\b|李明|7946", left)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("w h i t c o m b", "a name"),
        ("W.h.i.t.c.o.m.b", "a name"),
        ("Whit-comb", "a name"),
        ("Whit comb", "a name"),
        ("@annewhitcomb", "a name"),
        ("ANNE_B.WHITCOMBX AnneWhitcomb", "a name"),
        ("Anne2", "a name"),
        ("dear\u200bAnne", "a name"),
        ("A\\u006ene", "a name"),
        ("An\u200b\u0301-ne", "a name"),
        ("#krume.bakery", "a company"),
        ("K R U M E  B A K E R Y", "a company"),
        ("post@krume.example and post @ krume . example", "an address"),
        ("020 7946 0958 and 0.2.0 . 7946:0958", "a phone number"),
        ("https://krume.example/a and https krume example a", "a link"),
    ],
)
def test_what_still_shows_after_masking_is_not_sent(text: str, kind: str) -> None:
    redaction = redaction_for(ANNE, KRUME)
    with pytest.raises(NotMasked, match=f"^nothing was sent: {kind} could still be read"):
        redaction.checked(said("fine", redaction.mask(text)))
    model = Scripted(["Dear NAME_1,"])
    with pytest.raises(NotMasked):
        Redacting(model, redaction).complete(Request(tuple(said(text))))
    assert model.calls == []


@pytest.mark.parametrize("text", ["Anne", "krume bakery", "a@b.example", "call 020 7946 0958", "see www.krume.example"])
def test_unmasked_text_is_not_sent_either(text: str) -> None:
    with pytest.raises(NotMasked):
        redaction_for(ANNE, KRUME).checked(said(text))


def test_ordinary_text_is_no_name_spelled_apart(good_letter: str) -> None:
    names = "Isa Ina Ida Ima Ana Ali Theo Ian Li Im Si Ti Sa Ha Thi He You May Will Do Tô Åre Even Per Sowell Goodman Newman Hasan Nat Nan"
    prompts = [body for name in ("note", "revise", "judge", "ack") for _, body in load_template(name).sections]
    spoken = "It's a good man, and so well. I'm a baker; don't I? Nor man. She'd I said. She'll"
    for name in names.split():
        redaction = redaction_for([name], ["Shell", "Data Science"])
        redaction.checked(said(*(redaction.mask(t) for t in (*prompts, good_letter, spoken, "data, science"))))


def test_a_made_up_placeholder_is_an_error() -> None:
    redaction = redaction_for(ANNE, KRUME)
    with pytest.raises(ProviderError, match="the model made up NAME_7"):
        redaction.restore("Dear NAME_7,")
    with pytest.raises(ProviderError, match="the model made up PHONE_1"):
        Redacting(Scripted(["Call PHONE_1."]), redaction).complete(Request(tuple(said("hello"))))


@pytest.mark.parametrize("text", ["Dear NAME_1,", "Dear Name_1,", "Dear name_1,", "Dear NAME\\_1,"])
def test_a_placeholder_that_a_model_wrote_in_its_own_way_is_understood(text: str) -> None:
    assert redaction_for(ANNE, ()).restore(text) == "Dear Anne,"


MANY = redaction_for([f"{a}{b}o" for a in "BDFGHK" for b in "aei"], KRUME)  # NAME_1 to NAME_18
STREAMED = [
    "NAME_1",
    "NAME_12",
    "NAME_18",
    "name_2",
    "COMPANY_1",
    "NAME\\_3",
    "NAM",
    "NAME",
    "NAME_",
    "C",
    "EM",
    "\\",
    "_",
    " ",
    ",",
    "x",
    "2",
]


def outcome(redaction: Redaction, pieces: list[str]) -> str:
    stream = Restorer(redaction)
    try:
        return "".join([*(stream.feed(piece) for piece in pieces), stream.rest()])
    except ProviderError as error:
        return str(error)


@given(st.lists(st.sampled_from(STREAMED), max_size=8).map("".join), st.lists(st.integers(0, 60), max_size=20))
def test_a_stream_is_restored_however_it_is_cut(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(c for c in cuts if c < len(text))})
    pieces = [text[a:b] for a, b in pairwise(places)]
    assert outcome(MANY, pieces) == outcome(MANY, [text]) == outcome(MANY, list(text))
    try:
        whole = MANY.restore(text)
    except ProviderError as error:
        whole = str(error)
    assert outcome(MANY, pieces) == whole


@given(st.lists(st.sampled_from(STREAMED), max_size=8).map("".join))
def test_a_stream_holds_nothing_that_can_be_no_placeholder(text: str) -> None:
    stream, shown = Restorer(MANY), ""
    for place, character in enumerate(text, 1):
        try:
            shown += stream.feed(character)
            whole = MANY.restore(text[:place])
        except ProviderError:
            return
        held = next(n for n in range(place + 1) if shown + MANY.restore(text[place - n : place]) == whole)
        tail = text[place - held : place].upper().replace("\\", "")
        stems = ("NAME_", "COMPANY_", "EMAIL_", "PHONE_", "LINK_", "WORD_")
        assert held == 0 or any(stem.startswith(tail.rstrip("0123456789")) for stem in stems)


def test_a_name_is_shown_as_soon_as_it_is_sure() -> None:
    stream = Restorer(MANY)
    fed = ["Dear ", "N", "o", " NA", "ME_", "1", "2", ", "]
    assert [stream.feed(piece) for piece in fed] == ["Dear ", "", "No", " ", "", "", "", "Gio, "]
    assert stream.rest() == ""


class Broken:
    """A provider whose stream ends badly."""

    name, model, destination, style = "broken", "m", "https://models.example", "letter"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def complete(self, request: Request, on_text: object = None) -> Completion:
        raise self.error


def test_what_came_before_a_cut_is_restored() -> None:
    request = Request(tuple(said("Hello Bao")))
    with pytest.raises(StreamCut, match="broke off") as cut:
        Redacting(Scripted(["Dear NAME_2, of COMPANY_1 and NAME_99 NAME_1<cut>"]), MANY).complete(request)
    assert cut.value.partial == "Dear Beo, of Krume Bakery and NAME_99 NAME_1"  # which may have been NAME_12
    with pytest.raises(Interrupted) as stop:
        Redacting(Broken(Interrupted("Dear NAME_2 and NAME_12")), MANY).complete(request)
    assert stop.value.partial == "Dear Beo and Gio"


def test_all_else_of_the_provider_and_its_answer_stays() -> None:
    inner = Scripted(["Dear NAME_1", "Hi NAME_2"], model="m", name="n", destination="https://models.example")
    provider = Redacting(inner, redaction_for(ANNE, KRUME))
    assert [provider.name, provider.model, provider.destination, provider.style] == [
        "n",
        "m",
        inner.destination,
        "letter",
    ]
    request = Request((Message("system", "Anne"), Message("user", "x"), Message("assistant", "y")), 2, 7, 0.5, 3)
    assert provider.complete(request) == Completion(("Dear Anne", "Hi Whitcomb"), Usage(3, 4))
    messages = (Message("system", "NAME_1"), *request.messages[1:])
    assert inner.calls == [replace(request, messages=messages)]


def test_the_doubts_of_a_model_are_kept() -> None:
    class Doubting(Scripted):
        def complete(self, request: Request, on_text: object = None) -> Completion:
            return Completion(("NAME_1",), Usage(1, 2), ((-0.5, -0.1),))

    done = Redacting(Doubting([]), redaction_for(ANNE, ())).complete(Request(tuple(said("Anne"))))
    assert done == Completion(("Anne",), Usage(1, 2), ((-0.5, -0.1),))


def test_streamed_text_is_restored_piece_by_piece() -> None:
    shown: list[str] = []
    model = Scripted(["Dear NAME_1, dear NAME_2, greetings to COMPANY_1"])
    done = Redacting(model, redaction_for(ANNE, KRUME)).complete(Request(tuple(said("Anne"))), shown.append)
    assert "".join(shown) == done.texts[0] == "Dear Anne, dear Whitcomb, greetings to Krume Bakery"
    assert len(shown) > 3


def test_the_models_own_answer_is_masked_again_in_the_next_turn() -> None:
    model = Scripted(["Dear NAME_1, mail EMAIL_1", "Hi NAME_1"])
    provider = Redacting(model, redaction_for(ANNE, KRUME))
    first = (Message("user", "Anne Whitcomb, anne@krume.example"),)
    answer = provider.complete(Request(first)).texts[0]
    assert answer == "Dear Anne, mail anne@krume.example"
    provider.complete(Request((*first, Message("assistant", answer), Message("user", "shorter"))))
    assert [m.content for m in model.calls[1].messages] == [
        "NAME_1 NAME_2, EMAIL_1",
        "Dear NAME_1, mail EMAIL_1",
        "shorter",
    ]


REGIONS = [
    ("Adaeze Okonkwo-Bello", "Prof. Hiroshi Ōtsuka", "Ōtsuka Seika K.K."),
    ("Siobhán Ní Dhomhnaill", "Seán Ó Súilleabháin", "Foyle & Sons Ltd"),
    ("Nguyễn Thị Mỹ Linh", "Trần Văn Đức", "Công ty Sen Vàng"),
    ("María José de la Cruz", "Dr. Joaquín Peña", "Panadería Peña S.A."),
    ("Khalid bin Fahd al-Otaibi", "Mrs Layla El-Amin", "Nakheel Ovens LLC"),
    ("Wanjiru Kamau", "Sipho kaMagwaza", "Mkate Pvt Ltd"),
    ("Jean-Luc d'Aubigné", "Anneke van 't Hof", "Bakkerij 't Hof B.V."),
    ("Zoë Größmann", "Łukasz Święcicki", "Größmann Mühlen GmbH & Co. KG"),
    ("Priyadarshini Iyer", "K. Subramaniam", "Iyer Foods Pvt. Ltd."),
    ("Kim Min-jun", "Park Seo-yeon", "Hanbit Co., Ltd."),
    ("Keoni Kahananui", "Leilani ʻŌpūnui", "Kapaʻa Bakehouse Inc"),
    ("王小明", "Li Xiuying", "小明 Foods"),
]


@pytest.mark.parametrize(("sender", "recipient", "company"), REGIONS)
def test_nothing_of_people_anywhere_reaches_the_model_and_the_letter_has_their_names(
    brief: Brief, good_letter: str, sender: str, recipient: str, company: str
) -> None:
    redaction = redaction_for([sender, recipient], [company])
    names = list(redaction.texts.values())
    first = names[0]
    notes = [
        f"{recipient.upper()} said the rye starter sulks below 22 degrees",
        f"told {recipient.lower()} (re: {first}’s oven at {company}) we proofed overnight at 4 degrees in Lagos",
    ]
    step = [
        f"can send {unicodedata.normalize('NFD', recipient)} the proofing chart; mail {'x.y@krume.example'}, +44 20 7946 0958"
    ]
    full = replace(brief, sender=sender, recipient=recipient, company=company, conversation=notes, next_step=step)
    letter = good_letter.replace("Renske", recipient).replace("Krume Bakery", company).replace("Ifeoma Adeyemi", sender)
    bad = letter.replace("I can send", "Marta said I won 9 prizes [M1]. I can send")

    plain = compose(full, Scripted([bad, letter]), Options(rounds=1, seed=1))
    script = Scripted([redaction.mask(bad), redaction.mask(letter)])
    shown: list[str] = []
    draft = compose(full, Redacting(script, redaction), Options(rounds=1, seed=1), shown.append)

    assert draft.letter.text == plain.letter.text
    assert draft.as_json() | {"usage": 0} == plain.as_json() | {"usage": 0}
    assert letter.strip() in "".join(shown)
    assert len(script.calls) == 2
    sent = "\n".join(m.content for call in script.calls for m in call.messages)
    got = bare(re.sub(r"[A-Z]+_\d+", "|", sent))
    for name in (*names, "x.y@krume", "7946"):
        if len(bare(name)) > 4 or name.upper() == name.lower():
            assert bare(name) not in got, name
        assert not re.search(rf"\b{re.escape(name)}\b", sent), name


def test_a_letter_about_named_things_is_the_same_as_without_redaction(brief: Brief, good_letter: str) -> None:
    told = replace(brief, conversation=(*brief.conversation, "her colleague Padma showed me the Loaf.com order page"))
    redaction = redaction_for([told.sender, told.recipient], [told.company], ["Padma"])
    letter = good_letter.replace("I ran", "Padma showed me the Loaf.com order page [C3]. I ran")
    script = Scripted([redaction.mask(letter)])
    draft = compose(told, Redacting(script, redaction), Options(rounds=0, seed=1))
    plain = compose(told, Scripted([letter]), Options(rounds=0, seed=1))
    assert draft.report == plain.report
    assert "Padma showed me the Loaf.com order page." in draft.letter.text
    assert not re.search("padma|renske|bakker|ifeoma|adeyemi|krume|loaf", script.calls[0].messages[1].content.lower())


def test_a_judge_quotes_the_letter_by_its_true_names(brief: Brief, good_letter: str) -> None:
    redaction = redaction_for([brief.sender, brief.recipient], [brief.company])
    claim = {"letter": "Night Baker job at COMPANY_1", "notes": "Night Baker at COMPANY_1", "verdict": "supported"}
    model = Scripted([json.dumps({"claims": [claim]})])
    done = judge(parse_letter(good_letter), brief, Redacting(model, redaction), load_template("judge"))
    assert (done.claims, done.findings, done.unscored) == (1, (), "")
    assert not re.search("Renske|Bakker|Adeyemi|Krume", "".join(m.content for m in model.calls[0].messages))
