"""Where an older mail begins below or above the newer one: the lines that mail programs write, in the languages they write them in."""

from __future__ import annotations

import re

# "On Mon, 3 Mar 2025 at 10:14, Ann wrote:" and its like; a program may break the line in two.
_WROTE = (
    r"on (?=.*\d).{6,160} wrote:|le .{6,160} a écrit ?:|am .{6,120} schrieb .{0,120}:|el .{6,160} escribió:|op .{6,120} schreef .{0,120}:"
    r"|il .{6,160} ha scritto:|em .{6,160} escreveu:|(?:den|(?:man|tir|ons|tor|fre|lør|søn)\w*\.?) .{6,120} skrev .{0,120}:"
    r"|.{6,120} tarihinde .{0,120} şunu yazdı:"
    r"|(?:w dniu|dnia) .{6,160} napisał(?:\(a\)|a)?:|.{6,120} (?:пишет|написал(?:\(а\)|а)?):?"
    r"|.{6,160} (?:napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?|kirjoitti|yazdı|írta|a scris|skrifaði|写道|のメール)\s?[:：]"
    r"|\d{4}年.{4,120}(?:のメール|:|：)"
)
_RULED = (
    r"(?:original message|original-nachricht|ursprüngliche nachricht|message d'origine|mensaje original|mensagem original"
    r"|oorspronkelijk bericht|messaggio originale|oprindelig meddelelse|ursprungligt meddelande|forwarded message"
    r"|weitergeleitete nachricht|message transféré|mensaje reenviado|doorgestuurd bericht|reply above this line)"
)
_FORWARDED = (
    r"-{2,} ?(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|doorgestuurd bericht"
    r"|mensagem encaminhada|messaggio inoltrato)"
    r"(?: ?-{2,}.*)?|begin forwarded message ?:?|anfang der weitergeleiteten nachricht ?:?|début du message réexpédié ?:?"
)
OLDER = re.compile(rf"^(?:-{{2,}} ?{_RULED}.*|begin forwarded message:?|{_WROTE})$", re.IGNORECASE)
LINE = re.compile(r"^_{8,}$")  # Outlook's, above an older mail's head; a letterhead may have one too
FORWARDED = re.compile(rf"^(?:{_FORWARDED})$", re.IGNORECASE)

# The header lines that programs print above a quoted or forwarded mail, by what they are.
HEADERS = {
    "from": "from|von|de|van|da|från|fra|od|od kogo|kimden|от кого",
    "date": "date|sent|datum|gesendet|envoyé|fecha|enviado|verzonden|data|inviato|enviada em|skickat|sendt|sent on|tarih|dato",
    "to": "to|an|à|a|para|aan|till|til|do|kime",
    "cc": "cc|kopie|copie",
    "bcc": "bcc",
    "subject": "subject|betreff|objet|asunto|onderwerp|oggetto|assunto|ämne|emne|temat|konu",
    "reply-to": "reply-to|reply to|antwort an|répondre à",
}
_NAMES = {word: name for name, words in HEADERS.items() for word in words.split("|")}
_LINE = re.compile(
    rf"^\W{{0,4}}({'|'.join(sorted(_NAMES, key=len, reverse=True))})\*{{0,2}}[ \t]?:\*{{0,2}}[ \t]*(.*)$", re.IGNORECASE
)


def header_line(line: str) -> tuple[str, str] | None:
    """The name (one of HEADERS) and value of a printed header line, `*Von:* Ann` too; None for any other line."""
    found = _LINE.match(line.strip())
    return (_NAMES[found.group(1).lower()], found.group(2).strip()) if found else None


def begins_older(line: str) -> bool:
    """Whether a line of a letter is one that programs write above an older mail."""
    return bool(OLDER.match(line) or LINE.match(line))
