"""Facts and names as the user tells, betters and drops them, in their own words; whatever was understood is shown."""

from __future__ import annotations

import re

from assistant.chat.answers import facts_in
from assistant.chat.talk import Talk
from assistant.text import one_line

SHOWN = {"sender": "from", "recipient": "to", "job_title": "job", "company": "company"}
PLAINLY = re.compile(
    r"(?:she|he|they|you) (?:said|told|asked|showed|mentioned|explained)|we (?:talked|spoke|discussed|agreed|disagreed|laughed)"
    r"|(?:i )?(?:told|showed|asked) (?:him|her|them)|(?:i )?(?:can|could) (?:send|bring|show|share|lend|come|offer|help)",
    re.IGNORECASE,
)
# "C1: better words", "drop C2": what may be said of a fact that was noted.
_BETTER = re.compile(r"([cwmn]\d{1,2})\s*[:=]\s*(.+)", re.IGNORECASE | re.DOTALL)
# "to: Renske Bakker"; without the colon only a name with a capital is meant, or an answer that begins with "to" or "company" would be lost.
_NAMED = {
    "sender": r"from|sender|signed|my name(?: is|'s)?|i sign(?: as)?|sign(?: it)?(?: as)?",
    "recipient": r"to|reader|recipient|it goes to",
    "job_title": r"(?:the )?job(?: title)?|role|position",
    "company": r"(?:the )?(?:company|firm|employer)",
}
_LONGEST_NAME = 5  # words
_DROP = re.compile(
    r"(?:drop|remove|delete|forget|cut|not|no|without|take out)\s+([cwmn]\d{1,2}(?:[\s,]+(?:and\s+)?[cwmn]\d{1,2})*)",
    re.IGNORECASE,
)


def changed(talk: Talk, text: str) -> bool:
    """Whether this bettered or dropped a fact that was noted, or told a name; done if so. Raises UsageError for an unknown one."""
    if better := _BETTER.fullmatch(text.strip()):
        fact = talk.session.change_fact(better[1], better[2])
        talk.say(f"{fact.id}  {one_line(better[2])}", 2)
        return True
    if drop := _DROP.fullmatch(text.strip()):
        for fact_id in sorted({i.upper() for i in re.findall(r"[cwmn]\d{1,2}", drop[1], re.IGNORECASE)}, reverse=True):
            gone = talk.session.change_fact(fact_id, "")
            talk.say(f"dropped: {gone.text}", 2)
        return True
    parts = re.split(r",\s*(?=(?:to|from|job|company)\b)", text.strip(), flags=re.IGNORECASE)
    if len(parts) > 1 and all(re.match(r"(?:to|from|job|company)\b", part, re.IGNORECASE) for part in parts):
        done = [changed(talk, part) for part in parts]
        return all(done)
    for key, words in _NAMED.items():
        named = re.fullmatch(rf"(?:{words})\s*([:=]|\bis\b)?\s+(.{{2,80}})", text.strip(), re.IGNORECASE)
        if named and (named[1] in (":", "=") or (named[2][0].isupper() and len(named[2].split()) <= _LONGEST_NAME)):
            talk.session.known[key] = one_line(named[2]).strip(" .")
            show_names(talk)
            return True
    return False


def noted(talk: Talk, kind: str, text: str) -> list[str]:
    """Keep what an answer holds as facts of this list, or of the one its words suggest, and show them; their ids."""
    from assistant.writing.revise import list_for

    facts = []
    for words in facts_in(text):
        plain = list_for(words)
        # What was said is talk, and what can be sent a next step, whichever question it answers.
        own = plain if not kind or (plain in ("conversation", "next_step") and PLAINLY.match(words)) else kind
        facts.append(talk.session.add_fact(own, words))
    if facts and "conversation" in {f.kind for f in facts} and not talk.session.known.get("stage"):
        talk.session.known["stage"] = "interview"  # they talked
    talk.show_facts(facts)
    return [fact.id for fact in facts]


def show_names(talk: Talk) -> None:
    """Who writes to whom about what, as it was understood; a name that was taken wrong can be put right."""
    known = talk.session.known
    parts = [f"{what} {known[key]}" for key, what in SHOWN.items() if known.get(key)]
    talk.say(f"{'; '.join(parts)}. (“from: …”, “to: …”, “job: …” or “company: …” puts one right.)", 2)
