"""The letter out of the chat and back: the user's editor, the clipboard, a file, a draft for the mail program."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from assistant.chat import letters
from assistant.chat.talk import Talk
from assistant.errors import UsageError
from assistant.text import one_line

EDITORS = ("VISUAL", "EDITOR")


def edit(talk: Talk, _rest: str) -> None:
    """The letter in the user's editor; what comes back is checked and kept as a version. Raises UsageError."""
    current = talk.standing()
    with talk.keyboard.shared():
        text = _in_editor(current.letter)
    if text.strip() == current.letter.strip():
        talk.say("Nothing was changed.")
    elif not text.strip():
        talk.say("It came back empty; the letter is kept as it was.")
    else:
        letters.edited(talk, text)


def copy(talk: Talk, _rest: str) -> None:
    """The letter on the clipboard. Raises UsageError where there is none."""
    from assistant.cli import clipboard

    clipboard.copy(talk.standing().parsed().mail)
    talk.say("On the clipboard, without the subject line.")


def save(talk: Talk, rest: str) -> None:
    """The letter to a file; one that exists is replaced only when told so. Raises UsageError."""
    from assistant.cli import outputs
    from assistant.cli.terminal import may_write

    current = talk.standing()
    force = rest.endswith(" --force")
    name = Path(rest.removesuffix(" --force") or _free(talk, "letter.txt"))
    with contextlib.suppress(RuntimeError):  # `~nobody/`: then it is a folder of that name
        name = name.expanduser()
    path = Path(os.path.normpath(talk.folder / name))  # not resolved: a link would then be followed
    may_write(path, True)
    if os.path.lexists(path) and not force:
        raise UsageError(f"{path} exists; another name, or the same with --force behind it")
    outputs.save(
        path,
        current.parsed(),
        talk.session.told,
        outputs.Way(talk.rejection(), tell=lambda said, _: talk.say(f"{said[0].upper()}{said[1:]}.")),
        over=force,
    )
    talk.say(f"Written to {path}.")
    if any(f["severity"] == "error" for f in current.findings):
        talk.say("It still has what /check calls an error; look before you send it.")


def _free(talk: Talk, name: str) -> str:
    """This name, or the first with a number behind it that no file has."""
    path = Path(name)
    names = (name, *(f"{path.stem}-{n}{path.suffix}" for n in range(2, 1000)))
    return next((n for n in names if not os.path.lexists(talk.folder / n)), name)


def eml(talk: Talk, rest: str) -> None:
    """The letter as a mail draft, in the thread of the rejection where there is one. Raises UsageError."""
    name = rest or _free(talk, "reply.eml")
    if not name.removesuffix(" --force").lower().endswith(".eml"):
        raise UsageError("/eml writes a .eml file: /eml reply.eml")
    save(talk, name)
    mail = talk.rejection()
    talk.say(
        "Your mail program opens it as a draft" + (" in the same thread." if mail and mail.email.message_id else ".")
    )


def _in_editor(text: str) -> str:
    """The text after the user's editor was at it. The file is private and removed. Raises UsageError when the editor can't be run."""
    command = next((os.environ[name] for name in EDITORS if os.environ.get(name)), "nano")
    handle, name = tempfile.mkstemp(prefix="afternote-", suffix=".txt")  # created with mode 0600
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([*shlex.split(command), name], check=False)
        if done.returncode:
            raise UsageError(f"{command} ended with {done.returncode}; the letter is kept as it was")
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"the editor {one_line(command)!r} can't be run ({error}); set VISUAL to yours") from None
    finally:
        path.unlink(missing_ok=True)
