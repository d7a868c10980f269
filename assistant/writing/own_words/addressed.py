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
_MR, _MRS = (
    re.compile(r"(?:Mr|Herr|Sir|Father|Señor|M)\b"),
    re.compile(r"(?:Mrs|Ms|Miss|Mme|Frau|Sister|Sra|Madam\w*)\b"),
)
_SHORT = re.compile(r"(?:she|he|they)'(?:s|re|ve|ll|d)\Z")
_TITLE = r"(?:\b(?:mr|mrs|ms|miss|mx|dr|prof|professor|sister|sr|sra|fr|father|chef|capt|chief|rev|sir|frau|herr|doctor)\.? )?"


def addressed(text: str, kind: str, brief: Brief) -> str:
    """The note with its reader as "you": by name, and as she, he or they where nobody else can be meant; "" where that isn't clear.

    `kind` is that of the fact: what senders tell of themselves is about other people they know.
    """
    if re.search(r"(?i)\b(?:he|him|his)\b", text) and re.search(r"(?i)\b(?:she|her|hers)\b", text):
        return ""  # two people
    if (_MR.match(brief.recipient) and re.search(r"(?i)\b(?:she|her)\b", text)) or (
        _MRS.match(brief.recipient) and re.search(r"(?i)\b(?:he|him|his)\b", text)
    ):
        return ""
    for name in sorted(_names(brief), key=len, reverse=True):
        text = re.sub(rf"(?i){_TITLE}(?<!\w){re.escape(name)}'s(?!\w)", "your", text)
        text = re.sub(rf"(?i){_TITLE}(?<!\w){re.escape(name)}(?!\w)", READER, text)
    words = re.sub(rf"{READER}(?: {READER})+", READER, text).split(" ")
    if any(bare(word)[0] == READER and not _named(words, place) for place, word in enumerate(words)):
        return ""  # "a baker" isn't Ms Baker, nor "in kent" Mr Kent
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
            you = _you(low, following, out)
            if not you:
                return ""
            out.append(you + tail if means_reader else word)
        else:
            out.append(word)
    return _agreeing(out, words)


def bare(word: str) -> tuple[str, str]:
    """A word and the marks after it."""
    found = re.match(r"(.*?)([.,;:!?)]*)\Z", word)
    return (found[1], found[2]) if found else (word, "")


def _named(words: list[str], place: int) -> bool:
    """Whether the reader's name stands here as a name: where a clause begins, or after what is done with or for people."""
    if place == 0 or words[place - 1].endswith((",", ";", ".", "-")):
        return True
    before = bare(words[place - 1])[0].lower()
    if before == "to":
        return place > 1 and bare(words[place - 2])[0].lower() in lists()["spoken_to"]
    return before in lists()["before_names"]


def _means_reader(pronoun: str, before: list[str], following: str, kind: str, brief: Brief) -> bool | None:
    """Whether a pronoun means the reader; None where it can't be told."""
    data = lists()
    said = [bare(word)[0] for word in before]
    low = [word.lower() for word in said]
    if pronoun == "his" and low[-1:] == ["of"] and following:
        return None
    if pronoun[0] == "t":
        return _mean_readers(pronoun, said, following)
    if kind == "about_me" or not brief.recipient or data["several"] & set(brief.recipient.lower().split()):
        return None
    known = [word for place, word in enumerate(low) if _is_person(word, low[place - 1] if place else "")]
    if known:  # theirs, unless the reader was named as well, or it is somebody they do something for
        return None if {"you", "your"} & set(low) or pronoun in ("her", "him") else False
    return None if _others(said) else True


def _mean_readers(pronoun: str, said: list[str], following: str) -> bool | None:
    """Whether "they" are the reader's side."""
    data = lists()
    low = [word.lower() for word in said]
    after_conjunction = bool(low) and low[-1] in data["conjunctions"]
    plural = [word for word in low if _is_plural(word)]
    if plural and pronoun == "them" and low[-1] == "of":
        return False
    if plural and pronoun == "they're" and (following in data["things"] or following[:1].isdigit()):
        return False
    others = _others(said) or any(_is_person(w, low[n - 1] if n else "") for n, w in enumerate(low))
    if others or {word.removesuffix("'") for word in low} & (data["groups"] | data["bodies"]):
        return None
    if plural:
        things = all(word[:-1] in data["no_people"] or word in data["no_people"] for word in plural)
        return True if things and pronoun == "they" and following in data["wanting"] and after_conjunction else None
    # "The table they hand out" may be anybody's.
    return True if not pronoun.startswith("they") or after_conjunction or not low else None


def _is_person(word: str, before: str) -> bool:
    return word.removesuffix("'s") in lists()["persons"] and before not in lists()["bare_before"]


def _others(said: list[str]) -> bool:
    """Whether anybody may be named or described here whom a pronoun could mean: every noun that isn't known to be nobody."""
    data = lists()
    low = [word.lower().removesuffix("'s") for word in said]
    for place, word in enumerate(low):
        before = low[place - 1] if place else ""
        if said[place] == "you" or word in ("you", "your"):
            continue
        capital = said[place][:1].isupper() and not said[place].isupper() and place > 0 and word.split("'")[0] != "i"
        if (
            (capital or is_known(word))
            and word.split("'")[0] not in data["no_person_names"]
            and (capital or before not in ("in", "at", "near"))
        ):
            return True
        noun = before in data["determiners"] or (
            before in data["adjectives_before"] and place > 1 and low[place - 2] in data["determiners"]
        )
        nobody = (
            word in data["no_people"] | data["bodies"] | data["adjectives_before"] | data["times"] or word[:1].isdigit()
        )
        if (
            noun
            and not nobody
            and not word.endswith("ing")
            and not (_is_plural(word) and word[:-1] in data["no_people"])
        ):
            return True
        if (
            before in data["companions"]
            and word.isalpha()
            and not nobody
            and not _is_plural(word)
            and not (
                word
                in data["determiners"]
                | data["subordinate"]
                | data["subjects"]
                | data["after_noun"]
                | data["seen_verbs"]
                | {"me", "us", "you"}
                or word.endswith(("ing", "ed"))
            )
        ):
            return True
    return False


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
        verb = bare(before[-1])[0].lower() if before else ""
        if ended or verb in lists()["givers"] or (verb == "let" and following in ("know", "have")):
            return "you"
        # "ring her tuesday", "ring her office": after other verbs it may be either.
        return "your" if not verb or verb in lists()["before_her_noun"] else ""
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
