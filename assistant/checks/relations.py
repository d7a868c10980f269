"""Who did, said, holds or owns what: the relations that a wrong sentence most often bends, as far as words show them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.brief import Brief, Fact
from assistant.checks.sentence_form import Sign
from assistant.checks.vocabulary import names, rules, stem, stems, words

_FIRST = re.compile(r"\b(?:i|me|my|mine|we|us|our|im|ive|id|ill|i['’]\w+)\b", re.IGNORECASE)
_MINE = re.compile(r"\b(?:I|[Mm]e|[Mm]y|mine|I['’]\w+)\b")
_WE = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_SECOND = re.compile(r"\b(?:you|your|yours|yourself|you['’]\w+)\b", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|he|her|his|him|hers|herself|himself)\b", re.IGNORECASE)
_THEY = re.compile(r"\b(?:they|their|them|theirs)\b", re.IGNORECASE)
_WILL = re.compile(r"\b(?:will|won['’]t|going to|\w+['’]ll)\b", re.IGNORECASE)
_FUTURE = re.compile(
    r"\b(?:will|wont|won['’]t|going|gonna|plan\w*|next|soon|ll|from|by|before|starting|opening|moving|launch\w*|want\w*|hop(?:e|ing)|"
    r"would|wd|can|could|cd|available|free|keen|happy|expect\w*|to)\b",
    re.IGNORECASE,
)
_YOU_READ = re.compile(r"\byou(?: have|['’]ve| had)? read\b", re.IGNORECASE)
_IT_SAYS = re.compile(r"\bit (?:says?|said|thinks?|thought|wants?)\b", re.IGNORECASE)
_YOU_ASKED = re.compile(r"\byou asked\b|\byour question\b", re.IGNORECASE)
# "asked how he keeps …", "asked about the collars, she …": nobody is named as asking, and the answer or the thing asked is theirs.
_I_ASKED = re.compile(
    r"(?:^|[,;.:] ?)asked(?! me\b)(?:(?!\b(?:i|i['’]\w+|id|im|my|me)\b)[^,;.])*(?:[,;.].*)?"
    r"\b(?:he|she|they|their|theyd|they['’]\w+|his|her)\b",
    re.IGNORECASE,
)
# "told her the software froze", ". gave them the boxes": nobody is named, and it was done to the reader: so the sender did it.
_I_DID_TO_THEM = re.compile(
    r"(?:^|[,.;:] ?|\band |\bbut |\bi )(told|gave|showed|asked|promised|sent|offered) (?:her|him|them)\b", re.IGNORECASE
)
_THEY_ASKED = re.compile(
    r"\b(?:she|he|they|you) (?:also |then )?ask(?:ed|s)?\b|\basked (?:me|if i|how i|what i|why i)\b", re.IGNORECASE
)
_MAY_I = re.compile(r"\b(?:should|can|could|may|shall) i\b|\bif i (?:can|could|may)\b", re.IGNORECASE)
_WOULD = re.compile(r"\b(?:would|wd|\w+['’]d)\b", re.IGNORECASE)
# "read their report", "drove past the site": under their work, but the sender's doing.
_SEEN_WORDS = r"(?:read|heard|saw|watched|drove|walked|visited|tried|used|listened|followed|attended|went)"
_SEEN = re.compile(rf"(?:^|[,;.] ?){_SEEN_WORDS}\b", re.IGNORECASE)
_DONE_TO_ME = re.compile(
    r"\b(?!(?:told|tell|asked|ask|showed|show|gave|give|let|to|with|for|warned|taught|sent|walked|offered|at|of|on|about|reminded|stayed|struck)\b)"
    r"\w+ me\b(?! (?:to|that|how|why|what|about)\b)",
    re.IGNORECASE,
)
_CALL_ME = re.compile(r"\b(?:call|ring|write|email|e-mail|text|tell|send|contact|add|let|keep|ask) me\b", re.IGNORECASE)
# Ways to lead up to a statement on their work that say nothing of the sender but that they know it.
_LEAD_IN = re.compile(
    r"(?:^|(?<=[.?] ))(?:I (?:keep|have been thinking|remember|noticed?|(?:have )?read|understand|hear|heard|see|saw|learned|know|"
    r"liked?)\b|"
    r"I (?:am|was) glad\b|"
    r"As I understand(?: it)?\b)|\b(?:on|in|to) my mind\b|\bstayed with me\b|\bI keep (?:thinking|coming)\b"
)


@dataclass(frozen=True)
class Patterns:
    """Patterns built from the word lists of words.yaml."""

    speech: str
    person: re.Pattern[str]
    negation: re.Pattern[str]
    sender_speaks: re.Pattern[str]
    i_said: re.Pattern[str]
    you_said: re.Pattern[str]
    spoken: re.Pattern[str]


def reader_stems(brief: Brief) -> frozenset[str]:
    """Stems of everything that is the reader in a note: names, and the company."""
    return stems(f"{brief.recipient} {brief.company} sir madam ma'am")


def relation_signs(sentence: str, fact: Fact, brief: Brief) -> Iterator[Sign]:
    """Signs, each of which has been seen in a wrong sentence; which of them refuse one, `faithful` says."""
    note, patterns = fact.text, _patterns()
    reader = frozenset(w.stem for w in words(brief.recipient))
    others = bool(patterns.person.search(note)) or any(w.stem not in reader_stems(brief) for w in names(note))
    if _SHE.search(sentence) and (not _SHE.search(note) or not others):
        yield Sign("reader_third", "speaks of the reader as she or he")
    if any(w.stem in reader for w in names(sentence)) and not sentence.startswith(tuple(brief.recipient.split()[:1])):
        yield Sign("reader_named", "speaks of the reader by name")
    if _THEY.search(sentence) and not _THEY.search(note) and not re.search(r"\b\w+s\b", note):
        yield Sign("new_people", "speaks of people the note doesn't have")
    if bool(patterns.negation.search(sentence)) != bool(patterns.negation.search(note)):
        yield Sign("negation", "says yes for no, or no for yes")
    if _WILL.search(sentence) and not _FUTURE.search(note) and fact.kind != "next_step":
        yield Sign("future", "makes it future")
    said = {w.stem for w in words(sentence)} | reader
    if dropped := [m.group() for m in patterns.person.finditer(note) if stem(m.group()) not in said]:
        yield Sign("person_lost", f"{dropped[0]} is lost")
    # What senders tell of themselves holds people of theirs: "taught my gran to swim when she was 79".
    own = (
        re.findall(r"(?i)\bmy (\w+)[^.;]* (?:when|while|until|since|because) (?:he|she)\b", note)
        if fact.kind == "about_me"
        else []
    )
    for name in [*own, *(w.text for w in names(note) if w.stem not in reader_stems(brief))]:
        # "… a resident called Stan, he sang": it was Stan who sang, and nobody in the sentence may take it from him.
        after_note, after = note.partition(name)[2], sentence.partition(name)[2]
        if re.search(rf"\b(?:he|she) (?!{patterns.speech})", after_note, re.IGNORECASE) and re.search(
            r"\byou\b", after
        ):
            yield Sign("taken_over", f"may give the reader what {name} did")
    yield from _speaker_signs(sentence, fact, patterns)
    yield from _mood_signs(sentence, note)
    yield from _owner_signs(sentence, fact, reader)


def _speaker_signs(sentence: str, fact: Fact, patterns: Patterns) -> Iterator[Sign]:
    """Who spoke: `told her` is the sender's, `told me` the reader's, and what nobody said isn't said."""
    for done in _I_DID_TO_THEM.finditer(fact.text):
        verb = done[1].lower()
        theirs = re.search(rf"\b(?:she|he|they|you|who) {verb}\b", fact.text, re.IGNORECASE)
        if not theirs and re.search(rf"\byou (?:also |then )?{verb}\b", sentence, re.IGNORECASE):
            yield Sign("doer_turned", f"has the reader {verb} what the sender {verb}")
    if _YOU_ASKED.search(sentence) and _I_ASKED.search(fact.text) and not _THEY_ASKED.search(fact.text):
        yield Sign("reader_asks", "lets the reader ask what the sender asked")
    if (m := _DONE_TO_ME.search(sentence)) and not _FIRST.search(fact.text):
        yield Sign("done_to_me", f"has {m.group()!r}, which the note hasn't")
    if _IT_SAYS.search(sentence) and not _IT_SAYS.search(fact.text):
        yield Sign("thing_speaks", "lets a thing speak")
    if patterns.i_said.search(sentence) and not patterns.sender_speaks.search(fact.text):
        yield Sign("sender_mouth", "puts it into the sender's mouth")
    if _YOU_READ.search(sentence) and not re.search(r"\b(?:she|he|they|you)\b[^,.;]* read\b", fact.text, re.IGNORECASE):
        yield Sign("reader_reads", "makes the reader read what the sender read")
    if patterns.you_said.search(sentence) and fact.kind != "conversation" and not patterns.spoken.search(fact.text):
        yield Sign("reader_mouth", "puts it into the reader's mouth")


def _mood_signs(sentence: str, note: str) -> Iterator[Sign]:
    """Who may, would or should: `should i tell him` is the sender's question, `he'd build` isn't built."""
    if _MAY_I.search(note) and re.search(r"\b(?:should|could|can|may|would) you\b", sentence, re.IGNORECASE):
        yield Sign("who_may", "turns round who may")
    if _WOULD.search(note) and not _WOULD.search(sentence) and not re.search(r"\b(?:want|could|like|prefer)", sentence):
        yield Sign("wish", "makes a wish a fact")
    if re.search(r"\b[Oo]urs?\b", sentence) and not _WE.search(note):
        yield Sign("ours", "makes theirs ours")


def _owner_signs(sentence: str, fact: Fact, reader: frozenset[str]) -> Iterator[Sign]:
    """Whose it is: a note on their work is theirs, a note on the sender the sender's."""
    note = fact.text
    of_reader = any(p.search(note) for p in (_SHE, _THEY, _SECOND)) or any(w.stem in reader for w in words(note))
    if fact.kind == "their_work" and _SEEN.search(note):
        if not re.search(r"\bI\b", sentence) or re.search(
            rf"\byou (?:will |have )?{_SEEN_WORDS}\b", sentence, re.IGNORECASE
        ):
            yield Sign("sender_doing", "gives the sender's doing to the reader")
    elif fact.kind == "their_work":
        if _MINE.search(_LEAD_IN.sub("", sentence)) and not _FIRST.search(note):
            yield Sign("their_doing", "gives their work to the sender")
    elif fact.kind == "about_me":
        if not _MINE.search(sentence):
            yield Sign("sender_lost", "loses the sender")
        if _SECOND.search(sentence) and not of_reader:
            yield Sign("sender_doing", "gives the sender's doing to the reader")
    elif fact.kind == "next_step":
        if _CALL_ME.search(note) and not re.search(r"\bme\b", sentence):
            yield Sign("who_calls", "turns round who calls whom")
        if not _MINE.search(sentence) and "?" not in sentence and not of_reader:
            yield Sign("sender_lost", "loses the sender")
    elif re.search(r"\b[Mm](?:y|ine)\b", sentence) and not (
        _FIRST.search(note) or _patterns().sender_speaks.search(note)
    ):
        yield Sign("not_senders", "gives the sender what isn't theirs")


@functools.cache
def _patterns() -> Patterns:
    speech, persons, negations = (
        f"(?:{'|'.join(rules('words')[name].split())})" for name in ("speech", "persons", "negations")
    )
    just = r"(?:also |then |just |had )?"
    topics = r"story|talk\w*|discuss\w*|question|point|advice|view|opinion|how|why|what|about|abt"
    return Patterns(
        speech=speech,
        person=_pattern(rf"\b{persons}s?\b"),
        negation=_pattern(rf"\b(?:{negations}|w/o|\w+n['’]t)\b"),
        sender_speaks=_pattern(
            rf"\bi {just}{speech}\b|"
            r"(?:^|[,.;&+(]|\band|\bbut|\bso)\s*(?:told|asked|showed|gave|offered|mentioned) (?:her|him|them|my|it|(?-i:[A-Z]\w+))\b|"
            r"(?:^|[,;.:] ?)asked (?!me\b)(?:how|what|why|whether|if|about|abt|when|where) (?!i\b)|"
            r"\bwe (?:\w+ )?(?:talk|spoke|discuss|disagree|agree|argue|both|was|were|had)\w*|\bi am (?:for|against)\b|"
            r"\bmy (?:answer|view|point|idea)\b"
        ),
        i_said=re.compile(rf"\bI {just}{speech}\b"),
        you_said=_pattern(
            rf"\byou {just}{speech}\b|\byour (?:point|view|advice|answer|question|story|account|idea|remark)\b"
        ),
        spoken=_pattern(rf"\b(?:{speech}|{topics})\b"),
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
