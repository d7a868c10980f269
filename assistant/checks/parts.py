"""What an opening, a closing and a subject line must be when the sentence writer makes them. Reasons in words, as in `faithful`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from assistant.brief import Brief
from assistant.checks.figures import numbers
from assistant.checks.sentence_form import form_faults
from assistant.checks.vocabulary import content_stems, content_words, cue, names, stems, stems_of, words
from assistant.regions import THANKING, region_code

_MEETING = re.compile(
    r"\b(?:conversation|interview\w*|talk\w*|met|meet\w*|spoke|discuss\w*|visit|round|trial)\b", re.IGNORECASE
)
_WISH = re.compile(r"\b(?:hope|wish|wishes|luck|well|best|may|enjoy|all the|go(?:es)?)\b", re.IGNORECASE)
_YOUR_DECISION = re.compile(
    r"\byour (?:decision|answer|no|choice)\b|\byou (?:decided|chose|went with)\b", re.IGNORECASE
)
_WHEN = re.compile(
    r"\b(?:season|start|spring|summer|autumn|winter|fall|week|day|days|month|months|time|kitchen|shop|house|place)\b"
)
_SHE = re.compile(r"\b(?:she|he|her|his|him)\b", re.IGNORECASE)


def opening_faults(sentence: str, brief: Brief) -> list[str]:
    """The decision in one calm line, naming the job, true to the stage and the region."""
    return [*form_faults(sentence), *_opening(sentence, brief)]


def closing_faults(sentence: str, about: str, brief: Brief) -> list[str]:
    """Plain good wishes, tied to what `about` says or to nothing."""
    return [*form_faults(sentence), *_closing(sentence, about, brief)]


def subject_faults(line: str, about: str, brief: Brief) -> list[str]:
    """Three to nine words on the job or the thing talked about; not a thank-you, not a sentence."""
    out = []
    known = stems(f"{brief.job_title} {brief.company} {about}") | _extra("subject")
    count = len(line.split())
    if not 2 <= count <= 9 + len(brief.job_title.split()) // 3 or "\n" in line or "∅" in line:
        out.append("no subject line")
    if line.endswith((".", ",", "!", ":")) or re.search(r"[—|<>{}\[\]*#!]", line):
        out.append("ends or looks like no subject")
    if cue("thanks").search(line) or cue("never").search(line):
        out.append("thanks or pleads")
    if new := [w.text for w in content_words(line) if w.stem not in known]:
        out.append(f"adds {new[0]}")
    if set(numbers(line)) - set(numbers(f"{about} {brief.job_title}")):
        out.append("a number from nowhere")
    twice = content_stems(brief.job_title) & content_stems(brief.company)  # Librarian at Ashgrove Public Library
    if len(repeated := [w.stem for w in content_words(line) if w.stem not in twice]) > len(set(repeated)):
        out.append("says a word twice")
    if _SHE.search(line):
        out.append("speaks of the reader as she or he")
    if line.lower().startswith("my "):
        out.append("makes the decision the sender's")
    return out


def _opening(sentence: str, brief: Brief) -> Iterator[str]:
    job, company = content_stems(brief.job_title), content_stems(brief.company)
    # By the words as they stand, not by stems: Homelessness Officer isn't Homeless Officer.
    main = {w.text.lower() for w in content_words(main_title(brief.job_title) or brief.job_title)}
    if main - {w.text.lower() for w in words(sentence)}:
        yield "doesn't name the job"
    if not cue("decision").search(sentence) or cue("not_rejected").search(sentence):
        yield "doesn't say that the answer was no"
    if cue("chosen_one").search(sentence):
        yield "says who was chosen"
    if m := cue("odd_opening").search(sentence):
        yield f"slips at {m.group()!r}"
    if cue("thanks").search(sentence) and region_code(brief.region) not in THANKING:
        yield "thanks where that is no custom"
    if len(cue("thanks").findall(sentence)) > 1 or cue("thanks_for_rejection").search(sentence):
        yield "too much thanks"
    if brief.stage not in ("interview", "final") and _MEETING.search(sentence):
        yield "speaks of a meeting"
    if re.search(r"\bfinal\b", sentence, re.IGNORECASE) and brief.stage != "final":
        yield "speaks of a final round"
    known = job | company | stems(brief.recipient) | _extra("opening")
    if new := [w.text for w in content_words(sentence) if w.stem not in known]:
        yield f"adds {', '.join(new[:3])}"
    if set(numbers(sentence)) - set(numbers(f"{brief.job_title} {brief.company}")):
        yield "a number from nowhere"
    if strange := [
        w.text
        for w in names(sentence)
        if w.stem not in job | company and w.stem not in stems(f"{brief.job_title} {brief.company}")
    ]:
        yield f"name {strange[0]} isn't in the brief"
    if _SHE.search(sentence):
        yield "speaks of somebody as she or he"
    if brief.recipient_role == "recruiter" and _YOUR_DECISION.search(sentence):
        yield "makes the employer's decision the recruiter's"
    if len(sentence.split()) > 30:
        yield "too long"


def _closing(sentence: str, about: str, brief: Brief) -> Iterator[str]:
    known = stems(f"{about} {brief.company} {brief.recipient}") | _extra("closing")
    known |= stems_of("closing_tied") if about else frozenset()
    # A wish claims nothing, so one word of its own is free where it is tied to something; two begin to tell a story. A plain one has none:
    # that the reader has a shop or a ward would be a claim.
    new = [w.text for w in content_words(sentence) if w.stem not in known]
    if len(new) > (1 if about else 0):
        yield f"adds {', '.join(new[:3])}"
    if set(numbers(sentence)) - set(numbers(about)):
        yield "a number from nowhere"
    if strange := [
        w.text for w in names(sentence) if w.stem not in stems(f"{about} {brief.company} {brief.recipient}")
    ]:
        yield f"name {strange[0]} isn't in the brief"
    if _SHE.search(sentence):
        yield "speaks of somebody as she or he"
    if re.search(r"\b(?:hear(?:ing)? from you|my (?:application|cv|resume)|me|my|thank\w*)\b", sentence, re.IGNORECASE):
        yield "asks for something, or thanks"
    if about and not cue("closing_shape").search(sentence):
        yield "isn't a plain good wish"
    if len(said := [w.text.lower() for w in words(sentence) if len(w.text) > 3 or w.text == "well"]) > len(set(said)):
        yield "says a word twice"
    if not about and _WHEN.search(sentence):
        yield "wishes for a time or a start of nothing"
    if cue("ill_wish").search(sentence):
        yield "wishes ill, or for something of the sender's"
    if not _WISH.search(sentence):
        yield "isn't a good wish"
    if not 3 <= len(sentence.split()) <= 22:
        yield "too short or too long"


def main_title(job_title: str) -> str:
    """A job title without what follows a comma, a dash or a bracket: `Associate` of `Associate, Employment`."""
    return re.split(r"\s*[,(/:]\s*|\s+[-–—]\s+", job_title, maxsplit=1)[0] or job_title


@functools.cache
def _extra(part: str) -> frozenset[str]:
    """Stems each part may use beside the brief's own: the list of that name in words.yaml, and the courtesies but for a subject."""
    return stems_of(part) | (stems_of("courtesy") if part != "subject" else frozenset())
