"""Mails too large to be stored: huge, deep, or long to read. Run as a program, it tells what each gets for advice, and in what time."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable


def _with_part(part: bytes) -> Callable[[bytes], bytes]:
    """A plain mail and one part more below it."""

    def made(mail: bytes) -> bytes:
        head, _, body = mail.partition(b"Content-Type:")
        return b"%sContent-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Type:%s\n--cut\n%s" % (
            head,
            body,
            part,
        )

    return made


def _in_page(markup: bytes, below: bool = True) -> Callable[[bytes], bytes]:
    """The text of a plain mail as HTML, and markup below or above it."""

    def made(mail: bytes) -> bytes:
        head, _, body = mail.partition(b"\n\n")
        text = b"<p>" + body.strip().replace(b"\n\n", b"<p>").replace(b"\n", b"<br>") + b"</p>"
        page = text + markup if below else markup + text
        return head.replace(b"text/plain", b"text/html") + b"\n\n<html><body>" + page + b"</body></html>"

    return made


def _nested(kind: bytes, times: int) -> bytes:
    levels = (b"Content-Type: %s; boundary=b%d\n\n--b%d\n" % (kind, level, level) for level in range(times))
    return b"".join(levels) + b"Content-Type: text/plain\n\nin the middle\n"


def _first(lines: bytes) -> Callable[[bytes], bytes]:
    return lambda mail: lines + mail


def _last(lines: bytes) -> Callable[[bytes], bytes]:
    return lambda mail: mail + lines


_MANY_HEADERS = b"".join(b"X-H%d: %d\n" % (n, n) for n in range(10_000))
_MEGABYTE = 1_000_000
_PDF = b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"

# What a plain mail becomes; only the text as it was is to be read from it.
LARGE: dict[str, Callable[[bytes], bytes]] = {
    "a body of 20 MB": _last(b"\n\n\n--\n" + b"This mail is confidential.\n" * (20 * _MEGABYTE // 27)),
    "an attachment of 20 MB": _with_part(_PDF + (b"QUJD" * 19 + b"\n") * 260_000),
    "a line of 1 MB": _last(b"\n\n\n--\n" + b"a" * _MEGABYTE),
    "a million empty lines": _last(b"\n" * _MEGABYTE),
    "a million lines of a letter": _last(b"\n\n\n--\n" + b"a\n" * _MEGABYTE),
    "a million NULs": _last(b"\n\n\n--\n" + b"\0" * _MEGABYTE),
    "a million escapes": _last(b"\n\n\n--\n" + b"\x1b[" * _MEGABYTE),
    "10,000 headers first": _first(_MANY_HEADERS),
    "a header of 1 MB": _first(b"X-A: " + b"a" * _MEGABYTE + b"\n"),
    "a header of 300,000 folds": _first(b"X-A: a\n" + b" a\n" * 300_000),
    "300,000 references": _first(b"References:" + b" <a@b>" * 300_000 + b"\n"),
    "150,000 recipients": lambda mail: mail.replace(b"\nTo: ", b"\nTo: " + b"a@b.example, " * 150_000, 1),
    "a type of a million parameters": lambda mail: mail.replace(
        b"charset=utf-8", b"charset=utf-8" + b";a" * 900_000, 1
    ),
    "a disposition of a million parameters": _with_part(
        b"Content-Disposition: attachment" + b";a" * 900_000 + b"\n\nx\n"
    ),
    "mails nested 100 deep": _with_part(b"Content-Type: message/rfc822\n\n" * 100 + b"Subject: x\n\nin the middle\n"),
    "mails nested 20,000 deep": _with_part(
        b"Content-Type: message/rfc822\n\n" * 20_000 + b"Subject: x\n\nin the middle\n"
    ),
    "200 multiparts in each other": _with_part(_nested(b"multipart/mixed", 200)),
    "5,000 multiparts in each other": _with_part(_nested(b"multipart/mixed", 5_000)),
    "alternatives in alternatives": _with_part(_nested(b"multipart/alternative", 90)),
    "a million lines in 60 multiparts": _with_part(_nested(b"multipart/mixed", 60) + b"\n" * _MEGABYTE),
    "300,000 empty parts": _with_part(b"--cut\n\n" * 300_000),
    "a digest of digests": _with_part(_nested(b"multipart/digest", 300)),
    "200,000 tags": _in_page(b"<b>" * 200_000),
    "200,000 paragraphs": _in_page(b"<p>a" * 200_000),
    "100,000 hidden tags": _in_page(b"<i hidden>a</i>" * 100_000),
    "hidden in hidden": _in_page(b"<div hidden>a " * 100_000),
    "500 tables in each other": _in_page(b"<table><tr><td>" * 500 + b"x" + b"</td></tr></table>" * 500),
    "a row of 100,000 cells": _in_page(b"<table><tr>" + b"<td>a" * 100_000),
    "100,000 rows": _in_page(b"<table>" + b"<tr><td>a" * 100_000),
    "a cell of a long line and many short ones": _in_page(b"<table><tr><td>" + b"a " * 60_000 + b"<br>." * 5_000),
    "40 tables around the text": _in_page(b"<table><tr><td>" * 40 + b"a " * 60_000 + b"<br>." * 5_000),
    "lists in lists": _in_page(b"<ul><li>" * 30_000),
    "the text below 400 tags": _in_page(b"<div>" * 400, below=False),
    "the text below 100 tables": _in_page(b"<table><tr><td>" * 100, below=False),
    "huge margins": _in_page(b"<p style='margin-top:100000em'>.</p>" * 5_000),
    "huge paddings": _in_page(b"<div style='padding-left:100000em'>.<br>." * 3_000),
    "an endless margin": _in_page(b"<p style='margin-top:" + b"9" * 999 + b"em'>.</p>"),
    "a style of styles": _in_page(b"<p style='" + b"style:" * 5_000 + b"x'>.</p>"),
    "a style of zeros": _in_page(b"<p style='opacity:" + b"0" * 200_000 + b"x'>.</p>"),
    "a style sheet of braces": _in_page(b"<style>" + b".a{" * 90_000 + b"</style>"),
    "a style sheet of at-rules": _in_page(b"<style>" + b"@media(max-width:1px){" * 10_000 + b"</style>"),
    "entities in entities": _in_page(b"&amp;" * 50_000),
    "a charset of quadratic time": _with_part(b"Content-Type: text/plain; charset=punycode\n\na-" + b"b1" * 500_000),
}


def main() -> None:
    """A line of JSON for each: its name, seconds, and the advice, or what went wrong. In 600 MB, and in 10 s each."""
    import resource

    from assistant.advice import advise

    def late(*_: object) -> None:
        raise TimeoutError

    resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))
    signal.signal(signal.SIGALRM, late)
    mail = sys.stdin.buffer.read()
    advise(mail)  # what is loaded once isn't any mail's own time
    for name, made in {"the mail as it is": bytes, **LARGE}.items():
        raw = made(mail)
        signal.alarm(10)
        started = time.perf_counter()
        try:
            said: object = advise(raw).as_json() | {"evidence": None}
        except Exception as error:
            said = repr(error)
        seconds = time.perf_counter() - started
        signal.alarm(0)
        print(json.dumps([name, seconds, said]))


if __name__ == "__main__":
    main()
