"""Drafting sentence by sentence, with a scripted small model: what it says badly never reaches the letter unsaid."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice

import pytest

from assistant import Brief, Options, compose
from assistant.checks.vocabulary import rules
from assistant.errors import ProviderError
from assistant.providers import Completion, OnText, Request, Usage
from assistant.writing.candidates import start_of

SUBJECT = "The Night Baker role at Krume Bakery"
OPENING = "I was sorry not to get the Night Baker job at Krume Bakery."
NO = "The answer on the Night Baker job was no, and I understand."
RYE = "You said the rye starter sulks below 22 degrees."
LAGOS = "I told you we proofed overnight at 4 degrees in Lagos."
DELFT = "You are opening a second shop in Delft in May."
LINE = "I ran a 12-hour night line for 3 years."
CHART = "I can send you the proofing chart I made."
CLOSING = "I hope the shop in Delft goes well in May."
WISH = "I wish you and the team well."
ANSWERS = {
    "subject:": SUBJECT, "opening:": [OPENING, NO], "conversation: she said": RYE, "conversation: told": LAGOS, "their_work:": DELFT,
    "about_me:": LINE, "next_step:": CHART, "; about:": CLOSING, "closing:": WISH,
}  # fmt: skip


@dataclass
class Small:
    """Answers by what stands in the prompt, the longest key first; of several answers those that begin as they must, in turn."""

    answers: dict[str, str | list[str]] = field(default_factory=lambda: dict(ANSWERS))
    calls: list[Request] = field(default_factory=list)
    name: str = "scripted"
    model: str = "small"
    destination: str = ""
    style: str = "sentences"

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        self.calls.append(request)
        asked = request.messages[-1].content
        key = max((k for k in self.answers if k in asked), key=len)
        given = self.answers[key]
        fitting = [a for a in ([given] if isinstance(given, str) else given) if a.startswith(request.start)] or ["∅"]
        return Completion(tuple(islice(cycle(fitting), request.n)), Usage(10, 10))

    def complete_all(self, requests: Sequence[Request]) -> list[Completion]:
        return [self.complete(request) for request in requests]


def small(**changed: str | list[str]) -> Small:
    """The usual answers, but for some: `their_work="…"` stands for the key that begins so."""
    keys = {"rye": "conversation: she said", "lagos": "conversation: told", "tied": "; about:"}
    return Small(ANSWERS | {keys.get(name, f"{name}:"): answer for name, answer in changed.items()})


def test_the_letter_is_whole_and_every_sentence_knows_its_fact(brief: Brief) -> None:
    shown: list[str] = []
    four = replace(brief, conversation=brief.conversation[:1])
    draft = compose(four, small(), Options(seed=1), shown.append)
    assert "".join(shown) == draft.letter.text
    assert draft.report.findings == ()
    assert draft.left_out == ()
    facts = {s.text: s.facts for s in draft.letter.sentences}
    opening = next(iter(facts))
    assert opening in (OPENING, NO)
    assert facts == {
        opening: (),
        RYE: ("C1",),
        DELFT: ("W1",),
        LINE: ("M1",),
        CHART: ("N1",),
        CLOSING: ("W1",),
    }
    assert draft.letter.subject == SUBJECT


def test_the_letter_says_what_it_does_and_why(brief: Brief) -> None:
    draft = compose(brief, small(), Options(seed=1))
    used = {i for s in draft.letter.sentences for i in s.facts}
    plan = draft.as_json()["plan"]
    assert [beat["part"] for beat in plan][:: len(plan) - 1] == ["opening", "closing"]
    assert {beat["fact"] for beat in plan} - {""} == used
    assert all(beat["why"] for beat in plan)
    left = {out.fact.id for out in draft.left_out}
    assert used | left == {fact.id for fact in brief.facts}
    assert not used & left


def test_the_checks_choose_among_candidates(brief: Brief) -> None:
    swapped = "I said the rye starter sulks below 22 degrees."
    shrunk = "You said the rye starter sulks below 2 degrees."
    letter = compose(brief, small(rye=[swapped, RYE, shrunk, RYE, RYE, RYE]), Options(seed=1)).letter
    assert RYE in letter.text
    assert swapped not in letter.text
    assert shrunk not in letter.text


GUESSES = [f"Turnip {place} bicycle {'x' * place}." for place in range(6)]


def test_where_the_model_is_unsure_the_fact_is_left_out(brief: Brief) -> None:
    lone = replace(brief, conversation=("rye starter below 22",), their_work=(), about_me=(), next_step=())
    draft = compose(lone, Small(ANSWERS | {"conversation:": GUESSES}), Options(seed=1))
    assert "Turnip" not in draft.letter.text
    assert [out.fact.id for out in draft.left_out] == ["C1"]


def test_where_the_model_is_unsure_a_plain_note_stands_in_its_own_words_and_the_plan_says_so(brief: Brief) -> None:
    lone = replace(brief, conversation=brief.conversation[:1], their_work=(), about_me=(), next_step=())
    draft = compose(lone, small(rye=GUESSES), Options(seed=1))
    (said,) = [s for s in draft.letter.sentences if s.facts]
    assert (said.text, said.facts) == ("You said the rye starter sulks below 22 degrees.", ("C1",))
    assert [beat.why for beat in draft.plan if beat.fact] == [
        "was really talked about, in your own words: the model found no sure sentence"
    ]
    assert draft.left_out == ()
    assert [beat.why for beat in compose(lone, small(), Options(seed=1)).plan if beat.fact] == [
        "was really talked about"
    ]


def test_own_words_are_held_to_the_checks_and_never_said_of_a_note_the_model_finds_unusable(brief: Brief) -> None:
    for note, model in (
        ("she said please please reconsider your decision", small(rye=GUESSES)),
        ("she said the manager is a pain", small(rye="∅")),
    ):
        lone = replace(brief, conversation=(note,), their_work=(), about_me=(), next_step=())
        draft = compose(lone, model, Options(seed=1))
        assert [out.fact.id for out in draft.left_out] == ["C1"], draft.letter.text


def test_a_fact_that_no_candidate_carries_is_left_out_and_named(brief: Brief) -> None:
    four = replace(brief, conversation=brief.conversation[:1])
    draft = compose(four, small(their_work="I am opening a shop in Delft with 9 partners."), Options(seed=1))
    assert CLOSING not in draft.letter.text
    assert "partners" not in draft.letter.text
    assert [(out.fact.id, out.reason) for out in draft.left_out] == [
        ("W1", "the model found no sentence that says just this; a shorter, plainer note may do")
    ]
    assert draft.as_json()["left_out"][0]["fact"] == "W1"


def test_a_note_the_model_finds_unusable_costs_one_round(brief: Brief) -> None:
    rude = replace(brief, conversation=("she is a real pain",), their_work=(), about_me=(), next_step=())
    model = Small(ANSWERS | {"conversation:": "∅"})
    draft = compose(rude, model, Options(seed=1))
    assert draft.left_out[0].fact.id == "C1"
    assert draft.kind == "ack"
    assert sum("real pain" in call.messages[-1].content for call in model.calls) == 1


def test_no_two_sentences_begin_alike(brief: Brief) -> None:
    also = "You said we proofed overnight at 4 degrees in Lagos."
    other = "When we spoke I told you we proofed overnight at 4 degrees in Lagos."
    two = replace(brief, their_work=())
    letter = compose(two, small(lagos=[also.replace("You said", "You said that"), other]), Options(seed=1)).letter
    starts = [start_of(s.text) for s in letter.sentences]
    assert len(set(starts)) == len(starts)


def test_where_all_begin_alike_others_are_drawn_that_begin_otherwise(brief: Brief) -> None:
    crew = "You said the night crew is short of 2 bakers."
    led = "When we spoke you said the night crew is short of 2 bakers."
    noted = (brief.conversation[0], "she said the night crew is short of 2 bakers")
    two = replace(brief, conversation=noted, their_work=())
    answers = ANSWERS | {"conversation: she said the night": [crew] * 6 + [led], "conversation: she said the rye": RYE}
    model = Small(answers)
    draft = compose(two, model, Options(seed=1))
    assert {call.start for call in model.calls if "crew" in call.messages[-1].content} >= {"", "When"}
    starts = [start_of(s.text) for s in draft.letter.sentences]
    assert len(set(starts)) == len(starts)


def test_letters_of_a_batch_open_in_different_ways(brief: Brief) -> None:
    ways = rules("starts")["opening"]
    openings = [f"{way} the Night Baker job, and the answer was no." for way in ways]
    drafts = [compose(brief, small(opening=openings), Options(seed=1, place=place)) for place in range(3)]
    assert len({start_of(d.letter.sentences[0].text) for d in drafts}) == 3
    again = compose(brief, small(opening=openings), Options(seed=1, place=2))
    assert again.letter.text == drafts[2].letter.text


def test_without_an_opening_there_is_no_letter(brief: Brief) -> None:
    with pytest.raises(ProviderError, match="no sound opening"):
        compose(brief, small(opening="I am delighted to accept the Night Baker job."), Options(seed=1))


def test_a_recruiter_is_not_told_that_theirs_was_the_company(brief: Brief) -> None:
    agency = replace(brief, recipient_role="recruiter", conversation=(), their_work=(), about_me=(), next_step=())
    model = small(subject="The Night Baker job", opening="I was sorry not to get the Night Baker job.")
    compose(agency, model, Options(seed=1))
    assert not any("Krume" in m.content for call in model.calls for m in call.messages)


def test_a_failed_subject_becomes_the_job_title(brief: Brief) -> None:
    assert compose(brief, small(subject="Thank you so much!"), Options(seed=1)).letter.subject == "Night Baker"


def test_without_facts_it_writes_an_acknowledgement_and_asks() -> None:
    bare = Brief(sender="Ana Ruiz", company="Krume Bakery", job_title="Night Baker")
    draft = compose(bare, small(subject="The Night Baker job"), Options(seed=1))
    assert draft.kind == "ack"
    assert len(draft.questions) == 4
    assert draft.report.findings == ()
