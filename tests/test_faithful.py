"""One sentence against one note: what a small model gets wrong is refused, and the right sentence isn't."""

from dataclasses import replace

import pytest

from assistant import Brief, Fact
from assistant.checks.faithful import SOFT, faults, signs
from assistant.checks.parts import closing_faults, opening_faults, subject_faults

BRIEF = Brief(
    sender="Ana Ruiz",
    recipient="Priya Nair",
    company="Harbor Foods",
    job_title="Shift Lead",
    stage="interview",
    region="US",
)


def reasons(kind: str, note: str, sentence: str) -> str:
    return "; ".join(sign.reason for sign in signs(sentence, Fact("X1", kind, note), BRIEF))


@pytest.mark.parametrize(
    ("kind", "note", "sentence"),
    [
        (
            "conversation",
            "she said the night crew loses 2 hrs a wk on handover",
            "You said the night crew loses 2 hours a week on handover.",
        ),
        ("conversation", "told her about the heparin story", "I told you about the heparin story."),
        ("conversation", "disagreed abt slotting by velocity", "We disagreed about slotting by velocity."),
        (
            "conversation",
            "Marta said the lease ends in 2027, she said 2028",
            "Marta said the lease ends in 2027, and you said 2028.",
        ),
        ("their_work", "moving to a new warehouse in march", "You are moving to a new warehouse in March."),
        ("their_work", "they don't have a cold room yet", "You don't have a cold room yet."),
        (
            "their_work",
            "replacing paper pick lists w/ scanners",
            "I keep thinking about your replacing paper pick lists with scanners.",
        ),
        ("about_me", "ran a scanner rollout for 60 pickers", "I ran a scanner rollout for 60 pickers."),
        ("next_step", "can send her the training sheet", "I can send you the training sheet, if it is useful."),
        (
            "conversation",
            "asked how she keeps costs at 27, she laughed",
            "I asked how you keep costs at 27, and you laughed.",
        ),
        ("conversation", "asked what i'd fix first", "You asked what I'd fix first."),
        ("next_step", "how did the pilot go?", "How did the pilot go?"),
    ],
)
def test_a_faithful_sentence_passes(kind: str, note: str, sentence: str) -> None:
    assert reasons(kind, note, sentence) == ""


@pytest.mark.parametrize(
    ("kind", "note", "sentence", "reason"),
    [
        (
            "their_work",
            "moving the archive to the dairy in nov",
            "I am moving the archive to the dairy in November.",
            "gives their work to the sender",
        ),
        ("conversation", "she said the crew is short", "I told you the crew is short.", "sender's mouth"),
        ("conversation", "she wants 2 on nights, not 3", "You want 2 on nights and 3.", "yes for no"),
        (
            "conversation",
            "she said 4 of the 9 docks jam",
            "You said 4 of the 8 docks jam.",
            "number 8 isn't in the note",
        ),
        ("conversation", "she said 4 of the 9 docks jam", "You said 4 of the docks jam.", "number 9 is lost"),
        ("conversation", "Marta runs the lab", "You run the lab.", "name"),
        ("conversation", "she runs the lab", "Marta runs the lab.", "name Marta isn't in the note"),
        ("conversation", "she fixed my tempering", "She fixed my tempering.", "as she or he"),
        (
            "conversation",
            "she fixed the tempering of the chocolate",
            "You fixed the chocolate with great leadership and vision.",
            "adds",
        ),
        (
            "conversation",
            "dock jams every monday bc of the returns trailers and the gate",
            "You mentioned Monday.",
            "loses",
        ),
        ("about_me", "ran a scanner rollout", "You ran a scanner rollout.", "gives the sender's doing to the reader"),
        ("about_me", "3 yrs on nights", "I did 3 yrs on nights.", "not written out"),
        (
            "their_work",
            "opening a 2nd shop",
            "You are opening a second shop, opening a second shop, opening a second shop.",
            "repeats itself",
        ),
        ("their_work", "opening a shop", "You are opening a shop", "not one whole sentence"),
        ("their_work", "opening a shop", "∅", "nothing usable"),
        ("conversation", "they closed the yard", "You will close the yard.", "makes it future"),
        ("next_step", "can send the sheet", "I have attached the sheet.", "attached"),
        (
            "conversation",
            "she's growing red clover on the wet side and it took",
            "You are growing red clover and it took me.",
            "took me",
        ),
        (
            "conversation",
            "a resident called Stan who drove the 43 bus, he sang",
            "A resident, Stan, drove the 43 bus, and you sang.",
            "Stan did",
        ),
        ("about_me", "journeyman card since 2009", "I have been a journeyman card since 2009.", "slips at"),
        ("conversation", "asked me what i'd fix first", "I asked you what I would fix first.", "sender's mouth"),
        ("conversation", "his dads shop in fresno", "You spoke of my dad's shop in Fresno.", "isn't theirs"),
        ("conversation", "asked how he keeps food cost at 27", "You asked how I keep food cost at 27.", "reader ask"),
        (
            "conversation",
            "asked about the collars, she only trusts them for heats",
            "You asked about the collars for heats.",
            "reader ask",
        ),
        ("about_me", "moved a job from 5 hrs to 35 min", "I moved a job from 5 to 35 minutes.", "hour is lost"),
        ("their_work", "drove past the Lara overpass", "You drove past the Lara overpass.", "sender's doing"),
        ("next_step", "ask if i could play for her", "Could you play for me?", "who may"),
        ("conversation", "he'd build a third warehouse", "You built a third warehouse.", "a wish a fact"),
        ("conversation", "salary band was 118 to 135", "Our salary band was 118 to 135.", "theirs ours"),
        ("about_me", "94 min avg on the dock", "I had 94 minutes a day on average on the dock.", "day is new"),
        ("their_work", "a new pump", "You said you have a new pump.", "reader's mouth"),
        ("next_step", "she said drop in any tuesday after 4", "You said to drop in any Tuesday by 4.", "bound of 4"),
        (
            "next_step",
            "happy to send her the training sheet",
            "Would you be happy to send you the training sheet?",
            "slips at",
        ),
        (
            "conversation",
            "told her the typing software froze twice",
            "You told me that the typing software froze twice.",
            "what the sender told",
        ),
        (
            "conversation",
            "wanted a no to a depositor. gave them the cellar boxes",
            "You wanted a no to a depositor, and you gave them the cellar boxes.",
            "what the sender gave",
        ),
    ],
)
def test_a_bent_sentence_is_noticed_with_the_reason(kind: str, note: str, sentence: str, reason: str) -> None:
    assert reason in reasons(kind, note, sentence)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("I was sorry to hear that the Shift Lead job at Harbor Foods won't be mine.", ""),
        ("Thank you for letting me know that the answer on the Shift Lead job is no.", ""),
        ("Thank you for telling me your decision on the Shift Lead job; I was sorry it wasn't a yes.", ""),
        ("I am pleased to accept the Shift Lead job at Harbor Foods.", "answer was no"),
        ("I was sorry to hear your news.", "doesn't name the job"),
        ("I was sorry about the Shift Lead job, and it broke my family's heart.", "adds"),
        ("I was sorry about the Shift Lead job after the final round.", "final round"),
        ("Thank you for your decision on the Shift Lead job, which I am sorry about.", "too much thanks"),
        ("I was sorry that Marta said no on the Shift Lead job.", "name Marta"),
        ("You have chosen another Shift Lead, and I understand.", "says who was chosen"),
        ("The Shift Lead job has gone to somebody else.", "says who was chosen"),
        ("I was sorry not to get the Shift Lead job.", ""),
        ("I was disappointed to hear that I got the Shift Lead job.", "slips at"),
        ("Thank you for telling me the outcome for the Shift Lead job.", ""),
        ("You have taken the Shift Lead job at Harbor Foods.", "the answer was no"),
        ("I took another Shift Lead job.", "the answer was no"),
        ("I have chosen another Shift Lead job.", "the answer was no"),
        ("The answer on the Shift Lead job is your choice.", "the answer was no"),
        ("Thank you for letting me know about the Shift Lead job at Harbor Foods.", "the answer was no"),
    ],
)
def test_an_opening_takes_the_decision_and_claims_nothing(sentence: str, reason: str) -> None:
    said = "; ".join(opening_faults(sentence, BRIEF))
    assert (reason in said) if reason else said == ""


def test_an_opening_has_no_thanks_where_that_is_no_custom() -> None:
    british = Brief(sender="A", company="Harbor Foods", job_title="Shift Lead", region="UK")
    assert "no custom" in "; ".join(opening_faults("Thank you for telling me the Shift Lead job is not mine.", british))


def test_an_opening_to_a_recruiter_doesnt_make_the_decision_theirs() -> None:
    recruiter = replace(BRIEF, recipient_role="recruiter")
    sentence = "I was sorry not to get the Shift Lead job, but I respect your decision."
    assert opening_faults(sentence, BRIEF) == []
    assert opening_faults(sentence, recruiter) == ["makes the employer's decision the recruiter's"]


def test_an_opening_speaks_of_no_meeting_where_there_was_none() -> None:
    early = Brief(sender="A", company="Harbor Foods", job_title="Shift Lead", stage="application")
    assert "speaks of a meeting" in opening_faults("After our interview I was sorry to lose the Shift Lead job.", early)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("I hope the move in March goes well.", ""),
        ("I look forward to hearing from you, and hope it goes well.", "asks for something"),
        ("I hope your daughter's wedding in Rome goes well.", "adds"),
        ("The move is in March.", "isn't a good wish"),
        ("I hope the 7 docks go well.", "number"),
        ("I hope the new warehouse opens on time.", ""),
        ("I hope the new warehouse fails.", "wishes ill"),
        ("I hope the warehouse never opens.", "wishes ill"),
        ("I hope to work at the new warehouse.", "something of the sender's"),
        ("I wish I ran the new warehouse.", "something of the sender's"),
        ("May I see the new warehouse in March?", "something of the sender's"),
    ],
)
def test_a_closing_wishes_well_and_asks_nothing(sentence: str, reason: str) -> None:
    said = "; ".join(closing_faults(sentence, "moving to a new warehouse in march", BRIEF))
    assert (reason in said) if reason else said == ""


@pytest.mark.parametrize(
    ("line", "ok"),
    [
        ("Shift Lead, and the new warehouse", True),
        ("Thank you so much for the warehouse", False),
        ("The new warehouse.", False),
        ("Haven's Shift Lead role", False),
        ("My innovative vision", False),
        ("My Shift Lead decision", False),
    ],
)
def test_a_subject_names_the_role_or_the_thing(line: str, ok: bool) -> None:
    assert (not subject_faults(line, "moving to a new warehouse", BRIEF)) is ok


def test_what_right_sentences_show_as_well_is_weighed_and_refuses_nothing() -> None:
    fact = Fact("X1", "about_me", "forklift ticket till 2026")
    sentence = "I hold a forklift ticket until 2026."
    assert {sign.family for sign in signs(sentence, fact, BRIEF)} <= set(SOFT)
    assert faults(sentence, fact, BRIEF) == []
    assert faults("I hold a forklift ticket until 2027.", fact, BRIEF) == [
        "number 2027 isn't in the note",
        "number 2026 is lost",
    ]


def test_whoever_the_sender_tells_of_is_not_the_reader() -> None:
    note = "taught my gran to float when she was 79"
    assert "what gran did" in reasons("about_me", note, "I taught my gran to float when you were 79.")
    assert faults("I taught my gran to float when she was 79.", Fact("M1", "about_me", note), BRIEF) == []
    seen = "my garden shed is the lab she saw on the call"
    assert "garden" not in reasons("about_me", seen, "My garden shed is the lab you saw on the call.")
