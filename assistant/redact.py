"""Names, companies, mail addresses, phone numbers and links as placeholders in all that is sent, and themselves in what comes back.

In doubt a thing is masked: what is masked needlessly comes back unharmed. Choices made:

- A name that is also an ordinary English word (Will, May: `assistant.ordinary`) is masked wherever it has a capital, also where
  a sentence begins, and nowhere else. Any other name is masked whatever its case, and also where its accents were left out.
- A name comes back as the user gave it, whatever case, accents, apostrophe, line break or quotes it had in the text. Spelled otherwise
  ("krumebakery" for "Krume Bakery") it has a placeholder of its own and comes back so. Of one phone number the first spelling comes back.
- What looks like a placeholder in the user's own text is masked itself, as WORD_1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.errors import Interrupted, ProviderError, StreamCut
from assistant.ordinary import is_ordinary
from assistant.providers.seam import Completion, Message, OnText, Provider, Request

_KINDS = {"NAME": "a name", "COMPANY": "a company", "EMAIL": "an address", "PHONE": "a phone number", "LINK": "a link"}
_STEMS = "|".join([*_KINDS, "WORD"])
# Models also write Name_1 and, where they think in Markdown, NAME\_1.
_PLACEHOLDER = re.compile(rf"({_STEMS})\\?_([0-9]+)", re.IGNORECASE | re.ASCII)
_BEGINNINGS = "|".join(stem[:length] for stem in _STEMS.split("|") for length in range(1, len(stem)))
_HELD = re.compile(rf"(?:{_BEGINNINGS}|(?:{_STEMS})\\?(?:_[0-9]*)?)\Z", re.IGNORECASE | re.ASCII)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_CODE_POINT = re.compile(r"\\u([0-9a-fA-F]{4})")
# Escapes of a JSON string are no part of the word behind them; but "\name_1" holds a placeholder, not a line feed.
_ESCAPE = re.compile(rf'\\(?!(?i:{_STEMS})\\?_[0-9])(?:u[0-9a-fA-F]{{4}}|[nrtbf"/\\])', re.ASCII)

# Texts are matched folded: small letters without accents, one kind of apostrophe and hyphen, line breaks for quotes and escapes.
_SAME = str.maketrans('’‘ʼʻ′`´＇‐‑‒–−łøđı"“”„', "''''''''-----lodi\n\n\n\n")
_LETTER = "a-z\u00df-\u024f\u0370-\u058f\u10a0-\u10ff"  # of scripts with capitals; others run words together, or put affixes on them
_EMAIL = r"(?<![\w.+%-])\w[\w.+%'-]{0,63}@[\w-]+(?:\.[\w-]+)+"
_TAIL = r"(?:[^\s<>\\]*[^\s<>\\.,;:!?)\]}'*])"
_HOST = r"(?<![\w.-])(?:[\w-]+\.)+"
_LINK = rf"(?:(?:https?|ftp)://|www\.){_TAIL}|{_HOST}[^\W\d_]{{2,}}(?::\d+)?/{_TAIL}?"
_SUFFIX = r"(?:com|org|net|edu|gov|info|biz|dev|app|tech|online|site|shop|blog|cloud|jobs|example|test|invalid|(?!js|py|md|ts|cs)[a-z]{2})"
_DOMAIN = rf"(?<![\w.-])(?:[\w-]+\.)*[\w-]{{2,}}\.{_SUFFIX}(?![\w-])"  # two letters: a country's; "B.Sc" isn't one
_GAP = r"(?:[^\S\n]|[^\S\n]?[-/][^\S\n]?|\.|[^\S\n]?\(|\)[^\S\n-]?)"
_PHONE = rf"(?:\+|(?<!\d))(?:\((?=\d+\)))?\d(?:{_GAP}?\d){{6,19}}(?!\d)"
_YEAR = r"(?:19|20)\d\d"
_AMOUNT = r"\d+(?:[.,' ]\d{3})*(?:[.,]\d{1,2})?(?!\d)"
_CURRENCY = "eur|usd|gbp|chf|inr|ngn|zar|kr|rs"
_FIGURES = (  # long enough for a phone number, and none: money, years, hours, dates, thousands, decimals, ranges of round numbers
    rf"(?:[$€£¥₹]|(?<![{_LETTER}])(?:{_CURRENCY}))\.? ?{_AMOUNT}",
    rf"(?<!\d){_AMOUNT} ?(?:[$€£¥₹%]|(?:{_CURRENCY}|euros?|dollars?|pounds?|rupees?|yen|k|million)(?![{_LETTER}]))",
    rf"(?<!\d)(?:{_YEAR}(?: ?[-/] ?{_YEAR}| {_YEAR})+|[0-2]\d[0-5]\d ?- ?[0-2]\d[0-5]\d)(?![./-]?\d)",
    rf"(?<!\d)(?:{_YEAR}[./-]?[01]?\d[./-]?[0-3]\d|[0-3]?\d[./-][0-3]?\d[./-](?:{_YEAR}|\d\d))(?![./-]?\d)",
    r"(?<!\d)(?:[1-9]\d?(?:[. ]\d{3})+|\d+\.\d{1,2})(?![./ ]?\d)",
    r"(?<!\d)[1-9]\d*00 ?[-/] ?[1-9]\d*00(?![./ -]?\d)",
)
_LEGAL = r"(?:[\s,&]+(?:inc|ltd|limited|l\.?l\.?[cp]|plc|gmbh|ag|s\.?a|s\.?r\.?l|b\.?v|n\.?v|ab|a/?s|kg|pvt|pte|pty|corp|co|k\.?k)\.?)+\s*$"
_TITLES = r"^\s*(?:(?:dr|mrs?|ms|miss|mx|prof|professor|sir|dame|lady|lord|rev|hon|fr|herr|frau|mevr|mme|mlle|sra?)\b\.?\s*)+(?=\w)"
_DEGREES = r"(?:[\s,]+(?:[js]r|i{2,3}|iv|ph\.?d|m\.?d|msc|mba|esq)\.?)+\s*$"
_ARTICLE = r"\b(?:a[dlrstz]|ash|el|u[dlr])[-‐‑](?=\w)"  # al-Rashid
_PARTICLES = "|van|von|der|den|de|del|della|di|da|do|dos|das|du|des|la|le|les|el|al|bin|bint|ibn|abu|ter|ten|te|het|op|zu|zur|af|av|and|"
# What may stand between two parts of a name, by what does.
_BETWEEN = {"": r"(?:\s*-\s*|\s+|)", "'": r"'?\s*", ".": r"\.?\s*", "&": r"(?:\s*[&+]\s*|\s+and\s+)"}


class NotMasked(ProviderError):
    """Something would have left the machine that must not; nothing was sent."""


@dataclass(frozen=True, eq=False)
class Redaction:
    """Which placeholder stands for what; made by `redaction_for`, one for a letter. What isn't a name is numbered as `mask` meets it.

    `texts` are the spellings that come back, by placeholder; `known` the placeholders by spelling; `ordinary` those of ordinary words.
    `traces`: a kind, how something of that kind may still show, and whether only with a capital.
    """

    texts: dict[str, str]
    known: dict[str, str]
    ordinary: frozenset[str]
    traces: list[tuple[str, re.Pattern[str], bool]]
    finder: re.Pattern[str]

    def mask(self, text: str) -> str:
        """The text with a placeholder for each thing that must not leave the machine; all else is as it was."""
        parts, end = [""], 0
        for hit, folded, start, stop in self._hits(text):
            parts += [text[end:start], self._placeholder(hit, folded, text[start:stop])]
            end = stop
        return "".join([*parts, text[end:]])

    def restore(self, text: str, whole: bool = True) -> str:
        """The text with every placeholder put back. Raises ProviderError for one that stands for nothing.

        In a text that isn't `whole` such a one stays, and so does one at the very end that may have lost its last digit.
        """

        def spelled(m: re.Match[str]) -> str:
            key = f"{m[1].upper()}_{m[2]}"
            cut = not whole and m.end() == len(text) and any(k != key and k.startswith(key) for k in self.texts)
            if whole and key not in self.texts:
                raise ProviderError(f"the model made up {key}, which stands for nothing; try again, or another model")
            return m[0] if cut else self.texts.get(key, m[0])

        return _PLACEHOLDER.sub(spelled, text)

    def checked(self, masked: Sequence[Message]) -> tuple[Message, ...]:
        """The masked messages as they are. Raises NotMasked when something that must not leave the machine can still be read in one.

        Case, accents, zero-width characters, punctuation and spaces don't hide it. A space inside a single word counts only where all its
        letters stand apart or, from six letters on, where it has a capital: "is a" isn't Isa, nor "so well" Sowell.
        """
        for message in masked:
            plain = _CODE_POINT.sub(lambda m: chr(int(m[1], 16)), _PLACEHOLDER.sub("|0|", message.content))
            for text in (
                plain,
                _INVISIBLE.sub(" ", plain),
            ):  # what can't be seen may hide a name, and may part two words
                folded, places = _folded(text)
                shown = [hit.split("_")[0] for hit, *_ in self._hits(text) if hit != "WORD"]
                for stem, trace, capital in self.traces:
                    shown += [stem for m in trace.finditer(folded) if not capital or text[places[m.start()]].isupper()]
                if shown:
                    raise NotMasked(f"nothing was sent: {_KINDS[shown[0]]} could still be read; is one spelled apart?")
        return tuple(masked)

    def _hits(self, text: str) -> Iterator[tuple[str, str, int, int]]:
        """What is to be masked: a name's placeholder, or else the kind; the folded match; its start and stop in the text."""
        folded, places = _folded(text)
        for m in self.finder.finditer(folded):
            hit, start, stop = m.lastgroup or "", places[m.start()], places[m.end()]
            # One character may fold to several: what begins or ends within one is no match.
            within = (m.start() and places[m.start() - 1] == start) or places[m.end() - 1] == stop
            spelled = text[start:stop]
            # An ordinary word is a name only with its capital and its accents: "Do" isn't "Đỗ".
            name = hit not in self.ordinary or (spelled[0].isupper() and _tight(spelled) == _tight(self.texts[hit]))
            if name and not within and hit != "FIGURE":
                yield hit, m.group(), start, stop

    def _placeholder(self, hit: str, folded: str, spelled: str) -> str:
        digits = "".join(filter(str.isdecimal, spelled))
        key = {"LINK": spelled, "WORD": spelled, "PHONE": digits}.get(hit, _tight(spelled))
        if key in self.known:
            return self.known[key]
        if hit in self.texts and folded.split() == _folded(self.texts[hit])[0].split():
            return hit
        if hit not in ("WORD", "LINK_0"):  # a sentence begun without a space before it looks like a domain
            self.traces.extend(_traces(hit.split("_")[0], list(digits) if hit == "PHONE" else _words(spelled)))
        return _add(hit.split("_")[0], key, spelled, self.texts, self.known)


def redaction_for(people: Iterable[str], companies: Iterable[str], others: Iterable[str] = ()) -> Redaction:
    """The redaction for these full names, these organisations, and `others`: names of further people in the notes.

    Each word of a person's name has its own placeholder, and so has each half of a hyphened one where it stands alone; titles, particles
    and initials stay. A company has one, for its name without "the" and legal form, which stay.
    """
    texts: dict[str, str] = {}
    known: dict[str, str] = {}
    parts = [re.sub(f"(?i){_TITLES}|{_DEGREES}|{_ARTICLE}", "", name) for name in (*people, *others)]
    full = [re.findall(r"[^\s,;()\[\]\"“”«»/]+", part) for part in parts]
    names = [word for words in full for word in _masked_words(words)]
    halves = [half for word in names for half in re.split("[-‐‑]", word) if len(half) > 2 and half[0].isupper()]
    cores = [re.sub(rf"(?i)^\s*the\s+|{_LEGAL}", "", c).strip(" ,.!?&()'’\"“”") or c for c in companies]
    for stem, spellings in (("NAME", [*names, *halves]), ("COMPANY", cores)):
        for spelling in spellings:
            if _words(spelling) and _tight(spelling) not in known:
                _add(stem, _tight(spelling), spelling, texts, known)
    ordinary = frozenset(key for key, spelling in texts.items() if _is_ordinary(_words(spelling)))
    together = [[letters for word in words if len(letters := "".join(_words(word))) > 1] for words in full]
    readable = [("NAME", words) for words in together if len(words) > 1]
    # The accents of Đỗ are all that tells it from a word of every other sentence.
    readable += [
        (k.split("_")[0], _words(s)) for k, s in texts.items() if k not in ordinary or _folded(s)[0] == _tight(s)
    ]
    groups = {"EMAIL": _EMAIL, "LINK": _LINK, "WORD": rf"(?:{_STEMS.lower()})\\?_[0-9]+", "LINK_0": _DOMAIN}
    for key in sorted(texts, key=lambda k: -len(texts[k])):
        groups[key] = _pattern(texts[key]) + (r"(?!\\?_[0-9])" if key in ordinary else "")  # "Link_2" is no Link
    groups |= {"FIGURE": "|".join(_FIGURES), "PHONE": _PHONE}
    finder = re.compile("|".join(f"(?P<{key}>{pattern})" for key, pattern in groups.items()))
    return Redaction(texts, known, ordinary, [t for stem, words in readable for t in _traces(stem, words)], finder)


class Restorer:
    """Puts names back into a text that comes in pieces, holding back only what may still become a placeholder, or a longer one."""

    def __init__(self, redaction: Redaction) -> None:
        """Start with nothing held."""
        self._redaction, self._held = redaction, ""

    def feed(self, piece: str) -> str:
        """The part that can be shown now. Raises ProviderError as `Redaction.restore` does."""
        text = self._held + piece
        sure = _HELD.sub("", text)
        self._held = text[len(sure) :]
        return self._redaction.restore(sure)

    def rest(self) -> str:
        """What was still held when the stream ended."""
        held, self._held = self._held, ""
        return self._redaction.restore(held)


class Redacting:
    """A provider that is asked in placeholders, and whose answers get the names back. A request's `start`, for local models, isn't sent."""

    def __init__(self, inner: Provider, redaction: Redaction) -> None:
        """Nothing is asked yet."""
        self.inner, self.redaction = inner, redaction
        self.name, self.model, self.destination, self.style = inner.name, inner.model, inner.destination, inner.style

    def complete(self, request: Request, on_text: OnText | None = None) -> Completion:
        """Mask, check, ask, and put back. Raises NotMasked before anything is sent, ProviderError for a made-up placeholder."""
        masked = [replace(m, content=self.redaction.mask(m.content)) for m in request.messages]
        restorer = Restorer(self.redaction)
        show = (lambda piece: on_text(restorer.feed(piece))) if on_text else None
        try:
            completion = self.inner.complete(replace(request, messages=self.redaction.checked(masked), start=""), show)
        except StreamCut as cut:
            cut.partial = self.redaction.restore(cut.partial, whole=False)
            raise
        except Interrupted as stop:
            raise Interrupted(self.redaction.restore(stop.partial, whole=False)) from None
        if on_text:
            on_text(restorer.rest())
        return replace(completion, texts=tuple(map(self.redaction.restore, completion.texts)))


def _add(stem: str, key: str, spelling: str, texts: dict[str, str], known: dict[str, str]) -> str:
    new = f"{stem}_{1 + sum(k.startswith(stem) for k in texts)}"
    texts[new], known[key] = spelling, new
    return new


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as it is matched, and where in it each folded character stood; at last where it ends."""
    out: list[str] = []
    places: list[int] = []
    for place, character in enumerate(_ESCAPE.sub(lambda m: "\n" * len(m.group()), text)):
        plain = unicodedata.normalize("NFKD", character) if character.isalpha() else character
        for c in plain.casefold().translate(_SAME):
            # Accents, and the points of Hebrew and Arabic; the vowel signs and viramas of Indic and Thai scripts have other numbers.
            mark = unicodedata.combining(c)
            if not (10 <= mark <= 36 or mark >= 200 or unicodedata.category(c) == "Cf"):
                out.append(c)
                places.append(place)
    return "".join(out), [*places, len(text)]


def _tight(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _folded(text)[0])


def _is_ordinary(words: list[str]) -> bool:
    return all(word != word.upper() and (len(word) == 1 or is_ordinary(word)) for word in words)


def _masked_words(words: list[str]) -> Iterator[str]:
    """The names among them: no initials; no particles, with a capital only between others. An ordinary word gets its capital."""
    for place, word in enumerate(words):
        letters = "".join(_words(word))
        initials = re.fullmatch(r"(?:[^\W\d_]\.-?)+", word) or (len(letters) == 1 and letters != letters.upper())
        particle = f"|{letters}|" in _PARTICLES and (word.islower() or 0 < place < len(words) - 1)
        if any(map(str.isalpha, letters)) and not initials and not particle:
            name = word.strip(".'’‘")
            yield name.capitalize() if name.islower() and _is_ordinary([letters]) else name


def _pattern(spelling: str) -> str:
    """A name in folded text: as a whole word, with a possessive s even where its apostrophe was forgotten."""
    folded = re.sub(r"\s+and\s+", "&", _folded(spelling)[0].strip())
    parts = re.split(r"([\s&'.-]+)", folded)
    body = "".join(p if p.isalnum() else _BETWEEN.get(p.strip("\n -"), re.escape(p)) for p in parts if p)
    letters = "".join(_words(spelling))
    if letters == letters.upper():  # a script without capitals
        return rf"(?<![0-9]){body}(?![0-9])"
    return rf"(?<![{_LETTER}0-9]){body}(?={'s?' if len(letters) > 3 else ''}(?![{_LETTER}0-9]))"


def _traces(stem: str, words: list[str]) -> list[tuple[str, re.Pattern[str], bool]]:
    """How words may show although they were masked: run together, with marks between the letters, or spelled apart."""
    letters = "".join(words)
    # "data, science" isn't Data Science, and "she'll" isn't Shell.
    between = r"(?:(?:[^\w.,;:!?]|_)*|[^\w\s]*)" if stem in ("NAME", "COMPANY") else r"[\W_]*"
    run = between.join(r"(?:[^\w\s']|_)*".join(word) for word in words)
    apart = r"(?<!')" + r"(?:[^\w']|_)+".join(letters)
    shapes = [(f"{run}|{apart}" if len(letters) > 2 else run, _is_ordinary(words))]
    shapes += [(r"[\W_]*".join(letters), True)] if len(words) == 1 and len(letters) > 5 else []
    edges = (rf"(?<![{_LETTER}])", rf"(?![{_LETTER}])") if letters != letters.upper() else ("", "")
    return [(stem, re.compile(f"{edges[0]}(?:{shape}){edges[1]}"), capital) for shape, capital in shapes]
