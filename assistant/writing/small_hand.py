"""Revisions by the small model: sentences dropped, put in and drawn anew, each from its fact; the others stay as they are.

Rewording a sentence is not among them. The adapter was taught to (`training/README.md`), but of its shorter, plainer and warmer
sentences too many say something else, and the checks are made for notes, not for sentences.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace

from assistant.brief import Fact
from assistant.checks.faithful import faults
from assistant.checks.parts import main_title
from assistant.checks.vocabulary import rules
from assistant.letter import Letter
from assistant.prompts import load_template
from assistant.providers import SentenceProvider, Usage
from assistant.text import shorten
from assistant.writing import handwork
from assistant.writing.asks import for_opening, for_wish, on_fact
from assistant.writing.candidates import Candidates, start_of
from assistant.writing.desk import AskBack, Desk, supporting
from assistant.writing.plan import kinds, particularity
from assistant.writing.wishes import Wish, sentences_about

CAN = "shorter, longer, more or less formal, mention or leave out one of your facts, another opening or ending, a name, the subject"
ORDER = ("conversation", "their_work", "about_me", "next_step")
_WELL = re.compile(r"\b(?:wish\w*|hope|luck|all the best|goes? well)\b", re.IGNORECASE)
_SAID = re.compile(r"(?:i|we|my|our|i'm|i've|i'd|i'll)\s+\w+\s+\w+", re.IGNORECASE)
_OF_READER = re.compile(r"\b(?:she|he|they|her|him|his|them|their|hers)\b", re.IGNORECASE)
TRIES = 3  # batches of candidates for a sentence that the user asked for by name


@dataclass
class SmallHand:
    """One request's work on one letter. `usage` grows with every batch of candidates."""

    desk: Desk
    provider: SentenceProvider
    _candidates: Candidates | None = field(default=None, repr=False)

    @property
    def usage(self) -> Usage:
        """Tokens so far."""
        return self._candidates.usage if self._candidates else Usage()

    def apply(self, wishes: list[Wish]) -> tuple[Letter, list[str], AskBack | None]:
        """The letter after all wishes, what was done or couldn't be, and a question where only the sender can help."""
        letter = self.desk.letter
        said: list[str] = []
        for wish in wishes:
            ask = self._ask_for(wish, letter)
            if ask:
                return letter, said, ask
            letter, words = self._do(wish, letter)
            said.append(words)
        return letter, [s for s in said if s], None

    def take_up(self, letter: Letter, facts: list[Fact]) -> tuple[Letter, list[Fact], Usage]:
        """The letter with sure sentences on these facts as far as they are found, the facts that it took up, and what it cost."""
        taken = []
        for fact in facts:
            if sentence := self._sentence(fact, letter):
                letter = self._put_in(letter, sentence, fact)
                taken.append(fact)
        return letter, taken, self.usage

    def _do(self, wish: Wish, letter: Letter) -> tuple[Letter, str]:
        if wish.kind == "shorter":
            return self._shorter(letter)
        if wish.kind in ("longer", "mention", "claim"):
            return self._with_facts(wish, letter)
        if wish.kind == "without":
            return self._without(wish, letter)
        if wish.kind in ("formal", "informal"):
            changed = handwork.in_register(letter, wish.kind == "formal")
            same = f"it is as {'formal' if wish.kind == 'formal' else 'plain'} as it gets without new wording; /edit lets you"
            return changed, "" if changed.text != letter.text else same
        if wish.kind == "another":
            return self._another(wish, letter)
        if wish.kind == "warmer":
            return self._warmer(letter)
        if wish.kind == "thank":
            return self._thanks(wish, letter)
        if wish.kind == "feedback":
            return self._feedback(letter)
        return (
            letter,
            f"“{shorten(wish.words, 40)}” is beyond the small model. What it can: {CAN}. /edit takes your own words, /model a larger model",
        )

    def _ask_for(self, wish: Wish, letter: Letter) -> AskBack | None:
        """What only the sender can give: something more to say, or a moment that makes it warmer."""
        if wish.kind == "longer" and not self._unused(letter):
            return AskBack(
                "Everything you told me is in it. What else is true: something said, shown, or asked? “no” leaves it.",
                "",
                "",
            )
        if wish.kind == "warmer" and self._wishes_well(letter):
            return AskBack(
                "Warmth that isn't flattery comes from a moment. Was there one that you laughed about, or were glad of? “no” leaves it.",
                "conversation",
                "",
            )
        return None

    def _shorter(self, letter: Letter) -> tuple[Letter, str]:
        """Without the sentence that it can best spare."""
        spare = self._spare(letter)
        if spare is None:
            return letter, "there is nothing left to take out but what it is for; /kind ack makes it two lines"
        return handwork.without(letter, [spare]), f"taken out: “{shorten(letter.sentences[spare].text)}”"

    def _spare(self, letter: Letter) -> int | None:
        """What goes first: what the sender says of themselves, then all but the most particular, then the good wishes, then the opening."""
        kind_of = {fact.id: fact for fact in self.desk.brief.facts}
        facts = {at: kind_of[s.facts[0]] for at, s in enumerate(letter.sentences) if s.facts and s.facts[0] in kind_of}
        own = [at for at, fact in facts.items() if fact.kind == "about_me"]
        if own:
            return min(own, key=lambda at: particularity(facts[at]))
        specific = [at for at, fact in facts.items() if fact.kind in ("conversation", "their_work")]
        if len(specific) > 1:
            return min(specific, key=lambda at: particularity(facts[at]))
        free = [at for at in range(len(letter.sentences)) if at not in facts]
        if facts and len(letter.sentences) > 1 and free:
            return free[-1]  # the wish at the end before the line on the decision
        return None

    def _with_facts(self, wish: Wish, letter: Letter) -> tuple[Letter, str]:
        unused = self._unused(letter)
        wanted = supporting(wish, self.desk.brief) if wish.kind != "longer" else unused[:1]
        there = [fact for fact in wanted if fact not in unused]
        out = [f"{fact.id} is in it already" for fact in there]
        for fact in (f for f in wanted if f in unused):
            sentence = self._sentence(fact, letter)
            if not sentence:
                out.append(
                    f"the model found no sentence that says just {fact.id} ({shorten(fact.text)}); "
                    f"shorter, plainer words may do (/facts edit {fact.id} …), or /edit"
                )
                continue
            letter = self._put_in(letter, sentence, fact)
        return letter, "; ".join(out)

    def _without(self, wish: Wish, letter: Letter) -> tuple[Letter, str]:
        places = sentences_about(wish.about, letter) if wish.about else []
        if not places:
            return letter, f"nothing in the letter is about “{shorten(wish.about or wish.words, 40)}”"
        if len(places) >= len(letter.sentences):
            return letter, "that would leave nothing; /kind ack makes it two honest lines"
        gone = "; ".join(f"“{shorten(letter.sentences[at].text)}”" for at in places)
        return handwork.without(letter, places), f"taken out: {gone}"

    def _another(self, wish: Wish, letter: Letter) -> tuple[Letter, str]:
        places = sentences_about(wish.about, letter)[:1]
        if not places:
            return letter, f"nothing in the letter is “{shorten(wish.about, 40)}”"
        at = places[0]
        old = letter.sentences[at]
        fact = next((f for f in self.desk.brief.facts if f.id in old.facts), None)
        frame = (at == 0 and self.desk.rested) or bool(_WELL.search(old.text))
        if not fact and not frame:  # a sentence of the sender's own has nothing else to be drawn from
            return (
                letter,
                "only what rests on a fact, the opening and the wishes can be drawn anew; /edit takes your words",
            )
        new = self._sentence(fact, letter) if fact else self._opening(old.text) if at == 0 else self._closing(letter)
        if not new or new == old.text:
            return letter, f"the model found no other sound way to say “{shorten(old.text)}”; /edit takes yours"
        return handwork.with_other(letter, at, new), ""

    def _warmer(self, letter: Letter) -> tuple[Letter, str]:
        wish = self._closing(letter)
        if not wish:
            return letter, "the model found no wish that fits; /edit takes yours"
        return handwork.with_sentence(letter, wish, (), len(letter.sentences) - 1, False), ""

    def _thanks(self, wish: Wish, letter: Letter) -> tuple[Letter, str]:
        """The one plain thanks that the sender asks for, in their words; whether it is one too many, the checks say."""
        if not letter.sentences or _OF_READER.search(wish.about):
            return letter, "put what you thank for in words to them (“thank her for the tour”), or /edit"
        sentence = f"Thank you for {wish.about.rstrip('.')}."
        return handwork.with_sentence(letter, sentence, (), 0, False), ""

    def _feedback(self, letter: Letter) -> tuple[Letter, str]:
        asks = [on_fact(Fact("", "next_step", note), self.desk.brief) for note in kinds()["feedback"]["asks"]]
        self._drawn().draw(asks)
        question = self._drawn().best(max(asks, key=self._drawn().worth))
        if not question:
            return letter, "the model found no sound question; /kind feedback tries a whole letter for it"
        return handwork.with_sentence(letter, question, (), len(letter.sentences) - 1, False), ""

    def _sentence(self, fact: Fact, letter: Letter) -> str:
        """A sure sentence on a fact, unlike those that stand; drawn a few times, at last plainly begun."""
        if own := self._own_words(fact):
            return own
        drawn, ask = self._drawn(), on_fact(fact, self.desk.brief)
        starts = frozenset(start_of(s.text) for s in letter.sentences)
        for _ in range(TRIES):
            drawn.draw([ask])
            if sentence := drawn.best(ask, starts):
                return sentence
        begun = [replace(ask, start=start) for start in rules("starts")[fact.kind]]
        drawn.draw(begun)
        sure = sorted(begun, key=drawn.worth, reverse=True)
        return next((s for a in sure if (s := drawn.best(a, starts))), "") or drawn.best(ask)

    def _own_words(self, fact: Fact) -> str:
        """A fact that the sender typed as a whole sentence to be said: itself; nobody says it better. "" for a note."""
        reader = {part.lower() for part in self.desk.brief.recipient.split()} & set(
            re.findall(r"\w+", fact.text.lower())
        )
        if not _SAID.match(fact.text) or _OF_READER.search(fact.text) or reader:
            return ""
        sentence = fact.text[0].upper() + fact.text[1:].rstrip(" .") + "."
        sentence = re.sub(r"\bi\b", "I", re.sub(r"\bi'", "I'", sentence))
        return "" if faults(sentence, fact, self.desk.brief) else sentence

    def _opening(self, old: str) -> str:
        """Another way to open, begun unlike the one that stands."""
        brief = self.desk.brief
        starts = [start for start in rules("starts")["opening"] if start_of(start) != start_of(old)]
        random.Random(self.desk.options.seed).shuffle(starts)
        asks = [for_opening(brief, main_title(brief.job_title), start) for start in starts]
        for at in range(0, len(asks), TRIES):
            self._drawn().draw(asks[at : at + TRIES])
            found = (self._drawn().best(ask, frozenset({start_of(old)})) for ask in asks[at : at + TRIES])
            if opening := next(filter(None, found), ""):
                return opening
        return ""

    def _closing(self, letter: Letter) -> str:
        """Good wishes tied to their work where that can be had, plain ones otherwise, begun unlike every sentence that stands."""
        brief, drawn = self.desk.brief, self._drawn()
        starts = frozenset(start_of(s.text) for s in letter.sentences)
        works = [fact for fact in brief.facts if fact.kind == "their_work"]
        asks = [for_wish(brief, work) for work in (*works[:2], None)]
        for _ in range(TRIES):
            drawn.draw(asks)
            if wish := next(filter(None, (drawn.best(ask, starts) for ask in asks)), ""):
                return wish
        return ""

    def _put_in(self, letter: Letter, sentence: str, fact: Fact) -> Letter:
        """After the last sentence whose fact comes before this one in a letter; a step goes into the last paragraph, before the wishes."""
        kind_of = {f.id: f.kind for f in self.desk.brief.facts}
        rank = ORDER.index(fact.kind)
        ranks = [min((ORDER.index(kind_of[i]) for i in s.facts if i in kind_of), default=-1) for s in letter.sentences]
        before = [at for at, r in enumerate(ranks) if -1 < r <= rank]
        after = before[-1] if before else 0
        stepping = fact.kind == "next_step" and (not before or ranks[after] != rank)
        alone = not before or stepping
        if alone and after + 1 < len(letter.sentences) and ranks[after + 1] == -1:
            # The good wishes share the last paragraph with the step before them.
            start = letter.sentences[after + 1].span.start
            text = f"{letter.text[:start]}{sentence} {letter.text[start:]}"
            if letter.text[:start].endswith("\n\n"):
                return handwork.read_again(text, handwork.cited_in(letter) | {sentence: (fact.id,)})
        return handwork.with_sentence(letter, sentence, (fact.id,), after, alone)

    def _unused(self, letter: Letter) -> list[Fact]:
        """Facts that the letter doesn't take up, the most particular first."""
        used = {i for s in letter.sentences for i in s.facts}
        return sorted((f for f in self.desk.brief.facts if f.id not in used), key=particularity, reverse=True)

    def _wishes_well(self, letter: Letter) -> bool:
        last = letter.sentences[-1] if letter.sentences else None
        return bool(last and _WELL.search(last.text))

    def _drawn(self) -> Candidates:
        if self._candidates is None:
            seed = self.desk.options.seed if self.desk.options.seed is not None else 1
            self._candidates = Candidates(self.desk.brief, self.provider, load_template("sentence"), seed)
        return self._candidates
