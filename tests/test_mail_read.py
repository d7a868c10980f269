"""Every shape in which a rejection comes, read back: who wrote, where an answer goes, and what was written now."""

import base64
import email.policy
import quopri
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from conftest import gap

from assistant.errors import UsageError
from assistant.mail.email import Email, Mailbox
from assistant.mail.read import MOST_TEXT, READ_BYTES, read_email, read_file
from assistant.mail.reply import Reply, draft_mail

# What isn't read rightly yet, by the name of the case. Each is a strict xfail: mended, it must leave this table.
GAPS = {
    "Gmail's details to the end": "mailed-by and signed-by stay in the text",
    "Gmail's print-out": "not known; its lines are taken for the letter",
    **dict.fromkeys(
        [
            "Polish, Thunderbird",
            "Russian, Gmail",
        ],
        "not known as the line above an older mail",
    ),
}


def each(table: dict[str, Any]) -> list[Any]:
    """One case for each entry of a table, known gaps marked."""
    cases = {name: case if isinstance(case, tuple) else (case,) for name, case in table.items()}
    return [pytest.param(*case, id=n, marks=[gap(GAPS[n])] if n in GAPS else []) for n, case in cases.items()]


RENSKE = Mailbox("Renske Bakker", "renske@krume.example")
IFEOMA = Mailbox("Ifeoma Adeyemi", "ifeoma@adeyemi.example")
DATE = datetime(2026, 5, 4, 9, 30, tzinfo=timezone(timedelta(hours=2)))
FIELDS = {
    "From": "Renske Bakker <renske@krume.example>",
    "To": "Ifeoma Adeyemi <ifeoma@adeyemi.example>",
    "Subject": "Night Baker",
    "Date": "Mon, 4 May 2026 09:30:00 +0200",
    "Message-ID": "<3@krume.example>",
    "MIME-Version": "1.0",
}
LETTER = """Dear Ifeoma,

Thank you for the long evening at the ovens. We talked about it for a week, and in the end we have chosen another baker for \
the nights. I am sorry to bring you this.

Kind regards,
Renske Bakker"""
SHORT = "Dear Ifeoma,\n\nWe have chosen another baker.\n\nKind regards,\nRenske"
HTML = "<p>Dear Ifeoma,</p><p>We have chosen another baker.</p><p>Kind regards,<br>Renske</p>"
QUESTION = "Could you tell me when I hear from you?"
FORWARD = "a forwarded mail: the one inside was read"


def mail(body: str | bytes = LETTER, kind: str = "text/plain; charset=utf-8", /, **fields: str | None) -> bytes:
    """A mail from Renske to Ifeoma; a field given replaces or adds one, None leaves it out."""
    given = {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\n" for name, value in (FIELDS | given).items() if value is not None)
    return f"{head}Content-Type: {kind}\n\n".encode() + (body.encode() if isinstance(body, str) else body)


def multipart(subtype: str, *parts: tuple[str, str]) -> tuple[str, str]:
    """The body and the content type of a mail in several parts; each part is its text and its content type, with further fields."""
    mark = f"mark-{subtype}"
    body = "".join(f"--{mark}\nContent-Type: {kind}\n\n{text}\n" for text, kind in parts)
    return f"{body}--{mark}--\n", f'multipart/{subtype}; boundary="{mark}"'


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


PLAIN = (LETTER, "text/plain; charset=utf-8")
PAGE = (f"<html><body>{HTML}</body></html>", "text/html; charset=utf-8")
LETTER_PAGE = ("<html><body>" + LETTER.replace("\n", "<br>\n") + "</body></html>", "text/html; charset=utf-8")
IMAGE = ("iVBORw0KGgo=", 'image/png; name="logo.png"\nContent-ID: <logo>\nContent-Transfer-Encoding: base64')
PDF = ("JVBERi0xLjc=", 'application/pdf; name="decision.pdf"\nContent-Transfer-Encoding: base64')
CALENDAR = ("BEGIN:VCALENDAR\nSUMMARY:Second interview\nEND:VCALENDAR", "text/calendar; method=CANCEL")


def test_a_plain_mail_is_read_whole() -> None:
    assert read_email(mail()) == Email(
        sender=RENSKE,
        to=(IFEOMA,),
        subject="Night Baker",
        date=DATE,
        message_id="<3@krume.example>",
        text=LETTER,
        written=LETTER,
    )


# --- parts -----------------------------------------------------------------------------------------------------------

PARTS = {
    "alternative": multipart("alternative", PLAIN, LETTER_PAGE),
    "alternative, related inside": multipart("alternative", PLAIN, multipart("related", LETTER_PAGE, IMAGE)),
    "mixed with a PDF": multipart("mixed", multipart("alternative", PLAIN, LETTER_PAGE), PDF),
    "mixed with a PDF, an image and a calendar": multipart("mixed", PLAIN, PDF, IMAGE, CALENDAR),
    "a calendar among the alternatives": multipart("alternative", PLAIN, LETTER_PAGE, CALENDAR),
    "signed": multipart("signed", PLAIN, ("-----BEGIN", "application/pgp-signature")),
}


@pytest.mark.parametrize(("body", "kind"), each(PARTS))
def test_of_several_parts_the_text_is_read_once(body: str, kind: str) -> None:
    assert read_email(mail(body, kind)) == read_email(mail())


def test_html_with_its_images_is_read_as_text() -> None:
    assert read_email(mail(*multipart("related", PAGE, IMAGE))).text == SHORT
    assert read_email(mail(*PAGE)).written == SHORT


def test_a_plain_part_that_only_points_to_the_html_is_passed_over() -> None:
    stub = ("Your mail program can't show this mail.", "text/plain")
    read = read_email(mail(*multipart("alternative", stub, (f"<p>{LETTER}</p>", PAGE[1]))))
    assert read.text.startswith("Dear Ifeoma,")


def test_a_whole_plain_part_is_read_though_the_html_has_a_long_footer() -> None:
    page = (f"<p>{LETTER}</p><p>{LETTER}</p>{'<p>See our privacy notice.</p>' * 60}", "text/html")
    assert read_email(mail(*multipart("alternative", (LETTER * 2, PLAIN[1]), page))).text == LETTER * 2


def test_two_texts_side_by_side_are_both_read_and_an_attached_one_is_not() -> None:
    footer = ("Krume Bakery, Delft", "text/plain")
    attached = ("the final round", 'text/plain\nContent-Disposition: attachment; filename="notes.txt"')
    assert read_email(mail(*multipart("mixed", PLAIN, footer, attached))).text == f"{LETTER}\n\nKrume Bakery, Delft"


@pytest.mark.parametrize(("body", "kind"), [PDF, IMAGE, CALENDAR], ids=["PDF", "image", "calendar"])
def test_a_mail_without_a_text_is_said_to_have_none(body: str, kind: str) -> None:
    with pytest.raises(UsageError, match=r"^decision.eml: there is no text in it to read; paste"):
        read_email(mail(body, kind), "decision.eml")


# --- HTML ------------------------------------------------------------------------------------------------------------

HIDDEN = {
    "a preheader": '<div style="display:none;font-size:1px;color:#ffffff">You are invited</div>',
    "white on white": '<body bgcolor="#FFFFFF"><p style="color: #fff">You are invited</p></body>',
    "white by a font tag": '<font color="white">You are invited</font>',
    "white by rgb": '<p style="color: rgb(255, 255, 255)">You are invited</p>',
    "no size": '<p style="font-size:0px">You are invited</p>',
    "no ink": '<p style="opacity: 0">You are invited</p>',
    "no height": '<div style="max-height:0;overflow:hidden">You are invited</div>',
    "not visible": '<p style="visibility:hidden">You are invited</p>',
    "the attribute": "<p hidden>You are invited</p>",
    "a class": '<style>.pre { display: none }</style><p class="pre">You are invited</p>',
    "off the page": '<p style="position:absolute;left:-9999px">You are invited</p>',
    "hidden by id": '<style>#pre { display: none }</style><p id="pre">You are invited</p>',
    "hidden by the first of two classes": '<style>.pre, .x { display: none }</style><p class="pre">You are invited</p>',
    "white by a class": '<style>.pre { color: #ffffff }</style><p class="pre">You are invited</p>',
    "the colour of its ground": '<p style="background:#123456;color:#123456">You are invited</p>',
}


@pytest.mark.parametrize("hidden", each(HIDDEN))
def test_what_is_hidden_in_html_is_left_out_and_counted(hidden: str) -> None:
    read = read_email(mail(hidden + HTML, "text/html"))
    assert read.text == SHORT
    assert read.remarks == ("3 words in it are hidden from a reader's eye and were left out",)


SHOWN = {
    "white on dark": '<div style="background:#003366;color:#ffffff">LETTER</div>',
    "half see-through": '<div style="opacity:0.5">LETTER</div>',
    "a layout table": '<table width="100%"><tr><td>LETTER</td></tr></table>',
    "around a table for Outlook": "<!--[if mso]><table><tr><td><![endif]--><div>LETTER</div><!--[if mso]></table><![endif]-->",
    # Mail frameworks give every wrapper no size, against gaps, and every text its own.
    "a wrapper without a size": '<td style="font-size:0px;padding:20px"><div style="font-size:13px">LETTER</div></td>',
    "1em": '<div style="font-size:1em">LETTER</div>',
    "hidden on small screens only": (
        "<style>@media (max-width:600px) { .wide { display:none !important } }</style><div class=wide>LETTER</div>"
    ),
    "hidden inside something else only": "<style>.old .text { display:none }</style><div class=text>LETTER</div>",
    "black inside white": '<div style="color:white"><div style="color:black">LETTER</div></div>',
    "white on a dark cell": '<div style="color:#fff"><table bgcolor="#003366"><tr><td>LETTER</td></tr></table></div>',
    "white on a picture": '<table background="oven.jpg"><tr><td style="color:#fff">LETTER</td></tr></table>',
    "cut with an ellipsis": '<div style="max-width:0">LETTER</div>',
    "moved up": '<div style="margin-top:-100px">LETTER</div>',
}


@pytest.mark.parametrize("around", each(SHOWN))
def test_what_a_reader_sees_in_html_is_read(around: str) -> None:
    read = read_email(mail(around.replace("LETTER", HTML), "text/html"))
    assert (read.text, read.remarks) == (SHORT, ())


def test_scripts_links_comments_and_names_of_images_are_no_text() -> None:
    page = f'<title>T</title>{HTML}<script>x()</script><!-- no --><img src="https://x.example/1.gif" alt="pixel">'
    read = read_email(mail(f'{page}<p><a href="https://x.example">Our page</a></p>', "text/html"))
    assert (read.text, read.remarks) == (f"{SHORT}\n\nOur page", ())


def test_spaces_and_unseen_signs_are_plain_ones_or_none() -> None:
    page = "<p>Ren&eacute;e &amp;&nbsp;Joost&zwnj;,&shy; no&#8203;w</p>"
    assert read_email(mail(page, "text/html")).text == "Renée & Joost, now"
    assert read_email(mail("no,\n \n\n\n\u00a0now\u200b \n")).text == "no,\n\n now"


# --- encodings -------------------------------------------------------------------------------------------------------

LONG = "We talked about it for a week, and in the end we have chosen another baker; Renée said so at the café. " * 3
RUSSIAN = "Здравствуйте, мы выбрали другого пекаря. Желаем вам удачи в поиске работы."
JAPANESE = "鈴木様、残念ながら今回はご縁がありませんでした。今後のご活躍をお祈り申し上げます。"


@pytest.mark.parametrize(
    ("declared", "really", "text"),
    [
        ("windows-1252", "cp1252", "“Renée” – 5 €"),
        ("iso-8859-1", "cp1252", "“Renée” – 5 €"),  # as browsers read it
        ("iso-8859-15", "iso-8859-15", "un œuf à 5 €"),
        ("iso-8859-2", "iso-8859-2", "Łódź"),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("shift_jis", "shift_jis", JAPANESE),
        ("iso-2022-jp", "iso-2022-jp", JAPANESE),
        ("gb2312", "gb18030", "很遗憾，我们选择了另一位面包师。"),
        ("utf-16", "utf-16", "Renée, no."),
        ("utf-16le", "utf-16-le", "Renée, no."),
        ("utf-8", "utf-8-sig", "Renée, no."),
        ("iso-8859-1", "utf-8", "Renée, no."),
        ("us-ascii", "utf-8", "Renée, no."),
        ("utf-8", "cp1252", LONG.strip()),
        ("x-unknown", "utf-8", "Renée, no."),
        (None, "utf-8", "Renée, no."),
        (None, "cp1252", LONG.strip()),
        (None, "koi8-r", RUSSIAN),
        (None, "shift_jis", JAPANESE),
    ],
)
def test_a_text_is_read_in_its_charset_or_in_the_one_it_has(declared: str | None, really: str, text: str) -> None:
    kind = f"text/plain; charset={declared}" if declared else "text/plain"
    body = base64.encodebytes(text.encode(really))
    assert read_email(mail(body, kind, Content_Transfer_Encoding="base64")).text == text


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_pasted_text_is_read_whatever_it_is_saved_in(charset: str) -> None:
    text = LETTER.replace("sorry", "désolée")
    assert read_email(text.encode(charset)).text == text


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_a_mail_saved_with_a_mark_in_front_is_still_a_mail(charset: str) -> None:
    assert read_email(mail().decode().encode(charset)) == read_email(mail())


@pytest.mark.parametrize(("charset", "half"), [("utf-7", b"+2AA-"), ("unicode_escape", rb"\ud800")])
def test_every_text_can_be_written_again(charset: str, half: bytes) -> None:
    read_email(mail(b"Dear " + half, f"text/plain; charset={charset}")).text.encode()


def test_soft_line_breaks_are_no_line_breaks() -> None:
    body = quopri.encodestring(f"Dear Renée,\n{LONG}\nnow = then".encode())
    assert b"=\n" in body
    read = read_email(mail(body, Content_Transfer_Encoding="quoted-printable"))
    assert read.text == f"Dear Renée,\n{LONG.rstrip()}\nnow = then"


def test_base64_is_read_also_when_its_end_is_missing() -> None:
    for whole in (base64.encodebytes(LETTER.encode()), base64.b64encode(LETTER.encode()).rstrip(b"=")):
        assert read_email(mail(whole, Content_Transfer_Encoding="base64")).text == LETTER


# --- header fields ---------------------------------------------------------------------------------------------------

SUBJECTS = {
    "quoted": ("=?utf-8?q?Night_Baker_=E2=80=93_Z=C3=BCrich?=", "Night Baker – Zürich"),
    "base64": ("=?utf-8?b?TsOkY2h0?= Baker", "Nächt Baker"),
    "several": ("=?utf-8?q?N=C3=A4cht?=\n =?utf-8?q?_Baker?= at =?iso-8859-1?q?caf=E9?=", "Nächt Baker at café"),
    "a character cut in two": ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
    "windows-1252": ("=?windows-1252?q?=93Baker=94?=", "“Baker”"),
    "koi8-r": ("=?koi8-r?b?8MXLwdLY?=", "Пекарь"),
    "no such charset": ("=?x-unknown?q?caf=C3=A9?=", "café"),
    "broken": ("=?utf-8?q?broken", "=?utf-8?q?broken"),
    "folded": ("Your application\n for Night Baker\n\tin Delft", "Your application for Night Baker in Delft"),
    "its Re: kept": ("Re: AW: Night  Baker", "Re: AW: Night Baker"),
    "bare UTF-8": ("Nächt Baker", "Nächt Baker"),
}


@pytest.mark.parametrize(("field", "subject"), each(SUBJECTS))
def test_a_subject_is_decoded_and_on_one_line(field: str, subject: str) -> None:
    assert read_email(mail(Subject=field)).subject == subject


SENDERS = {
    "an address": ("renske@krume.example", ""),
    "a name behind": ("renske@krume.example (Renske Bakker)", "Renske Bakker"),
    "folded": ("Renske Bakker\n <renske@krume.example>", "Renske Bakker"),
    "quoted": ('"Bakker, Renske (HR)" <renske@krume.example>', "Bakker, Renske (HR)"),
    "encoded": ("=?utf-8?b?WsO2w6s=?= <renske@krume.example>", "Zöë"),
    "a comma encoded": ("=?utf-8?q?Bakker=2C_Ren=C3=A9e?= <renske@krume.example>", "Bakker, Renée"),
    "encoded in quotes": ('"=?utf-8?q?Ren=C3=A9e?=" <renske@krume.example>', "Renée"),
    "the address twice": ('"renske@krume.example" <renske@krume.example>', ""),
    "the first of two": ("Renske Bakker <renske@krume.example>, Joost <joost@krume.example>", "Renske Bakker"),
    "bare UTF-8": ("Renée <renske@krume.example>", "Renée"),
    "a comma and no quotes": ("Bakker, Renske <renske@krume.example>", "Bakker, Renske"),
}


@pytest.mark.parametrize(("field", "name"), each(SENDERS))
def test_a_sender_has_a_name_and_an_address(field: str, name: str) -> None:
    assert read_email(mail(From=field)).sender == Mailbox(name, "renske@krume.example")


RECIPIENTS = {
    "two": ("a@x.example,\n B <b@x.example>", (Mailbox("", "a@x.example"), Mailbox("B", "b@x.example"))),
    "a group": ("Panel: a@x.example, B <b@x.example>;", (Mailbox("", "a@x.example"), Mailbox("B", "b@x.example"))),
    "undisclosed": ("undisclosed-recipients:;", ()),
}


@pytest.mark.parametrize(("field", "to"), each(RECIPIENTS))
def test_all_recipients_are_read(field: str, to: tuple[Mailbox, ...]) -> None:
    assert read_email(mail(To=field)).to == to


@pytest.mark.parametrize(
    ("field", "left"),
    [
        ("From", {"sender": Mailbox()}),
        ("To", {"to": ()}),
        ("Subject", {"subject": ""}),
        ("Date", {"date": None}),
        ("Message-ID", {"message_id": ""}),
    ],
)
def test_a_missing_field_leaves_the_rest_as_it_is(field: str, left: dict[str, Any]) -> None:
    assert read_email(mail(**{field: None})) == replace(read_email(mail()), **left)


def test_a_mail_of_a_text_and_nothing_else_is_read() -> None:
    bare = mail(**dict.fromkeys(("From", "To", "Subject", "Date", "Message-ID")))
    assert read_email(bare) == Email(text=LETTER, written=LETTER)


def test_an_answer_goes_to_reply_to_before_the_sender() -> None:
    jobs = Mailbox("Jobs", "jobs@krume.example")
    read = read_email(mail(Reply_To="Jobs <jobs@krume.example>"))
    assert (read.sender, read.reply_to, read.answer_to) == (RENSKE, jobs, jobs)
    assert read_email(mail(Reply_To="")).answer_to == RENSKE
    assert read_email(mail()).answer_to == RENSKE


@pytest.mark.parametrize(
    ("field", "date"),
    [
        ("Mon, 4 May 2026 09:30:00 +0200", DATE),
        ("4 May 2026 09:30 +0200", DATE),
        ("Mon, 4 May 2026 09:30:00 +0200 (CEST)", DATE),
        ("Mon, 4 May 2026 07:30:00 GMT", DATE),
        ("Mon, 4 May 2026 03:30:00 EDT", DATE),
        ("Mon, 4 May 2026 07:30:00 -0000", DATE),
        ("Mon, 4 May 2026 07:30:00", DATE),  # UTC where no zone is told
        ("yesterday", None),
        ("Mon, 44 May 2026 09:30:00 +0200", None),
        ("", None),
    ],
)
def test_a_date_is_read_with_its_zone_or_not_at_all(field: str, date: datetime | None) -> None:
    read = read_email(mail(Date=field)).date
    assert read == date
    assert read is None or read.tzinfo


THREADS = {
    "References": ({"References": "<1@x.example>\n <2@x.example>"}, ("<1@x.example>", "<2@x.example>")),
    "both": ({"References": "<1@x.example>", "In-Reply-To": "<1@x.example>"}, ("<1@x.example>",)),
    "In-Reply-To alone": ({"In-Reply-To": "<2@x.example>"}, ("<2@x.example>",)),
    "In-Reply-To in words": ({"In-Reply-To": 'Your mail of "Monday" <2@x.example>'}, ("<2@x.example>",)),
    "its own id": ({"References": "<1@x.example> <3@krume.example>"}, ("<1@x.example>",)),
    "an id twice": ({"References": "<1@x.example> <1@x.example>"}, ("<1@x.example>",)),
    "no id": ({"References": "none"}, ()),
    "none": ({}, ()),
}


@pytest.mark.parametrize(("fields", "references"), each(THREADS))
def test_the_thread_is_read_oldest_first(fields: dict[str, str], references: tuple[str, ...]) -> None:
    read = read_email(mail(**fields))
    assert (read.message_id, read.references) == ("<3@krume.example>", references)


def test_header_lines_by_which_machines_are_told_are_kept() -> None:
    read = read_email(mail(Auto_Submitted="auto-generated", Precedence="bulk", X_Other="1"))
    assert read.hints == {"auto-submitted": "auto-generated", "precedence": "bulk"}


# --- forwarded -------------------------------------------------------------------------------------------------------

PRINTED = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
GMAIL = """---------- Forwarded message ---------
From: Renske Bakker <renske@krume.example>
Date: Mon, May 4, 2026 at 9:30 AM
Subject: Night Baker
To: Ifeoma Adeyemi <ifeoma@adeyemi.example>

"""
OUTLOOK = """From: Renske Bakker <renske@krume.example>
Sent: Monday, May 4, 2026 9:30 AM
To: Ifeoma Adeyemi <ifeoma@adeyemi.example>
Subject: Night Baker
"""
APPLE = """Begin forwarded message:

From: Renske Bakker <renske@krume.example>
Subject: Night Baker
Date: 4 May 2026 at 09:30:00 UTC
To: Ifeoma Adeyemi <ifeoma@adeyemi.example>
"""
THUNDERBIRD = """-------- Weitergeleitete Nachricht --------
Betreff: \tNight Baker
Datum: \tMon, 4 May 2026 09:30:00 +0000
Von: \tRenske Bakker <renske@krume.example>
An: \tIfeoma Adeyemi <ifeoma@adeyemi.example>

"""
FORWARDS = {
    "Gmail": GMAIL + LETTER,
    "Gmail, with a word above": f"look at this\n\n{GMAIL}{LETTER}",
    "Outlook with a rule": f"FYI\n\n{'_' * 32}\n{OUTLOOK}\n{LETTER}",
    "Outlook of old": f"FYI\n\n-----Original Message-----\n{OUTLOOK}\n{LETTER}",
    "Outlook without a rule": f"FYI\n\n{OUTLOOK}\n{LETTER}",
    "Outlook without a word": f"{OUTLOOK}\n{LETTER}",
    "Apple": f"{APPLE}\n{LETTER}",
    "Apple, quoted": quoted(f"{APPLE}\n{LETTER}"),
    "Thunderbird in German": f"\n\n{THUNDERBIRD}\n{LETTER}",
}


def forward(body: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    """A mail that Ifeoma sends on to a friend."""
    fields = {"From": FIELDS["To"], "To": "Bola <bola@friend.example>", "Message-ID": "<9@adeyemi.example>"}
    return mail(body, kind, **fields, Subject="Fwd: Night Baker", References="<1@krume.example> <3@krume.example>")


@pytest.mark.parametrize("body", each(FORWARDS))
def test_of_a_forwarded_mail_the_one_inside_is_read(body: str) -> None:
    assert read_email(forward(body)) == Email(
        sender=RENSKE,
        to=(IFEOMA,),
        subject="Night Baker",
        date=PRINTED,
        message_id="<3@krume.example>",
        references=("<1@krume.example>",),
        text=LETTER,
        written=LETTER,
        remarks=(FORWARD,),
    )


@pytest.mark.parametrize("above", ["See below.", ""])
@pytest.mark.parametrize("disposition", ["inline", "attachment"])
def test_a_mail_attached_to_a_mail_is_read_with_its_own_thread(disposition: str, above: str) -> None:
    inner = mail(References="<1@krume.example>")
    attached = (inner.decode(), f'message/rfc822\nContent-Disposition: {disposition}; filename="no.eml"')
    read = read_email(forward(*multipart("mixed", (above, "text/plain"), attached)))
    assert read == replace(read_email(inner), remarks=(FORWARD,))
    assert (read.message_id, read.references, read.date) == ("<3@krume.example>", ("<1@krume.example>",), DATE)
    other = (mail("Another one.").decode(), "message/rfc822")
    assert read_email(forward(*multipart("mixed", (above, "text/plain"), attached, other))) == read


def test_a_forward_in_html_is_read_too() -> None:
    head = GMAIL.replace("<", "&lt;<a>").replace(">\n", "</a>&gt;\n").replace("\n", "<br>")
    read = read_email(forward(f"<div>look<br><br><div>{head}</div><br><br>{HTML}</div>", "text/html"))
    assert (read.sender, read.written) == (RENSKE, SHORT)


def test_the_answer_to_a_forwarded_mail_goes_to_its_writer_and_into_its_thread() -> None:
    reply = Reply(body="Dear Renske,", date=DATE, original=read_email(forward(GMAIL + LETTER)), sender=IFEOMA)
    draft = message_from_bytes(draft_mail(reply), policy=email.policy.default)
    assert (draft["To"], draft["Subject"]) == (FIELDS["From"], "Re: Night Baker")
    assert (draft["In-Reply-To"], draft["References"]) == ("<3@krume.example>", "<1@krume.example> <3@krume.example>")


def test_a_forward_with_a_letter_of_its_own_above_is_that_letter() -> None:
    own = f"{'I have thought about this for a whole day. ' * 3}What would you do in my place?"
    read = read_email(forward(f"{own}\n\n{GMAIL}{LETTER}"))
    assert (read.sender, read.written, read.remarks) == (IFEOMA, own, ())


OLDER = OUTLOOK.replace(FIELDS["From"], FIELDS["To"], 1)  # the reader's own mail, as Outlook prints its head


@pytest.mark.parametrize("rule", ["", f"{'_' * 32}\n", "-----Original Message-----\n"], ids=["none", "rule", "words"])
def test_a_short_rejection_above_the_readers_own_mail_is_no_forward(rule: str) -> None:
    read = read_email(mail(f"{SHORT}\n\n{rule}{OLDER}\n{QUESTION}", Subject="Re: Night Baker"))
    assert (read.sender, read.written) == (RENSKE, SHORT)


# --- quoted threads --------------------------------------------------------------------------------------------------

LINES_ABOVE = {
    "English": "On Mon, 4 May 2026 at 10:14, Ifeoma Adeyemi <ifeoma@adeyemi.example> wrote:",
    "English, broken": "On Mon, 4 May 2026 at 10:14, Ifeoma Adeyemi\n<ifeoma@adeyemi.example> wrote:",
    "German": "Am Mo., 4. Mai 2026 um 10:14 Uhr schrieb Ifeoma Adeyemi <ifeoma@adeyemi.example>:",
    "German, broken": "Am 04.05.26 um 10:14 schrieb Ifeoma Adeyemi\n<ifeoma@adeyemi.example>:",
    "French": "Le lun. 4 mai 2026 à 10:14, Ifeoma Adeyemi <ifeoma@adeyemi.example> a écrit :",
    "French, narrow space": "Le 04/05/2026 à 10:14, Ifeoma Adeyemi a écrit\u202f:",
    "Spanish": "El lun, 4 may 2026 a las 10:14, Ifeoma Adeyemi (<ifeoma@adeyemi.example>) escribió:",
    "Italian": "Il giorno lun 4 mag 2026 alle ore 10:14 Ifeoma Adeyemi ha scritto:",
    "Portuguese": "Em seg., 4 de mai. de 2026 às 10:14, Ifeoma Adeyemi escreveu:",
    "Dutch": "Op ma 4 mei 2026 om 10:14 schreef Ifeoma Adeyemi <ifeoma@adeyemi.example>:",
    "Swedish": "Den mån 4 maj 2026 kl 10:14 skrev Ifeoma Adeyemi <ifeoma@adeyemi.example>:",
    "Turkish": "4 May 2026 Pzt, 10:14 tarihinde Ifeoma Adeyemi şunu yazdı:",
    "Russian": "04.05.2026 10:14, Ifeoma Adeyemi пишет:",
    "Norwegian": "man. 4. mai 2026 kl. 10:14 skrev Ifeoma Adeyemi <ifeoma@adeyemi.example>:",
    "Polish": "pon., 4 maj 2026 o 10:14 Ifeoma Adeyemi <ifeoma@adeyemi.example> napisał(a):",
    "Polish, Thunderbird": "W dniu 4.05.2026 o 10:14, Ifeoma Adeyemi pisze:",
    "Turkish, Gmail": "Ifeoma Adeyemi <ifeoma@adeyemi.example>, 4 May 2026 Pzt, 10:14 tarihinde şunu yazdı:",
    "Czech": "po 4. 5. 2026 v 10:14 odesílatel Ifeoma Adeyemi <ifeoma@adeyemi.example> napsal:",
    "Finnish": "ma 4. toukok. 2026 klo 10.14 Ifeoma Adeyemi (ifeoma@adeyemi.example) kirjoitti:",
    "Russian, Gmail": "пн, 4 мая 2026 г. в 10:14, Ifeoma Adeyemi <ifeoma@adeyemi.example>:",
    "Japanese": "2026年5月4日(月) 10:14 Ifeoma Adeyemi <ifeoma@adeyemi.example>:",
}


@pytest.mark.parametrize("line", each(LINES_ABOVE))
def test_the_older_mail_below_is_not_what_was_written_now(line: str) -> None:
    for older in (quoted(QUESTION), QUESTION):  # HTML as text has no `>`
        read = read_email(mail(f"{LETTER}\n\n{line}\n\n{older}"))
        assert read.written == LETTER
        assert QUESTION in read.text


@pytest.mark.parametrize("line", each({name: line for name, line in LINES_ABOVE.items() if "\n" not in line}))
def test_an_answer_below_the_older_mail_is_what_was_written_now(line: str) -> None:
    assert read_email(mail(f"{line}\n{quoted(QUESTION)}\n\n{LETTER}")).written == LETTER


@pytest.mark.parametrize("name", ["English, broken", "German, broken"])
def test_an_answer_below_a_broken_line_is_what_was_written_now(name: str) -> None:
    assert read_email(mail(f"{LINES_ABOVE[name]}\n{quoted(QUESTION)}\n\n{LETTER}")).written == LETTER


def test_answers_between_quoted_lines_are_what_was_written_now() -> None:
    body = f"{LINES_ABOVE['English']}\n> {QUESTION}\n\nToday: another baker.\n\n>> Can I call?\n\nYes.\nRenske"
    assert read_email(mail(body)).written.split() == ["Today:", "another", "baker.", "Yes.", "Renske"]


HEADS = {
    "English": OLDER,
    "German": "Von: Ifeoma Adeyemi\nGesendet: Montag, 4. Mai 2026 10:14\nAn: Renske Bakker\nBetreff: Night Baker\n",
    "French": "De : Ifeoma Adeyemi\nEnvoyé : lundi 4 mai 2026 10:14\nÀ : Renske Bakker\nObjet : Night Baker\n",
    "Spanish": "De: Ifeoma Adeyemi\nEnviado: lunes, 4 de mayo de 2026 10:14\nPara: Renske Bakker\nAsunto: Night Baker\n",
    "Dutch": "Van: Ifeoma Adeyemi\nVerzonden: maandag 4 mei 2026 10:14\nAan: Renske Bakker\nOnderwerp: Night Baker\n",
    "Italian": "Da: Ifeoma Adeyemi\nInviato: lunedì 4 maggio 2026 10:14\nA: Renske Bakker\nOggetto: Night Baker\n",
    "Swedish": "Från: Ifeoma Adeyemi\nSkickat: den 4 maj 2026 10:14\nTill: Renske Bakker\nÄmne: Night Baker\n",
    "three lines": "From: Ifeoma Adeyemi\nDate: Monday, 4 May 2026\nSubject: Night Baker\n",
    "with stars": "*From:* Ifeoma Adeyemi\n*Sent:* Monday, 4 May 2026 10:14\n*To:* Renske Bakker\n*Subject:* Night Baker\n",
    "German, in words": "-----Ursprüngliche Nachricht-----\nVon: Ifeoma Adeyemi\nAn: Renske Bakker\nBetreff: Night Baker\n",
    "French, in words": "-----Message d'origine-----\nDe : Ifeoma Adeyemi\nObjet : Night Baker\n",
}


@pytest.mark.parametrize("head", each(HEADS))
def test_the_printed_head_of_an_older_mail_ends_what_was_written_now(head: str) -> None:
    read = read_email(mail(f"{LETTER}\n\n{head}\n{QUESTION}"))
    assert (read.sender, read.written) == (RENSKE, LETTER)


@pytest.mark.parametrize(
    "line", ["Sent from my iPhone", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Get Outlook for iOS"]
)
def test_the_line_of_a_mobile_program_is_not_what_was_written(line: str) -> None:
    assert read_email(mail(f"{LETTER}\n\n{line}")).written == LETTER


@gap("quoted blocks of HTML lose their mark: only a known line above tells, and what stands below them can't be told")
def test_an_answer_below_a_quoted_block_of_html_is_what_was_written_now() -> None:
    older = f"On Mon, 4 May 2026 at 10:14, Ifeoma wrote:<br><blockquote>{QUESTION}</blockquote>"
    assert read_email(mail(f"<div>{older}</div>{HTML}", "text/html")).written == SHORT


LOOKALIKES = {
    "a sentence that begins like a head": "Dear Ifeoma,\n\nFrom: what I hear, you like rye.\n\nRenske",
    "two lines like a head": "Dear Ifeoma,\n\nFrom: Delft\nTo: Leiden\n\nThat is the new way.\n\nRenske",
    "am, and wrote": "Dear Ifeoma,\n\nAm I right that you wrote this: rye?\n\nRenske",
    "on a page you wrote": "Dear Ifeoma,\n\nOn the second page of your letter you wrote:\nI bake at night.\n\nRenske",
    "a ruled letterhead": f"KRUME BAKERY\n{'_' * 20}\n\n{SHORT}",
    "a ruled signature": f"{SHORT}\n{'_' * 20}\nKrume Bakery",
}


@pytest.mark.parametrize("text", each(LOOKALIKES))
def test_what_only_looks_like_the_beginning_of_an_older_mail_is_kept(text: str) -> None:
    assert read_email(mail(text)).written == text


# --- pasted ----------------------------------------------------------------------------------------------------------


def test_a_bare_text_is_all_written_by_an_unknown_sender() -> None:
    assert read_email(LETTER) == read_email(LETTER.encode()) == Email(text=LETTER, written=LETTER)


def test_one_line_like_a_head_on_top_of_a_pasted_text_is_text() -> None:
    text = f"From: what I hear, you like rye.\n\n{LETTER}"
    assert read_email(text) == Email(text=text, written=text)


DETAILS = """from:\tRenske Bakker <renske@krume.example>
to:\tIfeoma Adeyemi <ifeoma@adeyemi.example>
date:\tMay 4, 2026, 9:30 AM
subject:\tNight Baker
"""
PRINT_OUT = """Night Baker
1 message
Renske Bakker <renske@krume.example>\tMon, May 4, 2026 at 9:30 AM
To: Ifeoma Adeyemi <ifeoma@adeyemi.example>
"""
PASTED = {
    "Outlook": OUTLOOK,
    "Outlook with a copy": OUTLOOK.replace("To:", "Cc: Joost Visser\nTo:"),
    "Outlook with stars": "".join(f"*{line.replace(':', ':*', 1)}\n" for line in OUTLOOK.splitlines()),
    "Outlook with blank lines": OUTLOOK.replace("\n", "\n\n"),
    "Outlook of old": OUTLOOK.replace("<renske@krume.example>", "[mailto:renske@krume.example]"),
    "Gmail": GMAIL.partition("\n")[2],
    "Gmail's details": DETAILS,
    "Gmail's details to the end": f"{DETAILS}mailed-by:\tkrume.example\nsigned-by:\tkrume.example\n",
    "Gmail's print-out": PRINT_OUT,
}


@pytest.mark.parametrize("head", each(PASTED))
def test_header_lines_on_top_of_a_pasted_mail_are_read(head: str) -> None:
    read = read_email(f"{head}\n{LETTER}")
    assert (read.sender, read.to, read.subject, read.date) == (RENSKE, (IFEOMA,), "Night Baker", PRINTED)
    assert (read.text, read.written, read.message_id, read.references) == (LETTER, LETTER, "", ())


@pytest.mark.parametrize(
    "names", ["Von Gesendet An Betreff", "De Envoyé À Objet", "Van Verzonden Aan Onderwerp", "De Enviado Para Asunto"]
)
def test_header_lines_in_other_languages_are_read_but_for_a_date_in_words(names: str) -> None:
    values = (FIELDS["From"], "Montag, 4. Mai 2026 09:30", FIELDS["To"], "Night Baker")
    head = "".join(f"{name}: {value}\n" for name, value in zip(names.split(), values, strict=True))
    read = read_email(f"{head}\n{LETTER}")
    assert (read.sender, read.to, read.subject, read.written) == (RENSKE, (IFEOMA,), "Night Baker", LETTER)
    assert read.date is None


PRINTED_SENDERS = {
    "an address": ("renske@krume.example", Mailbox("", "renske@krume.example")),
    "a comma and no address": ("Bakker, Renske", Mailbox("Bakker, Renske")),
    "no address": ("Renske Bakker", Mailbox("Renske Bakker")),
    "a comma and no quotes": ("Bakker, Renske <renske@krume.example>", replace(RENSKE, name="Bakker, Renske")),
}


@pytest.mark.parametrize(("printed", "sender"), each(PRINTED_SENDERS))
def test_a_printed_sender_is_read_as_programs_print_it(printed: str, sender: Mailbox) -> None:
    assert read_email(f"From: {printed}\nSubject: Night Baker\n\n{LETTER}").sender == sender


PRINTED_DATES = {
    "Outlook": ("Monday, May 4, 2026 9:30 AM", PRINTED),
    "British Outlook": ("04 May 2026 09:30", PRINTED),
    "Gmail": ("Mon, 4 May 2026 at 09:30", PRINTED),
    "ISO": ("2026-05-04 09:30", PRINTED),
    "UTC": ("4 May 2026 at 09:30:00 UTC", PRINTED),
    "no date": ("gestern", None),
    "GMT+2": ("4 May 2026 at 09:30:00 GMT+2", DATE),
    "CEST": ("4 May 2026 at 09:30:00 CEST", DATE),
}


@pytest.mark.parametrize(("printed", "date"), each(PRINTED_DATES))
def test_a_printed_date_is_read_in_english(printed: str, date: datetime | None) -> None:
    assert read_email(f"From: {FIELDS['From']}\nSubject: Night Baker\nDate: {printed}\n\n{LETTER}").date == date


def test_a_pasted_forward_is_read_as_the_mail_inside() -> None:
    read = read_email(f"fyi\n\n{GMAIL}{LETTER}")
    assert (read.sender, read.to, read.written, read.remarks) == (RENSKE, (IFEOMA,), LETTER, (FORWARD,))


def test_a_pasted_thread_ends_where_the_older_mail_begins() -> None:
    read = read_email(f"{LETTER}\n\n{LINES_ABOVE['German']}\n{quoted(QUESTION)}")
    assert (read.written, QUESTION in read.text) == (LETTER, True)


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_line_ends_make_no_difference(ends: bytes) -> None:
    folded = mail(References="<1@x.example>\n <2@x.example>")
    for data in (folded, mail(*multipart("alternative", PLAIN, PAGE)), LETTER.encode()):
        assert read_email(data.replace(b"\n", ends)) == read_email(data)


POSTMARK = b"From renske@krume.example Mon May  4 09:30:00 2026\n"


def test_a_mailbox_of_one_mail_is_that_mail() -> None:
    box = POSTMARK + mail(
        f"{LETTER}\n\n>From Monday on we are closed.\n>>From here on too.\n\nFrom me, all the best.\n"
    )
    for data in (box, box.replace(b"\n", b"\r\n")):
        read = read_email(data)
        assert (read.sender, read.message_id) == (RENSKE, "<3@krume.example>")
        assert read.text.endswith("\n\nFrom Monday on we are closed.\n>From here on too.\n\nFrom me, all the best.")


def test_a_mailbox_of_two_mails_is_refused_with_their_number() -> None:
    box = (POSTMARK + mail() + b"\n\n") * 2
    for data in (box, box.replace(b"\n", b"\r\n")):
        with pytest.raises(UsageError, match=r"^jobs.mbox: a mailbox of 2 mails; save the rejection alone$"):
            read_email(data, "jobs.mbox")


def test_a_text_that_begins_like_a_mailbox_is_a_text() -> None:
    assert read_email("From Monday on you may call.\nRenske").text == "From Monday on you may call.\nRenske"


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", mail(""), mail("<p> </p>", "text/html")])
def test_an_empty_mail_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^a.eml: there is no text in it to read; paste the mail's text instead$"):
        read_email(data, "a.eml")


NOISE = bytes(range(256)) * 8
BINARY = {
    "zeros": bytes(600),
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NOISE,
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\n" + NOISE,
    "a .docx": b"PK\x03\x04\x14\0\x06\0" + NOISE,
    "an Outlook .msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + LETTER.encode("utf-16-le"),
}


@pytest.mark.parametrize("data", each(BINARY))
def test_a_binary_file_is_no_mail(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"^a.eml: a binary file"):
        read_email(data, "a.eml")


def test_a_page_saved_from_webmail_is_read_as_text() -> None:
    assert read_email(f"<!DOCTYPE html>\n<html><body>{HTML}</body></html>").text == SHORT


def test_a_long_mail_is_cut_and_says_so() -> None:
    long = read_email("word\n" * MOST_TEXT)
    assert len(long.text) <= MOST_TEXT
    assert long.remarks == ("it is longer than a mail is; only its beginning was read",)
    attached = ("A" * (READ_BYTES + 1), "application/zip\nContent-Transfer-Encoding: base64")
    huge = read_email(mail(*multipart("mixed", PLAIN, attached)))
    assert (huge.text, huge.remarks) == (LETTER, ("only its first 2 MB were read",))


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "no.eml"
    path.write_bytes(mail().replace(b"\n", b"\r\n"))
    assert read_email(read_file(path), "no.eml") == read_email(mail())


def test_what_is_no_file_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "no").write_text(LETTER)
    for path, why in (
        (tmp_path, "a directory; give the mail file in it"),
        (tmp_path / "absent.eml", "no such file; `-` reads the rejection from standard input"),
        (tmp_path / "no" / "no.eml", "can't be read: Not a directory"),
    ):
        with pytest.raises(UsageError) as stop:
            read_file(path)
        assert str(stop.value) == f"{path}: {why}"
