"""A note turned to its reader: whoever it is written to becomes "you", where that can be told for sure."""

from __future__ import annotations

import re

from assistant.brief import Brief
from assistant.ordinary import is_ordinary
from assistant.writing.own_words.capitals import is_known
from assistant.writing.own_words.spelled_out import lists

READER = "§"  # stands for a name of the reader's while the note is turned
_PRONOUN = re.compile(r"(?:she|he|they|her|him|his|them|their|hers|theirs|herself|himself|themselves)\Z")
_WAS_TOO = re.compile(r"\b(?:and|but|then) (?:is|was|has|does|isn't|wasn't|hasn't|doesn't)\b")
_SHORT = re.compile(r"(?:she|he|they)'(?:s|re|ve|ll|d)\Z")
_TITLE = r"(?:\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sister|sr|sra|fr|father|chef|capt|chief|rev|sir|frau|herr|doctor)\.? )?"


def addressed(text: str, kind: str, brief: Brief) -> str:
    """The note with its reader as "you": by name, and as she, he or they where nobody else can be meant; "" where that isn't clear.

    `kind` is that of the fact: what senders tell of themselves is about other people they know.
    """
    for name in sorted(_names(brief), key=len, reverse=True):
        text = re.sub(rf"(?i){_TITLE}(?<!\w){re.escape(name)}'s(?!\w)", "your", text)
        text = re.sub(rf"(?i){_TITLE}(?<!\w){re.escape(name)}(?!\w)", READER, text)
    words = re.sub(rf"{READER}(?: {READER})+", READER, text).split(" ")
    out: list[str] = []
    for at, word in enumerate(words):
        stem, tail = bare(word)
        low, following = stem.lower(), bare(words[at + 1])[0].lower() if at + 1 < len(words) and not tail else ""
        if stem == READER:
            out.append("you" + tail)
        elif _PRONOUN.match(low) or _SHORT.match(low):
            means_reader = _means_reader(low, out, following, kind, brief)
            if means_reader is None:
                return ""
            out.append(_you(low, following, out) + tail if means_reader else word)
        else:
            out.append(word)
    return _agreeing(out, words)


def bare(word: str) -> tuple[str, str]:
    """A word and the marks after it."""
    found = re.match(r"(.*?)([.,;:!?)]*)\Z", word)
    return (found[1], found[2]) if found else (word, "")


def _means_reader(pronoun: str, before: list[str], following: str, kind: str, brief: Brief) -> bool | None:
    """Whether a pronoun means the reader; None where it can't be told."""
    said = [bare(word)[0] for word in before]
    low = [word.lower() for word in said]
    several = pronoun[0] == "t"
    others = any(
        word.removesuffix("'s") in lists()["persons"] and before not in lists()["bare_before"]
        for before, word in zip(["", *low], low, strict=False)
    )
    if (not others and any(map(_may_name, said[1:]))) or (pronoun == "his" and low[-1:] == ["of"] and following):
        return None
    if not several:
        if kind == "about_me" or not brief.recipient or lists()["several"] & set(brief.recipient.lower().split()):
            return None
        if others:  # theirs, unless the reader was named as well
            return None if {"you", "your"} & set(low) else False
        return True
    if others or any(word.removesuffix("'") in lists()["groups"] for word in low):
        return None
    after_conjunction = bool(low) and low[-1] in lists()["conjunctions"]
    if any(map(_is_plural, low)):
        if pronoun == "them" and low[-1] == "of":
            return False
        if pronoun == "they're" and (following in lists()["things"] or following[:1].isdigit()):
            return False
        return True if pronoun == "they" and following in lists()["wanting"] and after_conjunction else None
    # "The table they hand out" may be anybody's.
    return True if not pronoun.startswith("they") or after_conjunction or not low else None


def _may_name(word: str) -> bool:
    """Whether a word may name somebody: with a capital that no day, month, language or place that is known explains."""
    stem = word.split("'")[0]
    return stem[:1].isupper() and not stem.isupper() and stem != "I" and not is_known(stem)


def _is_plural(word: str) -> bool:
    """Whether a word may be several things, which "they" could mean; not days and spans of time."""
    return bool(re.search(r"[^siu']s\Z", word)) and len(word) > 3 and word not in lists()["times"]


def _you(pronoun: str, following: str, before: list[str]) -> str:
    if "'" in pronoun:
        ending = pronoun.split("'")[1]
        if ending == "s" and following in ("got", "been", "had"):
            return "you've"
        return "you're" if ending == "s" else f"you'{ending}"
    if pronoun in ("she", "he", "they", "him", "them"):
        return "you"
    if pronoun.endswith(("self", "selves")):
        return "yourself"
    ended = not following or following in lists()["after_noun"] or following[0].isdigit()
    if pronoun == "her":
        giving = bool(before) and bare(before[-1])[0].lower() in lists()["givers"]
        return "you" if ended or giving else "your"
    return "yours" if pronoun in ("hers", "theirs") or (pronoun == "his" and ended) else "your"


def _agreeing(out: list[str], words: list[str]) -> str:
    """The text with the verb after each "you" that was she, he or a name; "" where a second verb may belong to it too."""
    changed = list(out)
    for at, word in enumerate(out[:-1]):
        stem, tail = bare(word)
        was = bare(words[at])[0].lower()
        if stem != "you" or tail or was not in ("she", "he", READER):
            continue
        before = bare(out[at - 1])[0].lower() if at else ""
        if before in lists()["irregular"]:  # "does she know": the verb stands before
            changed[at - 1] = _second_person(out[at - 1])
            continue
        if (
            was == READER
            and at
            and not out[at - 1].endswith((",", ";"))
            and before not in lists()["conjunctions"] | {"and", "than", "but", "so"}
        ):
            continue
        place = at + 1
        while place < len(out) - 1 and bare(out[place])[0].lower() in lists()["skipped"]:
            place += 1
        verb, rest = bare(out[place])
        changed[place] = _second_person(verb) + rest
        rest_of = " ".join(out[place:])
        # "Hangs it and loses", "rang and was straight": a further verb of the reader's, or a word that looks like one.
        if _WAS_TOO.search(rest_of) or (
            changed[place] != out[place] and re.search(r"\b(?:and|or|but|then) \w+s\b", rest_of)
        ):
            return ""
    return " ".join(changed)


def _second_person(verb: str) -> str:
    low = verb.lower()
    if low in lists()["irregular"]:
        return str(lists()["irregular"][low])
    if not verb.islower() or not re.search(r"[^s']s\Z", low) or low in ("always", "as", "this"):
        return verb
    if low.endswith("ies") and len(low) > 4:
        return verb[:-3] + "y"
    return verb[:-2] if low.endswith(("ches", "shes", "sses", "xes", "oes", "zzes")) else verb[:-1]


def _names(brief: Brief) -> set[str]:
    whole = [part.strip(".,") for part in brief.recipient.split()]
    own = {
        word
        for word in whole
        if len(word) > 2 and not is_ordinary(word) and word.lower() not in lists()["no_names"] | lists()["several"]
    }
    return own | ({brief.recipient} if brief.recipient else set())
