"""What the sender asks of a draft, in plain words: which changes are meant, and which sentences and facts they are about."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.brief import Fact
from assistant.checks.substance import overlap
from assistant.checks.vocabulary import akin, content_stems
from assistant.data_files import read_yaml
from assistant.letter import Letter
from assistant.text import one_line

_X = r"(?P<about>.+?)"
_NAME = r"(?P<about>[^\W\d_][\w.'’-]*(?: (?-i:[^\W\d_a-z][\w.'’-]*)){0,3})"
_CAPITALS = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*"
_SPLIT = r"\s*(?:[;\n?]|(?<!\bDr)(?<!\bM[rs])(?<!\bMrs)(?<!\b[A-Z])[.!](?=\s+\D|\s*$)|,|\b(?:and|but|then|instead of|rather than)\b)\s*"
MOST_LOOSE = 14  # words: a longer clause is a story, and one word of it no wish
_EDGES = " \t.,;:!?\"“”'’"


@dataclass(frozen=True)
class Wish:
    """One change. `kind` is a name of `wishes.yaml`, or "other" where none fits; `about` is what it is about, "" for all."""

    kind: str
    about: str
    words: str


def read_wishes(text: str) -> tuple[Wish, ...]:
    """The changes that a request asks for, in order; empty for an empty one."""
    wishes = [Wish(*_kind(clause), clause) for clause in _clauses(one_line(text))]
    return _without_reasons(wishes) if len(wishes) > 1 else tuple(wishes)


def sentences_about(about: str, letter: Letter) -> list[int]:
    """The sentences that these words mean: by their place, by what they are called, or by what they say."""
    plain = re.sub(
        r"^(?:the|that|this|any|all|your|my) |(?: (?:part|bit|sentence|line|stuff|thing))+$", "", about.lower()
    )
    count = len(letter.sentences)
    for place, pattern in _rules()["places"].items():
        if re.fullmatch(pattern, re.sub(r"^(?:the|that|this) ", "", about.lower())) or re.fullmatch(pattern, plain):
            return [place % count] if -count <= place < count else []
    for pattern, said in _rules()["called"].items():
        if re.fullmatch(rf"(?:the )?(?:{pattern})(?: (?:part|bit|sentence|line))?", plain):
            return [at for at, s in enumerate(letter.sentences) if re.search(said, s.text, re.IGNORECASE)]
    return _closest(plain, [s.text for s in letter.sentences])


def facts_about(about: str, facts: Iterable[Fact]) -> list[Fact]:
    """The facts that these words mean: by id, or those that hold most of what they say."""
    listed = list(facts)
    ids = {i.upper() for i in re.findall(r"\b[cwmn]\d{1,2}\b", about.lower())}
    if ids:
        return [fact for fact in listed if fact.id in ids]
    return [listed[at] for at in _closest(about, [fact.text for fact in listed])]


def says(about: str, fact: Fact) -> bool:
    """Whether a fact holds everything that these words claim: each of their content words, or one of its family."""
    noted = content_stems(fact.text)
    claimed = content_stems(about)
    return bool(claimed) and all(s in noted or any(akin(s, n) for n in noted) for s in claimed)


def _closest(words: str, texts: list[str]) -> list[int]:
    """The texts that share most with these words, at least half of what they hold."""
    wanted = content_stems(words)
    shares = [len(overlap(words, text)) or _kin(wanted, text) for text in texts]
    most = max(shares, default=0)
    return [at for at, share in enumerate(shares) if share == most] if wanted and most >= len(wanted) / 2 else []


def _kin(wanted: frozenset[str], text: str) -> int:
    held = content_stems(text)
    return sum(any(akin(s, h) for h in held) for s in wanted)


def _clauses(text: str) -> list[str]:
    """The request taken apart where a new wish, or a reason, begins; what only goes on with the one before stays with it."""
    text = (
        re.sub(
            r"(?<=\w\W)(?<!the )(?<!a )(?<!your )(?<!my )[\s,]*\b(?:thanks?|thank you|thx|ta|cheers|please|pls)[\s.!]*$",
            "",
            text,
            flags=re.IGNORECASE,
        )
        or text
    )
    text = re.sub(
        r"^(.+), (?:say so|put that in|say that|mention that|add that)[.!]*$", r"say that \1", text, flags=re.IGNORECASE
    )
    text = re.sub(
        rf"^(?:.{{0,20}}\b)?(?:say|use|write) ({_CAPITALS}) instead of {_CAPITALS}[?.!]*$", r"call her \1", text
    )
    text = re.sub(r"\bnot (.+?),? but (?=the|my|her|his|their|that)", r"without \1; mention ", text)
    pieces = re.split(f"({_SPLIT})", text, flags=re.IGNORECASE)
    out = [pieces[0]]
    for gap, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        claims = _kind(out[-1])[0] == "claim" or not out[-1].strip()
        if re.search(r"instead of|rather than", gap, re.IGNORECASE):
            out.append(f"without {piece}")
        elif (
            re.search(r"[;.!?\n]", gap)
            or re.match(_rules()["begins"], piece, re.IGNORECASE)
            or ("," in gap and not claims and re.match(_rules()["explains"], piece, re.IGNORECASE))
        ):
            out.append(piece)
        else:
            out[-1] += gap + piece
    return [clause for clause in (c.strip(_EDGES) for c in out) if clause]


def _without_reasons(wishes: list[Wish]) -> tuple[Wish, ...]:
    """The wishes without what only explains the one before: "drop the apology, I've nothing to be sorry for"."""
    if not any(w.kind not in ("other", "done") for w in wishes):
        return tuple([w for w in wishes if w.kind == "done"][:1] or wishes)
    reason = re.compile(_rules()["explains"], re.IGNORECASE)
    return tuple(
        w
        for w in wishes
        if w.kind != "done"
        and not (w.kind == "other" and (reason.match(w.words) or w.words.lower().startswith("not ")))
    )


def _kind(clause: str) -> tuple[str, str]:
    """The kind of wish that a clause is, and what it is about."""
    for text in dict.fromkeys((clause.strip(_EDGES), _bare(clause))):
        for kind, pattern in _patterns("exact"):
            if m := pattern.fullmatch(text):
                groups = m.groupdict()
                about = next((groups[g] for g in ("about", "about2", "about3") if groups.get(g)), "")
                return kind, about.strip(_EDGES)
    if len(clause.split()) <= MOST_LOOSE:
        for kind, pattern in _patterns("loose"):
            if pattern.search(clause):
                return kind, ""
    return "other", ""


def _bare(clause: str) -> str:
    """The clause without courtesies before and after it."""
    courtesy = re.compile(rf"^(?:{_rules()['courtesy']})\b[\s,:]*", re.IGNORECASE)
    before = ""
    bare = clause
    while bare != before:
        before = bare
        rest = courtesy.sub("", bare, count=1).strip(_EDGES)
        bare = rest or bare
    return re.sub(r"[\s,]+(?:please|pls|thanks|a (?:bit|little)|a touch)$", "", bare, flags=re.IGNORECASE)


@functools.cache
def _patterns(part: str) -> list[tuple[str, re.Pattern[str]]]:
    out = []
    for entry in _rules()[part]:
        ((kind, pattern),) = entry.items()
        filled = pattern.replace("{name}", _NAME)
        # One name can be given to one group only: where the pattern has its own, {x} gets another.
        filled = filled.replace("{x}", _X.replace("about", "about3") if "?P<about>" in filled else _X)
        out.append((kind, re.compile(filled, re.IGNORECASE)))
    return out


@functools.cache
def _rules() -> dict[str, Any]:
    data = dict(read_yaml(Path(__file__).parent / "wishes.yaml"))
    for key in ("courtesy", "begins", "explains"):
        data[key] = data[key].replace("\n", "")
    return data
