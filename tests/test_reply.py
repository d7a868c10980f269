"""The draft, read back by two readers that share no code: Python's own `email`, and mailparse (Rust) behind fast_mail_parser."""

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.utils import parseaddr
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from fast_mail_parser import parse_email
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.mail.email import Email, Mailbox
from assistant.mail.machine import is_machine_address
from assistant.mail.reply import MAILTO_LIMIT, Reply, draft_mail, mailto_url, reply_subject
from assistant.text import clean, one_line

DATE = datetime(2026, 5, 4, 9, 30, tzinfo=timezone(timedelta(hours=2)))
RENSKE = Mailbox("Renske Bakker", "renske@krume.example")
IFEOMA = Mailbox("Ifeoma Adeyemi", "ifeoma@adeyemi.example")
BODY = "Dear Renske,\n\nThank you for the afternoon at the ovens.\n\nKind regards,\nIfeoma Adeyemi"


@dataclass(frozen=True)
class Seen:
    """What a reader makes of a mail."""

    names: tuple[str, ...]
    sender: Mailbox
    to: Mailbox
    subject: str
    date: datetime | None
    in_reply_to: str
    references: tuple[str, ...]
    body: str


def by_python(raw: bytes) -> Seen:
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert not mail.defects
    assert not [d for _, value in mail.items() for d in value.defects]
    assert mail.get_content_type() == "text/plain"
    assert not mail.is_multipart()

    def box(field: str) -> Mailbox:
        if field not in mail:
            return Mailbox()
        (one,) = mail[field].addresses
        # Of a name in several encoded words, some Pythons' policy.default keeps the space between them, against RFC 2047, 6.2.
        name = parseaddr(email.message_from_bytes(raw)[field])[0]
        return Mailbox(str(make_header(decode_header(name))) if "=?" in name else one.display_name, one.addr_spec)

    return Seen(
        names=tuple(name.lower() for name in mail),
        sender=box("From"),
        to=box("To"),
        subject=mail["Subject"] or "",
        date=mail["Date"].datetime,
        in_reply_to=mail["In-Reply-To"] or "",
        references=tuple((mail["References"] or "").split()),
        body=mail.get_content().replace("\r\n", "\n").removesuffix("\n"),
    )


def by_mailparse(raw: bytes) -> Seen:
    mail = parse_email(raw, strict=True)
    (text,) = mail.text_plain
    assert not mail.attachments
    assert not mail.text_html
    # A list of addresses: none, or the one.
    boxes = [
        [Mailbox(a.display_name or "", a.address) for a in found]
        for found in ([mail.from_] if mail.from_ else [], mail.to)
    ]
    assert all(len(found) <= 1 for found in boxes)
    sender, to = (found[0] if found else Mailbox() for found in boxes)
    headers = {name.lower(): values for name, values in mail.headers.items()}
    return Seen(
        names=tuple(name for name, values in headers.items() for _ in values),
        sender=sender,
        to=to,
        subject=mail.subject,
        date=mail.date_parsed,
        in_reply_to="".join(headers.get("in-reply-to", [])),
        references=tuple("".join(headers.get("references", [])).split()),
        body=text.replace("\r\n", "\n").removesuffix("\n"),
    )


ENCODED_WORD = re.compile(rb"=\?utf-8\?\S+\?=")  # at most 75 characters (RFC 2047, 2)
READERS = [by_python, by_mailparse]
both = pytest.mark.parametrize("read", READERS)
Read = Callable[[bytes], Seen]


def draft(original: Email | None = None, **fields: object) -> bytes:
    return draft_mail(replace(Reply(body=BODY, date=DATE, subject="The rye starter", original=original), **fields))


# --- the subject -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "received",
    [
        "Night Baker",
        "Re: Night Baker",
        "RE:Night Baker",
        "  re : Re: RE:  Night Baker ",
        "Re[2]: Night Baker",
        "Re (3): Night Baker",
        "AW: Antw: SV: VS: Odp: R: RIF: TR: Night Baker",
        "Fwd: FW: WG: Re: Night Baker",
        "Re：回复：Night Baker",
        "RES: ENC: RV: Night Baker",
        "Re:\r\n Night\x00 Baker",
    ],
)
def test_the_subject_of_a_reply_has_one_re(received: str) -> None:
    assert reply_subject(received) == "Re: Night Baker"


@pytest.mark.parametrize(
    "own", ["Regarding: Night Baker", "Retail: Night Baker", "R&D: Night Baker", "Free: a loaf", "Re-opening"]
)
def test_a_subject_that_only_looks_like_a_prefix_is_kept(own: str) -> None:
    assert reply_subject(own) == f"Re: {own}"


@pytest.mark.parametrize("received", ["", "  ", "Re:", "Re: AW: "])
def test_no_subject_gets_no_re(received: str) -> None:
    assert reply_subject(received) == ""


@given(st.text())
def test_a_subject_answered_twice_is_the_same(received: str) -> None:
    once = reply_subject(received)
    assert reply_subject(once) == once


@both
def test_a_thread_without_a_subject_takes_that_of_the_letter(read: Read) -> None:
    assert read(draft(Email(sender=RENSKE, subject="Re: "))).subject == "The rye starter"
    assert read(draft()).subject == "The rye starter"
    assert "subject" not in read(draft(subject="")).names


# --- the thread: the same as mail programs write ---------------------------------------------------------------------

THREAD = tuple(f"<{number:03}.{'a' * 43}@krume.example>" for number in range(30))  # 62 characters each

# A received mail, and the header fields with which programs answer it. Thunderbird appends the Message-ID to the References it finds,
# keeps of more than 986 characters the first id and the last ones, and takes In-Reply-To from the last; Gmail writes the same fields, as
# replies in public archives show.
RECEIVED = {
    "a first mail": Email(sender=RENSKE, subject="Your application", message_id="<1@krume.example>"),
    "Reply-To": Email(
        sender=Mailbox("Krume Bakery", "system@ats.example"),
        reply_to=Mailbox("Bakker, Renske", "renske@krume.example"),
        subject="Your application",
        message_id="<1@krume.example>",
    ),
    "within a thread": Email(
        sender=RENSKE,
        subject="Re: Night Baker in Delft",
        message_id="<3@krume.example>",
        references=("<1@krume.example>", "<2@adeyemi.example>"),
    ),
    "a long thread": Email(sender=RENSKE, subject="Re: Loaves", message_id=THREAD[-1], references=THREAD[:-1]),
    # References is empty there, and the reader of mails fills in what In-Reply-To held (RFC 5322, 3.6.4).
    "In-Reply-To alone": Email(
        sender=RENSKE, subject="Re: Loaves", message_id="<3@krume.example>", references=("<2@adeyemi.example>",)
    ),
}

THUNDERBIRD = {
    "a first mail": """To: Renske Bakker <renske@krume.example>
Subject: Re: Your application
References: <1@krume.example>
In-Reply-To: <1@krume.example>""",
    "Reply-To": """To: "Bakker, Renske" <renske@krume.example>
Subject: Re: Your application
References: <1@krume.example>
In-Reply-To: <1@krume.example>""",
    "within a thread": """To: Renske Bakker <renske@krume.example>
Subject: Re: Night Baker in Delft
References: <1@krume.example> <2@adeyemi.example> <3@krume.example>
In-Reply-To: <3@krume.example>""",
    "a long thread": f"""To: Renske Bakker <renske@krume.example>
Subject: Re: Loaves
References: {" ".join((THREAD[0], *THREAD[-14:]))}
In-Reply-To: {THREAD[-1]}""",
    "In-Reply-To alone": """To: Renske Bakker <renske@krume.example>
Subject: Re: Loaves
References: <3@krume.example>
In-Reply-To: <3@krume.example>""",
}

GMAIL = {
    "a first mail": """References: <1@krume.example>
In-Reply-To: <1@krume.example>
Subject: Re: Your application
To: Renske Bakker <renske@krume.example>""",
    "Reply-To": """References: <1@krume.example>
In-Reply-To: <1@krume.example>
Subject: Re: Your application
To: "Bakker, Renske" <renske@krume.example>""",
    "within a thread": """References: <1@krume.example> <2@adeyemi.example>
 <3@krume.example>
In-Reply-To: <3@krume.example>
Subject: Re: Night Baker in Delft
To: Renske Bakker <renske@krume.example>""",
}


@both
@pytest.mark.parametrize(
    ("case", "theirs"),
    [(case, program[case]) for program in (THUNDERBIRD, GMAIL) for case in program],
    ids=[f"{name}: {case}" for name, program in (("Thunderbird", THUNDERBIRD), ("Gmail", GMAIL)) for case in program],
)
def test_the_draft_hangs_in_the_thread_where_a_mail_program_hangs_its_reply(read: Read, case: str, theirs: str) -> None:
    ours = read(draft(RECEIVED[case]))
    other = read(f"Date: Mon, 4 May 2026 09:30:00 +0200\n{theirs}\n\nx\n".replace("\n", "\r\n").encode())
    assert (ours.to, ours.subject, ours.in_reply_to) == (other.to, other.subject, other.in_reply_to)
    if case == "In-Reply-To alone":  # there Thunderbird knows less of the thread than the RFC asks for
        assert ours.references == ("<2@adeyemi.example>", *other.references)
    elif case == "a long thread":  # where to trim is free: the first and the last ones stay
        assert ours.references[0] == other.references[0]
        assert ours.references[-14:] == other.references[-14:]
    else:
        assert ours.references == other.references


@both
def test_of_a_long_thread_the_first_and_the_last_19_stay(read: Read) -> None:
    assert read(draft(RECEIVED["a long thread"])).references == (THREAD[0], *THREAD[-19:])
    short = Email(sender=RENSKE, message_id=THREAD[19], references=THREAD[:19])
    assert read(draft(short)).references == THREAD[:20]


@both
def test_an_id_stands_once_and_the_answered_one_last(read: Read) -> None:
    looped = Email(sender=RENSKE, message_id="<2@x>", references=("<1@x>", "<2@x>", "<1@x>", "<3@x>"))
    assert read(draft(looped)).references == ("<1@x>", "<3@x>", "<2@x>")


@both
@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "no brackets@x",
        "<two words@x>",
        "<a@x>\r\nBcc: <b@x>",
        "<ü@x>",
        "<a\x00@x>",
        "<>",
        "<<a@x>>",
        f"<{'a' * 999}@x>",
        "<a@x> ",
    ],
)
def test_an_id_that_is_none_is_dropped(read: Read, wrong: str) -> None:
    seen = read(draft(Email(sender=RENSKE, message_id=wrong, references=("<1@x>", wrong))))
    assert (seen.in_reply_to, seen.references) == ("", ("<1@x>",))


@both
def test_without_a_mail_to_answer_it_is_a_new_mail(read: Read) -> None:
    seen = read(draft(to=RENSKE, sender=IFEOMA))
    assert seen.names == (
        *("from", "to", "subject", "date", "x-unsent"),
        *("mime-version", "content-type", "content-transfer-encoding"),
    )
    assert (seen.sender, seen.to, seen.date, seen.body) == (IFEOMA, RENSKE, DATE, BODY)


@both
def test_another_recipient_goes_before_the_sender_of_the_mail(read: Read) -> None:
    assert read(draft(RECEIVED["a first mail"], to=IFEOMA)).to == IFEOMA


@both
def test_who_has_no_address_is_left_for_the_mail_program(read: Read) -> None:
    names = read(draft(Email(sender=Mailbox("Renske"), message_id="<1@x>"), sender=Mailbox("Ifeoma"))).names
    assert not {"from", "to"} & set(names)
    assert "in-reply-to" in names


# --- names and addresses ---------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    "name",
    [
        "Renske",
        "Bakker, Renske (HR)",
        'Renske "Rye" Bakker',
        "back\\slash",
        "R. Bakker",
        "Zoë Łukasiewicz-Müller",
        "Frøydis 🥖 Bakker, jr.",
        "שרה לוי",
        "محمد الخباز",
        "👩‍🍳 بيكر",
        "鈴木 一朗" * 12,
        "A very long name of a hiring team that is wider than one line, and goes on and on for the sake of it",
        "=?utf-8?q?not_encoded?=",
        "renske@krume.example",
    ],
)
def test_a_name_is_read_back_as_it_was(read: Read, name: str) -> None:
    raw = draft(to=Mailbox(name, "renske@krume.example"), sender=Mailbox(name, "i@adeyemi.example"))
    seen = read(raw)
    assert seen.to == Mailbox(name, "renske@krume.example")
    assert seen.sender == Mailbox(name, "i@adeyemi.example")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert all(len(word) <= 75 for word in ENCODED_WORD.findall(raw))


@both
def test_a_domain_in_another_script_is_written_in_ascii(read: Read) -> None:
    assert read(draft(to=Mailbox("", "jobs@bäckerei.example"))).to.address == "jobs@xn--bckerei-5wa.example"
    assert read(draft(to=Mailbox("", "jobs@STRAßE.example"))).to.address == "jobs@xn--strae-oqa.example"  # not strasse
    assert read(draft(to=Mailbox("", "jobs@例え。jp"))).to.address == "jobs@xn--r8jz45g.jp"


@pytest.mark.parametrize(
    "wrong",
    [
        "jürgen@krume.example",
        "jobs@-ü.example",
        "renske",
        "@krume.example",
        "renske@",
        "a@b@c.example",
        "a b@c.example",
        "a@x.example, b@x.example",
        "a@x.example>, <b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "(comment)a@x.example",
        "a..b@x.example",
        f"{'a' * 250}@x.example",
        "\ud800@x.example",
    ],
)
def test_an_address_that_no_mail_can_go_to_is_refused_in_a_line(wrong: str) -> None:
    for wanted in ({"to": Mailbox("", wrong)}, {"sender": Mailbox("", wrong)}):
        with pytest.raises(UsageError, match=r"^(To|From): no mail can go to .*name@example.org") as stop:
            draft(**wanted)
        assert "\n" not in str(stop.value)
        str(stop.value).encode()
    with pytest.raises(UsageError):
        mailto_url(Mailbox("", wrong), "", "", None)


# --- the body and the wire -------------------------------------------------------------------------------------------


def test_a_paragraph_is_one_line_however_long_and_the_wire_is_narrow() -> None:
    paragraph = (
        "You said the rye starter sulks below 22 degrees – “like a cat” – and I told you we proofed at 4. " * 12 + "."
    )
    body = f"Dear Renske,\n\n{paragraph}\n\nFrom Delft \n.\n\tKind regards,\nIfeoma 🥖"
    raw = draft(body=body + "\n\n")
    wire = raw.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in wire.split(b"\r\n"))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert raw.endswith(b"\r\n")
    for read in READERS:
        assert read(raw).body == body


def test_the_fields_of_a_draft() -> None:
    assert draft(RECEIVED["within a thread"], sender=IFEOMA, body="Größe").decode() == (
        "From: Ifeoma Adeyemi <ifeoma@adeyemi.example>\r\n"
        "To: Renske Bakker <renske@krume.example>\r\n"
        "Subject: Re: Night Baker in Delft\r\n"
        "Date: Mon, 04 May 2026 09:30:00 +0200\r\n"
        "In-Reply-To: <3@krume.example>\r\n"
        "References: <1@krume.example>\r\n <2@adeyemi.example>\r\n <3@krume.example>\r\n"
        "X-Unsent: 1\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        "\r\n"
        "Gr=C3=B6=C3=9Fe\r\n"
    )


# --- nothing pasted becomes a header ---------------------------------------------------------------------------------

# Any text, and texts made of what headers are made of.
MARKS = '\r\n|\n|\r|\0|\x0b|\x1c|\x85|\u2028| |\t|<|>|@|,|;|:|(|)|"|\\|=|?=|=?utf-8?q?a?=|Bcc: x@y|X-Bad: 1|a|é|🙂|ש|\ud800|\x1b[31m'
pasted = st.text() | st.lists(st.sampled_from([*MARKS.split("|"), "longword" * 20])).map("".join)
FIELDS = (
    *("from", "to", "subject", "date", "in-reply-to", "references", "x-unsent"),
    *("mime-version", "content-type", "content-transfer-encoding"),
)


def wellformed(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@given(pasted, pasted, pasted, st.lists(pasted, max_size=3))
@example("\r\nBcc: x@y.example", "a\r\n\r\nbody", "\x00", ["<a@b>\r\nBcc: <c@d>"])
def test_no_text_in_a_name_subject_or_id_makes_a_header(name: str, subject: str, body: str, ids: list[str]) -> None:
    original = Email(sender=Mailbox(name, RENSKE.address), message_id=(*ids, "")[0], references=tuple(ids), subject="")
    raw = draft(original, sender=Mailbox(name, IFEOMA.address), subject=subject, body=body)
    for read in READERS:
        seen = read(raw)
        assert [n for n in FIELDS if n in seen.names] == list(seen.names)
        assert seen.subject == wellformed(one_line(subject))
        assert seen.body == wellformed(clean(body)).strip("\n")
        assert seen.to == Mailbox(wellformed(one_line(name)), RENSKE.address)
        assert seen.sender == Mailbox(wellformed(one_line(name)), IFEOMA.address)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert all(len(word) <= 75 for word in ENCODED_WORD.findall(raw))


@given(pasted, pasted)
def test_no_text_in_a_received_subject_or_an_address_makes_a_header(subject: str, address: str) -> None:
    try:
        raw = draft(Email(sender=Mailbox("Renske", address), subject=subject, message_id="<1@x>"))
    except UsageError:
        return
    for read in READERS:
        seen = read(raw)
        assert [n for n in FIELDS if n in seen.names] == list(seen.names)
        assert seen.subject == wellformed(reply_subject(subject) or "The rye starter")


# --- mailto: ---------------------------------------------------------------------------------------------------------


def parts(url: str) -> tuple[str, dict[str, str]]:
    split = urlsplit(url)
    assert split.scheme == "mailto"
    assert url.isascii()
    assert re.fullmatch(r"[\w.~%&=?@:-]*", url)
    return unquote(split.path), dict(parse_qsl(split.query.replace("+", "%2B"), strict_parsing=bool(split.query)))


def test_a_mailto_url_carries_the_reply() -> None:
    url = mailto_url(
        Mailbox(), "unused", "Dear Renske,\n\n50% rye & 1+1 = 2? Ja, “gerne” 🥖\n", RECEIVED["within a thread"]
    )
    assert parts(url) == (
        "renske@krume.example",
        {
            "subject": "Re: Night Baker in Delft",
            "in-reply-to": "<3@krume.example>",
            "body": "Dear Renske,\r\n\r\n50% rye & 1+1 = 2? Ja, “gerne” 🥖",
        },
    )
    assert "%0D%0A%0D%0A" in url
    assert url.startswith("mailto:renske@krume.example?subject=Re%3A%20Night")


def test_a_mailto_url_leaves_out_what_is_not_known() -> None:
    assert mailto_url(Mailbox(), "", "Hello", None) == "mailto:?body=Hello"
    assert mailto_url(Mailbox("R", "r+jobs&x@krume.example"), "", "", None) == "mailto:r%2Bjobs%26x@krume.example"
    assert mailto_url(Mailbox("", "x@ü.example"), "", "", None) == "mailto:x@xn--tda.example"


def test_a_letter_of_200_words_may_be_longer_than_a_mailto_url_should_be() -> None:
    assert len(mailto_url(RENSKE, "Subject", "Thank you very much, Renske. " * 40, None)) < MAILTO_LIMIT
    assert len(mailto_url(RENSKE, "Subject", "Größere Öfen, süßere Brötchen. " * 40, None)) > MAILTO_LIMIT


@given(pasted, pasted, pasted)
def test_no_text_gets_out_of_its_place_in_a_mailto_url(subject: str, body: str, message_id: str) -> None:
    _, fields = parts(mailto_url(RENSKE, subject, body, Email(sender=RENSKE, message_id=message_id)))
    assert set(fields) <= {"subject", "body", "in-reply-to"}
    assert fields.get("subject", "") == wellformed(one_line(subject))
    assert fields.get("body", "") == wellformed(clean(body)).strip("\n").replace("\n", "\r\n")


# --- whose address ---------------------------------------------------------------------------------------------------


MACHINES = """
noreply no-reply No_Reply NO.REPLY no-replies jobs-noreply noreply-jobs noreply2 hrnoreply noreplyhr donotreply do-not-reply
please.do.not.reply do_not_respond mailer-daemon MAILER-DAEMON postmaster auto-reply automated notifications notification notify
job-notifications bounce bounces+123-ab=x.example bounce-7781 keine-antwort bitte-nicht-antworten nichtantworten ne-pas-repondre
nepasrépondre no-responder noresponda nao-responda não-responder non-rispondere nonrispondere niet-beantwoorden svara-inte svar-ikke
ikke-svar nie-odpowiadaj neodpovidat notificaciones benachrichtigungen
"""
PEOPLE = """
renske nora.reply bruno.reply dino-reply donato.reply reply norepinephrine.lab nadia.noor jim.bounce bouncer jobs careers hr info
auto.repair automotive autonomy.hiring nobodyknows notary nepal.desk anna+jobs-noreply daemon.price postmasters
"""


@pytest.mark.parametrize("local", MACHINES.split())
def test_a_machine_is_known_by_its_address(local: str) -> None:
    assert is_machine_address(f"{local}@krume.example")


@pytest.mark.parametrize("local", PEOPLE.split())
def test_a_person_is_not_taken_for_a_machine(local: str) -> None:
    assert not is_machine_address(f"{local}@krume.example")


def test_a_domain_for_machines_is_known_and_a_firm_of_that_name_is_not() -> None:
    assert is_machine_address("17+renske@users.noreply.hub.example")
    assert is_machine_address("krume@no-reply.ats.example")
    assert not is_machine_address("nina@reply.example")
    assert not is_machine_address("anna@bounce.example")
    assert not is_machine_address("")


def test_the_date_keeps_its_zone() -> None:
    assert by_python(draft(date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))).date == datetime(
        2026, 1, 2, 3, 4, 5, tzinfo=UTC
    )
