"""What a key may look like, and how it is kept out of every text that somebody reads. Pure functions; nothing here fetches a key."""

from __future__ import annotations

import re

from assistant.errors import NotAuthorised

ENVIRONMENT = ("OPENAI_API_KEY", "AFTERNOTE_API_KEY")
HIDDEN = "[key]"
MOST = 8192  # characters: the longest keys are signed tokens of a few thousand
_PIECE = 8  # characters of a key in a row give part of it away; a shorter key is hidden as a whole
_ODD = re.compile(r"[^!-~]")  # an HTTP header takes anything else badly, and its error message quotes the key
# As servers shorten a key they quote. Tried at the beginning of a word only, and possessive: a server may send any text.
_MASKED = re.compile(r"(?<![\w-])([\w-]{0,60}+)(?:\*{2,}+|\.{3,}+|…++)([\w-]{0,60}+)")


def sound_key(text: str, where: str) -> str:
    """The key without white space around it, "" for none. Raises NotAuthorised, naming `where` and not the key, for what can't be one."""
    key = text.strip()
    if len(key) > MOST:
        raise NotAuthorised(f"{where}: longer than {MOST} characters; that is no key")
    if odd := _ODD.search(key):
        raise NotAuthorised(
            f"{where}: character {odd.start() + 1} isn't one that a key can have (a space, a line break, or not ASCII); copy it again"
        )
    return key


def without_secrets(text: str, key: str) -> str:
    """The text with the key, any eight characters of it in a row, and shortened forms such as `sk-ab***yz`, as `[key]`.

    For what a server sent, cleaned first (a control character inside a key would hide it from this) and shortened afterwards.
    """
    if not key:
        return text
    text = _MASKED.sub(lambda m: HIDDEN if _shortened(m, key) else m.group(), text)
    if len(key) < _PIECE:
        return re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w-])", lambda _: HIDDEN, text)
    pieces = {key[i : i + _PIECE] for i in range(len(key) - _PIECE + 1)}
    out, at = [], 0
    while at < len(text):
        end = at + _PIECE
        if text[at:end] not in pieces:
            out.append(text[at])
            at += 1
            continue
        while end < len(text) and text[at : end + 1] in key:
            end += 1
        out.append(HIDDEN)
        at = end
    return re.sub(rf"(?:{re.escape(HIDDEN)}){{2,}}", HIDDEN, "".join(out))


def _shortened(found: re.Match[str], key: str) -> bool:
    head, tail = found.groups()
    begins, ends = bool(head) and key.startswith(head), bool(tail) and key.endswith(tail)
    return len(head + tail) >= 3 and (begins or ends)
