"""The first minute: the rejection pasted or loaded, and the advice in two lines, before anything is asked."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.chat import interview, letters
from assistant.chat.answers import means, own_letter, speaks_of
from assistant.chat.talk import Leave, Talk
from assistant.errors import UsageError
from assistant.text import count_words, one_line

# What the mail itself calls for; whether it is two lines or a note, the user's facts decide.
FITTING = ("lead", "reopened")
_LEAST_MAIL = 12  # words: less is an answer, not a mail
_LEAST_ANSWER = 6  # words: less is a yes, or a question
_ABOUT_WRITING = re.compile(
    r"\b(?:writ\w+|letter|note|reply|repl\w+|answer\w*|say something|yes|why|please|want|worth)\b", re.IGNORECASE
)
_LONGEST_PATH = 400


def greet(talk: Talk) -> None:
    """The first lines, and what is wanted first."""
    talk.say("You were turned down. Let's see whether a reply is worth it, and if so, write one that is yours.")
    talk.say(talk.writer.about + " Nothing is ever sent by this program.")
    talk.say(
        "Paste the rejection (or the path of its file), or press Enter to begin without one. /help has the rest, /exit leaves."
    )


def hear(talk: Talk, text: str) -> None:
    """The rejection, or that there is none."""
    if text and own_letter(text, expected=False):
        talk.wait_for("whose", text=text)
        talk.say("Is this your own letter to them? Enter: no, it is what they wrote. “mine”: yes, check it.")
        return
    if means("leave", text) and text.strip():
        raise Leave
    if means("ghosted", text) and count_words(text) < 40 and "\n" not in text:
        _advise(talk, ghosted=True)
        return
    if path := _file(text):
        load(talk, path)
        return
    if count_words(text) < _LEAST_MAIL and "\n" not in text.strip():
        if text.strip() and not means("skip", text):
            talk.say("I take it there is no mail to read. /rejection reads one later.")
        interview.begin(talk)
        return
    take(talk, text)


def whose(talk: Talk, text: str, pasted: str) -> None:
    """The answer to whether a pasted text was the user's own letter."""
    if re.search(r"\b(?:mine|my|own|yes|y|yeah|i wrote)\b", text.lower()):
        letters.take_own(talk, pasted)
    else:
        take(talk, pasted)


def load(talk: Talk, path: Path) -> None:
    """A rejection from a file. Raises UsageError for one that can't be read."""
    from assistant.mail.read import read_file

    take(talk, read_file(path))


def take(talk: Talk, mail: str | bytes) -> None:
    """Read a rejection, keep what it tells, and give the advice. Raises UsageError for what can't be read."""
    from assistant.mail.read import READ_BYTES
    from assistant.rejection import read_rejection
    from assistant.rejection.fill import brief_values

    raw = mail.encode("utf-8", "replace") if isinstance(mail, str) else mail
    talk.read = read_rejection(raw, "the rejection")
    talk.session.mail = raw[:READ_BYTES]
    for key, value in brief_values(talk.read).items():
        talk.session.known.setdefault(key, value)
    _advise(talk)


def _advise(talk: Talk, ghosted: bool = False, tired: bool = False) -> None:
    """The advice in two lines; the next words say whether to go on."""
    from assistant.advice import Situation, advise
    from assistant.cli.advise import short

    known = talk.session.known
    brief = talk.session.brief if not talk.session.missing else None
    situation = Situation(ghosted=ghosted, tired=tired, stage=known.get("stage", ""), region=known.get("region", ""))
    advice = advise(talk.rejection(), brief, situation)
    if talk.session.mail and not speaks_of("theirs", talk.session.mail.decode("utf-8", "replace")):
        talk.say("(Read as their mail to you. If it is your own letter, say “mine”.)")
    if advice.kind in FITTING:
        talk.session.kind = advice.kind
    reason = advice.reasons[0].text if advice.reasons else advice.expect
    talk.say("")
    talk.say(short(advice), style="bold")
    if advice.level == "skip":
        leaving = "" if "costs you nothing" in reason else " Leaving it costs you nothing."
        talk.say(f"{reason}{leaving} (Enter writes one all the same, “leave it” ends here.)")
    else:
        talk.say(f"{reason} And you may also leave it: nothing is owed. (Enter goes on, “leave it” ends here.)")
    talk.wait_for("go on")


def go_on(talk: Talk, text: str) -> None:
    """Whether to write: on to the interview, or leave it; an answer beyond that is kept for the first question."""
    if means("leave", text) and text.strip():
        talk.say("Good. Nothing is owed, and nothing is lost by it. Take care of yourself.")
        raise Leave
    if re.fullmatch(
        r"(?:no,? )?(?:(?:it|that|this)(?:'s| is| was) )?(?:mine|my (?:own )?(?:letter|reply|answer|draft)).*",
        text.strip().lower(),
    ):
        own, talk.session.mail, talk.read = talk.session.mail, b"", None
        letters.take_own(talk, own.decode("utf-8", "replace"))
        return
    if own_letter(text, expected=True):
        letters.take_own(talk, text)
        return
    if means("tired", text) and count_words(text) < 30:
        talk.say(
            "Then not today. It keeps for a day or two, and an honest two-liner is enough if you want it gone: type /kind ack."
        )
        _advise(talk, tired=True)
        return
    if path := _file(text):
        load(talk, path)
        return
    interview.begin(talk)
    asked = talk.session.asked[-1:]
    if asked == ["conversation"] and count_words(text) >= _LEAST_ANSWER and not _ABOUT_WRITING.search(text):
        interview.hear(talk, text)  # already the answer to the first question


def _file(text: str) -> Path | None:
    """The file that a line names, dropped into the terminal or typed; None when it names none."""
    line = one_line(text).strip("'\"").replace("\\ ", " ")
    if not line or len(line) > _LONGEST_PATH or "\n" in text.strip():
        return None
    try:
        path = Path(line.removeprefix("file://")).expanduser()
        if path.is_file():
            return path
    except (OSError, ValueError, RuntimeError):
        return None
    if re.fullmatch(r"\S+\.(?:eml|txt|mbox|md)", line):
        raise UsageError(f"{line}: there is no such file")
    return None
