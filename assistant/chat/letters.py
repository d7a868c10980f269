"""Working on the letter together: drafted, changed as the user asks in plain words, checked, every version kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.chat import versions
from assistant.chat.answers import means, own_letter
from assistant.chat.talk import Talk
from assistant.errors import Interrupted, StreamCut, UsageError
from assistant.session import Version, changed_values, version_of
from assistant.text import shorten

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.checks import Report
    from assistant.writing.desk import AskBack
    from assistant.writing.revise import Revision

HOW = (
    "Say what to change, such as “shorter”, “mention …, not …” or “she prefers Sam”. "
    "/copy, /save and /eml take it along; /help has the rest."
)
MOST_SHOWN = 3  # findings, and facts left out, that are named by themselves; /check and /facts show all


def draft(talk: Talk, asked: str, kind: str = "", seed: int | None = None) -> None:
    """A new letter from the facts; it becomes the version that stands. Raises ProviderError and its kinds, UsageError, Interrupted."""
    from assistant.writing import Options, compose

    session = talk.session
    session.stage = "letter"
    session.waiting = {}
    session.request = asked
    talk.store.save(talk.number, session)  # from here on the request can be repeated, whatever happens
    brief = session.brief
    wanted = kind or session.kind or "note"
    options = Options(wanted, seed=seed if seed is not None else talk.seed)
    provider = _ready(talk, brief)
    try:
        result = _shown(talk, lambda on_text, on_note: compose(brief, provider, options, on_text, on_note))
    except UsageError as error:
        if wanted in ("note", "ack"):
            raise
        talk.say(f"{error}. So it is a plain note.")
        result = _shown(
            talk, lambda on_text, on_note: compose(brief, provider, replace(options, kind="note"), on_text, on_note)
        )
    version = version_of(result, brief, asked)
    if session.called:
        from assistant.writing.handwork import addressed

        version = _with_letter(version, addressed(result.letter, session.called))
    _count(talk, version.tokens)
    session.request = ""
    version = talk.hold(version)
    _after(
        talk,
        version,
        result.report,
        tuple(f"{out.fact.id} ({shorten(out.fact.text, 40)}) is left out: {out.reason}" for out in result.left_out),
    )
    if len(session.versions) == 1:
        talk.say(HOW)


def hear(talk: Talk, text: str) -> None:
    """What the user says of the letter that stands. An empty line repeats what couldn't be done."""
    session = talk.session
    if not text.strip():
        if not session.request:
            talk.say(HOW if session.current else "Enter has nothing to repeat; /draft writes from the facts.")
            return
        text = session.request
        if text in ("draft", "regen"):
            draft(talk, text)
            return
    if own_letter(text, expected=True):
        take_own(talk, text)
        return
    revise(talk, text)


def revise(talk: Talk, words: str) -> None:
    """Change the letter as asked; a question back where the facts don't support it."""
    from assistant.writing import Options
    from assistant.writing.desk import Desk
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
        again(talk)
        return
    if kind := next((k.partition("=")[2] for k in kinds if k.startswith("kind=")), ""):
        draft(talk, words, kind)
        return
    session.request = words
    talk.store.save(talk.number, session)
    brief = session.told
    letter = session.letter_of(current)
    options = Options(current.kind, seed=_fresh_seed(talk))
    provider = _ready(talk, brief)
    rested = not current.own or bool(brief.facts)

    def work(on_text: Callable[[str], None], on_note: Callable[[str], None]) -> Revision:
        return change(
            Desk(letter, brief, current.kind, provider, options, on_text, on_note, rested, session.called), words
        )

    result = _shown(talk, work)
    _count(talk, (result.usage.prompt_tokens, result.usage.completion_tokens))
    if result.called:
        session.called = result.called
    session.request = ""
    for remark in result.said:
        talk.say(remark[0].upper() + remark[1:] + ".")
    if result.report is not None and result.report.letter.text != letter.text:
        _take(talk, result, current, words)
    elif result.ask is None and not result.said:
        talk.say("That changed nothing.")
    if result.ask:
        _ask_back(talk, result.ask, words)


def again(talk: Talk) -> None:
    """Another letter from the same facts."""
    draft(talk, "regen", seed=_fresh_seed(talk))


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


def edited(talk: Talk, text: str) -> None:
    """The letter that stands, changed by hand: checked, kept, and it stands."""
    current = talk.standing()
    version, report = versions.by_hand(talk, text, "/edit", current.own)
    version = talk.hold(version)
    versions.warn_if_broken(talk, current, version, report)
    versions.verdict(talk, version, report)


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
    if means("no", text) and text.strip():
        talk.say("Then it stays out.")
        return
    told = fact if not text.strip() or means("yes", text) else text
    if not told.strip():
        talk.say("Left as it was.")
        return
    from assistant.chat.facts import noted
    from assistant.writing.wishes import read_wishes

    ids = noted(talk, kind, told)
    others = [w.words for w in read_wishes(request) if w.kind not in ("claim", "mention", "longer", "warmer", "other")]
    revise(talk, "; ".join([*others, *(f"mention {i}" for i in ids)]))


def _take(talk: Talk, result: Revision, current: Version, words: str) -> None:
    """Keep a revision as a version, show it, and say what it broke."""
    report = result.report
    assert report is not None
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


def _after(talk: Talk, version: Version, report: Report, left_out: tuple[str, ...]) -> None:
    versions.show(talk, version)
    versions.verdict(talk, version, report)
    versions.show_findings(talk, report)
    for out in left_out[:MOST_SHOWN]:
        talk.say(f"- {out}")
    if len(left_out) > MOST_SHOWN:
        talk.say(f"- and {len(left_out) - MOST_SHOWN} more (/why)")


def _ask_back(talk: Talk, ask: AskBack, words: str) -> None:
    talk.say(ask.question)
    talk.wait_for("fact", kind=ask.kind, fact=ask.text, request=words)


def _ready(talk: Talk, brief: Brief) -> Any:
    if not talk.writer.loaded:
        talk.say("One moment, the model is being made ready …", style="dim")
    return talk.writer.provider(brief)


def _shown(talk: Talk, work: Callable[[Callable[[str], None], Callable[[str], None]], Any]) -> Any:
    """Do the work while its text grows on the screen; what had come of a text that breaks off is kept as a version."""
    grown = talk.grown
    grown.clear()
    screen = talk.screen

    def on_text(piece: str) -> None:
        if not grown and piece.strip():
            screen.rule(f"version {len(talk.session.versions) + 1}")
        if grown or piece.strip():
            grown.append(piece)
            screen.stream(piece)

    def on_note(note: str) -> None:
        screen.end_stream()
        if note.startswith("revising"):
            grown.clear()
            talk.say(f"({note})", style="dim")

    try:
        result = work(on_text, on_note)
    except (Interrupted, StreamCut) as stop:
        screen.end_stream()
        versions.keep_partial(talk, stop.partial)
        raise
    except KeyboardInterrupt:
        screen.end_stream()
        versions.keep_partial(talk, "".join(grown))
        raise Interrupted("".join(grown)) from None
    finally:
        screen.end_stream()
    return result


def _with_letter(version: Version, letter: Any) -> Version:
    return replace(version, letter=letter.text, cited={s.text: s.facts for s in letter.sentences if s.facts})


def _fresh_seed(talk: Talk) -> int:
    """Another seed for each request, the same ones when the chat was given a seed."""
    import random

    if talk.seed is not None:
        return talk.seed + len(talk.session.versions)
    return random.SystemRandom().randrange(1, 1_000_000)


def _count(talk: Talk, tokens: tuple[int, int]) -> None:
    before = talk.session.tokens
    talk.session.tokens = (before[0] + tokens[0], before[1] + tokens[1])
