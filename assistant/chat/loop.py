"""The chat itself: read, hear, commit, again. No error ends it but the user's wish to leave."""

from __future__ import annotations

from typing import Any

from assistant.chat import commands, interview, letters, opening, versions
from assistant.chat.answers import means
from assistant.chat.keyboard import is_vent
from assistant.chat.talk import Leave, Talk, quoted
from assistant.errors import AfternoteError, Interrupted, ProviderError, UsageError

LONG = 300  # characters: more is a mail, a letter or a story
BARE = frozenset({"help", "exit", "quit", "undo", "redo", "draft", "regen", "versions", "diff", "copy", "eml"})
CRISIS = (
    "This is only a program for letters, and that matters more than any letter. Please tell somebody now: a person you trust, or "
    "people who listen day and night: 988 in the US and Canada, 116 123 in the UK and Ireland, 112 in Europe when it is urgent, "
    "findahelpline.com anywhere else. Nothing here is lost; it can wait as long as you like."
)
HURT = (
    "That is a hard hour, and it says nothing about your worth. /vent takes all of it and keeps none; nothing here runs away, "
    "so tomorrow is fine too. When you like, just go on where we were."
)
HINT = "Ctrl-D or /exit leaves; the session is kept. (Ctrl-C stops the writing while it goes on.)"


def converse(talk: Talk) -> None:
    """Talk until the user leaves. Each of their turns is committed before anything is made of it, and what came of it after."""
    talk.keep()
    while True:
        try:
            text = talk.keyboard.read(talk.prompt)
        except KeyboardInterrupt:
            talk.say(HINT)
            continue
        except EOFError:
            talk.say("")
            break
        if is_vent(
            text
        ):  # whatever stands behind the command goes nowhere: not to the store, not to any function of the talk
            text = "/vent"
        talk.store.say(talk.number, "you", text)
        try:
            hear(talk, text)
        except Leave:
            break
        finally:
            talk.keep()
        talk.writer.prepare()
    _farewell(talk)


def hear(talk: Talk, text: str) -> None:
    """Make something of the user's words. Errors are told in one line, with what was kept and what to do. Raises Leave."""
    session = talk.session
    waiting, session.waiting = session.waiting, {}
    if not (text.strip() or waiting) and session.stage == "letter":
        text = session.request  # Enter alone repeats what couldn't be done
    try:
        if _heard(talk, text):
            session.waiting = waiting
        elif command := _command(text):
            session.waiting = waiting  # a command in between leaves the question open
            commands.run(talk, command)
        elif waiting:
            _answer(talk, text, waiting)
        else:
            STAGES[session.stage](talk, text)
    except Leave:
        raise
    except Interrupted:
        again = f" Enter asks for {quoted(session.request)} again." if session.request else ""
        talk.say(f"Stopped.{again}")
    except KeyboardInterrupt:
        talk.say("Stopped.")
    except ProviderError as error:
        kept = f"version {session.current.number} stands as it was" if session.current else "your facts are kept"
        talk.screen.error(f"{error}. Nothing is lost: {kept}. Enter tries again, /model takes another model.")
    except UsageError as error:
        if not session.waiting and session.stage in ("opening", "interview"):
            session.waiting = waiting  # the question is still open
        talk.screen.error(str(error))
    except AfternoteError as error:
        talk.screen.error(str(error))


def resumed(talk: Talk) -> None:
    """What a session that is continued has come to, and what was asked last."""
    session = talk.session
    talk.say(f"Session {talk.number}: {session.title}.")
    if session.current:
        talk.screen.letter(session.current.letter, f"version {session.current.number} of {len(session.versions)}")
        versions.verdict(talk, session.current)
    elif session.facts:
        talk.show_facts(session.facts)
    turns = talk.store.turns(talk.number)
    unanswered = turns[-1].words if turns and turns[-1].who == "you" and not turns[-1].words.startswith("/") else ""
    if unanswered.strip() and session.stage == "letter":
        session.request = session.request or unanswered
    if session.request:
        talk.say(f"Your last words weren't done: {quoted(session.request)}. Enter does them now.")
    elif session.stage != "letter":
        last = [t.words for t in turns if t.who == "afternote" and t.words.strip()]
        talk.say(last[-1] if last else "")


def _command(text: str) -> str:
    """The command that a line is: a slash and one word, or the bare word where it means nothing else; "" for none."""
    first = text.strip().split(maxsplit=1)[0] if text.strip() else ""
    if first.startswith("/") and "/" not in first[1:]:  # `/home/ann/rejection.eml` is a file
        return text
    return f"/{text.strip()}" if text.strip().lower() in BARE else ""


def _heard(talk: Talk, text: str) -> bool:
    """Whether somebody needs another answer than a letter; given if so."""
    if len(text) > LONG:
        return False
    if means("crisis", text):
        talk.say(CRISIS)
        return True
    if means("hurt", text) and not talk.session.request:
        talk.say(HURT)
        return True
    return False


def _answer(talk: Talk, text: str, waiting: dict[str, Any]) -> None:
    """The answer to the question that was asked last."""
    told = {key: value for key, value in waiting.items() if key != "for"}
    answers = {
        "whose": lambda: opening.whose(talk, text, told["text"]),
        "go on": lambda: opening.go_on(talk, text),
        "name": lambda: interview.named(talk, text, **told),
        "detail": lambda: interview.detail(talk, text, **told),
        "fact": lambda: letters.answered(talk, text, **told),
        "keep": lambda: letters.keep_which(talk, text, **told),
    }
    answers[str(waiting["for"])]()


def _farewell(talk: Talk) -> None:
    if talk.session.stage == "forget":
        talk.store.remove([talk.number])
        talk.say("This session is taken out for good.")
        return
    if talk.store.kept and talk.session.versions:
        talk.say(f"Kept as session {talk.number}; `afternote chat --continue` goes on with it.")


STAGES = {
    "opening": opening.hear,
    "interview": interview.hear,
    "facts": interview.confirmed,
    "letter": letters.hear,
}
