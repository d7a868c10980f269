"""A note in the sender's own words, as a sentence to its reader: for notes on which the small model finds nothing sure.

Nothing is added and nothing is guessed: what was typed short is written out (`spelled_out`), whoever is meant by "she" is spoken to
(`addressed`), "can send" gets its "I" (`clauses`), and names get their capitals. A note in which any of this could go wrong is left alone.
"""

from __future__ import annotations

from assistant.brief import Brief, Fact
from assistant.writing.own_words.addressed import addressed
from assistant.writing.own_words.clauses import sentence_of
from assistant.writing.own_words.spelled_out import spelled_out

__all__ = ["in_own_words"]


def in_own_words(fact: Fact, brief: Brief) -> str:
    """The note as one sentence, or two, of the sender to the recipient; "" where that isn't sure to be right."""
    text = spelled_out(fact.text)
    text = addressed(text, fact.kind, brief) if text else ""
    return sentence_of(text, fact.kind, brief) if text else ""
