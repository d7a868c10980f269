"""The parts of a rejection: its greeting, the text itself, who signs, and the footer that nobody wrote for this candidate."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.patterns import compiled
from assistant.rejection.people import is_firm, listed, person, words
from assistant.text import one_line

_TITLE = r"(?:mr|mrs|ms|dr|prof|mx|miss|engr|chef|ma)"
_NAME_ENDS = re.compile(
    r"[,:;!?]|\s[–—-]|[–—](?=\s|$)|\.{2,}"
    r"|(?<!\b[A-Z])(?<!\b[DMS][rsax])(?<!\bMrs)(?<!\bProf)(?<!\bEngr)\.(?=\s|$)|$"
)
_WORDS = r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){0,3}"
_BARE = re.compile(rf"^(?:{_TITLE}\.? )?{_WORDS}\s*(?:[,;!]|\s[–—-]|—)", re.IGNORECASE)
_BARE_TITLED = re.compile(rf"^{_TITLE}\.? {_WORDS}:", re.IGNORECASE)
_GENERAL = frozenset(
    (
        "sir",
        "madam",
        "sir/madam",
        "candidate",
        "applicant",
        "there",
        "all",
        "colleague",
        "friend",
        "sirs",
        "everyone",
        "job",
        "seeker",
        "of",
    )
)
LEAST_TEXT = 8  # words above a closing: "Greetings from Cebu!" on top is none
FOOTER_LINES = 400  # of a long footer, looked at
_RULE = re.compile(r"^(?:[-_=*~•·–—#. ]{3,}|--)$")


@dataclass(frozen=True)
class Parts:
    """A rejection taken apart. `addressee` is the name it greets, `signer` the person's under it, either ""; `lines` is the signature."""

    addressee: str
    body: str
    signer: str
    lines: tuple[str, ...]
    footer: str


def parts_of(written: str, sender_name: str = "", domain: str = "") -> Parts:
    """Take apart what a sender wrote. `sender_name` is the name in the From line, which a signature's first name is completed by;
    `domain` the address's, by which a firm's name in the signature is told from a person's.
    """
    lines = [line.strip() for line in written.split("\n")]
    greeting, addressee = _greeting(lines)
    closing = _closing(lines, greeting + 1)
    if closing is not None:
        end = closing + 1
        inline = _after_closing(lines[closing])
        signature = [*([inline] if inline else []), *_signature(lines[end:])]
        footer = "\n".join(lines[end + len(signature) - bool(inline) :])
        body = "\n".join(lines[greeting + 1 : closing])
    else:
        cut = _footer_begins(lines, greeting + 1)
        above = lines[greeting + 1 : cut]
        signature = _trailing_name(above)
        body = "\n".join(above[: len(above) - len(signature)] if signature else above)
        footer = "\n".join(lines[cut:])
    if greeting >= 0:
        body = f"{_after_greeting(lines[greeting])}\n{body}"
    signed = tuple(filter(None, signature))
    return Parts(
        addressee,
        body.strip("\n"),
        _completed(_signer(signed, domain), sender_name, any(map(_is_team, signed[:2]))),
        signed,
        footer.strip("\n"),
    )


def _signer(lines: tuple[str, ...], domain: str) -> str:
    """The person among the first lines of a signature: not the firm, whose name is the domain's too, nor what follows a team's name."""
    found = ""
    for place, line in enumerate(lines[:5]):
        name = person(line)
        if not name or is_firm(name, domain) or any(map(_is_team, lines[:place])):
            continue
        if found:  # "Gus", and below it in full; but not the firm below a first name
            return name if len(found.split()) == 1 and _same_person(found, name) else found
        found = name
    return found


def _same_person(short: str, full: str) -> bool:
    return len(full.split()) > 1 and any(word[0].lower() == short[0].lower() for word in full.split()[:2])


def _greeting(lines: list[str]) -> tuple[int, str]:
    """The place of the greeting among the first lines, -1 when there is none, and the name in it."""
    for place, line in enumerate(lines[:25]):
        hello = _hello(line)
        end = _greeting_ends(line)
        if not end or (not hello and place > 8):
            continue
        name = one_line(line[hello:end]).strip(" ,.!:;–—-")
        plain = re.sub(rf"^{_TITLE}\b\.? ?", "", name, flags=re.IGNORECASE)
        if not hello and not person(plain):
            continue
        if line[:hello].strip().lower() in ("a", "to", "well", "ha", "oi") and not person(plain):
            continue
        return place, "" if _no_name(name) else name
    return -1, ""


def _greeting_ends(line: str) -> int:
    """Where the name in a greeting line ends; 0 when the line is no greeting."""
    hello = _hello(line)
    if hello:
        start = hello + len(line[hello:]) - len(line[hello:].lstrip(" ,"))
        found = _NAME_ENDS.search(line, start)
        end = found.start() if found else len(line)
        if "," in line[hello:start] and not person(line[start:end]):  # "Hello, thanks for coming": nobody is named
            return hello
        return end if len(line[start:end].split()) <= 8 else 0
    bare = _BARE.match(line) or _BARE_TITLED.match(line)
    found = _NAME_ENDS.search(line) if bare else None
    return found.start() if found else 0


def _no_name(name: str) -> bool:
    own = [w.lower().strip(".,") for w in name.split()]
    return (
        not own
        or "{" in name
        or "[" in name
        or "<" in name
        or "%" in name
        or any(w in _GENERAL for w in own)
        or len(own) > 6
    )


def _after_greeting(line: str) -> str:
    """What follows a greeting on its own line: "Mateo - thanks for picking up"."""
    return line[_greeting_ends(line) :].strip(" ,.!:;–—-")


def _closing(lines: list[str], start: int) -> int | None:
    """The place of the closing line: the first below some text that is nothing but a closing and has a short line after it."""
    said = 0
    for place in range(start, len(lines)):
        shown = lines[place]
        said += len(shown.split())
        if shown and said > LEAST_TEXT and len(shown) < 70 and (_closes(shown) or _after_closing(shown)):
            below = [line for line in lines[place + 1 : place + 5] if line]
            if not below or len(below[0]) < 90 or _after_closing(shown):
                return place
    return None


def _closes(line: str) -> bool:
    return bool(compiled(listed("closing")).fullmatch(line.strip(" ,.!–—-*_")))


def _after_closing(line: str) -> str:
    """The name on the line of the closing: "Cheers, Dana"; "" when there is none."""
    head, comma, tail = line.rpartition(", ")
    return tail if comma and _closes(head) and person(tail) else ""


def _signature(lines: list[str]) -> list[str]:
    """The lines of the signature: up to a rule, a gap of two lines, a footer's beginning, or eight lines."""
    out: list[str] = []
    for line in lines[:10]:
        if _RULE.match(line) or _is_footer(line) or len(line) > 140 or (len([x for x in out if x]) >= 8):
            break
        if not line and len(out) > 1 and not out[-1] and any(out):
            break
        out.append(line)
    return out


def _footer_begins(lines: list[str], start: int) -> int:
    return next(
        (
            n
            for n in range(max(0, start), min(len(lines), FOOTER_LINES))
            if _RULE.match(lines[n]) or _is_footer(lines[n])
        ),
        len(lines),
    )


def _is_footer(line: str) -> bool:
    return bool(compiled(listed("footer")).match(line.lstrip("*•·-– ")))


def _trailing_name(lines: list[str]) -> list[str]:
    """The short lines at the end of a mail without a closing: a name, a rank, a firm."""
    out: list[str] = []
    for line in reversed(lines):
        if line and (len(line) > 60 or (line.endswith((".", "!", "?")) and len(line.split()) > 3 and not person(line))):
            break
        out.insert(0, line)
        if len([x for x in out if x]) > 8:
            break
    while out and not person(out[0]) and not _is_team(out[0]) and not _initials(out[0]):
        out.pop(0)
    return out


def _initials(line: str) -> bool:
    return line.isalpha() and line.isupper() and len(line) < 4


def _is_team(line: str) -> bool:
    own = [w.lower().strip(".,:()") for w in line.split()]
    return 0 < len(own) <= 7 and any(w in words("teams") for w in own) and not any(w in words("ranks") for w in own)


def _completed(signer: str, sender_name: str, team: bool) -> str:
    """ "Dana" under a mail from "Dana Whitcomb" is Dana Whitcomb."""
    last, comma, given = sender_name.partition(",")
    full = person(f"{given.strip()} {last.strip()}") if comma else person(sender_name)
    if not signer and len(full.split()) > 1 and not team:
        return full
    first = signer.split()[0].lower() if signer else ""
    return full if full and signer and len(signer.split()) == 1 and full.split()[0].lower() == first else signer


def _hello(line: str) -> int:
    """Where the word of greeting ends; 0 when the line begins with none."""
    found = compiled(rf"^[^\pL\pN]{{0,3}}(?:well,? )?({listed('hello')})(?:[\s,:;!.–—-]|$)").match(line)
    return int(found.end(1)) if found else 0
