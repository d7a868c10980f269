"""What was typed in a hurry, written out: short forms, days, apostrophes; and nothing where it could be two things."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from assistant.data_files import read_yaml

_DAY_PARTS = {"sat": "Saturday", "sun": "Sunday", "mon": "Monday"}
_KIN = "dad|mum|mom|aunt|auntie|uncle|cousin|gran|grandma|grandad|father|mother|brother|sister|boss|friend"
_WILL = {"ill": "I will", "id": "I would"}
# What "its" stands after when it is theirs; anywhere else it may be "it is".
_ITS = re.compile(
    r"(?i)(?<!\bin )(?<!\bof )(?<!\bfor )(?<!\bon )(?<!\bwith )(?<!\bat )(?<!\bto )(?<!\bfrom )(?<!\binto )(?<!\bby )\bits\b"
)
_NO_SENTENCE = re.compile(r"[<>{}\[\]@#§|\\=*_~^\"“”]|\w/\w|/ | /|\w:|http|\.\.|…|\bwww\b")


def spelled_out(note: str) -> str:
    """The note in full words; "" where one of its short forms could be two things, or it holds what no letter does."""
    data = lists()
    text = re.sub(r"\s+", " ", note.replace("’", "'")).strip(" .")
    text = re.sub(r"(?i)\bw/ ?(?=\w)", "with ", re.sub(r"(?i)\bw/ ?o(?:ut)?\b", "without", text))
    text = re.sub(r"(?<=[\w)]) ?& ?(?=\w)", " and ", re.sub(r" \+ ", " and ", text))
    # Before these words "ill" and "id" can only be what the sender will or would do, "cd" what they could, and "cos" a reason.
    text = re.sub(
        rf"(?i)(?:\A|(?<=, ))(ill|id)(?= (?:{'|'.join(data['will_do'])})\b)", lambda m: _WILL[m[1].lower()], text
    )
    text = re.sub(r"(?i)(\A|\b(?:i|you|we|they|he|she|so|and|n) |, )cd\b", r"\1could", text)
    text = re.sub(
        r"(?i)\bcos (?=(?:i|im|ive|it|its|the|they|he|she|we|you|my|of|his|her|there|theres|a|no)\b)", "because ", text
    )
    text = re.sub(
        r"(?i)(?<=\bin )jan\b|(?<=\bfrom )jan\b|(?<=\buntil )jan\b|(?<=\bby )jan\b|(?<=\d )jan\b", "January", text
    )
    text = re.sub(r"(?i)\bre (?=(?:the|a|my|his|her|their|this|that)\b)", "about ", text)
    text = re.sub(r"(?i)(?<=\d )min\b|(?<=\b(?:ten|two|six) )min\b|(?<=\b(?:five|four) )min\b", "minutes", text)
    text = re.sub(r"(?i)(?<=\d )hr\b|(?<=\bone )hr\b", "hour", text)
    text = re.sub(
        rf"(?i)\b(my|his|her) ({_KIN})s(?= (?!(?:are|were|have|and|or|who|in|at|on|do|did|live|both|all)\b)[a-z])",
        r"\1 \2's",
        text,
    )
    text = re.sub(r"(?<![\w-])(mr|mrs|ms|dr|prof) ([a-z])", lambda m: f"{m[1].capitalize()} {m[2].upper()}", text)
    text = re.sub(
        r"(?i)\b(sat|sun|mon)(?= (?:morning|afternoon|evening|night)s?\b| \d)", lambda m: _DAY_PARTS[m[1].lower()], text
    )
    text = re.sub(rf"(?i)\b(its)(?= (?:{'|'.join(data['its_a'])})\b)", lambda m: f"{m[1][0]}t's", text)
    words = set(re.findall(r"[\w'-]+", text.lower()))
    if words & data["unclear"] or _ITS.search(text) or _NO_SENTENCE.search(text.replace("1/2", "")):
        return ""
    return re.sub(r"(?<![\w-])[\w']+(?![\w-])", lambda m: _full(m[0]), text)


def _full(word: str) -> str:
    full = lists()["short"].get(word.lower())
    return word if full is None or (word.isupper() and len(word) > 1) else str(full)


@functools.cache
def lists() -> dict[str, Any]:
    """The lists of `lists.yaml`: a word list as a set, a table as it is."""
    data: dict[str, Any] = read_yaml(Path(__file__).parent / "lists.yaml")
    return {key: set(value.split()) if isinstance(value, str) else value for key, value in data.items()}
