"""The employer and the job that a rejection is about, as far as it tells them; "" where it doesn't. The user corrects what is wrong.

Runs of capitalised words are weighed by what stands around them, what they are made of and whether the mail's address is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.mail.email import Email
from assistant.rejection.parts import Parts
from assistant.rejection.people import LEGAL, without_frame, words

_CAP = r"(?:[A-ZÀ-ÖØ-ÞŁŚŻĆŠŽČĐİŞĞ0-9&][\w'’&/+-]*\.?(?:[A-Z]\.)*)"
_SMALL = r"(?:of|and|&|for|the|de|van|der|den|di|da|do|dos|la|le|und|–|-|y|e|ve|in|na|on|to)"
_RUN = re.compile(rf"{_CAP}(?:,? (?:{_SMALL} ){{0,2}}{_CAP}){{0,8}}(?: \((?=[^()\n]{{2,40}}\))[^()\n]*\))?")
_JOB = r"position|role|job|post|vacancy|opening|spot|traineeship|seat"
_LOWER = re.compile(
    r"(?:for|about|as|of) (?:the|our|an?|this|that) ((?:[a-z][\w-]+ ){0,3}[a-z][\w-]+?)"
    rf"(?= (?:{_JOB}|place|here|at|with)\b|[,.;!\n]|$)"
)
_BEFORE = re.compile(
    rf"(?:(?P<noun>{_JOB})(?: of| as| for| titled|:)?"
    r"|(?P<verb>appl\w+|interview\w*|consider\w*|candidacy|candidates?|interest|run|trial shift|hir\w+|advanc\w+ you|chosen|shortlist\w*"
    r"|test|call|talk\w*) (?:for|to|as|in|of)|(?P<small>for|as|our|the|your|an?|of|re|regarding))"
    r"[\s:]*(?:the |our |an? |your |this |that )?[\"'“]?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^[\"'”]?,? ?(?:\([^)\n]{{0,60}}\) ?)?(?:{_JOB}|opportunity|internship|requisition|at|with us)\b", re.IGNORECASE
)
_AT = re.compile(r"\b(?:join(?:ing)?|at|with|to|behalf of|for|of|in|here at|from|world of) (?:the )?$", re.IGNORECASE)
_CLIENT = re.compile(r"client,? (?:at |is |was |named )?$", re.IGNORECASE)
ENOUGH = 3  # points: below, the mail doesn't tell


def job_of(email: Email, parts: Parts) -> str:
    """The job's title, in the words of the mail."""
    best, most = "", ENOUGH - 1
    for text, points, in_subject in _job_candidates(email, parts):
        last = [w.lower().strip("()").rstrip("s") for w in re.split(r"[\s/,-]+", re.split(r"\s*[(–,]", text)[0])]
        named = bool(set(last) & words("occupations"))
        points += 3 * named + in_subject
        if not named and points < 4:
            continue
        if points > most:
            best, most = text, points
    return best


def without_company(job: str, company: str) -> str:
    """A job as a subject line has it, "Night Baker - Krume Bakery", without the firm behind it."""
    return (
        re.sub(rf"\s*(?:[-–—|:,@]|\bat\b)\s*{re.escape(company)}\s*$", "", job, flags=re.IGNORECASE) if company else job
    )


def company_of(email: Email, parts: Parts, signer: str) -> str:
    """The employer's name: an agency's client where it is named, else what the address or the signature holds, or the text calls so."""
    domain = email.sender.address.partition("@")[2].lower()
    labels = [label for label in re.split(r"[.-]", domain.rpartition(".")[0]) if len(label) > 3]
    people = {w.lower() for w in f"{signer} {parts.addressee}".split()}
    best, most = "", ENOUGH - 1
    for text, points in _company_candidates(email, parts):
        own = [w.lower().strip(".,") for w in text.split()]
        squashed = re.sub(r"[\W_]", "", text.lower())
        points += 4 * any(label in squashed or (len(squashed) > 4 and squashed in label) for label in labels)
        points += 2 * bool(set(own) & words("organisations") or LEGAL.search(text))
        points -= 4 * bool(set(own[-2:]) & words("occupations") and not LEGAL.search(text)) + 6 * bool(
            people & set(own)
        )
        points -= 3 * bool(set(own) & words("calendar") or re.search(r"\d{2}", text)) + 2 * (
            len(own) == 1 and own[0] in words("not_a_person")
        )
        if points > most:
            best, most = text, points
    return best


def _job_candidates(email: Email, parts: Parts) -> Iterator[tuple[str, int, bool]]:
    """Runs of words that may be the job, with points for what stands before and after."""
    for text, in_subject in ((without_frame(email.subject), True), (parts.body, False)):
        for found in [*_RUN.finditer(text), *_LOWER.finditer(text)]:
            lower = found.re is _LOWER
            title = _tidy(found.group(1) if lower else found.group(), text[max(0, found.start() - 20) : found.start()])
            if not title or len(title) > 90:
                continue
            at = max(text.find(title, found.start(), found.end()), found.start())
            before = _BEFORE.search(text[max(0, found.start() - 40) : at])
            points = (3 if before["noun"] else 2 if before["verb"] else 1) if before else 0
            yield title, points + 2 * bool(_AFTER.match(text[found.end() : found.end() + 120])) - 2 * lower, in_subject


def _company_candidates(email: Email, parts: Parts) -> Iterator[tuple[str, int]]:
    """Names that may be the employer's, with points for where they stand."""
    for line in parts.lines:
        for piece in re.split(r"\s*[|•·]\s*|,\s(?!inc|llc|ltd)|\s[–-]\s", line, flags=re.IGNORECASE):
            name = without_frame(re.sub(r"^for:? ", "", piece.strip(' "*-–—()'), flags=re.IGNORECASE))
            if name and len(name.split()) < 9 and not re.search(r"@|www\.|https?:|\d{4}|\+\d", name):
                yield name, 2
    if name := without_frame(email.sender.name):
        yield name, 2
    for found in _RUN.finditer(parts.body):
        above = parts.body[max(0, found.start() - 20) : found.start()]
        if (name := _tidy(found.group(), above)) and not found.group().startswith("("):
            yield name, 5 if _CLIENT.search(above) else 2 if _AT.search(above) else 0
    for found in _RUN.finditer(parts.footer[:600]):
        yield _tidy(found.group(), ""), 0


def _tidy(text: str, above: str) -> str:
    """A run of words without what begins a sentence before it, and without what follows a full stop in it."""
    text = re.split(r"(?<=[a-z]{3})\. ", text)[0].strip(" \"'“”.,;:*-–")
    begun = text.split()
    while (
        begun
        and begun[0].lower().strip(".,'’") in words("sentence_starts")
        and (len(begun) > 1 or not above.rstrip().endswith(("for", "of")))
    ):
        begun.pop(0)
    while begun and begun[0].lower() in ("of", "for", "and", "the", "–", "-", "to", "in", "on", "&"):
        begun.pop(0)
    kept = " ".join(begun)
    return (
        ""
        if not kept or (kept[0].isdigit() and " " not in kept) or {w.lower() for w in begun} <= words("calendar")
        else kept
    )
