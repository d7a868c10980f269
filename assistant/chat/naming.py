"""Names in free answers: which job it was and where, who signs and who is written to. Shown back to the user, who can put them right."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from assistant.chat.answers import EDGES
from assistant.data_files import read_yaml
from assistant.text import one_line

_LONG_NAME = 3  # words without a capital that may be a name: "ray kowalczyk"
_CAPITAL = "A-ZÀ-ÖØ-ÞŁŚŞÇĐĞİŽČŠ"


def job_and_company(answer: str) -> tuple[str, str]:
    """Job and company of an answer such as "night baker at Krume Bakery"; the company is "" where only one thing is named."""
    text = re.split(r"(?<=[\w)])[.?!]\s+(?=I\b|I'd|It\b|That)", one_line(answer))[0].strip(EDGES[:-2])
    firm = re.search(_rule("firm"), text, re.IGNORECASE)
    if firm:
        rest = (text[: firm.start()] + text[firm.end() :]).strip(" ,;")
        return job_and_company(re.sub(r"^(?:and )?|,? and$", "", rest))[0], firm[1]
    text = re.sub(_rule("applied"), "", text, count=1, flags=re.IGNORECASE)
    between = list(re.finditer(_rule("at"), text))
    at = next((m for m in between if m.group().strip(" ,;")), between[0] if between else None)
    if not at:
        return re.sub(_rule("not_in_job"), "", text, flags=re.IGNORECASE).strip(EDGES[:-2]), ""
    job, company = text[: at.start()], text[at.end() :]
    if not at.group().strip(" ,;"):
        # By commas alone the last thing is the firm: "social worker, youth team, Harrowdale Council".
        job, _, company = (part.strip() for part in text.rpartition(text[at.start() : at.end()][0]))
    elif "," in company and company.split(",")[0].islower():  # "this hotel, the Alder Rooms"
        company = company.partition(",")[2]
    company = re.sub(r"^(?:company|firm|called|at) ", "", company)
    if at.group().strip() in "-–—" and at.group().strip() and job[:1].isupper() and company.islower():
        job, company = company, job
    job = re.sub(_rule("not_in_job"), "", job.strip(" ,;"), flags=re.IGNORECASE)
    return job, re.sub(_rule("place"), "", re.sub(r"^the ", "", company.strip(" ,;.!")))


def people_in(answer: str) -> tuple[str, str]:
    """The user's own name and the other person's, of an answer such as "Ray Kowalczyk, to Donna Ruiz"; "" for one that isn't told.

    Names with capitals are found wherever they stand; where there are none, the words beside the commas are taken.
    """
    text = re.sub(r"\(.*?\)", "", one_line(answer)).strip(" .!?")
    found: list[tuple[str, str]] = []
    for piece in re.split(
        r"(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)(?<!\b[A-Z])[.,;/&→](?:\s+|$)|,\s*|;\s*|\s+and\s+|\s+-+>?\s+|(?<=\w)\s+(?=to [A-Z])",
        text,
    ):
        names = [name for m in _name().finditer(piece) if (name := _without_openers(m.group()))]
        names = names or (
            [piece.strip(EDGES)] if piece.strip(EDGES) and piece.islower() and len(piece.split()) <= _LONG_NAME else []
        )
        for name in names[-1:]:
            before = piece[: piece.find(name)]
            mine, theirs = _says("mine", before), _says("theirs", piece.replace(name, ""))
            found.append(("theirs" if theirs and not mine else "mine" if mine else "", name))
    if len(found) == 1 and not found[0][0] and re.match(rf"(?:{_rule('titles')})\b", found[0][1]):
        return "", found[0][1]
    sender = next((n for who, n in found if who == "mine"), "") or next((n for who, n in found if not who), "")
    reader = [n for who, n in found if who == "theirs" and n != sender] or [
        n for who, n in found if not who and n != sender
    ]
    return sender, reader[-1] if reader else ""


def _without_openers(name: str) -> str:
    """A name without the words with a capital before it that are none: "Me Oksana"."""
    words = name.split()
    while words and words[0].rstrip(".") in _rule("no_name").split():
        words.pop(0)
    return " ".join(words)


def _says(who: str, text: str) -> bool:
    return bool(re.search(_rule(who), text, re.IGNORECASE))


@functools.cache
def _name() -> re.Pattern[str]:
    """A name with its title, initials and particles: "Frau Dr. Holm", "L. Pereira", "Ana de la Cruz"."""
    word = rf"[{_CAPITAL}](?:[\w'’-]+|\.|(?=\W|$))"
    return re.compile(rf"(?:(?:{_rule('titles')})\.? ){{0,2}}{word}(?:(?: (?:{_rule('particles')}))* {word})*")


def _rule(name: str) -> str:
    return str(read_yaml(Path(__file__).parent / "names.yaml")[name]).replace("\n", "")
