"""What the small model is asked for: a sentence on a fact, an opening, a good wish, a subject line; each with what is held against it."""

from __future__ import annotations

import functools

from assistant.brief import Brief, Fact
from assistant.checks.faithful import faults
from assistant.checks.parts import closing_faults, opening_faults, subject_faults
from assistant.writing.candidates import Ask
from assistant.writing.frame import employer, situation
from assistant.writing.own_words import in_own_words

# How likely a sentence on a fact must be true (`checks.soundness`); how far the candidates of a wish tied to their work must agree.
SURE = 0.87  # of the surest sentence an ordinary note, more than half lie above it, and of those one in forty is untrue
SURE_WISH = 0.75
TOP = 2  # candidates for the subject line and for each opening: few, for the first words to come soon
WISHES = 4  # candidates for a good wish


def on_fact(fact: Fact, brief: Brief) -> Ask:
    """A sentence that says what one note says; where the model finds none that is sure, the note in its own words."""
    own = functools.partial(in_own_words, fact, brief)
    return Ask(fact.kind, fact.text, lambda s: faults(s, fact, brief), SURE, fact, own=own)


def for_opening(brief: Brief, title: str, start: str) -> Ask:
    """The decision in one line, begun so."""
    return Ask("opening", situation(brief, title), lambda s: opening_faults(s, brief), start=start, n=TOP)


def for_wish(brief: Brief, work: Fact | None) -> Ask:
    """Good wishes, tied to their work or plain."""
    stage = f"stage: {brief.stage or 'interview'}; region: {brief.region or 'US'}"
    if not work:
        return Ask("closing", stage, lambda s: closing_faults(s, "", brief), varied=True, n=WISHES)
    note = f"{stage}; about: {work.text}"
    return Ask("closing", note, lambda s: closing_faults(s, work.text, brief), SURE_WISH, n=WISHES)


def for_subject(brief: Brief) -> Ask:
    """The role and the company: lines on what was talked about were tried and came out odd too often to be the first thing read."""
    note = f"job: {brief.job_title}; company: {employer(brief)}"
    return Ask("subject", note, lambda s: subject_faults(s, "", brief), whole=False, n=TOP)
