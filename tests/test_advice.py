"""Whether a reply is worth it: one test for each row of the guidance's table, and each rule of the table reached by a case made for it."""

import json
import re
from typing import Any

import pytest
from conftest import gap

from assistant.advice import Advice, Situation, advise, rules
from assistant.brief import STAGES, Brief
from assistant.mail.email import Email, Mailbox
from assistant.mail.read import read_email
from assistant.rejection import Rejection, Signals, read_rejection

NO_REPLY = Email(sender=Mailbox("Krume Bakery", "no-reply@krume.example"))
FORM = {"automated": True}
TALKED = {"recipient": "Renske Bakker", "conversation": ["she said the rye starter sulks below 22 degrees"]}


def mail(sender: str = "", email: Email | None = None, /, **told: Any) -> Rejection:
    """A rejection with these signals, `feedback`, `agency` and `panel`; signed where `sender` is given."""
    signals = {name: value for name, value in told.items() if name not in ("feedback", "agency", "panel")}
    read = Signals(**{"from_person": bool(sender)} | signals)
    others = {name: value for name, value in told.items() if name not in signals}
    return Rejection(signals=read, sender=sender, email=email or Email(), **others)


def brief(**values: Any) -> Brief:
    return Brief(**{"sender": "Ifeoma Adeyemi", "company": "Krume Bakery", "job_title": "Night Baker"} | values)


def told(advice: Advice) -> set[str]:
    """The rules that speak."""
    return {reason.rule for reason in advice.reasons}


# --- the rows of the guidance's table, in its order -------------------------------------------------------------------


def test_row_rejected_before_any_interview_form_mail() -> None:
    """Row 1: a form before anybody was met needs no answer."""
    for rejection in (mail(stage="application", **FORM), mail("Renske", stage="application"), mail(**FORM)):
        advice = advise(rejection)
        assert (advice.level, advice.recipient, advice.channel, advice.timing) == ("skip", "", "none", "no need")
    assert "Reply only if it helps you" in advise(mail(stage="application")).reasons[0].text


def test_row_no_reply_or_machine_address() -> None:
    """Row 2: where only a machine listens, the person met is written to, or nobody."""
    unmet = advise(mail("Renske Bakker", NO_REPLY, personal=True))
    assert (unmet.level, unmet.channel, told(unmet)) == ("skip", "none", {"way.machine"})
    for stage in ("screen", "interview", "final"):
        met = advise(mail("", NO_REPLY, stage=stage, **FORM))
        assert (met.level != "skip", met.recipient, met.channel) == (True, "the person you met", "email")
        known = advise(mail("", NO_REPLY, stage=stage, **FORM), brief(recipient="Renske Bakker"))
        assert (known.recipient, known.channel) == ("Renske Bakker", "email")


def test_row_form_text_but_you_were_interviewed() -> None:
    """Row 3: a form after an interview: a few lines to whoever was met."""
    advice = advise(mail(stage="interview", **FORM))
    assert (advice.level, advice.kind, advice.recipient) == ("brief", "ack", "the person you met")
    assert advise(mail(stage="interview", **FORM), brief(recipient="Renske")).recipient == "Renske"


def test_row_phone_screen_only() -> None:
    """Row 4: after a call alone, a few lines."""
    for rejection in (mail("Renske", stage="screen"), mail("Renske", stage="screen", personal=True)):
        advice = advise(rejection)
        assert (advice.level, advice.kind, advice.recipient, advice.channel) == ("brief", "ack", "Renske", "reply")


def test_row_interviewed_personal_rejection() -> None:
    """Row 5: a personal no after an interview: warm at least, more where there is something to say."""
    rejection = mail("Renske", stage="interview", personal=True)
    assert advise(rejection).level in ("brief", "substantive")
    advice = advise(rejection, brief(**TALKED))
    assert (advice.level, advice.kind, advice.recipient, advice.channel) == (
        "substantive",
        "note",
        "Renske Bakker",
        "reply",
    )


def test_row_final_round_long_process_or_it_clicked() -> None:
    """Row 6: the last round deserves a real note."""
    for rejection in (mail("Renske", stage="final", personal=True), mail("Renske", stage="final"), mail(stage="final")):
        assert (advise(rejection).level, advise(rejection).kind) == ("substantive", "note")


@pytest.mark.parametrize("signal", ["mentions_other_opening", "invites_contact"])
@pytest.mark.parametrize("stage", [None, *STAGES])
def test_row_the_mail_offers_a_lead_another_role_or_contact(signal: str, stage: str | None) -> None:
    """Row 7: whoever offers a lead, a role or a contact gets an answer to that."""
    advice = advise(mail("Renske", stage=stage, **{signal: True}))
    assert (advice.level, advice.recipient, advice.channel) == ("substantive", "Renske", "reply")
    if signal == "mentions_other_opening":
        assert advice.kind == "lead"
        assert "Thank them for that" in advice.reasons[0].text


def test_a_lead_is_followed_also_when_a_machine_sent_it() -> None:
    """Row 7, always: what the mail names can be reached though the mail itself can't be answered."""
    assert advise(mail("", NO_REPLY, stage="application", mentions_other_opening=True)).level == "substantive"


def test_row_hostile_dishonest_or_insulting_process_repeated_no_shows() -> None:
    """Row 8: bad treatment gets no answer."""
    best = {"stage": "final", "personal": True, "mentions_other_opening": True, "invites_contact": True}
    for advice in (
        advise(mail("Renske", hostile=True, **best), brief(**TALKED)),
        advise(mail("Renske", **best), brief(**TALKED), Situation(bad_process=True)),
    ):
        assert (advice.level, advice.recipient, advice.channel, advice.kind) == ("skip", "", "none", "")


def test_row_ghosted() -> None:
    """Row 9: nothing came, so there is nothing to answer."""
    for known in (None, brief(stage="final", **TALKED)):
        advice = advise(None, known, Situation(ghosted=True))
        assert (advice.level, advice.channel, told(advice)) == ("skip", "none", {"advice.ghosted"})


def test_row_small_field_internal_role() -> None:
    """Row 10: where people meet again, they get an answer."""
    for situation in (Situation(small_field=True), Situation(internal=True)):
        for rejection in (mail("Renske"), mail("Renske", stage="interview"), mail(**FORM)):
            assert advise(rejection, None, situation).level != "skip"
    for stage in ("application", "final"):
        assert advise(mail("Renske", stage=stage), None, Situation(small_field=True)).level != "skip"
    assert told(advise(mail("Renske", stage="final"), None, Situation(small_field=True))) >= {"note.small-field"}


def test_inside_the_own_house_an_application_is_answered_too() -> None:
    """Row 10: where people meet again, they get an answer."""
    assert advise(mail("Renske", stage="application"), None, Situation(internal=True)).level != "skip"


def test_row_uk_and_many_other_places() -> None:
    """Row 11: where thanks are no custom, they are left out."""
    rejection = mail("Renske", stage="final")
    there = advise(rejection, None, Situation(region="UK"))
    here = advise(rejection, None, Situation(region="US"))
    assert told(there) - told(here) == {"note.no-thanks"}
    assert (there.level, there.recipient, there.channel) == (here.level, here.recipient, here.channel)
    assert "note.no-thanks" in told(advise(rejection, brief(region="uk")))
    assert "note.no-thanks" not in told(advise(mail(**FORM), None, Situation(region="UK")))


def test_leaving_thanks_out_is_not_said_where_a_lead_is_thanked_for() -> None:
    assert "note.no-thanks" not in told(
        advise(mail("Renske", mentions_other_opening=True), None, Situation(region="UK"))
    )


def test_row_raw_tired_or_out_of_energy() -> None:
    """Row 12: no strength left: leave it, or two lines, or wait."""
    for stage in ("screen", "interview", "final"):
        advice = advise(mail("Renske", stage=stage, personal=True), brief(**TALKED), Situation(tired=True))
        assert (advice.level, advice.kind, advice.timing) == ("brief", "ack", "sleep on it")
        assert "You may leave it" in advice.reasons[0].text


@pytest.mark.parametrize(
    "signals", [{"stage": "application", **FORM}, FORM, {}], ids=["application", "form", "nothing"]
)
def test_being_tired_never_asks_for_more(signals: dict[str, Any]) -> None:
    """Row 12 on top of row 1."""
    assert advise(mail(**signals), None, Situation(tired=True)).level == "skip"


def test_who_is_tired_and_has_a_lead_is_given_time() -> None:
    advice = advise(mail("Renske", mentions_other_opening=True), None, Situation(tired=True))
    assert "note.raw" in told(advice)
    assert advice.timing != "today"


# --- to whom, by which way, and whether to ask -----------------------------------------------------------------------


def test_each_member_of_a_panel_gets_a_note() -> None:
    panel = mail(panel=True, stage="interview")
    assert (advise(panel).recipient, advise(panel).channel) == ("each member you met", "email")
    assert (
        advise(mail("Renske", stage="interview"), brief(recipient="Panel", recipient_role="committee")).channel
        == "email"
    )


def test_a_recruiter_is_asked_to_pass_it_on() -> None:
    agency = mail("Joost", agency=True, stage="interview")
    assert (advise(agency).recipient, advise(agency).channel) == ("Joost", "forward")
    known = advise(mail("Joost", stage="interview"), brief(recipient="Joost", recipient_role="recruiter"))
    assert (known.channel, known.feedback.rule) == ("forward", "feedback.agency")


def test_another_person_than_the_one_who_signed_is_not_answered_in_this_thread() -> None:
    advice = advise(
        mail("Kim Recker", stage="interview"), brief(recipient="Renske Bakker", recipient_role="interviewer")
    )
    assert advice.recipient == "Renske Bakker"
    assert advice.channel != "reply"


@gap("a rejection that came by phone is called a form")
def test_without_a_mail_nothing_is_said_of_its_text() -> None:
    advice = advise(None, brief(stage="interview", **TALKED))
    assert not re.search(r"\b(?:form|this mail|the mail|thread)\b", " ".join(reason.text for reason in advice.reasons))


def test_feedback_is_asked_for_only_where_something_speaks_for_it() -> None:
    assert advise(mail("Renske", stage="interview")).feedback.rule == "feedback.default"
    assert advise(mail("Renske", feedback="offered", stage="interview")).feedback.rule == "feedback.offered"
    refused = mail("Renske", feedback="refused", stage="interview")
    assert advise(refused, None, Situation(internal=True)).feedback.rule == "feedback.refused"
    assert advise(mail(stage="application", feedback="offered", **FORM)).feedback.text == ""


# --- each rule of the table ------------------------------------------------------------------------------------------

INTERVIEWED = {"stage": "interview"}
# What `advise` is given.
CASES: dict[str, tuple[Any, ...]] = {
    "advice.ghosted": (Rejection(), None, Situation(ghosted=True)),
    "advice.hostile": (mail("Renske", hostile=True),),
    "advice.bad-process": (mail("Renske"), None, Situation(bad_process=True)),
    "advice.lead-in-time": (mail("Renske", mentions_other_opening=True), None, Situation(tired=True)),
    "advice.lead": (mail("Renske", mentions_other_opening=True),),
    "advice.feedback-offered": (mail("Renske", stage="application", feedback="offered"),),
    "advice.invited": (mail("Renske", invites_contact=True),),
    "advice.tired": (mail("Renske", **INTERVIEWED), None, Situation(tired=True)),
    "advice.final": (mail("Renske", stage="final"),),
    "advice.interviewed-personally": (mail("Renske", personal=True, **INTERVIEWED),),
    "advice.interviewed-warmly": (mail("Renske", personal=True, **INTERVIEWED), brief()),
    "advice.internal": (mail("Renske", **INTERVIEWED), None, Situation(internal=True)),
    "advice.interviewed-with-facts": (mail(**INTERVIEWED), brief(**TALKED)),
    "advice.interviewed-form": (mail(**INTERVIEWED),),
    "advice.screen": (mail("Renske", stage="screen"),),
    "advice.small-field": (mail("Renske"), None, Situation(small_field=True)),
    "advice.personal": (mail("Renske", personal=True),),
    "advice.no-interview": (mail("Renske", stage="application"),),
    "advice.form": (mail(**FORM),),
    "advice.unclear": (mail("Renske"),),
    "advice.nothing-known": (mail(),),
    "way.none": (mail(**FORM),),
    "way.panel": (mail(panel=True, **INTERVIEWED),),
    "way.machine-known": (mail("", NO_REPLY, **INTERVIEWED), brief(recipient="Renske")),
    "way.machine-met": (mail("", NO_REPLY, **INTERVIEWED),),
    "way.machine-lead": (mail("", NO_REPLY, mentions_other_opening=True, **FORM),),
    "way.machine": (mail("Renske", NO_REPLY),),
    "way.recruiter": (mail("Joost", agency=True, **INTERVIEWED),),
    "way.other-person": (mail("Kim Recker", **INTERVIEWED), brief(recipient="Renske Bakker")),
    "way.form-known": (mail(**INTERVIEWED), brief(recipient="Renske")),
    "way.form-met": (mail(**INTERVIEWED),),
    "way.thread": (mail("Renske", **INTERVIEWED),),
    "note.no-thanks": (mail("Renske", **INTERVIEWED), None, Situation(region="GB")),
    "note.small-field": (mail("Renske", stage="final"), None, Situation(small_field=True)),
    "note.internal": (mail("Renske", stage="final"), None, Situation(internal=True)),
    "note.raw": (mail("Renske", mentions_other_opening=True), None, Situation(tired=True)),
    "note.reason": (mail("Renske", gives_reason=True, **INTERVIEWED),),
    "note.not-a-thank-you": (mail("Renske", stage="final"),),
    "feedback.nothing": (mail(**FORM),),
    "feedback.refused": (mail("Renske", feedback="refused", **INTERVIEWED),),
    "feedback.offered": (mail("Renske", feedback="offered", **INTERVIEWED),),
    "feedback.agency": (mail("Joost", agency=True, **INTERVIEWED),),
    "feedback.internal": (mail("Renske", **INTERVIEWED), None, Situation(internal=True)),
    "feedback.teaching": (mail("Renske", **INTERVIEWED), brief(job_title="Primary School Teacher")),
    "feedback.uk": (mail("Renske", **INTERVIEWED), None, Situation(region="UK")),
    "feedback.default": (mail("Renske", **INTERVIEWED),),
}
TABLE = {row["id"]: row for row in rules()}


def test_each_rule_of_the_table_has_its_case() -> None:
    assert list(CASES) == list(TABLE)
    assert len(rules()) == len(TABLE)


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_of_the_table_can_be_reached(rule: str) -> None:
    advice = advise(*CASES[rule])
    row = TABLE[rule]
    kind = rule.partition(".")[0]
    if kind == "feedback":
        assert advice.feedback.rule == rule
    elif row["text"]:
        assert rule in told(advice)
    if kind == "advice":
        assert advice.reasons[0].rule == rule
        assert (advice.level, advice.timing) == (row["level"], row["timing"])
        assert advice.kind == ("" if row["level"] == "skip" else row.get("kind", "note"))
    if kind == "way":
        assert advice.channel == row["channel"]


def test_each_rule_that_speaks_says_where_it_comes_from() -> None:
    for row in rules():
        assert bool(row.get("source")) == bool(row["text"]), row["id"]
        assert not row.get("source") or re.match(r"00[0-4] ", row["source"]) or row["id"] == "feedback.uk"


@gap("a careers site, second-hand, is none of the documents")
def test_each_source_is_one_of_the_documents() -> None:
    assert [row["id"] for row in rules() if row.get("source") and not re.match(r"00[0-4] ", row["source"])] == []


def all_texts() -> dict[str, str]:
    texts = {row["id"]: row["text"] for row in rules()} | {
        f"{row['id']}, but": row.get("dissent", "") for row in rules()
    }
    return texts | {f"expect.{level}": expected(level) for level in ("skip", "brief", "substantive")}


def expected(level: str) -> str:
    """What is said of the chances at this level."""
    rule = {"skip": "advice.form", "brief": "advice.screen", "substantive": "advice.final"}[level]
    return advise(*CASES[rule]).expect


ODDS = (
    r"\d|%|per ?cent|\b(?:guarantee\w*|likely to|chances?|increases?|improves?|always|never fails?)\b"
    r"|\bwill (?:hear|remember|call|hire|get)\b"
)


def test_no_text_gives_figures_or_promises_odds() -> None:
    for name, text in all_texts().items():
        assert not re.search(ODDS, re.sub(r"\(00\d .*\)", "", text), re.IGNORECASE), name
    for level in ("brief", "substantive"):
        assert re.match("Most likely (?:nothing|you hear nothing)", expected(level))


def test_no_text_holds_codes_of_documents() -> None:
    assert not [name for name, text in all_texts().items() if re.search(r"\b00\d\b", text)]


def test_no_text_that_lets_somebody_off_makes_them_feel_guilty() -> None:
    guilt = r"\b(?:should|must|ought|have to|has to|need to|owe(?! no)|owes|rude|polite|courte\w+|at least|sorry|unless|but)\b"
    for row in rules():
        if row.get("level") == "skip" or row.get("channel") == "none" or row["id"] == "advice.tired":
            assert not re.search(guilt, row["text"], re.IGNORECASE), row["id"]
    assert not re.search(guilt, expected("skip"), re.IGNORECASE)


def test_texts_are_short_and_plain() -> None:
    for name, text in all_texts().items():
        assert len(text.split()) <= 32, name
        assert text == " ".join(text.split())
        assert not text or text[-1] in ".)"
        assert "{" not in text.replace("{person}", "").replace("{recruiter}", "")


# --- what is told to the caller --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", CASES)
def test_the_json_holds_the_contract(rule: str) -> None:
    advice = advise(*CASES[rule])
    said = json.loads(json.dumps(advice.as_json()))
    assert set(said) >= {"level", "to", "channel", "when", "reasons", "signals"}
    assert said["level"] in ("skip", "brief", "substantive")
    assert said["channel"] in ("reply", "email", "forward", "none")
    assert said["when"] in ("today", "tomorrow", "sleep on it", "no need")
    assert (said["level"] == "skip") == (said["channel"] == "none") == (said["when"] == "no need") == (said["to"] == "")
    assert said["reasons"]
    assert all(set(reason) == {"rule", "text"} and reason["text"] for reason in said["reasons"])
    assert list(said["signals"]) == [
        "automated", "personal", "from_person", "stage", "invites_contact", "mentions_other_opening", "gives_reason", "hostile",
    ]  # fmt: skip
    stage = said["signals"].pop("stage")
    assert stage is None or stage in STAGES
    assert all(value in (True, False) for value in said["signals"].values())


def test_the_briefs_stage_outranks_the_mails() -> None:
    form = mail(stage="application", **FORM)
    assert advise(form, brief(stage="final")).level == "substantive"
    assert advise(mail("Renske", stage="final"), brief(stage="screen")).reasons[0].rule == "advice.screen"
    assert advise(form, brief()).level == "skip"
    assert (
        advise(form, brief(stage="final")).as_json()["signals"]["stage"] == "application"
    )  # what the mail tells stays told


def test_what_the_user_says_of_the_stage_outranks_the_mail() -> None:
    assert advise(mail(stage="application", **FORM), None, Situation(stage="final")).level == "substantive"
    assert advise(mail("Renske", stage="final"), None, Situation(stage="screen")).reasons[0].rule == "advice.screen"


def test_a_stage_said_now_outranks_the_briefs() -> None:
    assert advise(mail("Renske"), brief(stage="screen"), Situation(stage="final")).reasons[0].rule == "advice.final"


def test_a_recipient_of_the_brief_is_the_one_to_write_to() -> None:
    advice = advise(mail(**INTERVIEWED), brief(recipient="{Renske} %s"))
    assert advice.recipient == "{Renske} %s"
    assert "{Renske} %s" in advice.reasons[1].text


LETTER = """From: Renske Bakker <renske@krume.example>
To: Ifeoma Adeyemi <ifeoma@adeyemi.example>
Subject: Night Baker

Dear Ifeoma,

You reached the final round of interviews. You were one of our two finalists, and we have chosen the other one.

Kind regards,
Renske Bakker
"""


def test_a_mail_may_be_given_as_text_bytes_or_read() -> None:
    advice = advise(LETTER)
    assert (advice.level, advice.recipient, advice.channel) == ("substantive", "Renske Bakker", "reply")
    for given in (LETTER.encode(), read_email(LETTER), read_rejection(LETTER)):
        assert advise(given) == advice
        assert advise(given).as_json() == advice.as_json()


def test_without_a_mail_the_advice_is_to_leave_it() -> None:
    assert (advise().level, advise(None).channel) == ("skip", "none")


def test_advise_is_named_by_the_package() -> None:
    import assistant

    assert assistant.advise is advise
