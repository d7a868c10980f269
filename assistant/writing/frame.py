"""The outside of a letter that no model need be asked for: greeting, close, signature."""

from __future__ import annotations

import re

from assistant.brief import Brief
from assistant.regions import region_code

# Where a first name is how one writes to a person one has met.
_FIRST_NAME_REGIONS = frozenset({"US", "UK", "IE", "AU", "NZ", "CA", "SE", "DK", "NO", "FI", "NL"})
# Where the family name comes last, so that a title goes with the last word.
_FAMILY_NAME_LAST = _FIRST_NAME_REGIONS | {"DE", "FR", "ES", "IT", "KE", "NG", "ZA", "IN", "GH", "PH"}
_TITLES = frozenset({"mr", "mrs", "ms", "mx", "miss", "dr", "prof", "professor"})
_GROUPS = ("team", "committee", "panel", "department", "board", "hr", "the", "recruitment", "hiring")
_WISHES = frozenset({"US", "UK", "IE", "AU", "NZ", "CA", ""})


def greeting(brief: Brief) -> str:
    """`Dear …,` with the name as the brief has it; shorter only where region and acquaintance make that safe.

    A first name alone where the two have met and the region writes so; a title with the family name where that comes last.
    """
    name = brief.recipient
    if not name:
        return "Dear hiring committee," if brief.recipient_role == "committee" else "Hello,"
    name = name.removeprefix("the ").removeprefix("The ")  # Dear members of the panel, but not: Dear the panel
    parts, region = name.split(), region_code(brief.region)
    if parts[0].rstrip(".").lower() in _TITLES:
        if len(parts) == 3 and region in _FAMILY_NAME_LAST and all(map(_is_name, parts[1:])):
            return f"Dear {parts[0]} {parts[2]},"
    elif len(parts) == 2 and region in _FIRST_NAME_REGIONS and _has_met(brief) and all(map(_is_name, parts)):
        return f"Dear {parts[0]},"
    return f"Dear {name},"


def first_name(brief: Brief) -> str:
    """How a short message greets: the first of two names; a title with the last of them; a longer name whole; "" when it is nobody's."""
    parts = brief.recipient.split()
    if parts[0].rstrip(".").lower() in _TITLES:
        return (
            f"{parts[0]} {parts[-1]}"
            if len(parts) == 3 and region_code(brief.region) in _FAMILY_NAME_LAST
            else brief.recipient
        )
    if any(word in _GROUPS for word in brief.recipient.lower().split()) or not all(map(_is_name, parts)):
        return ""
    return parts[0] if len(parts) == 2 else brief.recipient


def _has_met(brief: Brief) -> bool:
    met = brief.stage in ("interview", "final") and brief.recipient_role in (
        "hiring manager",
        "interviewer",
        "recruiter",
    )
    return met and not any(word in brief.recipient.lower().split() for word in (*_GROUPS, "coach", "chef", "sister"))


def _is_name(word: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*", word)) and word[0].isupper()


def sign_off(brief: Brief) -> str:
    """The close and the sender's name."""
    return f"{'Best wishes' if region_code(brief.region) in _WISHES else 'Kind regards'},\n{brief.sender}"


def letter_text(subject: str, opening: str, paragraphs: list[str], ending: str) -> str:
    """Subject line, greeting, paragraphs and sign-off as one text."""
    parts = [f"Subject: {subject}"] if subject else []
    return "\n\n".join([*parts, opening, *(p for p in paragraphs if p), ending]) + "\n"


def situation(brief: Brief, title: str) -> str:
    """What an opening is written from, as the embedded model was taught it."""
    parts = {"job": title, "company": employer(brief), "stage": brief.stage, "region": brief.region}
    return "; ".join(f"{key}: {value}" for key, value in parts.items() if value)


def employer(brief: Brief) -> str:
    """The company, but not to a recruiter: theirs is often another one than the job's."""
    return "" if brief.recipient_role == "recruiter" else brief.company
