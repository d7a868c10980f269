"""What a free answer means: a short word that steers the talk, names, or facts in the user's own words."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.data_files import read_yaml
from assistant.text import clean, count_words, one_line
from assistant.zones import parse_letter, split_sentences

EDGES = " \t.,;:!?\"“”'’()"
# A sentence that begins so says little without the one before it.
_LEANS = re.compile(r"(?:it|that|this|which|them|there|then|so|because|bc|but|though|too)\b", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*•–·]|\d{1,2}[.)])\s+")
# Said before the fact itself, and no part of it.
_FILLER = re.compile(
    r"^(?:(?:well|hmm+|um+|uh+|oh|ok(?:ay)?|so|and|but|also|plus|no idea|not sure|dunno|nothing really|nobody|honestly"
    r"|to be honest|i think|i guess|just say)\b"
    r"(?: love| really)?[\s,.:-]+)+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_LONG = 16  # words: a longer sentence is taken apart where it can be
# Only before "I" and "we": who "he" is, and what "it" is, stands in the clause before.
_NEW_CLAUSE = re.compile(
    r",\s+(?:and |but |so )?(?=(?:i|we)(?:'\w+)? (?!\w+ (?:it|that|this|them)\b)\w)", re.IGNORECASE
)
_LEAST = 4  # words: less is no fact of its own


def means(word: str, text: str) -> bool:
    """Whether an answer is one of those that `words.yaml` lists under this word."""
    words = _words()
    plain = one_line(text).replace("’", "'")
    bare = re.sub(rf"^{words['opener']}", "", plain, flags=re.IGNORECASE).strip(EDGES) or plain.strip(EDGES) or plain
    pattern = words[word].replace("{tail}", words["tail"])
    return any(re.fullmatch(pattern, t, re.IGNORECASE) for t in (plain.strip(EDGES), bare) if t)


def facts_in(answer: str) -> list[str]:
    """The facts of an answer in the user's own words: a line, list item, sentence or long clause each that says something by itself."""
    out: list[str] = []
    for line in clean(answer).split("\n"):
        item = _ITEM.sub("", line).strip()
        if not item:
            continue
        sentences = [s.text for s in split_sentences(item, [parse_letter(item).body])] or [item]
        pieces = [piece for s in sentences for part in re.split(r"\s*;\s+", s) for piece in _clauses(part)]
        for place, piece in enumerate(pieces):
            fact = _FILLER.sub("", one_line(piece)).strip().rstrip(".;, ")
            if place and out and (_LEANS.match(fact) or count_words(fact) < _LEAST):
                out[-1] = f"{out[-1]}, {fact}" if not out[-1].endswith(("?", "!")) else f"{out[-1]} {fact}"
            elif fact:
                out.append(fact)
    return out


def _clauses(sentence: str) -> list[str]:
    """A long sentence taken apart where a new clause begins with who does something; the small model can carry one thing at a time."""
    if count_words(sentence) <= _LONG:
        return [sentence]
    out: list[str] = []
    for piece in _NEW_CLAUSE.split(sentence):
        if out and count_words(piece) < _LEAST:
            out[-1] += f", {piece}"
        else:
            out.append(piece)
    return out


def own_letter(text: str, expected: bool) -> bool:
    """Whether a pasted text is a letter that its sender wrote, and no rejection. `expected`: no rejection is waited for any more.

    Measured on the mails and letters of `evals`: `python -m evals pasted`.
    """
    letter = parse_letter(text)
    if count_words(text) < 12 or not letter.sentences:
        return False
    said = " ".join(s.text for s in letter.sentences)
    theirs, mine = speaks_of("theirs", said), speaks_of("mine", said)
    if expected:  # in the middle of the talk an answer may be long: a letter has a greeting or is signed
        return (letter.greeting.start < letter.greeting.end or bool(letter.signature.of(text))) and mine + 2 > theirs
    return mine > theirs


def speaks_of(whose: str, text: str) -> int:
    """How many turns of phrase a text has that rejections use ("theirs"), or answers to them ("mine")."""
    return len(re.findall(_words()[whose], text, re.IGNORECASE))


def _words() -> dict[str, str]:
    # A pattern may run over several lines, broken where one may be.
    return {key: pattern.replace("\n", "") for key, pattern in read_yaml(Path(__file__).parent / "words.yaml").items()}
