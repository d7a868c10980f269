"""What a person sees of a text that came by mail: decoded, and without anything that hides or steers."""

from __future__ import annotations

import codecs
import re
import unicodedata

from assistant.text import clean

# Characters of no width or no ink: with them a word can be split unseen, or a sentence hidden (tag characters spell ASCII invisibly).
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
# A string for the terminal that doesn't end on its line: what follows is text to a person, and would go with it as if it belonged to it.
_UNENDED = re.compile("\x1b[]PX^_](?![^\x1b\x07\n]*(?:\x07|\x1b\\\\))")
_SPACES = re.compile("[\t\u00a0\u2000-\u200a\u202f\u3000]")

# Letters made to look special, and letters of another alphabet between Latin ones: to the eye the same, to a program another word.
_STYLED = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\ufb00-\ufb06\U0001d400-\U0001d7ff]+")
_MIXED = re.compile("[A-Za-z\u0370-\u052f]+")
_LATIN = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеіјорсухѕԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ",
    "ABESIJKMHOPCTXYaeijopcyxsdhqwABEZHIKMNOPTYXaiknoptux",
)
_ASCII = re.compile(rb"[^\x00\x1b\x80-\xff]*")
_OVER_ASCII = (
    "utf-7",
    "hz",
    "hz-gb-2312",
)  # the charsets that say in plain ASCII what isn't (beside ISO 2022, which escapes)
_NO_CHARSETS = (
    "punycode",
    "idna",
    "unicode-escape",
    "raw-unicode-escape",
    "undefined",
)  # Python's own, some of quadratic time


def seen(text: str) -> str:
    """The text without invisible characters and terminal escapes, odd spaces as plain ones, at most one blank line in a row."""
    text = _UNSEEN.sub("", _SPACES.sub(" ", clean(_UNENDED.sub("", text))))
    text = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = _MIXED.sub(_as_latin, text)
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _as_latin(word: re.Match[str]) -> str:
    """A word of Latin letters and others that look Latin, in Latin ones; a word of one alphabet as it is."""
    text = word[0]
    return text if text.isascii() or not re.search("[A-Za-z]", text) else text.translate(_LATIN)


def decoded(data: bytes, charset: str = "") -> str:
    """The text of these bytes: by the declared charset where it fits, else by what they look like; never fails, at worst �.

    Mail that declares Latin-1 and holds UTF-8 is common enough to look for: UTF-8 with accents is hardly ever anything else by chance.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    declared = charset.strip().strip("\"'").lower()
    if _ASCII.fullmatch(data) and declared not in _OVER_ASCII:
        return data.decode("ascii")  # whatever it says it is
    single = declared in (
        "",
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "latin-1",
        "latin1",
        "windows-1252",
        "cp1252",
        "iso-8859-15",
    )
    for name in ("utf-8", declared) if single else (declared, "utf-8"):
        try:
            if codecs.lookup(name).name in _NO_CHARSETS:
                continue
            return data.decode("cp1252" if name in ("iso-8859-1", "latin1", "latin-1") else name)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return data.decode(_guessed(data), errors="replace")


def looks_utf16(data: bytes) -> bool:
    """Whether every other byte is nearly always zero, as in UTF-16 of a European language without its mark."""
    begin = data[:400]
    zeros = sorted((begin[::2].count(0), begin[1::2].count(0)))
    return len(begin) > 1 and 10 * zeros[0] < zeros[1] and 3 * zeros[1] > len(begin)


def _guessed(data: bytes) -> str:
    if looks_utf16(data):
        return "utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"
    from charset_normalizer import from_bytes  # only for what declares nothing, or wrongly: it takes a while

    best = from_bytes(
        data[:20_000], cp_isolation=["cp1252", "cp1251", "cp1250", "koi8_r", "shift_jis", "gb18030", "cp1254"]
    ).best()
    return best.encoding if best else "cp1252"
