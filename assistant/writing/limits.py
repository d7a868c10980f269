"""What the sentence writer can't do with a note, said when it is asked for it, and what can."""

from __future__ import annotations

from assistant.brief import Fact
from assistant.checks.language import other_language
from assistant.text import count_words
from assistant.writing.plan import Plan

LONGEST_NOTE = 45  # words: beyond, no one or two sentences of a small model carry a note
LONGEST_BYTES = 600  # and beyond this the engine's slots wouldn't hold it
LARGER = "a larger model can (--model, --base-url)"

MOST_DRAWN = 6  # facts that sentences are drawn for: the plan's, and of the reserve what makes up the number


def limit_of(fact: Fact) -> str:
    """Why this model can't take up a note, and what can; "" when nothing speaks against trying."""
    if language := other_language(fact.text):
        return f"it seems to be in {language}, and this model reads English notes only; put it in English, or {LARGER}"
    if (count := count_words(fact.text)) > LONGEST_NOTE or len(fact.text.encode()) > LONGEST_BYTES:
        return f"its {count} words are too long for one sentence of this model; split it, or {LARGER}"
    return ""


def drawn_facts(plan: Plan) -> list[Fact]:
    """The facts that sentences are drawn for: the plan's, and of the reserve what makes up the number; none beyond the model's limits."""
    return [f for f in (*plan.middle, *plan.reserve) if not limit_of(f)][:MOST_DRAWN]
