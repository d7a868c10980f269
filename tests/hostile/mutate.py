"""Mails broken at random, as networks, programs and people break them: bytes, lines, headers, charsets, boundaries, parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

from hostile.build import attacked, corpus, honest

# A mail, another to take from, and chance, to the mail as it then is.
Mutation = Callable[[bytes, bytes, Random], bytes]

MOST = 400_000  # bytes of a mail that is made; the huge ones are in `large.py`
_CHARSETS = (
    b"utf-8 us-ascii iso-8859-1 utf-16 utf-16-le utf-7 utf-32 koi8-r shift_jis gb18030 iso-2022-jp hz cp037 punycode unicode_escape idna"
    b' big5 rot13 x-none " \xff'
).split()
_ENCODINGS = [b"", *b"7bit 8bit base64 quoted-printable x-uuencode binary \xff".split()]
_KINDS = (
    b"text/plain text/html multipart/mixed multipart/alternative multipart/digest message/rfc822 image/png x".split()
)
_BITS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\n\n",
        b"\0",
        b"\x1b[31m",
        b"\x1b]0;",
        b"\x9b",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
    ),
    *(b"=?utf-8?q?=0A?=", b"=?", b"?=", b"<", b">", b'"', b"(", b"@", b",", b";", b"\\", b"--", b'"""', b"{person}"),
    *(
        b"\n--cut\n",
        b"\n--cut--\n",
        b"> ",
        b"From ",
        b"Subject: ",
        b"Content-Type: ",
        b"Dear ",
        b"Best,\n",
        b"-- \n",
        b"_________\n",
    ),
    *(
        b"On Mon, 3 Mar 2025 at 10:14, Ann wrote:\n",
        b"Begin forwarded message:\n",
        b"Team at ",
        b"Aa (",
        b"A. ",
        b"for the ",
    ),
    *(b"<div style='display:none'>", b"<table>", b"<style>.a{", b"</", b"&#0;", b"&amp;", b"<td>", b"<p>"),
    *("\u202e", "\U000e0041", "\u0430", "\U0001d400", "\u200b", "\ufe0f", "\u3000", "\U0001f600"),
]
BITS = [bit if isinstance(bit, bytes) else bit.encode() for bit in _BITS]


def sources(folder: Path) -> list[bytes]:
    """The mails under a folder, and those that attack."""
    files = sorted(path for kind in ("*.eml", "*.txt") for path in folder.rglob(kind))
    cases = corpus()["cases"]
    return [
        *(path.read_bytes() for path in files),
        *(attacked(case) for case in cases),
        *(honest(case) for case in cases[:1]),
    ]


def mutated(mails: list[bytes], chance: Random) -> bytes:
    """One of these mails, changed in one to six ways."""
    mail = chance.choice(mails)
    for _ in range(chance.randint(1, 6)):
        mail = chance.choice(MUTATIONS)(mail, chance.choice(mails), chance)[:MOST]
    return mail


def _flip(mail: bytes, _: bytes, chance: Random) -> bytes:
    changed = bytearray(mail)
    for _time in range(min(len(mail), chance.randint(1, 30))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(mail: bytes, _: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(mail))
    return mail[:at] + chance.choice([*BITS, chance.randbytes(chance.randint(1, 40))]) + mail[at:]


def _delete(mail: bytes, _: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(mail))
    return mail[:at] + mail[at + chance.choice([1, 2, 10, 100, 1000]) :]


def _truncate(mail: bytes, _: bytes, chance: Random) -> bytes:
    return mail[: chance.randint(0, len(mail))]


def _splice(mail: bytes, other: bytes, chance: Random) -> bytes:
    return mail[: chance.randint(0, len(mail))] + other[chance.randint(0, len(other)) :]


def _shuffle(mail: bytes, _: bytes, chance: Random) -> bytes:
    lines = mail.split(b"\n")
    at = chance.randrange(len(lines))
    some = lines[at : at + chance.randint(2, 30)]
    chance.shuffle(some)
    return b"\n".join([*lines[:at], *some, *lines[at + len(some) :]])


def _double(mail: bytes, _: bytes, chance: Random) -> bytes:
    lines = mail.split(b"\n")
    at = chance.randrange(len(lines))
    return b"\n".join([*lines[:at], *lines[at : at + 5] * chance.randint(1, 40), *lines[at:]])


def _repeat(mail: bytes, _: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(mail))
    bit = chance.choice([mail[at : at + chance.randint(1, 60)], *BITS])
    return mail[:at] + bit * chance.choice([100, 2_000, 30_000]) + mail[at:]


def _swap_headers(mail: bytes, other: bytes, chance: Random) -> bytes:
    head, gap, body = mail.partition(b"\n\n")
    lines = [*head.split(b"\n"), *other.partition(b"\n\n")[0].split(b"\n")]
    chance.shuffle(lines)
    return b"\n".join(lines[: chance.randint(1, len(lines))]) + gap + body


def _retype(mail: bytes, _: bytes, chance: Random) -> bytes:
    mail = re.sub(rb"(?i)charset=[^\s;]*", lambda _: b"charset=" + chance.choice(_CHARSETS), mail)
    mail = re.sub(rb"(?i)(?<=transfer-encoding: )\S*", lambda _: chance.choice(_ENCODINGS), mail)
    return re.sub(rb"(?i)(?<=content-type: )[\w/-]*", lambda found: chance.choice([found[0], *_KINDS]), mail)


def _unbind(mail: bytes, _: bytes, chance: Random) -> bytes:
    new = chance.choice(
        [b"boundary=", b'boundary="', b"boundary=cut", b"x=", b"boundary*=utf-8''cut", b"boundary*0=c; boundary*1=ut"]
    )
    return re.sub(rb"(?i)boundary=", lambda found: chance.choice([found[0], new]), mail)


def _nest(mail: bytes, other: bytes, chance: Random) -> bytes:
    head, _, body = mail.partition(b"\n\n")
    parts = [
        body,
        other,
        b"Content-Type: " + chance.choice(_KINDS) + b"\n\n" + body,
        b"Content-Type: message/rfc822\n\n" + other,
    ]
    chance.shuffle(parts)
    kind = chance.choice([b"mixed", b"alternative", b"related", b"digest", b"report", b"signed"])
    cut = b"cut%d" % chance.randrange(3)
    inside = b"".join(b"\n--%s\n%s" % (cut, part) for part in parts[: chance.randint(1, 4)])
    return b"%s\nMIME-Version: 1.0\nContent-Type: multipart/%s; boundary=%s\n\n%s\n--%s--\n" % (
        head,
        kind,
        cut,
        inside,
        cut,
    )


def _as_page(mail: bytes, other: bytes, chance: Random) -> bytes:
    head, gap, body = mail.partition(b"\n\n")
    words = body.split(b" ")
    tags = [
        b"<p>",
        b"<div style='color:#fff'>",
        b"</div>",
        b"<td>",
        b"<table>",
        b"<br>",
        b"<b style='font-size:.1em'>",
        b"<!--",
        b"-->",
        b"<style>",
    ]
    for _ in range(chance.randint(1, 60)):
        words.insert(chance.randint(0, len(words)), chance.choice(tags))
    return head.replace(b"text/plain", b"text/html") + gap + b" ".join(words)


def _recode(mail: bytes, _: bytes, chance: Random) -> bytes:
    text = mail.decode("utf-8", "replace")
    return text.encode(
        chance.choice(["utf-16", "utf-16-le", "utf-8-sig", "cp1252", "cp1251", "utf-7", "gb18030"]), "replace"
    )


MUTATIONS: list[Mutation] = [
    *(_flip, _insert, _insert, _delete, _truncate, _splice, _shuffle, _double, _repeat),
    *(_swap_headers, _retype, _unbind, _nest, _as_page, _recode),
]
