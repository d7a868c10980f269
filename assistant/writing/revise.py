"""A letter and what the sender wants changed, in; the letter changed just so, or a question back, out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import cast

from assistant.brief import FACT_LISTS, Brief
from assistant.checks import Report, check_letter
from assistant.checks.substance import occurrences
from assistant.checks.vocabulary import content_words
from assistant.letter import Letter
from assistant.prompts import load_template
from assistant.providers import SentenceProvider, Usage
from assistant.text import one_line, shorten
from assistant.writing import handwork
from assistant.writing.desk import HAND, AskBack, Desk
from assistant.writing.letterwise import LetterWriter
from assistant.writing.wishes import BY, Wish, facts_about, read_wishes, says, sentences_about

LONG_ABOUT = 3  # words: what is to be left out is kept out of later drafts too when it is no longer than this
_LISTS = (
    (
        "next_step",
        ("i can", "i could", "i would", "i'd", "i will", "i'll", "i want", "happy to", "would like", "can ", "could "),
    ),
    ("about_me", ("i ", "i'm", "i've", "my ")),
    (
        "conversation",
        ("we ", "we're", "we've", "our ", "she said", "he said", "they said", "you said", "told", "asked"),
    ),
)


@dataclass(frozen=True)
class Revision:
    """What a request came to. `report` is the changed letter, checked; None when nothing was changed. `said`: what was done, and what
    couldn't be. `called` is the name the reader is to be greeted by, "" when nothing was said of it.
    """

    report: Report | None
    brief: Brief
    said: tuple[str, ...] = ()
    ask: AskBack | None = None
    called: str = ""
    usage: Usage = field(default_factory=Usage)


def revise(desk: Desk, words: str) -> Revision:
    """Change a letter as the sender asks in plain words, every other sentence left as it is where that can be.

    What needs no model is done by hand: names, signature, subject line. The rest a large model does, the letter checked and revised once
    where that broke a check; of a small one what it can do, and `said` names the rest. Raises ProviderError and its kinds.
    """
    wishes = read_wishes(words)
    for wish in wishes:
        if ask := _unsupported(wish, desk.brief):
            return Revision(None, desk.brief, ask=ask)
    desk, said, called = _by_hand(desk, wishes)
    rest = [w for w in wishes if w.kind not in HAND]
    if not rest or desk.provider is None:
        return Revision(checked(desk.letter, desk), desk.brief, tuple(said), called=called)
    if desk.provider.style == "letter":
        templates = {name: load_template(name) for name in ("change", "revise")}
        options = desk.options
        writer = LetterWriter(
            desk.brief,
            desk.provider,
            templates,
            options.seed,
            options.temperature,
            desk.on_text,
            desk.on_note,
            options.limit,
        )
        report, question = writer.change(desk.letter, words, checked(desk.letter, desk), desk.rested)
        if report is None:
            return Revision(None, desk.brief, tuple(said), AskBack(question, "", ""), called, writer.usage)
        return Revision(
            report, desk.brief, (*said, *_undone(rest, desk.letter, report.letter)), None, called, writer.usage
        )
    from assistant.writing.small_hand import SmallHand

    hand = SmallHand(desk, cast("SentenceProvider", desk.provider))
    letter, did, ask = hand.apply(rest)
    changed = letter.text != desk.letter.text or bool(said)
    report = checked(letter, desk) if changed else None
    return Revision(report, desk.brief, (*said, *did), ask, called, hand.usage)


def checked(letter: Letter, desk: Desk) -> Report:
    """The letter with all that the checks say of it."""
    brief = replace(desk.brief, recipient=desk.called) if desk.called else desk.brief
    return check_letter(letter, brief if desk.rested else None, desk.kind)


def list_for(words: str) -> str:
    """The list of the brief that a fact in these words belongs to, by how they begin."""
    plain = one_line(words).lower() + " "
    return next((kind for kind, starts in _LISTS if plain.startswith(starts)), "their_work")


def _unsupported(wish: Wish, brief: Brief) -> AskBack | None:
    """The question for a claim or a subject that no fact holds."""
    if wish.kind == "claim" and not any(says(wish.about, fact) for fact in brief.facts):
        return AskBack(
            f"Your notes don't say “{wish.about}”. Is it true? Then Enter adds it to them as you put it, or put it better; "
            "“no” leaves it out.",
            list_for(wish.about),
            wish.about,
        )
    if wish.kind == "mention" and not facts_about(wish.about, brief.facts):
        return AskBack(
            f"Your notes have nothing on “{wish.about}”. What is true about it? Tell me in your own words and I'll put that in; "
            "“no” leaves it.",
            "",
            "",
        )
    return None


def _by_hand(desk: Desk, wishes: tuple[Wish, ...]) -> tuple[Desk, list[str], str]:
    """What needs no model done: who is greeted, who signs, the subject line; and what is to stay out from now on noted in the brief."""
    letter, brief, said, called = desk.letter, desk.brief, [], ""
    for wish in wishes:
        if wish.kind == "call" and wish.about:
            called = wish.about if wish.about[0].isupper() else wish.about.title()
            letter = handwork.addressed(letter, called)
            said.append(f"greeted as {called}")
        elif wish.kind == "sign" and wish.about:
            name = wish.about if wish.about[0].isupper() else wish.about.title()
            letter, brief = handwork.signed(letter, name), replace(brief, sender=name)
            said.append(f"signed {name}")
        elif wish.kind == "subject" and wish.about:
            letter = handwork.with_subject(letter, wish.about)
            said.append("the subject line is changed")
        elif wish.kind == "replace":
            letter, brief, words = _replaced(letter, brief, wish)
            said.append(words)
        elif wish.kind == "without":
            brief = _kept_out(wish, wishes, brief)
    return replace(desk, letter=letter, brief=brief, called=called or desk.called), said, called


def _replaced(letter: Letter, brief: Brief, wish: Wish) -> tuple[Letter, Brief, str]:
    """Words of the letter changed to others, and in the facts that held them: what the sender corrects was told wrong there too."""
    old, _, new = wish.about.partition(BY)
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    if not pattern.search(letter.text):
        return letter, brief, f"“{shorten(old, 40)}” doesn't stand in the letter"
    cited = {pattern.sub(lambda _: new, text): ids for text, ids in handwork.cited_in(letter).items()}
    letter = handwork.read_again(pattern.sub(lambda _: new, letter.text), cited)
    lists = {
        kind: tuple(pattern.sub(lambda _: new, f.text) for f in brief.facts if f.kind == kind) for kind in FACT_LISTS
    }
    told = any(pattern.search(fact.text) for fact in brief.facts)
    changed = replace(brief, **lists) if told else brief  # type: ignore[arg-type]  # the names of the lists are only known as text
    where = ", in your facts as well" if told else ""
    return letter, changed, f"“{shorten(old, 40)}” is “{shorten(new, 40)}” now{where}"


def _kept_out(wish: Wish, wishes: tuple[Wish, ...], brief: Brief) -> Brief:
    """The brief with a short thing that is to be left out among what must not appear, unless another wish wants a fact that holds it."""
    phrase = " ".join(w.text for w in content_words(wish.about))
    wanted = [fact for w in wishes if w.kind == "mention" for fact in facts_about(w.about, brief.facts)]
    held = [fact for fact in brief.facts if any(occurrences(fact.text, phrase))]
    if not held or len(phrase.split()) > LONG_ABOUT or phrase in brief.avoid or set(held) & set(wanted):
        return brief
    return replace(brief, avoid=(*brief.avoid, phrase))


def _undone(wishes: list[Wish], before: Letter, after: Letter) -> list[str]:
    """What can be measured of a wish and wasn't done."""
    out = []
    for wish in wishes:
        if wish.kind == "shorter" and after.words >= before.words:
            out.append(f"it is no shorter: {before.words} words before, {after.words} now")
        elif wish.kind == "longer" and after.words <= before.words:
            out.append(f"it is no longer than before: {after.words} words")
        elif wish.kind == "without" and wish.about and sentences_about(wish.about, after):
            out.append(f"“{wish.about}” may still be in it")
    return out
