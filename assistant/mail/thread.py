"""A mail's own part and the older ones around it: what was written now, what is quoted, and what was forwarded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from assistant.quoting import FORWARDED, LINE, OLDER, header_line
from assistant.text import count_words

FEW_WORDS = 25  # above a forwarded mail: "see below", a signature
MARKED_WORDS = 30  # above one that is called so: a work signature is longer
_PASSED_ON = re.compile(r"(?:fwd?|wg|tr|rv|enc|i|doorst|vl|ilt)\s*:", re.IGNORECASE)
_MOBILE = re.compile(r"^(?:sent from my |get outlook for |von meinem .{2,30} gesendet|envoyé de mon )", re.IGNORECASE)


_PRINT_OUT = re.compile(r"^\s*([^<>]{0,80}<[^<>\s]+@[^<>\s]+>)\s{2,}(\S.{8,60})$")
_COUNT = re.compile(r"^\d+ messages?$", re.IGNORECASE)


@dataclass(frozen=True)
class Printed:
    """A mail whose headers stand in the text: pasted from a mail program, or forwarded. `headers` by name, `text` what follows them."""

    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


def own_part(text: str) -> str:
    """What the sender wrote, without quoted lines and without everything from the line on that begins an older mail.

    Where nothing stands above, the answer was written below or between the quoted lines: then all lines that aren't quoted.
    """
    lines = text.split("\n")
    cut = next((place for place in range(len(lines)) if _older_begins(lines, place)), len(lines))
    above = _joined(line for line in lines[:cut] if not line.lstrip().startswith(">"))
    if above:
        return above
    ruled = {place for place in range(len(lines)) if _is_rule(lines, place)}
    ruled |= {place + 1 for place in ruled if not OLDER.match(lines[place].strip())}  # the line above was broken in two
    return _joined(line for place, line in enumerate(lines) if not line.lstrip().startswith(">") and place not in ruled)


def printed_headers(text: str) -> Printed | None:
    """The mail of a text that begins with printed header lines, None for any other.

    At least two of them and a sender or subject, or a subject and a blank line.
    """
    headers: dict[str, str] = {}
    lines = text.strip("\n").split("\n")
    if printed := _print_out(lines):
        return printed
    place = blank = 0
    last = ""
    for place, line in enumerate(lines):
        found = header_line(line)
        if found:
            last = found[0]
            headers.setdefault(last, found[1])
            blank = 0
        elif not line.strip() and blank == 0 and _headers_follow(lines[place + 1 :], headers):
            blank += 1
        elif last and line[:1] in (" ", "\t") and line.strip():
            headers[last] = f"{headers[last]} {line.strip()}".strip()
        else:
            break
    alone = headers.keys() == {"subject"} and place and not lines[place].strip()  # the one line that people paste along
    if not alone and (len(headers) < 2 or not headers.keys() & {"from", "subject"}):
        return None
    return Printed(headers, "\n".join(lines[place:]).strip("\n"))


def forwarded(text: str, subject: str = "") -> Printed | None:
    """The mail inside a forwarding one; None where nothing was forwarded, or where its sender had more to say than a few words.

    A bare head of an older mail stands below an answer as well: that it was forwarded, its `subject` must say.
    """
    lines = text.split("\n")
    passed_on = bool(_PASSED_ON.match(subject or text.lstrip()))  # of pasted text the first line may be its subject
    for place, line in enumerate(lines):
        marked = bool(FORWARDED.match(line.strip()))
        if not marked and not (passed_on and not _is_rule(lines, place) and _block_begins(lines, place, passed_on)):
            continue
        above = "\n".join(lines[:place])
        inner = "\n".join(lines[place + marked :])
        quoted = [row.lstrip("> ") if row.startswith(">") else row for row in inner.strip("\n").split("\n")]
        mail = printed_headers("\n".join(quoted))
        return mail if mail and count_words(above) <= (MARKED_WORDS if marked else FEW_WORDS) else None
    return None


def _print_out(lines: list[str]) -> Printed | None:
    """A mail as a webmail program prints it: name and address with the date on one line, `To:` below, the page's head above."""
    for place, line in enumerate(lines[:12]):
        found = _PRINT_OUT.match(line) if len(line) < 300 else None
        if found and place + 1 < len(lines) and (to := header_line(lines[place + 1])) and to[0] == "to":
            subject = (
                next(
                    (row.strip() for row in lines[place - 1 :: -1] if row.strip() and not _COUNT.match(row.strip())), ""
                )
                if place
                else ""
            )
            headers = {"from": found.group(1), "date": found.group(2), "to": to[1], "subject": subject}
            return Printed(headers, "\n".join(lines[place + 2 :]).strip("\n"))
    return None


def _headers_follow(rest: list[str], headers: dict[str, str]) -> bool:
    """Whether after one blank line more printed headers come, of names not seen yet."""
    found = header_line(rest[0]) if rest else None
    return bool(found and found[0] not in headers)


def _older_begins(lines: list[str], place: int) -> bool:
    return _is_rule(lines, place) or _block_begins(lines, place)


def _is_rule(lines: list[str], place: int) -> bool:
    """A line such as "On … wrote:", on one line or broken in two."""
    line = lines[place].strip()
    if not line or len(line) > 300:
        return False
    if LINE.match(line):
        head = next((row for row in lines[place + 1 : place + 4] if row.strip()), "")
        return header_line(head) is not None
    below = lines[place + 1].strip() if place + 1 < len(lines) else ""
    broken = len(line) > 8 and below.endswith(":") and not OLDER.match(below) and OLDER.match(f"{line} {below}")
    return bool(OLDER.match(line) or broken)


def _block_begins(lines: list[str], place: int, first_too: bool = False) -> bool:
    """Printed headers of an older mail: a sender, and two more of them in the next five lines; the first line of all only if told."""
    first = header_line(lines[place])
    if not first or first[0] != "from":
        return False
    if not first_too and not any(line.strip() for line in islice(lines, place)):
        return False
    names = {found[0] for line in lines[place : place + 6] if (found := header_line(line))}
    return len(names) >= 3


def _joined(lines: Iterable[str]) -> str:
    kept = [line for line in lines if not _MOBILE.match(line.strip())]
    return "\n".join(kept).strip("\n ")
