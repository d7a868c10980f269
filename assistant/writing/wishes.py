"""What the sender asks of a draft, in plain words: which changes are meant, and which sentences and facts they are about."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.brief import Fact
from assistant.checks.substance import overlap
from assistant.checks.vocabulary import akin, content_stems
from assistant.data_files import read_yaml
from assistant.grams import Words, runs, tokens
from assistant.letter import Letter
from assistant.text import one_line

_X = r"(?P<about>.+?)"
_NAME = r"(?P<about>[^\W\d_][\w.'’-]*(?: (?-i:[^\W\d_a-z][\w.'’-]*)){0,3})"
_CAPITALS = r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*"
_SPLIT = r"\s*(?:[;\n?]|(?<!\bDr)(?<!\bM[rs])(?<!\bMrs)(?<!\b[A-Z])[.!](?=\s+\D|\s*$)|,|\b(?:and|but|then|instead of|rather than)\b)\s*"
BY = " → "  # in a wish to replace words: what for what
LEARNED = Path(__file__).parent / "wishes.json"
ENOUGH = 2  # words that a fact or a sentence must share with what is said of it
FEW = 4  # words: a clause as short is what its words say
SURER = 0.75  # how likely another kind must be to go before a pattern that fits
PLAIN = 0.6  # how likely a learnt kind must be to be one of several
SURE = 0.35  # and where neither a pattern fits nor a word of the `loose` ones stands in it
MOST_LOOSE = 14  # words: a longer clause is a story, and one word of it no wish
_EDGES = " \t.,;:!?\"“”'’"


@dataclass(frozen=True)
class Wish:
    """One change. `kind` is a name of `wishes.yaml`, or "other" where none fits; `about` is what it is about, "" for all."""

    kind: str
    about: str
    words: str


def read_wishes(text: str) -> tuple[Wish, ...]:
    """The changes that a request asks for, in order; empty for an empty one.

    Taken apart only where its parts plainly want different things; what merely explains a wish is no other.
    """
    whole = one_line(text)
    if not whole:
        return ()
    if (found := _exactly(whole, "replace")) is not None:
        return (Wish(*found, whole),)
    parts = [(clause, *_kind(clause)) for clause in _clauses(whole)]
    told = [
        (clause, kind, about) for clause, kind, about, sure in parts if kind not in ("other", "done") and sure >= PLAIN
    ]
    if len({kind for _, kind, _ in told}) > 1:
        return tuple(dict.fromkeys(Wish(kind, about, clause) for clause, kind, about in told))
    alike = [Wish(kind, about, clause) for clause, kind, about in told if about]
    kind, about, _ = _kind(whole)
    if len(alike) > 1 and alike[0].kind == kind:  # "mention the bees, and don't forget the roof"
        return tuple(dict.fromkeys(alike))
    if len(parts) > 1 and told and (kind == "other" or (about and told[0][2])):
        return (Wish(told[0][1], told[0][2], told[0][0]),)  # the clause says better what it is about than all of it
    return (Wish(kind, about, whole),)


def sentences_about(about: str, letter: Letter) -> list[int]:
    """The sentences that these words mean: by their place, by what they are called, or by what they say."""
    if ids := {i.upper() for i in re.findall(r"\b[cwmn]\d{1,2}\b", about.lower())}:
        return [at for at, s in enumerate(letter.sentences) if ids & set(s.facts)]
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
    if near := _closest(plain, [s.text for s in letter.sentences]):
        return near
    named = [place for place, pattern in _rules()["places"].items() if re.search(rf"\b(?:{pattern})\b", plain)]
    return [named[0] % count] if named and -count <= named[0] < count else []


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
    """The texts that share most with these words, at least half of what they hold, or two of their words."""
    wanted = content_stems(words)
    shares = [len(overlap(words, text)) or _kin(wanted, text) for text in texts]
    most = max(shares, default=0)
    enough = wanted and most >= min(ENOUGH, len(wanted) / 2)  # of a long story a part is enough
    return [at for at, share in enumerate(shares) if share == most] if enough else []


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
        claims = not out[-1].strip() or (_exactly(out[-1], "claim") is not None)
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


def _kind(clause: str) -> tuple[str, str, float]:
    """The kind of wish that a clause is, what it is about, and how sure that is, 0 to 1: as learnt, or by its wording."""
    learned, sure = learned_kind(clause)
    exact = _exactly(clause, "")
    if exact and (exact[0] == learned or sure < SURER or learned == "other" or len(clause.split()) <= FEW):
        return (*exact, max(sure, PLAIN) if exact[0] == learned else PLAIN)
    if sure >= PLAIN and learned != "other":
        return (*(_exactly(clause, learned) or _with_about(learned, clause)), sure)
    loose = next((kind for kind, pattern in _patterns("loose") if pattern.search(clause)), "")
    if loose and len(clause.split()) <= MOST_LOOSE:
        return loose, "", PLAIN
    # That someone is happy and wants nothing more is worth being sure of.
    enough = PLAIN if learned == "done" else SURE
    return (*_with_about(learned, clause), sure) if sure >= enough else ("other", "", sure)


def _exactly(clause: str, wanted: str) -> tuple[str, str] | None:
    """The kind whose pattern fits the whole clause, and what it is about; of `wanted` kind alone where that isn't ""."""
    for text in dict.fromkeys((clause.strip(_EDGES), _bare(clause))):
        for kind, pattern in _patterns("exact"):
            if wanted in ("", kind) and (m := pattern.fullmatch(text)):
                groups = m.groupdict()
                about = next((groups[g] for g in ("about", "about2", "about3") if groups.get(g)), "")
                if kind == "replace":
                    return kind, f"{about.strip(_EDGES)}{BY}{groups['by'].strip(_EDGES)}"
                if kind in ("call", "sign"):
                    about = re.sub(r"^(?:just|simply|only|it) ", "", about, flags=re.IGNORECASE)
                return kind, about.strip(_EDGES)
    return None


def learned_kind(text: str) -> tuple[str, float]:
    """The likeliest kind of a request that wants one thing, and how likely, 0 to 1 (`training/wishes.py`)."""
    kinds, constants, weights = _learned()
    odds = list(constants)
    for gram in features(text):
        entry = weights[gram]
        for kind, weight in entry:
            odds[int(kind)] += weight
    most = max(odds)
    total = sum(math.exp(o - most) for o in odds)
    return kinds[odds.index(most)], 1 / total


def features(text: str) -> set[str]:
    """What the model reads of a request: its words, pairs and triples of words."""
    return runs(tokens(text))


def _with_about(kind: str, clause: str) -> tuple[str, str]:
    """What a wish of this kind is about; a name that can't be found makes it one for a large model."""
    if kind in ("call", "sign"):
        cue = re.search(_rules()[f"{kind}_cue"], clause, re.IGNORECASE)
        other = kind == "call" and re.search(_rules()["other_cue"], clause, re.IGNORECASE)
        found = re.search(_rules()["a_name"], _bare(clause)) or re.search(_rules()["a_name"], clause)
        return (kind, found["about"].strip(_EDGES)) if found and cue and not other else ("other", "")
    if kind == "subject":
        found = re.search(_rules()["a_subject"], clause, re.IGNORECASE)
        return (kind, (found["q"] or found["about"]).strip(_EDGES)) if found else ("other", "")
    if kind in ("mention", "without", "another", "claim"):
        about = re.sub(_rules()["about_frame"], " ", _bare(clause), flags=re.IGNORECASE)
        return kind, one_line(about).strip(_EDGES)
    return kind, ""


@functools.cache
def _learned() -> tuple[list[str], list[float], Words]:
    kept = json.loads(LEARNED.read_text(encoding="utf-8"))
    return kept["kinds"], kept["constants"], Words(kept["words"])


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
    for key in (
        "courtesy",
        "begins",
        "explains",
        "about_frame",
        "a_name",
        "a_subject",
        "call_cue",
        "sign_cue",
        "other_cue",
    ):
        data[key] = data[key].replace("\n", "")
    return data
