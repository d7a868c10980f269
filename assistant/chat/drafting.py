"""The letter as it comes: asked for, shown while it grows, kept whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.chat import versions
from assistant.chat.talk import Talk
from assistant.errors import Interrupted, ProviderError, UsageError
from assistant.session import Version, version_of
from assistant.text import shorten
from assistant.writing.draft import begins_anew

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.checks import Report
    from assistant.writing import Draft, Options

HOW = (
    "Say what to change, such as “shorter”, “mention …, not …” or “she prefers Sam”. "
    "/copy, /save and /eml take it along; /help has the rest."
)
FEW = 2  # facts: a letter with fewer is tried to be made fuller
MOST_SHOWN = 3  # facts left out that are named by themselves; /facts shows all


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
    provider = ready(talk, brief)
    try:
        result = shown(talk, lambda on_text, on_note: compose(brief, provider, options, on_text, on_note))
    except UsageError as error:
        if wanted in ("note", "ack"):
            raise
        talk.say(f"{error}. So it is a plain note.")
        result = shown(
            talk, lambda on_text, on_note: compose(brief, provider, replace(options, kind="note"), on_text, on_note)
        )
    result = _fuller(talk, result, brief, provider, options)
    version = version_of(result, brief, asked)
    if session.called:
        from assistant.writing.handwork import addressed

        version = _with_letter(version, addressed(result.letter, session.called))
    count(talk, version.tokens)
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


def _fuller(talk: Talk, result: Draft, brief: Brief, provider: Any, options: Options) -> Draft:
    """A letter of the small model that took up next to nothing gets another try at what it left out, under the same bar."""
    from assistant.writing.sentencewise import NOT_FOUND

    used = {i for s in result.letter.sentences for i in s.facts}
    again = [out.fact for out in result.left_out if out.reason == NOT_FOUND]
    if provider.style != "sentences" or len(used) >= FEW or not again:
        return result
    from assistant.writing.desk import Desk
    from assistant.writing.small_hand import SmallHand

    talk.say("(little of it was taken up; once more, fact by fact …)", style="dim")
    kind = "note" if result.kind == "ack" else result.kind
    nobody = Desk(result.letter, brief, kind, provider, options, _unheard, _unheard)
    fuller, taken, usage = SmallHand(nobody, provider).take_up(result.letter, again[:MOST_SHOWN])
    if not taken:
        return replace(result, usage=result.usage + usage)
    from assistant.checks import check_letter

    left = tuple(out for out in result.left_out if out.fact not in taken)
    report = check_letter(fuller, brief, kind)
    return replace(result, report=report, kind=kind, left_out=left, usage=result.usage + usage)


def _unheard(text: str) -> None:
    """Nothing is shown of it."""


def again(talk: Talk) -> None:
    """Another letter from the same facts."""
    draft(talk, "regen", seed=fresh_seed(talk))


def _after(talk: Talk, version: Version, report: Report, left_out: tuple[str, ...]) -> None:
    versions.show(talk, version)
    versions.verdict(talk, version, report)
    versions.show_findings(talk, report)
    for out in left_out[:MOST_SHOWN]:
        talk.say(f"- {out}")
    if len(left_out) > MOST_SHOWN:
        talk.say(f"- and {len(left_out) - MOST_SHOWN} more (/why)")


def ready(talk: Talk, brief: Brief) -> Any:
    """The model, ready to write for this brief; says so when that takes a moment. Raises ProviderError and its kinds."""
    if not talk.writer.loaded:
        talk.say("One moment, the model is being made ready …", style="dim")
    return talk.writer.provider(brief)


def shown(talk: Talk, work: Callable[[Callable[[str], None], Callable[[str], None]], Any]) -> Any:
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
        if begins_anew(note) or note.startswith("it couldn't"):
            screen.end_stream()
            talk.say(f"({note})", style="dim")
        if begins_anew(note):
            grown.clear()

    try:
        result = work(on_text, on_note)
    except (Interrupted, ProviderError) as stop:
        screen.end_stream()
        if stop.partial:
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


def fresh_seed(talk: Talk) -> int:
    """Another seed for each request, the same ones when the chat was given a seed."""
    import random

    if talk.seed is not None:
        return talk.seed + len(talk.session.versions)
    return random.SystemRandom().randrange(1, 1_000_000)


def count(talk: Talk, tokens: tuple[int, int]) -> None:
    """Add to what the session's tokens come to."""
    before = talk.session.tokens
    talk.session.tokens = (before[0] + tokens[0], before[1] + tokens[1])
