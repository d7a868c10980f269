"""The seven kinds of note: what each opens with, takes, asks and refuses, and how each is written both ways."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, Outcome, gap
from test_sentencewise import ANSWERS, CHART, RYE, Small

from assistant import Brief, Draft, Options, compose
from assistant.checks.length import BANDS, check_length
from assistant.errors import ProviderError, UsageError
from assistant.prompts import _environment, load_template, part_text
from assistant.providers.scripted import Scripted
from assistant.settings import config_folder
from assistant.writing.letterwise import first_messages
from assistant.writing.plan import kinds, make_plan
from assistant.zones import parse_letter

KINDS = ("note", "ack", "feedback", "lead", "linkedin", "keep-in-touch", "reopened")
THANKS = "Thank you for telling me that Brood needs a night baker."
BACK = "Thank you for coming back to me about the Night Baker job."
BETTER = "Could you tell me one thing I could do better next time?"
MET, APPLIED = "We talked about the Night Baker job.", "I applied for the Night Baker job."
SAID = ANSWERS | {
    "conversation: she said Brood": THANKS, "conversation: they came back": BACK, "next_step: could they": BETTER,
    "next_step: can i ask": "∅", "conversation: we talked": MET, "conversation: i applied": APPLIED,
    "next_step: would like to": "I would like to stay in touch.", "closing:": "I wish you all the best.",
}  # fmt: skip


@pytest.fixture
def full(brief: Brief) -> Brief:
    talked = (*brief.conversation, "she said Brood needs a night baker")
    return replace(brief, conversation=talked, next_step=(*brief.next_step, "will ring them"))


@pytest.fixture
def own_parts() -> Iterator[Path]:
    (folder := config_folder() / "prompts" / "parts").mkdir(parents=True)
    yield folder
    _environment.cache_clear()  # what was read of them is forgotten after the test


def small(brief: Brief, kind: str, limit: int = 300, **changed: str) -> Draft:
    """What the sentence writer makes of the usual answers; `next_step="…"` changes all whose key begins so."""
    answers = {key: next((t for k, t in changed.items() if key.startswith(k)), text) for key, text in SAID.items()}
    return compose(brief, Small(answers), Options(kind=kind, seed=1, limit=limit))


def asked(brief: Brief, kind: str) -> tuple[str, str]:
    system, user = first_messages(brief, make_plan(brief, kind), load_template(kind), 200)
    return system.content, user.content


@pytest.mark.parametrize(("kind", "beats", "left", "ruled_out"), [
    ("note", "opening C2 W1 M1 N1 closing", "C1 C3 N2", ""),
    ("ack", "opening closing", "", "C1 C2 C3 W1 M1 N1 N2"),
    ("feedback", "opening C2 next_step closing", "C1 C3", "W1 M1 N1 N2"),
    ("lead", "C3 M1 N1 closing", "", "C1 C2 W1 N2"),
    ("linkedin", "C2 N1", "C1 C3 W1 N2", "M1"),
    ("keep-in-touch", "opening W1 M1 N1 closing", "", "C1 C2 C3 N2"),
    ("reopened", "opening M1 N1 N2", "", "C1 C2 C3 W1"),
])  # fmt: skip
def test_each_kind_takes_what_it_has_room_for_and_says_why_not_the_rest(
    full: Brief, kind: str, beats: str, left: str, ruled_out: str
) -> None:
    plan = make_plan(full, kind)
    assert (plan.kind, tuple(kinds())) == (kind, KINDS)
    assert [beat.fact.id if beat.fact else beat.part for beat in plan.beats if beat.why] == beats.split()
    assert [fact.id for fact in plan.reserve] == left.split()
    assert len(plan.facts + plan.reserve + plan.ruled_out) == len(full.facts)
    why = "an acknowledgement claims nothing" if kind == "ack" else f"a note of kind {kind} has no place for it"
    old = "was talked about back then, and is no news"
    said = {i: old if (kind, i[0]) == ("keep-in-touch", "C") else why for i in ruled_out.split()}
    assert {out.fact.id: out.reason for out in plan.ruled_out} == said


@pytest.mark.parametrize(("kind", "facts", "message"), [
    ("lead", [], "the brief doesn't say what they pointed you to"),
    ("lead", ["--talked-about", "they stopped hiring", "--next-step", "ring Brood"], "pointed you to"),
    ("keep-in-touch", ["--talked-about", "the rye starter"], "What is new?"),
    ("reopened", ["--talked-about", "the rye starter", "--about-me", "bakes"], "Add it to next_step, such as"),
])  # fmt: skip
def test_what_a_kind_cannot_do_without_is_asked_for_in_one_line(
    run: Callable[..., Outcome], tmp_path: Path, kind: str, facts: list[str], message: str
) -> None:
    (tmp_path / "none.json").write_text("[]")
    sender = ["--from", "Ana", "--company", "K", "--job", "Baker", "--kind", kind]
    for way in (["--provider", "scripted", "--model", tmp_path / "none.json"], ["--dry-run"]):
        done = run("draft", *sender, *facts, *way, "-q")
        assert (done.code, done.out, done.err.count("\n"), message in done.err) == (2, "", 1, True)


def test_what_was_said_before_is_no_news(full: Brief) -> None:
    with pytest.raises(UsageError, match="soon forgotten"):
        make_plan(replace(full, already_said=[fact.text for fact in full.facts[3:]]), "keep-in-touch")


@pytest.mark.parametrize("fact", ["opening a 2nd shop in Delft in may", "she said hiring is frozen until june",
    "there are no vacancies", "nobody there is hiring", "she said the rye needs a warm room"])  # fmt: skip
def test_what_is_no_lead_is_not_thanked_for(brief: Brief, fact: str) -> None:
    with pytest.raises(UsageError):
        make_plan(replace(brief, conversation=(fact,), their_work=()), "lead")


@gap("`opens in`, `role in`, `job at`, `needs a …er` make a lead of what is none, and the first of them is thanked for")
@pytest.mark.parametrize(
    "fact", ["the shop opens in may", "asked about my role in the rollout", "the rye needs a warmer room"]
)
def test_of_several_facts_the_lead_is_the_one_that_is_thanked_for(brief: Brief, fact: str) -> None:
    assert make_plan(replace(brief, conversation=(fact, "Brood is hiring")), "lead").facts[0].id == "C2"


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_model_is_told_the_plan_step_by_step(full: Brief, kind: str) -> None:
    system, user = asked(full, kind)
    plan, band = make_plan(full, kind), BANDS[kind]
    assert f"{band.low} to {band.high} words" in system
    steps = re.findall(r"^(\d+)\. (\w+ ?\w*)(?: \[(\w\d)\])?: ", user, re.MULTILINE)
    beats = [(b.part.replace("_", " "), b.fact.id if b.fact else "") for b in plan.beats]
    assert steps == [(str(n), *beat) for n, beat in enumerate(beats, 1)]
    assert ("all of it in at most 200 characters, greeting and name included" in user) == (kind == "linkedin")
    assert ("could they tell me one thing" in user) == (kind == "feedback")
    with pytest.raises(ProviderError):
        compose(full, model := Scripted(["ok"]), Options(kind=kind, limit=200))
    assert [m.content for m in model.calls[0].messages] == [system, user]


@pytest.mark.parametrize(("region", "kind", "says"), [
    *((region, "note", "At most one plain thanks") for region in ("US", "", "india", "the USA", "U.S.", "New York")),
    *((region, "note", "no thanks at all") for region in ("UK", "England", "the UK", "Scotland", "Ireland", "Germany")),
    *((region, "note", "British spelling") for region in ("England", "wales", "GB", "Ireland")),
    *((region, kind, "One plain thanks, for what they did") for region in ("UK", "US") for kind in ("lead", "reopened")),
    *(pytest.param(r, "note", "plain thanks", marks=gap("unknown, and so without thanks")) for r in ("Texas", "Toronto", "remote")),
    *(("UK", kind, "British spelling") for kind in ("lead", "reopened")),
])  # fmt: skip
def test_thanks_and_spelling_go_by_region_and_kind(full: Brief, region: str, kind: str, says: str) -> None:
    assert says in asked(replace(full, region=region), kind)[1]


def test_feedback_asks_one_question_near_the_end_or_is_not_written(full: Brief) -> None:
    draft = small(full, "feedback")
    assert (draft.letter.sentences[-2].text, draft.report.findings) == (BETTER, ())
    with pytest.raises(ProviderError, match="no sound question; try another --seed"):
        small(full, "feedback", next_step="∅")


def test_a_lead_and_an_answer_open_with_thanks_for_it_and_no_regret(full: Brief) -> None:
    one = replace(full, next_step=full.next_step[:1])
    lead, back = small(one, "lead").letter.sentences, small(one, "reopened").letter.sentences
    assert [s.text for s in (lead[0], back[0], back[-1])] == [THANKS, BACK, CHART]
    assert lead[0].facts == ("C3",)
    plain = small(full, "lead", **{"conversation: she said Brood": "Brood is a bakery."}).letter.sentences[0]
    assert (plain.text, plain.facts) == ("You said Brood needs a night baker.", ("C3",))
    unclear = replace(full, conversation=(*full.conversation[:2], "brood, she mentioned it, needs a night baker"))
    with pytest.raises(ProviderError, match="no sound opening sentence"):
        compose(unclear, Small(SAID | {"conversation: brood": "Brood is a bakery."}), Options(kind="lead", seed=1))


@pytest.mark.parametrize("kind", ["linkedin", "keep-in-touch"])
def test_a_talk_is_recalled_only_where_there_was_one(full: Brief, kind: str) -> None:
    for stage, reminder in {"": APPLIED, "application": APPLIED, "screen": MET, "final": MET}.items():
        draft = small(replace(full, stage=stage, conversation=(), their_work=()), kind)
        assert draft.letter.sentences[0].text == reminder


@pytest.mark.parametrize(("kind", "lost"), [("reopened", "next_step"), ("keep-in-touch", "about_me"),
    pytest.param("keep-in-touch", "their_work", marks=gap("with no other news than their work it only says hello"))])  # fmt: skip
def test_a_note_without_what_its_kind_needs_is_not_written(brief: Brief, kind: str, lost: str) -> None:
    lone = replace(brief, **{part: () for part in ("their_work", "about_me", "next_step") if part != lost})
    with pytest.raises(ProviderError, match="which the letter is for"):
        small(lone, kind, **{lost: "∅"})


def test_a_linkedin_request_has_no_subject_and_says_what_had_no_room(brief: Brief) -> None:
    letter = small(brief, "linkedin").letter
    assert (letter.subject, letter.text) == ("", f"Hi Renske,\n\n{MET} {RYE} {CHART}\n\nIfeoma Adeyemi\n")
    assert [s.facts for s in letter.sentences] == [(), ("C1",), ("N1",)]
    assert "N1" in [out.fact.id for out in small(brief, "linkedin", 110).left_out if "no room" in out.reason]
    with pytest.raises(ProviderError, match="no sentence that fits in 80 characters"):
        small(replace(brief, sender="Ifeoma Chukwuemeka Adeyemi-Whitcomb, of Lagos and Rotterdam"), "linkedin", 80)


@pytest.mark.parametrize("name", ["Search Committee", "the panel", "HR Department"])
def test_a_request_greets_nobody_by_half_of_what_is_no_name(brief: Brief, name: str) -> None:
    assert small(replace(brief, recipient=name), "linkedin").letter.text.startswith((f"Hi {name},", "Hello,"))


@pytest.mark.parametrize("limit", [200, 300])
def test_a_linkedin_request_fits_to_the_character(brief: Brief, limit: int) -> None:
    longer = limit - len(small(brief, "linkedin").letter.mail)
    for more in (longer, longer + 1):
        letter = small(replace(brief, sender=brief.sender + "i" * more), "linkedin", limit).letter
        assert len(letter.mail) <= limit


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_length(kind: str) -> None:
    def found(words: int) -> list[str]:
        letter = parse_letter(f"Dear Ann,\n\n{'a ' * (words - 6)}a.\n\nBest wishes,\nBo\n")
        assert letter.words == words
        return [f"{f.severity} {f.rule}" for f in check_length(letter, None, kind)]

    band = BANDS[kind]
    assert found(band.low) == found(band.high) == []
    said = [*found(band.low - 1), *found(band.high + 1), *found(band.ceiling + 1)]
    assert said == ["warning length.short", "warning length.long", "error length.long"]


@pytest.mark.parametrize(("characters", "limit", "errors"), [(200, 200, 0), (201, 200, 1), (299, 200, 1), (300, 300, 0),
    (301, 200, 1), (301, 300, 1)])  # fmt: skip
def test_a_request_that_is_too_long_is_one_error_and_revised(
    run: Callable[..., Outcome], tmp_path: Path, characters: int, limit: int, errors: int
) -> None:
    text = f"Hi Renske,\n\n{RYE[:-1]} and {{}} [C1]. I would like to stay in touch.\n\nIfeoma Adeyemi\n"
    long = text.format("a" * (characters - len(text.format("").strip()) + 5))
    (tmp_path / "replies.json").write_text(json.dumps([long, long, long]))
    about = ["--from", "Ifeoma Adeyemi", "--to", "Renske Bakker", "--company", "K", "--job", "Baker", "--talked-about"]
    model = ["--provider", "scripted", "--model", tmp_path / "replies.json", "--kind", "linkedin", "--limit", limit]
    made = json.loads(run("draft", *about, "she said the rye starter sulks below 22 degrees", *model, "--json").out)
    told = [(f["severity"], f["message"]) for f in made["findings"] if f["rule"] == "length.linkedin"]
    error = ("error", f"{characters} characters; a LinkedIn request takes {limit}")
    assert (told, made["attempts"]) == ([error] * errors, 3 if errors else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_of_a_kind_takes_its_parts_in_the_users_own_first(full: Brief, kind: str, own_parts: Path) -> None:
    parts = re.findall(r'{% include "(\w+)" %}', (ROOT / "prompts" / f"{kind}.md").read_text())
    assert parts == ([] if kind == "ack" else ["never", "facts", "citing"])
    assert all(part_text(part) in asked(full, kind)[0] for part in parts)
    for part in ("never", "facts", "citing"):
        before = load_template(kind).hash
        (own_parts / f"{part}.md").write_text(f"Mind the {part}.")
        _environment.cache_clear()  # what was read of a part is kept for as long as the program runs
        assert (load_template(kind).hash != before, f"Mind the {part}." in asked(full, kind)[0]) == (part in parts,) * 2


@pytest.mark.parametrize("part", [b"- Whistling.", b"\xff\xfe", b'{% include "never" %}'])
def test_a_part_of_the_users_is_used_or_said_to_be_unusable(full: Brief, part: bytes, own_parts: Path) -> None:
    asked(full, "note")
    (own_parts / "never.md").write_bytes(part)
    with nullcontext() if part.startswith(b"-") else pytest.raises(UsageError, match="never"):
        assert asked(full, "note")[0].count(part.decode(errors="replace")) == 1
