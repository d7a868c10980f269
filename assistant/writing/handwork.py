"""Changes to a letter that need no model: exact, and everything else stays as it is, letter for letter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from assistant.brief import Brief
from assistant.data_files import read_yaml
from assistant.letter import Letter, Span
from assistant.writing.frame import greeting, sign_off
from assistant.zones import parse_letter

Cited = dict[str, tuple[str, ...]]


def without(letter: Letter, places: list[int]) -> Letter:
    """The letter without these sentences; a paragraph that is left empty goes too."""
    text = letter.text
    for place in sorted(places, reverse=True):
        span = letter.sentences[place].span
        before, after = text[: span.start], text[span.end :]
        gap, rest = re.search(r"\s*\Z", before), re.match(r"\s*", after)
        gap_text, rest_text = (gap.group() if gap else ""), (rest.group() if rest else "")
        # What stays between the neighbours is the wider of the two gaps: a blank line before a line break before a space.
        wider = max((gap_text, rest_text), key=lambda g: (g.count("\n"), len(g)))
        if not before.strip():
            wider = ""
        text = before[: len(before) - len(gap_text)] + wider + after[len(rest_text) :]
    return read_again(text, cited_in(letter))


def with_sentence(letter: Letter, sentence: str, facts: tuple[str, ...], after: int, new_paragraph: bool) -> Letter:
    """The letter with a sentence put in after the one at `after`, in its paragraph or in one of its own."""
    end = letter.sentences[after].span.end
    gap = "\n\n" if new_paragraph else " "
    return read_again(
        letter.text[:end] + gap + sentence + letter.text[end:], cited_in(letter) | ({sentence: facts} if facts else {})
    )


def with_other(letter: Letter, place: int, sentence: str) -> Letter:
    """The letter with one sentence in other words, resting on the same facts."""
    old = letter.sentences[place]
    cited = cited_in(letter)
    if old.facts:
        cited[sentence] = old.facts
    return read_again(_spliced(letter.text, old.span, sentence), cited)


def addressed(letter: Letter, name: str) -> Letter:
    """The letter with this name in its greeting; with one of its own where it had none."""
    span = letter.greeting
    shown = span.of(letter.text)
    if not shown:
        return read_again(_spliced(letter.text, Span(span.start, span.start), f"Dear {name},\n\n"), cited_in(letter))
    opened = re.match(r"(dear|hi|hello|hey|good \w+)\b([^,:;!–—-]*)(\s?[,:;!–—-])?", shown, re.IGNORECASE)
    if not opened:
        mark = shown[-1] if shown[-1] in ",:;!–—" else ","
        return read_again(_spliced(letter.text, span, f"Dear {name}{mark}"), cited_in(letter))
    # Only what is said before the comma: some go on in the same line.
    hello = opened[1] if opened[1].lower() != "hello" else "Dear"
    greeted = Span(span.start, span.start + opened.end())
    return read_again(_spliced(letter.text, greeted, f"{hello} {name}{opened[3] or ','}"), cited_in(letter))


def signed(letter: Letter, name: str) -> Letter:
    """The letter under this name."""
    span = letter.signature
    if span.start == span.end:
        return read_again(letter.text.rstrip() + f"\n\n{name}\n", cited_in(letter))
    first = span.of(letter.text).split("\n")[0]
    return read_again(_spliced(letter.text, Span(span.start, span.start + len(first)), name), cited_in(letter))


def with_subject(letter: Letter, subject: str) -> Letter:
    """The letter under this subject line."""
    if not letter.subject:
        text = re.sub(r"(?im)\A\s*(?:\*\*)?subject(?:\*\*)?[ \t]*:[ \t]*$\s*", "", letter.text)
        return read_again(f"Subject: {subject}\n\n{text}", cited_in(letter))
    line = re.search(r"(?im)^\W*subject\W*:\W*", letter.text)
    start = letter.text.find(letter.subject, line.end() if line else 0)
    return read_again(_spliced(letter.text, Span(start, start + len(letter.subject)), subject), cited_in(letter))


def in_register(letter: Letter, formal: bool) -> Letter:
    """The letter more or less formal in what says nothing: greeting, sign-off, and whether "I am" is "I'm"."""
    rules = read_yaml(Path(__file__).parent / "register.yaml")
    text, cited = letter.text, cited_in(letter)
    zones = ((letter.closing, rules["sign_offs"]), (letter.greeting, rules["greetings"]))
    for sentence in reversed(letter.sentences):
        new = _said(sentence.text, rules, formal)
        cited |= {new: sentence.facts} if sentence.facts else {}
        if sentence.span.start < letter.closing.start or letter.closing.start == letter.closing.end:
            text = _spliced(text, sentence.span, new)
    shift = len(text) - len(letter.text)
    for span, table in zones:
        moved = Span(span.start + shift, span.end + shift) if span is letter.closing else span
        if moved.start < moved.end:
            text = _spliced(text, moved, _zone(moved.of(text), table, formal))
    return read_again(text, cited)


def cited_in(letter: Letter) -> Cited:
    """The facts of each sentence that rests on any."""
    return {s.text: s.facts for s in letter.sentences if s.facts}


def reframed(letter: Letter, old: Brief, new: Brief) -> Letter:
    """The letter with greeting and signature as the new brief has them, where they still stand as the old one had them."""
    if letter.greeting.of(letter.text) == greeting(old) and greeting(old) != greeting(new):
        letter = read_again(_spliced(letter.text, letter.greeting, greeting(new)), cited_in(letter))
    if old.sender != new.sender and letter.signature.of(letter.text).strip() == sign_off(old).split("\n")[-1]:
        letter = signed(letter, new.sender)
    return letter


def _said(sentence: str, rules: dict[str, Any], formal: bool) -> str:
    for long, short in rules["short"].items():
        if formal:
            sentence = _swapped(rf"\b{re.escape(short)}\b", long, sentence)
        else:
            only = rf" (?={rules['before_have']})" if long.endswith(" have") else " "
            sentence = _swapped(rf"\b{long}(?!{rules['never_before']}){only}", f"{short} ", sentence)
    return sentence


def _swapped(pattern: str, to: str, sentence: str) -> str:
    return re.sub(pattern, lambda m: _as(m.group(), to), sentence, flags=re.IGNORECASE)


def _as(found: str, to: str) -> str:
    """The other form with the capital that the found one had."""
    return to[0].upper() + to[1:] if found[0].isupper() else to


def _zone(shown: str, table: dict[str, str], formal: bool) -> str:
    for long, short in table.items():
        old, new = (short, long) if formal else (long, short)
        if re.match(rf"{old}\b", shown):
            return new + shown[len(old) :]
    return shown


def _spliced(text: str, span: Span, new: str) -> str:
    return text[: span.start] + new + text[span.end :]


def read_again(text: str, cited: Cited) -> Letter:
    """The letter that a changed text is, its sentences resting on these facts."""
    return parse_letter(text).citing(cited)
