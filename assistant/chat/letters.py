"""Working on the letter together: drafted, changed as the user asks in plain words, checked, every version kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.brief import FACT_LISTS
from assistant.chat import drafting, versions
from assistant.chat.answers import means, own_letter
from assistant.chat.talk import Leave, Talk
from assistant.session import Version, changed_values

if TYPE_CHECKING:
    from assistant.writing.desk import AskBack
    from assistant.writing.revise import Revision

MOST_SHOWN = 3  # findings, and facts left out, that are named by themselves; /check and /facts show all


def hear(talk: Talk, text: str) -> None:
    """What the user says of the letter that stands."""
    session = talk.session
    if not text.strip():
        talk.say(drafting.HOW if session.current else "Enter has nothing to repeat; /draft writes from the facts.")
    elif own_letter(text, expected=True):
        take_own(talk, text)
    elif means("bye", text):
        raise Leave
    elif means("undo", text):
        versions.stands(talk, session.step(-1))
    elif not _facts_changed(talk, text):
        revise(talk, text)


def _facts_changed(talk: Talk, text: str) -> bool:
    """Whether this put a fact or a name right ("C1: …", "drop C2", "to: Ann"); a name is changed in the letter as well."""
    from assistant.chat import facts
    from assistant.writing.handwork import addressed, reframed

    before = talk.session.told
    if not facts.changed(talk, text):
        return False
    current, after = talk.session.current, talk.session.told
    if current is None:
        return True
    letter = reframed(talk.session.letter_of(current), before, after)
    shown = letter.greeting.of(letter.text)
    if before.recipient != after.recipient and any(part in shown for part in before.recipient.split()):
        letter = addressed(letter, after.recipient)
    if letter.text != current.letter:
        edited(talk, letter.text, text, shown=True)
    else:
        talk.say("The letter that stands still says what it said; /regen writes anew from the facts as they are.")
    return True


def revise(talk: Talk, words: str) -> None:
    """Change the letter as asked; a question back where the facts don't support it."""
    from assistant.writing import Options
    from assistant.writing.desk import HAND, Desk
    from assistant.writing.revise import revise as change
    from assistant.writing.wishes import read_wishes

    session = talk.session
    current = session.current
    wishes = read_wishes(words)
    kinds = [w.kind for w in wishes]
    if kinds == ["done"]:
        talk.say(
            "Good. /copy puts it on the clipboard, /save letter.txt or /eml writes it to a file; sending is yours."
        )
        return
    if current is None:
        talk.say("There is no letter yet. /draft writes one from the facts; a letter of your own can be pasted.")
        return
    if "again" in kinds:
        drafting.again(talk)
        return
    if kind := next((k.partition("=")[2] for k in kinds if k.startswith("kind=")), ""):
        drafting.draft(talk, words, kind)
        return
    session.request = words
    talk.store.save(talk.number, session)
    brief = session.told
    letter = session.letter_of(current)
    options = Options(current.kind, seed=drafting.fresh_seed(talk))
    provider = drafting.ready(talk, brief) if set(kinds) - HAND else None
    rested = not current.own or bool(brief.facts)

    def work(on_text: Callable[[str], None], on_note: Callable[[str], None]) -> Revision:
        return change(
            Desk(letter, brief, current.kind, provider, options, on_text, on_note, rested, session.called), words
        )

    result = drafting.shown(talk, work)
    drafting.count(talk, (result.usage.prompt_tokens, result.usage.completion_tokens))
    if result.called:
        session.called = result.called
    session.request = ""
    for remark in result.said:
        _say_once(talk, remark)
    if result.report is not None and result.report.letter.text != letter.text:
        _take(talk, result, current, words)
    elif result.ask is None and not result.said:
        talk.say("That changed nothing.")
    if result.ask:
        _ask_back(talk, result.ask, words)


def take_own(talk: Talk, text: str) -> None:
    """A letter that the user wrote: checked and kept as a version, not rewritten."""
    session = talk.session
    session.stage, session.waiting, session.request = "letter", {}, ""
    version, report = versions.by_hand(talk, text, "your own letter", own=True)
    version = talk.hold(version)
    talk.say(f"Your letter, kept as version {version.number} just as it is.")
    versions.verdict(talk, version, report)
    versions.show_findings(talk, report)
    hint = "" if session.facts else " /facts add tells me what is true, and holds it to that."
    talk.say(f"It stays as it is unless you ask for a change.{hint}")


def edited(talk: Talk, text: str, asked: str = "/edit", shown: bool = False) -> None:
    """The letter that stands, changed by hand: checked, kept, and it stands."""
    current = talk.standing()
    version, report = versions.by_hand(talk, text, asked, current.own)
    version = talk.hold(version)
    if shown:
        talk.screen.letter(version.letter, f"version {version.number}")
        talk.screen.write("\n")
    versions.warn_if_broken(talk, current, version, report)
    versions.verdict(talk, version, report)


def _say_once(talk: Talk, remark: str) -> None:
    """A remark on what was done or couldn't be; what the small model can is listed the first time only."""
    head, listed, _ = remark.partition(" What it can:")
    if listed and "can" in talk.session.asked:
        remark = f"{head} /edit takes your own words, /model a larger model"
    elif listed:
        talk.session.asked.append("can")
    talk.say(remark[0].upper() + remark[1:] + ("" if remark.endswith((".”", "?”", "!”")) else "."))


def _is_request(text: str) -> bool:
    """Whether an answer is rather another request: one that isn't about what is true."""
    from assistant.writing.wishes import read_wishes

    kinds = {w.kind for w in read_wishes(text)}
    opener = r"(?:(?:on second thoughts?|actually|no|wait|hmm|and|but|well)\b[\s,]*)*"
    verbs = (
        r"(?:leave out|don't|forget|please|pls|can you|could you|say|tell|write|add|mention|make|change|remove|drop|delete"
        r"|take|put|use|call|sign)\b"
    )
    return bool(re.match(opener + verbs, text.strip(), re.IGNORECASE)) or not kinds & {
        "other",
        "mention",
        "claim",
        "without",
        "another",
    }


def keep_which(talk: Talk, text: str, before: int, after: int) -> None:
    """The answer to whether a version that broke a check stays."""
    if not text.strip() or means("back", text):
        talk.session.use(before)
        talk.say(f"Version {before} stands; the other is kept (/use {after}).")
        talk.screen.letter(talk.session.version(before).letter, f"version {before}")
    elif means("stay", text):
        talk.say(f"Version {after} stands.")
    else:
        hear(talk, text)


def answered(talk: Talk, text: str, kind: str, fact: str, request: str) -> None:
    """The answer to a question back: a fact, and with it the change that was wanted; or that it isn't so."""
    agreed = not text.strip() or means("yes", text)
    from assistant.chat.facts import noted
    from assistant.writing.wishes import read_wishes

    others = [w.words for w in read_wishes(request) if w.kind not in ("claim", "mention", "longer", "warmer", "other")]
    if not agreed and (means("no", text) or means("skip", text)):
        talk.say("Then it stays out.")
        if others:
            revise(talk, "; ".join(others))
        return
    if not agreed and (means("bye", text) or means("undo", text) or _is_request(text)):
        hear(talk, text)
        return
    told = fact if agreed else text
    if not told.strip():
        talk.say("Left as it was.")
        return
    ids = noted(talk, kind, told)
    revise(talk, "; ".join([*others, *(f"mention {i}" for i in ids)]))


def _take(talk: Talk, result: Revision, current: Version, words: str) -> None:
    """Keep a revision as a version, show it, and say what it broke."""
    report = result.report
    assert report is not None
    for key in FACT_LISTS:  # words put right in the letter are put right in the facts
        if getattr(result.brief, key) != getattr(talk.session.told, key):
            talk.session.known[key] = list(getattr(result.brief, key))
    from assistant.writing.draft import finding_json

    letter = report.letter
    version = Version(
        number=0,
        asked=words,
        kind=current.kind,
        letter=letter.text,
        cited={s.text: s.facts for s in letter.sentences if s.facts},
        brief=talk.session.known | changed_values(talk.session.told, result.brief),
        findings=tuple(finding_json(f) for f in report.findings),
        verdict=report.verdict,
        model=talk.writer.settings.model or talk.writer.settings.provider,
        tokens=(result.usage.prompt_tokens, result.usage.completion_tokens),
        own=current.own,
    )
    version = talk.hold(version)
    versions.show(talk, version)
    if not versions.warn_if_broken(talk, current, version, report):
        versions.verdict(talk, version, report)


def _ask_back(talk: Talk, ask: AskBack, words: str) -> None:
    talk.say(ask.question)
    talk.wait_for("fact", kind=ask.kind, fact=ask.text, request=words)
