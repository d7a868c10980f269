"""The interview: a few short questions, one at a time, only for what isn't known, and answers turned into facts that the user confirms."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from assistant.brief import FACT_LISTS
from assistant.chat import drafting, facts, letters
from assistant.chat.answers import means, own_letter
from assistant.chat.naming import job_and_company, people_in
from assistant.chat.talk import Talk
from assistant.data_files import read_yaml
from assistant.errors import UsageError
from assistant.session import NEEDED
from assistant.text import count_words, one_line

LONG_NAME = 12  # words: more is no name, but an answer to another question
_NO_JOB = re.compile(r"\?\s*$|^(?:why|what|how|i (?:already|don't|do not|still|want|told|am|'m)|i'm)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"^(?:why|what|how|where|who|can|could|is|are|do|does|did|will)\b.*\?\s*$", re.IGNORECASE | re.DOTALL
)
_NO_TALK = re.compile(
    r"\b(?:no|never (?:had|got) an?|wasn't an?|without an?|didn't (?:have|get) an?) (?:interview|talk|call|conversation)\b"
    r"|\bnever (?:met|spoke|talked)\b|\b(?:just|only) (?:applied|filled|sent)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"\b(?:I|i|i'm|we|told|said|nothing)\b|(?:\S+\s+){8}")
# Wishes that only a letter can be changed by.
CHANGES = frozenset({"shorter", "longer", "formal", "informal", "warmer", "plainer", "call", "subject", "another"})


def begin(talk: Talk) -> None:
    """The first question; straight to the facts where a brief has told them."""
    talk.session.stage = "interview"
    called = _called(talk).split()
    name = "" if "sender" in talk.session.known else _signed_before(talk)
    if name and (not called or called[0] in name.split()):  # they may have written to somebody else
        talk.session.known["sender"] = name
        talk.say(f"Signed {name}, as last time; say “my name is …” if it is another.")
    if talk.session.facts:
        confirm(talk)
    else:
        _next(talk)


def hear(talk: Talk, text: str) -> None:
    """An answer to the question that stands."""
    session = talk.session
    name = session.asked[-1] if session.asked else ""
    if own_letter(text, expected=True):
        letters.take_own(talk, text)
    elif means("enough", text):
        confirm(talk)
    elif facts.changed(talk, text):
        return
    elif not text.strip() or means("skip", text):
        if name == "people" and (called := _called(talk)):
            session.known["sender"] = called
        _next(talk)
    elif name == "conversation" and _NO_TALK.search(text):
        session.known["stage"] = "application"
        talk.say("Then there was no talk to take up; a line on their work does as well.")
        _next(talk)
    elif name == "job" and _NO_JOB.search(text):
        session.asked.pop()
        # Asked once more is enough: what can't be done without is asked for at the end.
        if "job again" in session.asked:
            session.asked.append("job")
        else:
            session.asked.append("job again")
            talk.say(
                "It goes into the subject line and the first sentence, nowhere else. A few words do; “skip” passes."
            )
        _next(talk)
    elif name in ("job", "people") and count_words(text) <= LONG_NAME:
        _names(talk, name, text)
        facts.show_names(talk)
        _next(talk)
    else:
        _facts(talk, name if name in FACT_LISTS else "", text)


def confirm(talk: Talk) -> None:
    """All facts, to be confirmed or bettered before anything is written; a letter at once where there are none."""
    session = talk.session
    session.waiting = {}
    if missing := session.missing:
        session.stage = "interview"
        _ask_for(talk, missing[0])
        return
    session.stage = "facts"
    if not session.facts:
        talk.say("Then an honest two-liner: it claims nothing, and it is enough.")
        drafting.draft(talk, "draft", kind="ack")
        return
    talk.say("")
    facts.show_names(talk)
    talk.say("This is what the letter may rest on, and nothing else:")
    talk.show_facts(session.facts)
    talk.say("Enter writes it. Or better one first (“C1: she said …”), “drop C2”, or add another in your own words.")


def confirmed(talk: Talk, text: str) -> None:
    """The answer to that: write, or change the facts first."""
    if own_letter(text, expected=True):
        letters.take_own(talk, text)
    elif not text.strip() or any(means(word, text) for word in ("yes", "enough", "skip")):
        drafting.draft(talk, "draft")
    elif facts.changed(talk, text):
        return
    elif _ASKS.search(text):
        talk.say(
            "What is added is what the letter may say, so put it as a statement; /why and /facts show what rests on what. Enter writes it."
        )
    elif text.strip().lower() in ("no", "nope", "not yet", "wait") or _wishes(text) & CHANGES:
        talk.say(
            "First the letter, then any change: Enter writes it. What isn't true can be bettered before (“C1: …”) or dropped (“drop C1”)."
        )
    else:
        facts.noted(talk, "", re.sub(r"^(?:also|add|and|plus)\b[:,]?\s*", "", text, flags=re.IGNORECASE))
        talk.say("Enter writes it.")


def questions(talk: Talk) -> list[str]:
    """The questions worth asking: at most five, those that matter least left out."""
    rules, known = _rules(), talk.session.known
    needs = {
        "job": not (known.get("job_title") and known.get("company")),
        "people": not (known.get("sender") and known.get("recipient")),
        # Nobody talked with somebody who had only applied.
        "conversation": not known.get("conversation") and known.get("stage") != "application",
    }
    wanted = [name for name in rules["first"] if needs.get(name, not known.get(name))]
    asked = [name for name in talk.session.asked if name in rules["order"]]
    room = rules["most"] - len(set(asked))
    left = [name for name in wanted if name not in asked][: max(0, room)]
    return [name for name in rules["order"] if name in left]


def _next(talk: Talk) -> None:
    """The next question, or all facts when there is none."""
    left = questions(talk)
    if not left:
        confirm(talk)
        return
    name = left[0]
    number = len({n for n in talk.session.asked if n in _rules()["order"]}) + 1
    talk.session.asked.append(name)
    spec, known = _rules()["questions"][name], talk.session.known
    variant = _variant(name, known)
    talk.say("")
    talk.say(f"{number} of {number + len(left) - 1}. {spec.get(variant, spec['ask'])}", style="bold")
    example = spec.get(f"example_{variant}", spec["example"])
    talk.say(f"{spec['why']} For example: {example}", 3)
    if name == "people" and (called := _called(talk)):
        talk.say(f"(Enter: {called}, as they called you.)", 3)
    if number == 1:
        talk.say("(Enter or “skip” passes; “that's all I have” ends the questions.)", 3)


def _ask_for(talk: Talk, key: str) -> None:
    """Once more what no letter can be written without."""
    spec = next(s for s in _rules()["questions"].values() if key in s)
    talk.say("")
    talk.say(f"{spec[key]} Without {NEEDED[key]} it can't be written.", style="bold")
    if key == "sender" and (called := _called(talk)):
        talk.say(f"(Enter: {called}, as they called you.)", 3)
    talk.wait_for("name", key=key)


def named(talk: Talk, text: str, key: str) -> None:
    """The answer to that; what is still missing is asked for next."""
    if own_letter(text, expected=True):
        letters.take_own(talk, text)
        return
    if facts.changed(talk, text):
        confirm(talk)
        return
    if _ANSWER.search(text):
        talk.say(f"That reads like an answer to another question; I need {NEEDED[key]}, a few words are enough.")
        talk.wait_for("name", key=key)
        return
    if key == "sender" and not text.strip():
        text = _called(talk)
    if text.strip() and not means("skip", text) and not means("enough", text):
        job, company = job_and_company(text) if key == "job_title" else (text, "")
        talk.session.known[key] = one_line(next(filter(None, people_in(text)), job) if key == "sender" else job)
        if company:
            talk.session.known.setdefault("company", company)
        confirm(talk)
        return
    talk.say("That is fine. It is kept: --continue goes on with it any time, and /exit leaves.")
    talk.wait_for("name", key=key)


def _facts(talk: Talk, name: str, text: str) -> None:
    ids = facts.noted(talk, name, text)
    if name == "conversation" and "nudge" not in talk.session.asked and _thin(text):
        talk.session.asked.append("nudge")
        talk.wait_for("detail", kind=name, ids=ids)
        talk.say(_rules()["nudge"])
        return
    _next(talk)


def detail(talk: Talk, text: str, kind: str, ids: list[str]) -> None:
    """A detail to an answer that would suit any interview takes that answer's place; none leaves it."""
    if text.strip() and not means("skip", text) and not means("enough", text):
        for fact_id in sorted(ids, reverse=True):
            talk.session.change_fact(fact_id, "")
        facts.noted(talk, kind, text)
    if means("enough", text):
        confirm(talk)
    else:
        _next(talk)


def _names(talk: Talk, name: str, text: str) -> None:
    """Job and company, or the two names, as far as the answer holds them."""
    known = talk.session.known
    if name == "job":
        job, company = job_and_company(text)
        if known.get("company") and not known.get("job_title"):
            known["job_title"] = job
        elif known.get("job_title") and not known.get("company"):
            known["company"] = company or job
        else:
            known["job_title"] = job
            if company:
                known["company"] = company
        return
    sender, recipient = people_in(text)
    if known.get("sender"):  # only the other person was asked for
        sender, recipient = known["sender"], recipient or sender
    elif known.get("recipient"):
        sender, recipient = sender or recipient, known["recipient"]
    known.update({key: value for key, value in (("sender", sender), ("recipient", recipient)) if value})


def _thin(text: str) -> bool:
    """Whether an answer could be given of any interview: no name, no number, and no word that isn't said of all of them."""
    from assistant.checks.figures import numbers
    from assistant.checks.vocabulary import content_stems, names, stem

    anywhere = {stem(word) for word in _rules()["anywhere"].split()}
    return not (content_stems(text) - anywhere or numbers(text) or names(text))


def _wishes(text: str) -> set[str]:
    from assistant.writing.wishes import read_wishes

    return {wish.kind for wish in read_wishes(text)}


def _variant(name: str, known: dict[str, Any]) -> str:
    """Which form of a question asks only for what is missing."""
    if name == "job":
        return "company" if known.get("job_title") else "job_title" if known.get("company") else "ask"
    if name == "people":
        return "recipient" if known.get("sender") else "sender" if known.get("recipient") else "ask"
    return "ask"


def _called(talk: Talk) -> str:
    """What the rejection calls the user, as long as no other name is known."""
    from assistant.rejection.people import person

    mail = talk.rejection()
    return person(mail.addressee) if mail and not talk.session.known.get("sender") else ""


def _signed_before(talk: Talk) -> str:
    """The name under the user's last session, so that it need not be asked for again."""
    for kept in talk.store.listed():
        if kept.id != talk.number:
            try:
                return str(talk.store.load(kept.id).known.get("sender", ""))
            except UsageError:  # an unreadable session tells no name
                return ""
    return ""


def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = read_yaml(Path(__file__).parent / "interview.yaml")
    assert set(FACT_LISTS) < set(rules["order"])
    return rules
