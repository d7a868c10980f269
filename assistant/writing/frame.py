"""The outside of a letter that no model need be asked for: greeting, close, signature."""

from __future__ import annotations

import re

from assistant.brief import Brief

# Where a first name is how one writes to a person one has met.
_FIRST_NAME_REGIONS = frozenset({"US", "UK", "IE", "AU", "NZ", "CA", "SE", "DK", "NO", "FI", "NL"})
_WISHES = frozenset({"US", "UK", "IE", "AU", "NZ", "CA", ""})


def greeting(brief: Brief) -> str:
    """`Dear …,` with the name as the brief has it; the first name alone only where the two have met and the region writes so."""
    name = brief.recipient
    if not name:
        return "Dear hiring committee," if brief.recipient_role == "committee" else "Hello,"
    parts = name.split()
    met = brief.stage in ("interview", "final") and brief.recipient_role in (
        "hiring manager",
        "interviewer",
        "recruiter",
    )
    plain = len(parts) == 2 and all(
        re.fullmatch(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*", part) and part[0].isupper() for part in parts
    )
    titled = parts[0].rstrip(".").lower() in (
        "mr",
        "mrs",
        "ms",
        "mx",
        "miss",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "coach",
        "chef",
        "captain",
        "sister",
    )
    if plain and met and not titled and brief.region.upper() in _FIRST_NAME_REGIONS and "team" not in name.lower():
        name = parts[0]
    return f"Dear {name},"


def sign_off(brief: Brief) -> str:
    """The close and the sender's name."""
    return f"{'Best wishes' if brief.region.upper() in _WISHES else 'Kind regards'},\n{brief.sender}"


def letter_text(subject: str, opening: str, paragraphs: list[str], ending: str) -> str:
    """Subject line, greeting, paragraphs and sign-off as one text."""
    parts = [f"Subject: {subject}"] if subject else []
    return "\n\n".join([*parts, opening, *(p for p in paragraphs if p), ending]) + "\n"
