"""What a rejection tells, in plain, unmistakable mails: names, job, signals with their evidence, and the brief that begins from it."""

import tomllib
from typing import Any

import pytest
from conftest import gap
from hypothesis import given
from hypothesis import strategies as st

from assistant.brief import Brief, brief_from
from assistant.mail.email import Email, Mailbox
from assistant.rejection import Rejection, Signals, read_rejection
from assistant.rejection.fill import brief_values, started_brief
from assistant.text import one_line

NO = "We have chosen another baker for the position of Night Baker at Krume Bakery, and I am sorry to bring you this."
SIFTED = "After reviewing your application, we have decided not to invite you to an interview."
CAME = (
    "Thank you for coming in to interview with us last Thursday. "
    "You came to the bakery for two hours and met the team, and we have chosen another baker."
)
OVENS = "Your story about proofing dough overnight in Lagos made us all laugh, and I still think about it."
CALL_ME = (
    "Please call me on my mobile, 0555 0100, whenever you like. I would love to stay in touch: add me on LinkedIn."
)
DELFT = "My colleague Joost at our Delft shop is looking for a night baker, and I gave him your name."
LICENCE = (
    "The other candidate had ten years of experience with rye, and that decided it. "
    "The job needs a German driving licence, which you do not have."
)
INSULT = "You wasted our time and you are a liar. Do not bother to apply here again, you are a joke."
AUTOMATIC = "This is an automated message, please do not reply. This mailbox is not monitored."


def letter(
    text: str = NO, greeting: str = "Dear Ifeoma,", signature: str = "Renske Bakker\nHead Baker\nKrume Bakery"
) -> str:
    return f"{greeting}\n\n{text}\n\nKind regards,\n{signature}\n"


def mail(text: str, sender: str = "Renske Bakker <renske@krume.example>", **fields: str) -> str:
    """A mail with header fields, from Renske to Ifeoma where nothing else is said."""
    given = {
        "From": sender,
        "To": "Ifeoma Adeyemi <ifeoma@adeyemi.example>",
        "Subject": "Your application: Night Baker",
    }
    head = given | {name.replace("_", "-"): value for name, value in fields.items()} | {"MIME-Version": "1.0"}
    return "".join(f"{name}: {value}\n" for name, value in head.items()) + f"\n{text}"


FORM = letter(SIFTED, "Dear candidate,", "The Recruitment Team\nKrume Bakery")


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greeting", "addressee"),
    [
        ("Dear Ifeoma,", "Ifeoma"),
        ("Dear Ifeoma Adeyemi:", "Ifeoma Adeyemi"),
        ("Dear Dr. Adeyemi,", "Dr. Adeyemi"),
        ("Hi Ifeoma!", "Ifeoma"),
        ("Good morning Ifeoma,", "Ifeoma"),
        ("Ifeoma,", "Ifeoma"),
        ("Dear candidate,", ""),
        ("Dear Sir or Madam,", ""),
        ("Dear {{first_name}},", ""),
        ("Hello,", ""),
    ],
)
def test_the_name_that_a_mail_greets(greeting: str, addressee: str) -> None:
    assert read_rejection(letter(greeting=greeting)).addressee == addressee


@pytest.mark.parametrize(
    ("signature", "signer"),
    [
        ("Renske Bakker", "Renske Bakker"),
        ("Renske Bakker\nHead Baker\nKrume Bakery", "Renske Bakker"),
        ("Dr Renske Bakker\nKrume Bakery", "Dr Renske Bakker"),
        ("Renske", "Renske"),
        ("The Recruitment Team\nKrume Bakery", ""),
        ("Human Resources", ""),
        ("Krume Bakery", ""),
    ],
)
def test_the_person_who_signs(signature: str, signer: str) -> None:
    read = read_rejection(letter(signature=signature))
    assert (read.sender, read.signals.from_person) == (signer, bool(signer))


def test_a_first_name_is_made_whole_by_the_from_line() -> None:
    assert read_rejection(mail(letter(signature="Renske"))).sender == "Renske Bakker"


def test_a_first_name_is_made_whole_by_a_from_line_turned_round() -> None:
    turned = mail(letter(signature="Renske"), '"Bakker, Renske" <renske@krume.example>')
    assert read_rejection(turned).sender == "Renske Bakker"


def test_a_team_that_signs_is_not_the_person_in_the_from_line() -> None:
    assert read_rejection(mail(FORM)).sender == ""


@pytest.mark.parametrize(
    "text",
    [
        "We have filled the position of Night Baker at Krume Bakery.",
        "Thank you for your interest in the Night Baker position at Krume Bakery.",
        "Thank you for applying for the role of Night Baker with Krume Bakery.",
        "The Night Baker job at Krume Bakery has gone to somebody else.",
    ],
)
def test_the_employer_and_the_job(text: str) -> None:
    for whole in (letter(text), mail(letter(text))):
        read = read_rejection(whole)
        assert (read.company, read.job_title) == ("Krume Bakery", "Night Baker")


def test_the_subject_tells_the_job_where_the_text_does_not() -> None:
    text = letter("We have chosen somebody else.")
    assert read_rejection(mail(text, Subject="Your application for Night Baker")).job_title == "Night Baker"
    read = read_rejection(letter("We have chosen somebody else.", signature="Renske Bakker"))
    assert (read.company, read.job_title) == ("", "")


def test_of_an_agency_the_employer_is_its_client() -> None:
    text = "My client, Krume Bakery, has chosen somebody else for the position of Night Baker."
    read = read_rejection(
        mail(letter(text, signature="Joost Visser\nOven Staffing"), "Joost Visser <joost@ovenstaffing.example>")
    )
    assert (read.agency, read.sender, read.company, read.job_title) == (
        True,
        "Joost Visser",
        "Krume Bakery",
        "Night Baker",
    )
    assert not read_rejection(letter()).agency


def test_a_panel_is_told() -> None:
    text = "The search committee has offered the position of Lecturer to somebody else."
    assert read_rejection(letter(text, signature="The Search Committee")).panel
    assert not read_rejection(letter()).panel


@pytest.mark.parametrize(
    ("sentence", "feedback"),
    [
        ("We can't give feedback.", "refused"),
        ("We are unable to give individual feedback.", "refused"),
        ("Feedback cannot be given.", "refused"),
        ("I am happy to give you feedback.", "offered"),
        ("If you would like feedback, just ask.", "offered"),
        ("Thank you for your feedback on the test.", ""),
        ("", ""),
    ],
)
def test_whether_feedback_is_offered_or_refused(sentence: str, feedback: str) -> None:
    assert read_rejection(letter(f"{NO} {sentence}")).feedback == feedback


# --- signals ---------------------------------------------------------------------------------------------------------

FIVE = {
    "personal": OVENS,
    "invites_contact": CALL_ME,
    "mentions_other_opening": f"{DELFT} A second position opens there in March, and I would like you to apply for it.",
    "gives_reason": LICENCE,
    "hostile": INSULT,
}
REACHED = {
    "application": f"{SIFTED} We received more than 300 applications, and yours was not shortlisted.",
    "screen": "Thank you for the phone screen on Monday. After our call on the phone we have decided not to go further.",
    "interview": CAME,
    "final": "You reached the final round of interviews. You were one of our two finalists, and we have chosen the other one.",
}


def signals(text: str) -> Signals:
    """The signals of a mail, each true one with evidence that stands in it."""
    found = read_rejection(text).signals
    told = {name for name, value in found.as_json().items() if value}
    assert told == set(found.evidence)
    flat = " ".join(text.split())
    for name, words in found.evidence.items():
        assert words, name
        for said in words:
            assert said in flat, name
    return found


@pytest.mark.parametrize("name", FIVE)
def test_a_signal_is_told_by_plain_words_with_these_as_evidence(name: str) -> None:
    found = signals(letter(FIVE[name]))
    assert getattr(found, name)
    assert any(said in FIVE[name] for said in found.evidence[name])
    assert not getattr(signals(letter(NO)), name)
    assert not getattr(signals(mail(FORM, "Krume <no-reply@krume.example>")), name)


@pytest.mark.parametrize("stage", REACHED)
def test_the_stage_is_told_by_plain_words_with_these_as_evidence(stage: str) -> None:
    found = signals(letter(REACHED[stage]))
    assert found.stage == stage
    assert any(said in REACHED[stage] for said in found.evidence["stage"])


def test_a_stage_that_is_not_told_is_none() -> None:
    assert signals(letter(NO)).stage is None


def test_a_person_is_told_by_the_name_that_signs() -> None:
    found = signals(letter(NO))
    assert (found.from_person, found.evidence["from_person"]) == (True, ("Renske Bakker",))
    assert not signals(mail(FORM, "Krume <no-reply@krume.example>")).from_person


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (mail(FORM, "Krume Bakery <no-reply@krume.example>"), "no-reply@krume.example"),
        (mail(FORM, "Krume Bakery <jobs@krume.example>", Auto_Submitted="auto-generated"), "auto-generated"),
        (mail(FORM, "Krume Bakery <jobs@krume.example>", Precedence="bulk"), "bulk"),
        (mail(letter(NO), Auto_Submitted="auto-generated"), "auto-generated"),
        (mail(f"{FORM}\n--\n{AUTOMATIC}", "Krume Bakery <jobs@krume.example>"), "This is an automated message"),
    ],
    ids=["address", "header", "bulk", "header over a signature", "words"],
)
def test_a_machine_is_told_by_its_address_headers_and_words(text: str, evidence: str) -> None:
    found = read_rejection(text).signals
    assert found.automated
    assert any(evidence in said for said in found.evidence["automated"])


def test_a_form_of_a_team_is_automated_and_a_person_is_not() -> None:
    assert read_rejection(FORM).signals.automated
    assert not signals(letter(SIFTED)).automated
    assert not signals(mail(letter(SIFTED))).automated


@gap("where no words of the mail tell it, words of ours say why")
def test_the_evidence_for_a_form_of_a_team_stands_in_it() -> None:
    signals(FORM)


def test_the_json_holds_the_eight_signals_of_the_contract() -> None:
    assert signals(letter(CAME)).as_json() == {
        "automated": False,
        "personal": False,
        "from_person": True,
        "stage": "interview",
        "invites_contact": False,
        "mentions_other_opening": False,
        "gives_reason": False,
        "hostile": False,
    }


# --- traps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["\n--\n", "\n", "\n_____________\n"], ids=["rule", "none", "line"])
def test_a_machines_footer_below_a_persons_mail_makes_it_no_machines(rule: str) -> None:
    found = signals(mail(f"{letter(f'{CAME} {OVENS}')}{rule}{AUTOMATIC}\n"))
    assert (found.automated, found.from_person, found.personal) == (False, True, True)


def test_a_person_who_signs_a_mail_from_a_no_reply_address_still_signs_it() -> None:
    found = signals(mail(letter(f"{CAME} {OVENS}"), "Krume Bakery <no-reply@krume.example>"))
    assert (found.automated, found.from_person, found.personal) == (True, True, True)


QUOTED = f"{CALL_ME}\n{DELFT}\n{LICENCE}\n{OVENS}\n{INSULT}\nYou reached the final round of interviews."


WROTE = "On Mon, 4 May 2026 at 10:14, Ifeoma Adeyemi <ifeoma@adeyemi.example> wrote:"


@pytest.mark.parametrize(
    "thread",
    [
        f"NEW\n{WROTE}\n> " + QUOTED.replace("\n", "\n> "),
        f"NEW\n{WROTE}\n\n{QUOTED}",
        f"NEW\nAm 04.05.26 um 10:14 schrieb Ifeoma Adeyemi:\n{QUOTED}",
        f"NEW\n-----Original Message-----\nSent: Monday, 4 May 2026\n\n{QUOTED}",
        f"{WROTE}\n> " + QUOTED.replace("\n", "\n> ") + "\n\nNEW",
    ],
    ids=["quoted", "as of HTML", "German", "Outlook", "above"],
)
def test_what_an_older_mail_says_counts_for_nothing(thread: str) -> None:
    alone = signals(mail(letter(SIFTED)))
    assert alone == Signals(from_person=True, stage="application", evidence=alone.evidence)
    assert signals(mail(thread.replace("NEW", letter(SIFTED)))) == alone


@pytest.mark.parametrize(
    "sentence",
    [
        "We won't be inviting you to interview.",
        "We will not be inviting you to an interview.",
        f"{SIFTED} Please note that our decision is final.",
        f"{SIFTED} Unfortunately we can't give feedback.",
    ],
)
def test_words_of_a_later_stage_in_a_refusal_leave_it_at_the_application(sentence: str) -> None:
    assert signals(letter(f"Thank you for your application. {sentence}")).stage == "application"


def test_feedback_that_is_refused_invites_nobody() -> None:
    read = read_rejection(letter(f"{SIFTED} Unfortunately we can't give feedback."))
    assert (read.feedback, read.signals.invites_contact, read.signals.gives_reason) == ("refused", False, False)


def test_what_every_form_says_is_no_reason_no_opening_and_no_invitation() -> None:
    text = "Other candidates matched our needs more closely. We keep your details on file and hope that our paths cross again."
    found = signals(letter(f"{text} Look at our careers page for future vacancies."))
    assert not any(getattr(found, name) for name in FIVE)


# --- the brief that begins from it -----------------------------------------------------------------------------------


def test_a_brief_takes_from_the_mail_what_it_tells() -> None:
    assert brief_values(read_rejection(mail(letter(f"{NO} {CAME}")))) == {
        "sender": "Ifeoma Adeyemi",
        "recipient": "Renske Bakker",
        "company": "Krume Bakery",
        "job_title": "Night Baker",
        "stage": "interview",
    }
    assert brief_values(Rejection()) == {}


@pytest.mark.parametrize(
    ("to", "addressee", "sender"),
    [
        (("Ifeoma Adeyemi",), "Ifeoma", "Ifeoma Adeyemi"),
        (("",), "Ifeoma Adeyemi", "Ifeoma Adeyemi"),
        (("",), "Ifeoma", ""),  # how one is called is no signature
        (("",), "Dr Adeyemi", ""),
        (("Ifeoma Adeyemi", "Bola Ige"), "Ifeoma", ""),
        (("Krume Bakery Jobs Team",), "", ""),
    ],
)
def test_the_sender_of_the_letter_is_the_one_the_mail_went_to(to: tuple[str, ...], addressee: str, sender: str) -> None:
    rejection = Rejection(Email(to=tuple(Mailbox(name, "a@x.example") for name in to)), addressee=addressee)
    assert brief_values(rejection).get("sender", "") == sender


def test_the_role_is_told_for_recruiters_and_panels_only() -> None:
    assert brief_values(Rejection(sender="Joost", agency=True))["recipient_role"] == "recruiter"
    assert brief_values(Rejection(panel=True))["recipient_role"] == "committee"
    assert "recipient_role" not in brief_values(Rejection(sender="Renske", panel=True))


LISTS = {"conversation", "their_work", "about_me", "next_step"}


def filled(toml: str) -> Brief:
    """The brief of a file that was begun, once the sender has said what the mail didn't tell."""
    return brief_from({"sender": "Ifeoma", "company": "Krume", "job_title": "Night Baker"} | tomllib.loads(toml))


@pytest.mark.parametrize(
    "rejection",
    [Rejection(), read_rejection(mail(letter(NO))), read_rejection(FORM)],
    ids=["nothing", "person", "form"],
)
def test_a_begun_brief_is_a_brief_once_the_missing_keys_are_filled_in(rejection: Rejection) -> None:
    told = brief_values(rejection)
    begun = started_brief(rejection)
    values: dict[str, Any] = tomllib.loads(begun)
    assert {key: value for key, value in values.items() if value} == told
    assert {key for key, value in values.items() if value == []} == LISTS
    assert all(
        f"\n# {key} = " in f"\n{begun}"
        for key in ("sender", "company", "job_title", "stage", "region")
        if key not in told
    )
    brief = filled(begun)
    assert all(getattr(brief, key) == value for key, value in told.items())


AWKWARD = 'Renée "Rye" O\'Brien-Bäcker \\ 🥖 👩\u200d🍳 = [x] # {y}'


def test_quotes_backslashes_and_emoji_in_names_survive() -> None:
    rejection = Rejection(sender=AWKWARD, company=AWKWARD, job_title=AWKWARD)
    brief = filled(started_brief(rejection))
    assert (brief.recipient, brief.company, brief.job_title) == (AWKWARD, AWKWARD, AWKWARD)


names = st.text(max_size=200).filter(one_line)


@given(names, names)
def test_no_name_breaks_out_of_its_line(company: str, job: str) -> None:
    begun = started_brief(Rejection(company=company, job_title=job, sender=company))
    assert len(begun.split("\n")) == len(started_brief(Rejection()).split("\n"))
    assert set(tomllib.loads(begun)) - {"recipient", "company", "job_title"} == LISTS
    brief = filled(begun)
    assert (brief.recipient, brief.company, brief.job_title) == (one_line(company), one_line(company), one_line(job))
