"""The clauses of a note, already in full words and to its reader, as a sentence: each begun as it must be, joined by what it is."""

from __future__ import annotations

import re

from assistant.brief import Brief
from assistant.text import count_words
from assistant.writing.own_words.addressed import bare
from assistant.writing.own_words.capitals import with_capitals
from assistant.writing.own_words.spelled_out import lists

MOST_CLAUSES = 4  # of a note: more make a list, not a sentence
MOST_WORDS = 32  # of what was talked about: a longer one was typed as it came to mind
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|can|could|would|do|does|did|isn't|aren't|won't|don't|doesn't|didn't|can't|might|should|must"
    r"|'ll|'ve|'re)\b"
)
_BREAK = re.compile(r",\s+|;\s+|\s+[-–—]+\s+|(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)\.\s+")
_OPINION = re.compile(
    r"you (?:\w+ )?(?:think|want|prefer|reckon|like|love|hate|find|thought|wanted|preferred|reckoned)\b"
)
_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|sixteen|twenty)"
_YEARS = re.compile(rf"(?i){_NUMBER} (?:years?|months?) (?:in|on|at|as|of|with)\b")
_SEASONS = re.compile(rf"(?i){_NUMBER} (?:winters|summers|seasons) (?:in|on|at|as|with)\b")


def sentence_of(text: str, kind: str, brief: Brief) -> str:
    """The sentence, or two, that such a text is in a letter; "" where a clause has no such beginning or can't be joined."""
    asked = text.endswith("?")
    clauses = [c.strip() for c in _BREAK.split(text.rstrip(" ?")) if c.strip()]
    if not 0 < len(clauses) <= MOST_CLAUSES:
        return ""
    first, question = _BEGUN[kind](clauses[0])
    if not first and kind == "next_step":
        first, clauses = _condition_first(clauses)
    if not first or (asked and not question):
        return ""
    rest = [_joined(clause, first, question, kind) for clause in clauses[1:]]
    if not all(rest) or (question and any(joined.startswith((".", ";")) for joined in rest)):
        return ""
    said = with_capitals(first + "".join(rest), brief)
    if lists()["nobody_said"] & set(re.findall(r"[a-z]+", said.lower())):
        return ""
    if said.count(". ") > 1 or (kind in ("conversation", "their_work") and count_words(said) > MOST_WORDS):
        return ""
    return said[0].upper() + said[1:] + ("?" if question else ".")


def _condition_first(clauses: list[str]) -> tuple[str, list[str]]:
    """ "If the dates fit, can come": the condition and what the sender would do then; "" and the clauses when there is no such thing."""
    if bare(clauses[0].split(" ")[0])[0].lower() not in ("if", "when", "once", "after", "next"):
        return "", clauses
    places = [place for place, c in enumerate(clauses) if place and re.match(r"(?i)(?:I|can|could|would|will)\b", c)]
    if not places or places[0] not in (1, len(clauses) - 1):
        return "", clauses
    main = clauses[places[0]]
    whole = ", ".join([*clauses[: places[0]], main if main.startswith("I") else f"I {main}"])
    return whole, [whole, *clauses[places[0] + 1 :]]


def _lowered(clause: str) -> list[str]:
    return [bare(word)[0].lower() for word in clause.split(" ")]


def _told(clause: str) -> tuple[str, bool]:
    """What was talked about: the reader or both did it, said or implied."""
    low = _lowered(clause)
    if len(low) < 3:
        return "", False
    if low[0] == "we" or (low[0] == "you" and _is_verb(low[1:])):
        return _indirect(clause), False
    if low[0] in ("why", "how", "whether") and low[1] not in lists()["asking"] | lists()["how_much"]:
        return f"we talked about {clause}", False
    if low[0] in lists()["together"]:
        return f"we {clause}", False
    if low[0] in lists()["did_to_me"] and low[1] in ("me", "us"):
        return _indirect(f"you {clause}"), False
    return "", False


def _indirect(clause: str) -> str:
    """What was asked and told as one reports it; "" for a question that would have to be turned into another tense."""
    clause = re.sub(r"(?i)\b(told|tell) (?=(?:that|how|about)\b)", r"\1 me ", clause)
    clause = re.sub(r"(?i)\b(asked(?: me)?) do I\b", r"\1 if I", clause)
    clause = re.sub(r"(?i)\b(asked(?: me)?) am I\b", r"\1 if I am", clause)
    clause = re.sub(r"(?i)\b(asked(?: me)?) (?:can|could) I\b", r"\1 if I could", clause)
    return (
        ""
        if re.search(r"(?i)\basked(?: me)?(?: what)? (?:did|do|does|is|are|was|will|would|have|has|can)\b", clause)
        else clause
    )


def _is_verb(after_you: list[str]) -> bool:
    """Whether a verb stands after the "you" that was somebody's name or "they": else the name was a part of something else."""
    words = [word for word in after_you if word not in lists()["skipped"] and word not in ("both", "all")]
    if not words or (words[0] in lists()["modals"] and len(words) < 3):
        return False
    return (
        words[0] in lists()["seen_verbs"] or words[0].endswith("ed") or (words[:2] == ["and", "i"] and len(words) > 2)
    )


def _theirs(clause: str) -> tuple[str, bool]:
    """What they are building: only where it says that it is theirs."""
    low = _lowered(clause)
    said = low[0] in ("you're", "you've", "you'll") or (low[0] == "you" and _is_verb(low[1:]))
    return (clause, False) if said and len(low) > 2 else ("", False)


def _mine(clause: str) -> tuple[str, bool]:
    """What the sender offers, asks or has done, with its "I"; and whether it is a question."""
    data = lists()
    words, low = clause.split(" "), _lowered(clause)
    one, two = low[0], low[1] if len(low) > 1 else ""
    if not two:
        return "", False
    if one in ("i", "my", "our", "we") or low[:2] == ["there", "is"] or one == "there's":
        return (clause, False) if one in ("i", "there's") or _FINITE.search(clause) else ("", False)
    if one == "ask":
        return (
            _question(words[1:])
            if not re.search(r"\b(?:and|then) (?:offer|tell|send|show|give|ask|bring)\b", clause)
            else ("", False)
        )
    if one == "tell" and two == "you":
        rest = re.sub(r"(?i)\Athat ", "", " ".join(words[2:]))
        return _mine(rest) if rest.startswith(("I ", "my ")) else ("", False)
    if one in data["modals"]:
        if two in data["subjects"]:
            return clause, True
        if one == "may" and two not in data["may_do"]:
            return "", False  # the month
        if two in data["determiners"] | {"not"} or (two.endswith("s") and not two.endswith("ss") and two != "always"):
            return "", False  # "could my wife come", "may suits me"
        pleasant = (
            low[1:2] == ["be"] and low[2:3] and low[2] in ("good", "nice", "great", "lovely", "interesting", "useful")
        )
        return f"{'it' if pleasant else 'I'} {clause}", False
    if one in data["adjectives"] and (not data["adjectives"][one] or two in data["adjectives"][one].split()):
        clause = re.sub(r"\Aok\b", "okay", clause)
        return f"I {'would be' if one in data['would_be'] and two == 'to' else 'am'} {clause}", False
    if one == "like" and two == "to":
        return f"I would {clause}", False
    if one == "please" or (one in data["requests"] and two != "you" and "me" in low[1:4]):
        wanted = clause if one == "please" else f"please {clause}"
        return ("" if re.search(r"(?i)\b(?:tell|ask) you\b|\bdon't\b", wanted) else wanted), False
    if one in data["offers"] and two in ("you", "the", "a", "an", "my", "our", "your"):
        return f"I can {clause}", False
    return _acted(words, low)


def _acted(words: list[str], low: list[str]) -> tuple[str, bool]:
    """What the sender does, has or did, typed without its "I"; or a question."""
    data, clause = lists(), " ".join(words)
    one, two = low[0], low[1]
    if one in data["gerunds"] and (
        two in data["after_past"] | {"you", "your", "to", "it", "this"} or two[:1].isdigit()
    ):
        return f"I am {clause}", False
    if one in ("been", "done"):
        return f"I have {clause}", False
    if _YEARS.match(clause) or _SEASONS.match(clause):
        return f"I {'have' if _YEARS.match(clause) else 'spent'} {clause}", False
    if one == "got" and two not in ("a", "an", "some", "two", "three"):
        return f"I {clause}", False
    if one in data["adverbs"] and two not in data["verbs"] and not two.endswith("ed"):
        return "", False
    if one in data["verbs"] and not _is_deed(one, low):
        return "", False
    if one in data["verbs"]:
        words = [data["verbs"][one], *words[1:]]
        if one in data["adverbs"] and two == "got":
            words[1] = "have"
        return f"I {' '.join(words)}", False
    deed = one.endswith("ed") and len(one) > 4 and not one.endswith("eed") and one not in data["no_deeds"]
    if deed and two not in data["done_to_one"] and (two in data["after_past"] or two[0].isdigit()):
        return f"I {clause}", False
    if one == "you" and two in ("can", "may", "could") and low[2:4] != ["keep", "your"]:
        return clause, False
    if one in ("the", "your") and re.search(r"\b(?:is|are|will|should|can)\b", clause):
        return clause, False  # "the regatta is on 6 July": it has a subject of its own
    asks = one in data["asking"] or (one in data["wh"] and two in data["asking"] and one not in ("if", "whether"))
    return (clause, True) if asks else ("", False)


def _is_deed(verb: str, low: list[str]) -> bool:
    """Whether one of the listed verbs is what the sender does: "run a kiln", not "run over by a van"; "live in Cork", not "live music"."""
    data = lists()
    two, three = low[1], low[2] if len(low) > 2 else ""
    if two in data["done_to_one"] or (two == "you" and verb in ("have", "know", "hope", "want", "had")):
        return False
    if verb == "used":
        return two == "to" and three not in data["determiners"]
    return verb not in data["nouns_too"] or two in data["after_past"] | data["after_verbs"] or two[:1].isdigit()


def _question(words: list[str]) -> tuple[str, bool]:
    """What the sender means to ask, asked."""
    data = lists()
    asked = bool(words) and bare(words[0])[0].lower() == "you"
    while words and bare(words[0])[0].lower() == "you":
        words = words[1:]
    low = [bare(word)[0].lower() for word in words]
    if len(low) < 2 or low[0] == "your":
        return "", False
    rest = " ".join(words)
    if (low[0] in data["asking"] and low[0] != "have") or (
        low[0] in data["wh"] and low[1] in data["asking"] and low[0] not in ("if", "whether")
    ):
        return rest, True
    if low[0] in data["wh"]:
        rest = re.sub(r"\A(?:if|whether) (?=(?:can|could|may|should)\b)", "whether I ", rest)
        return f"may I ask {re.sub(r'^if ', 'whether ', rest)}", True
    if asked and low[0] == "to":
        return "", False  # "ask her to lunch"
    return (f"may I ask {rest}", True) if low[0] in ("about", "for", "to") else ("", False)


def _joined(clause: str, first: str, question: bool, kind: str) -> str:
    """A further clause, joined to what stands before it; "" where it can't be told how."""
    data = lists()
    low = _lowered(clause)
    one, two = low[0], low[1] if len(low) > 1 else ""
    if question and one in data["modals"] | data["offers"] | data["requests"] | data["verbs"].keys():
        return ""
    if one in data["subordinate"] or question:
        return f", {clause}"
    if one == "i":
        return f"; {clause}" if kind == "conversation" and _OPINION.match(first) else f", and {clause}"
    if one in ("yours", "mine") and two in ("if", "for", "to", "when", "whenever"):
        return f", {clause}"
    if one in data["anew"]:
        return f". {clause[0].upper()}{clause[1:]}"
    if kind in ("next_step", "about_me") and first.startswith("I "):
        if one in data["modals"]:
            return f", and I {clause}" if two and two not in data["subjects"] else ""
        if one in data["offering"] and two == "to":
            return f", and I {'would be' if one in data['would_be'] else 'am'} {clause}"
        if one in data["verbs"] and one not in data["adverbs"] | data["no_further_verbs"]:
            return f", and I {data['verbs'][one]} {' '.join(clause.split(' ')[1:])}".rstrip()
        if one.endswith("ed") and two in ("it", "them", "the", "my", "a"):
            return f", and I {clause}"
    acts = (
        data["verbs"].keys()
        | data["offers"]
        | data["requests"]
        | data["modals"]
        | data["together"]
        | data["did_to_me"]
        | {"ask"}
    )
    if one in acts or (
        kind in ("conversation", "their_work")
        and (one.endswith("ed") or {one, one.removesuffix("s")} & data["seen_verbs"])
    ):
        return ""  # whose doing it is isn't said
    if one in data["wh"]:
        return f", {clause}"
    if found := _FINITE.search(clause):
        return f"; {clause}" if found.start() else ""
    return f", {clause}" if len(low) <= 8 else ""


_BEGUN = {"conversation": _told, "their_work": _theirs, "about_me": _mine, "next_step": _mine}
