"""Names in a mail's frame: what is a person's and what a department's or a firm's. The words by which they are told are in `words.yaml`."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from assistant.data_files import read_yaml
from assistant.patterns import compiled
from assistant.text import one_line

_WORDS = Path(__file__).parent / "words.yaml"

_NAME_WORD = re.compile(
    r"(?:[A-ZÀ-ÖØ-ÞŁŚŻĆŠŽČĐİŞĞ][\w.'’-]*|(?:van|von|de|der|den|di|da|dos|del|la|le|al|bin|el|ter|ten|zu|ibn|ó|ní|nic|mac)\b)"
)
_BEFORE_NAME = re.compile(
    r"^[\s~*–—-]*(?:\(?(?:mrs?|ms|chief|barr|alhaji|engr|i\. ?v|i\. ?a|ppa|for and on behalf of|on behalf of|signed|sgd)\b\.?\)?[ ,:]*)+"
    r"(?=\S+ \S)",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(
    r"(?:^|[\s,|–—-]+)(?:(?:the|and|&|talent|acquisition|careers?|recruit(?:ing|ment)|hiring|human|resources|ressources humaines|hr|people"
    r"|jobs?|team|crew|department|dept|ops|operations|notices|no-?reply|do not reply|scheduling|onboarding|resourcing|hub|office|services"
    r"|support|admin)\b[\s/,&-]*)+$",
    re.IGNORECASE,
)
_TITLES = frozenset(("mr", "mrs", "ms", "mx", "miss", "dr", "prof", "professor", "engr"))
LONGEST = 300  # characters of a name or subject: the pattern below takes time by their square
LEGAL = re.compile(
    r"(?<=\w),? (?:inc|ltd|limited|llc|gmbh|plc|ag|b\.?v|pvt|pty|corp|co|llp|s\.?a|s\.?r\.?l|e\.?v|kg|a\.?ş)\b\.?(?: ltd\.?)?$",
    re.IGNORECASE,
)


def person(text: str) -> str:
    """The person's name that a line of a signature or a From line holds, "" when it is a department's, a firm's or none."""
    text = _BEFORE_NAME.sub("", one_line(text))
    name = re.split(
        r"\s*(?:[,;|/•·(<]|\s[-–—]\s|\s(?:at|from|for|on behalf of|@)\s)",
        one_line(text).strip("-–—*_~ .\"'"),
        maxsplit=1,
    )[0].strip(" .-–")
    own = name.split()
    if not 1 <= len(own) <= 5 or len(name) > 50 or not own[0][0].isalpha():
        return ""
    if LEGAL.search(text) or (
        len(own) == 1 and ((name.isupper() and len(name) < 3) or bool(compiled(listed("closing")).fullmatch(name)))
    ):
        return ""
    if any(word.lower().strip(".,:") in words("not_a_person") | words("teams") for word in own) or any(
        ch.isdigit() or ch in "@:?!{}[]" for ch in name
    ):
        return ""
    foreign = not name.isascii() and not any(ch.isupper() for ch in name)  # scripts without capitals
    return name if foreign or (all(_NAME_WORD.fullmatch(word) for word in own) and own[-1][0].isupper()) else ""


def is_firm(name: str, domain: str) -> bool:
    """Whether a name is the one that the domain of an address is made of: Norvale Analytics at norvale.example."""
    squashed = re.sub(r"[\W_]", "", name.lower())
    labels = [label for label in re.split(r"[.\-_]", domain.lower().rpartition(".")[0]) if len(label) > 4]
    return any(squashed.startswith(label) or (len(squashed) > 6 and label.startswith(squashed)) for label in labels)


def same_person(name: str, signer: str) -> bool:
    """Whether two names may be one person's: all words of the shorter stand in the longer, titles aside; or one of them is unknown."""
    one, other = ({w.lower().strip(".,") for w in n.split()} - _TITLES for n in (name, signer))
    return not name or not signer or bool(one and other and (one <= other or other <= one))


def without_frame(text: str) -> str:
    """A firm's name without its department: "Hollin Careers" is Hollin. A subject loses its Re: likewise."""
    text = re.sub(r"^(?:(?:re|fwd?|aw|wg|antw|sv|tr)\s*:\s*)+", "", one_line(text)[:LONGEST], flags=re.IGNORECASE)
    return _DEPARTMENT.sub("", text).strip(" -–—|,:.")


def mentions(name: str, text: str) -> bool:
    """Whether a text holds one of the turns of phrase listed under this name in `words.yaml`."""
    return compiled(rf"\b(?:{listed(name)})").search(" ".join(text.split())) is not None


@functools.cache
def words(name: str) -> frozenset[str]:
    """The words listed under this name in `words.yaml`, in lower case."""
    return frozenset(str(read_yaml(_WORDS)[name]).split())


@functools.cache
def listed(name: str) -> str:
    """The expression listed under this name in `words.yaml`, for RE2, which compiles such lists fifty times as fast."""
    return re.sub(r"\s*\|\s*", "|", str(read_yaml(_WORDS)[name]).strip())
