"""Which addresses belong to a machine: nobody reads what is written to them."""

from __future__ import annotations

import re
import unicodedata

# "Don't answer" as it stands at the start of a word, and glued to whatever follows; "-" stands for any separator or none.
_NO_REPLY = (
    *("no-repl(?:y|ies)", "do-not-re(?:ply|spond)", "dont-reply", "not-monitored", "unmonitored"),  # English
    *("keine-antwort", "nicht-antwort", "nicht-beantwort", "ohne-antwort"),  # German
    *("ne-pas-repondre", "pas-de-reponse", "sans-reponse"),  # French
    *("no-respon", "no-contest(?:ar|e)", "sin-respuesta"),  # Spanish, Catalan, and "no-response"
    *("nao-respond", "sem-resposta"),  # Portuguese
    *("non?-rispond", "non?-rispost"),  # Italian
    *("niet-(?:be)?antwoord", "geen-antwoord"),  # Dutch
    *("svara-(?:inte|ej)", "inte-svara", "ej-svar", "svar-ikke", "ikke-svar"),  # Swedish, Danish, Norwegian
    *("ala-vastaa", "ei-vastau"),  # Finnish
    *("nie-odpowiada", "bez-odpowiedzi", "neodpovid", "neodpoved"),  # Polish, Czech, Slovak
    *("ne-valaszol", "nu-raspund", "cevaplama", "yanitlama", "ne-otvecha"),  # Hungarian, Romanian, Turkish, Russian
)
# A program under its own name: as a word of its own, anywhere or only at the start.
_NAMES = r"notif(?:y|ier|ications?|icacion(?:es)?|icac(?:ao|oes)|iche|icaties?)|benachrichtigung(?:en)?|powiadomienia"
_STARTS = r"mailer-?daemon|postmaster|bounces?|auto-?(?:reply|responder|confirm|mailer|notify|mated)|listserv|nobody|dev-?null"
_LOCAL = re.compile(
    rf"(?:^|-)(?:{'|'.join(_NO_REPLY).replace('-', '-?')})"
    r"|^(?:jobs?|careers?|hr|mail|info|system|recruit(?:ing|ment)|talent|hiring)noreply"
    rf"|(?:^|-)(?:{_NAMES})(?![a-z])"
    rf"|^(?:{_STARTS})(?![a-z])"
)
_DOMAIN = re.compile(r"(?:^|[.-])(?:no-?reply|do-?not-?reply)(?:$|[.-])")


def is_machine_address(address: str) -> bool:
    """Whether nobody reads mail at this address: no-reply in a dozen languages, bounces, notifications, mailer daemons.

    Goes by where words begin, so that nora.reply@ and bruno.reply@ stay people. What follows a + is a tag and isn't looked at.
    """
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", address.strip().casefold()) if not unicodedata.combining(c)
    )
    local, _, domain = plain.rpartition("@")
    words = re.sub(r"[-._\s]+", "-", local.partition("+")[0])
    return bool(_LOCAL.search(words) or _DOMAIN.search(domain))
