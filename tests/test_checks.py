"""The first checks: each names its fault, with a span that touches it, and leaves a good letter alone."""

from dataclasses import replace

import pytest

from assistant import Brief, check
from assistant.letter import Finding


def found(text: str, brief: Brief | None, kind: str = "note") -> dict[str, Finding]:
    return {f.rule: f for f in check(text, brief, kind).findings}


def test_a_good_letter_is_left_alone(good_letter: str, brief: Brief) -> None:
    assert found(good_letter, brief) == {}
    assert check(good_letter, brief).letter.words == 90


@pytest.mark.parametrize(
    ("sentence", "rule", "touched"),
    [
        ("I told Marta at Siemens about the rye.", "grounding.name", "Marta"),
        ("We proofed at 9 degrees.", "grounding.number", "9"),
        ("You open the shop on Thursday.", "grounding.date", "Thursday"),
        ("I have led innovative digital projects across several continents.", "grounding.unsupported", "I have led"),
        ("I have attached the proofing chart.", "form.attachment", "I have attached"),
        ("Please reconsider.", "pleading.reconsider", "reconsider"),
        ("You are simply amazing people.", "flattery.superlative", "amazing"),
        ("Thank you for your decision.", "thanks.rejection", "Thank you for your decision"),
        ("I ran a line at [company name].", "form.placeholder", "[company name]"),
        ("As an AI I like rye.", "form.leak", "As an AI"),
    ],
)
def test_one_faulty_sentence_is_found_where_it_stands(
    good_letter: str, brief: Brief, sentence: str, rule: str, touched: str
) -> None:
    text = good_letter.replace("I can send", f"{sentence} I can send")
    findings = [f for f in check(text, brief).findings if f.rule == rule]
    assert findings
    span = findings[0].span
    assert findings[0].severity == "error"
    assert touched in span.of(text)
    assert text.index(sentence) <= span.start < span.end <= text.index(sentence) + len(sentence)


def test_adding_the_fact_to_the_brief_takes_the_finding_away(good_letter: str, brief: Brief) -> None:
    text = good_letter.replace("I can send", "Marta at Siemens proofs at 9 degrees. I can send")
    assert "grounding.name" in found(text, brief)
    richer = replace(brief, conversation=(*brief.conversation, "marta at siemens proofs at 9 degrees"))
    assert found(text, richer) == {}


def test_abbreviations_and_number_words_of_a_hurried_note_are_understood(brief: Brief, good_letter: str) -> None:
    hurried = replace(brief, about_me=("3 yrs in the sch kitchen, 10k meals in nov, twelve ppl",))
    text = good_letter.replace(
        "I ran a 12-hour night line for 3 years, so the early shifts there sound familiar.",
        "I was for three years in a kitchen: 10,000 meals in November with 12 people.",
    )
    assert not [r for r in found(text, hurried) if r.startswith("grounding.")]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("Dear Renske,", "Dear Femke,", "form.greeting"),
        ("Dear Renske,", "Hello,", "form.greeting"),
        ("Dear Renske,\n\n", "", "form.greeting"),
        ("Ifeoma Adeyemi", "Bola Ade", "form.signature"),
        ("Kind regards,\nIfeoma Adeyemi\n", "", "form.signature"),
        ("Subject: The rye starter", "Subject: The rye starter\nSubject: Again", "form.subject"),
        ("Subject: The rye starter", "Subject:", "form.subject"),
    ],
)
def test_the_outside_of_a_letter(good_letter: str, brief: Brief, old: str, new: str, rule: str) -> None:
    findings = found(good_letter.replace(old, new), brief)
    assert findings[rule].severity == "error"


@pytest.mark.parametrize("greeting", ["Dear Ms Bakker,", "Hi Renske,", "Dear Renske Bakker,", "Good morning Renske,"])
def test_any_right_greeting_passes(good_letter: str, brief: Brief, greeting: str) -> None:
    assert found(good_letter.replace("Dear Renske,", greeting), brief) == {}


def test_one_thanks_passes_two_warn_three_are_an_error(good_letter: str, brief: Brief) -> None:
    one = good_letter.replace("I was sorry", "Thank you for writing. I was sorry")
    two = one.replace("I can send", "I appreciate it. I can send")
    three = two.replace("goes well.", "goes well. Thanks again.")
    assert "thanks.budget" not in found(one, brief)
    assert found(two, brief)["thanks.budget"].severity == "warning"
    assert found(three, brief)["thanks.budget"].severity == "error"


def test_a_letter_with_nothing_particular_is_named_perfunctory(brief: Brief) -> None:
    text = "Dear Renske,\n\nI was sorry to hear it. Please keep me in mind.\n\nBest,\nIfeoma\n"
    assert {"substance.missing", "hook.missing", "length.short"} <= set(found(text, brief))


def test_a_missing_hook_is_an_error_only_where_the_brief_offers_one(good_letter: str, brief: Brief) -> None:
    text = good_letter.replace("I can send you the proofing chart I made, if it is useful. ", "")
    assert found(text, brief)["hook.missing"].severity == "error"
    assert found(text, replace(brief, next_step=()))["hook.missing"].severity == "warning"


def test_what_the_brief_asks_to_avoid_is_found_as_a_word(good_letter: str, brief: Brief) -> None:
    assert "avoid.present" in found(good_letter, replace(brief, avoid=("lagos",)))
    assert "avoid.present" not in found(good_letter, replace(brief, avoid=("Lag",)))


def test_what_was_said_before_is_not_said_again(good_letter: str, brief: Brief) -> None:
    said = replace(brief, already_said=("we proofed overnight at 4 degrees in Lagos",))
    assert "repeat.said" in found(good_letter, said)


@pytest.mark.parametrize(("words", "severity"), [(10, "error"), (50, "warning"), (140, "warning"), (190, "error")])
def test_length_is_held_to_the_band_of_the_kind(words: int, severity: str) -> None:
    body = " ".join(["word"] * (words - 4)) + "."
    finding = next(f for f in check(f"Dear Ann,\n\n{body}\n\nBest,\nBo").findings if f.rule.startswith("length."))
    assert finding.severity == severity


def test_an_acknowledgement_may_be_short_and_plain(brief: Brief) -> None:
    text = "Dear Renske,\n\nI was sorry to hear the answer is no for the Night Baker job. I wish you and the team well.\n\nBest,\nIfeoma"
    assert found(text, brief, "ack") == {}


def test_without_a_brief_nothing_is_said_about_truth(good_letter: str) -> None:
    assert check(good_letter.replace("Renske", "Marta")).findings == ()


def test_text_that_is_no_letter_is_said_to_be_empty() -> None:
    assert "form.empty" in found("", None)


def test_other_names_other_cultures_change_nothing(good_letter: str, brief: Brief) -> None:
    for sender, recipient in (
        ("Nguyễn Thị Hoa", "Søren Ågård"),
        ("Li Wei", "Chukwuemeka Okonkwo"),
        ("María-José O'Neill", "Xiulan Zhāng"),
    ):
        text = good_letter.replace("Ifeoma Adeyemi", sender).replace("Renske", recipient)
        assert found(text, replace(brief, sender=sender, recipient=recipient)) == {}


@pytest.mark.parametrize(
    "greeting",
    [
        "Dear Skipper Bakker,",
        "Captain Bakker,",
        "Kia ora Renske,",
        "Respected Dr. Bakker,",
        "Namaste Renske ji,",
        "Chef Bakker,",
    ],
)
def test_titles_and_greetings_from_everywhere_are_right(brief: Brief, greeting: str) -> None:
    report = check(f"{greeting}\n\nThe rye starter sulks below 22 degrees, you said.\n\nIfeoma Adeyemi\n", brief)
    assert not [f for f in report.findings if f.rule == "form.greeting"]


def test_a_linkedin_request_may_name_its_people_in_its_own_lines(brief: Brief) -> None:
    text = (
        "Renske, I keep thinking of the rye starter that sulks below 22 degrees. Shall we connect here? Ifeoma Adeyemi"
    )
    assert not [f for f in check(text, brief, "linkedin").errors if f.rule.startswith("form.")]
    named = {f.rule for f in check(text, brief, "note").errors}
    assert {"form.greeting", "form.signature"} <= named
    stranger = text.replace("Renske", "Sophie").replace("Ifeoma Adeyemi", "Bola")
    assert {"form.greeting", "form.signature"} <= {f.rule for f in check(stranger, brief, "linkedin").errors}


def test_a_short_plain_letter_that_takes_something_up_is_not_called_bitter(brief: Brief) -> None:
    told = replace(brief, next_step=())
    said = "It was disappointing not to get the Night Baker job.\n\nYou are opening a second shop in Delft in May."
    text = f"Dear Renske,\n\n{said}\n\nI wish the team well.\n\nKind regards,\nIfeoma Adeyemi\n"
    assert check(text, told).verdict == "good"
    assert (
        check(text.replace("You are opening a second shop in Delft in May.", "I wish you luck."), told).verdict
        == "perfunctory"
    )


def test_a_polite_answer_to_a_lead_that_says_nothing_of_it_is_perfunctory(brief: Brief) -> None:
    lead = replace(
        brief, conversation=("she said Brotwerk in Leiden needs a night baker",), next_step=("ring brotwerk on monday",)
    )
    said = "Thank you for your message and for the suggestion. I will certainly look into it. I wish you and the team every success."
    polite = f"Dear Renske,\n\n{said}\n\nIfeoma Adeyemi\n"
    assert check(polite, lead, "lead").verdict == "perfunctory"
    said = "Thank you for telling me that Brotwerk in Leiden needs a night baker. I'll ring them on Monday."
    told = f"Dear Renske,\n\n{said}\n\nIfeoma Adeyemi\n"
    assert check(told, lead, "lead").verdict == "good"
    assert (
        check("Dear Renske,\n\nThank you for the news. I wish you all well.\n\nIfeoma Adeyemi\n", lead, "ack").verdict
        == "good"
    )
