"""Where a finished letter goes: a mail draft in its thread, a mailto: address, the clipboard; and what the rejection tells of the brief."""

import io
import json
import sys
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from conftest import ROOT, Outcome

Run = Callable[..., Outcome]
Patch = pytest.MonkeyPatch
FINAL, FORM = (ROOT / "examples" / "rejections" / f"{name}.eml" for name in ("final-round", "form"))
LETTER = """Subject: The scanners

Dear Anne,

I was sorry not to get the Operations Manager job at Harbor Light Foods.

You moved the night crew to four ten-hour shifts. I can send you the training sheet, naïve as it is.

Best wishes,
Marisol Vega
"""
TALK, STEP = "she moved the night crew to four ten-hour shifts", "can send the training sheet, naïve as it is"


@pytest.fixture
def draft(run: Run, tmp_path: Path) -> Run:
    """`draft` with a model that always writes the letter, and these arguments."""
    (tmp_path / "replies.json").write_text(json.dumps([LETTER] * 3))
    model = ("--provider", "scripted", "--model", tmp_path / "replies.json", "--rounds", 0)
    return lambda *arguments: run("draft", "--talked-about", TALK, "--next-step", STEP, *model, *arguments)


def parsed(path: Path) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return mail


def sent(run: Run, *arguments: object) -> str:
    """What a large model would be told."""
    done = run("draft", *arguments, "--dry-run", "--provider", "openai", "-q")
    assert done.code == 0, done.err
    told: str = json.loads(done.out)["messages"][1]["content"]
    return told


def test_the_draft_answers_the_rejection_in_its_thread(draft: Run, tmp_path: Path) -> None:
    done = draft("--rejection", FINAL, "-o", tmp_path / "reply.eml")
    assert (done.code, done.out) == (0, "")
    mail = parsed(tmp_path / "reply.eml")
    assert mail["To"] == "Anne Whitcomb <anne.whitcomb@harborlight.example>"
    assert mail["From"] == "Marisol Vega <marisol.vega@example.com>"
    assert mail["Subject"] == "Re: Operations Manager - where we are"
    assert mail["In-Reply-To"] == "<4410-ops@harborlight.example>"
    older = ["<hl-ops-0219@harborlight.example>", "<m.vega.0303@example.com>"]
    assert mail["References"].split() == [*older, mail["In-Reply-To"]]
    assert (mail["X-Unsent"], mail["Message-ID"], mail["Cc"]) == ("1", None, None)
    assert mail["Date"].datetime.tzinfo is not None
    assert mail.get_content().replace("\r\n", "\n").strip() == LETTER.partition("\n\n")[2].strip()


@pytest.mark.parametrize("way", [("-o", "reply.eml"), ("--mailto",)])
def test_nobody_is_written_to_who_cannot_read_it(
    run: Run, draft: Run, tmp_path: Path, way: tuple[str, ...], monkeypatch: Patch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = draft("--rejection", FORM, "--from", "Jordan Ellis", *way)
    assert "nobody reads answers to no-reply@jobs.northgate.example; give the address of the person you met" in done.err
    assert "no-reply" not in done.out
    if way == ("--mailto",):
        assert done.out.startswith("mailto:?subject=The%20scanners&")
        return
    mail = parsed(tmp_path / "reply.eml")
    assert [mail[name] for name in ("To", "In-Reply-To", "References")] == [None] * 3
    assert (mail["Subject"], mail["From"]) == ("The scanners", "Jordan Ellis <jordan.ellis@example.net>")
    assert "note: To left open, for your mail program to fill in" in done.err


@pytest.mark.parametrize("mail", [FINAL, FORM])
def test_a_mail_to_another_person_is_no_answer(draft: Run, tmp_path: Path, mail: Path) -> None:
    whom = ("--to", "Chidi Eze", "--from", "Marisol Vega", "--to-address", "chidi@harborlight.example")
    done = draft("--rejection", mail, "-o", tmp_path / "note.eml", *whom, "--from-address", "mv@example.org")
    assert "nobody reads" not in done.err
    made = parsed(tmp_path / "note.eml")
    assert (made["To"], made["From"]) == ("Chidi Eze <chidi@harborlight.example>", "Marisol Vega <mv@example.org>")
    assert [made[name] for name in ("In-Reply-To", "References", "Subject")] == [None, None, "The scanners"]


@pytest.mark.parametrize(("signed", "to"), [("Anne Whitcomb", "Chidi Eze"), ("Dr. Anne Whitcomb", "Chidi Whitney"),
    ("Dr. Anne Whitcomb", "Dr. Chidi Eze"), ("Anne Whitcomb", "Anne Eze")])  # fmt: skip
def test_a_letter_to_another_is_not_addressed_to_the_signer(draft: Run, tmp_path: Path, signed: str, to: str) -> None:
    (tmp_path / "mail.eml").write_text(FINAL.read_text().replace("Anne Whitcomb", signed))
    draft("--rejection", tmp_path / "mail.eml", "--to", to, "-o", tmp_path / "note.eml")
    assert parsed(tmp_path / "note.eml")["To"] is None


def test_their_own_address_given_again_is_still_an_answer(draft: Run, tmp_path: Path) -> None:
    draft("--rejection", FINAL, "-o", tmp_path / "a.eml", "--to-address", "Anne.Whitcomb@HarborLight.example")
    assert parsed(tmp_path / "a.eml")["In-Reply-To"] == "<4410-ops@harborlight.example>"


def test_without_a_rejection_the_draft_has_the_letters_own_subject(draft: Run, tmp_path: Path) -> None:
    done = draft("--from", "Marisol Vega", "--company", "K", "--job", "J", "-o", tmp_path / "n.EML")
    assert "note: From and To left open, for your mail program to fill in; --from-address and" in done.err
    mail = parsed(tmp_path / "n.EML")
    assert [mail[name] for name in ("From", "To", "Subject", "References")] == [None, None, "The scanners", None]


def test_quiet_is_quiet(draft: Run, tmp_path: Path) -> None:
    assert draft("--rejection", FORM, "--from", "Jordan", "-o", tmp_path / "reply.eml", "-q").err == ""


def test_mailto_holds_the_letter_and_its_thread(draft: Run) -> None:
    done = draft("--rejection", FINAL, "--mailto")
    url = urlsplit(done.out.strip())
    assert (done.code, url.scheme, unquote(url.path)) == (0, "mailto", "anne.whitcomb@harborlight.example")
    fields = {name: values[0] for name, values in parse_qs(url.query.replace("+", "%2B")).items()}
    assert fields["subject"] == "Re: Operations Manager - where we are"
    assert fields["in-reply-to"] == "<4410-ops@harborlight.example>"
    assert fields["body"].replace("\r\n", "\n").strip() == LETTER.partition("\n\n")[2].strip()


def test_json_stays_json_beside_mailto(draft: Run) -> None:
    done = draft("--rejection", FINAL, "--mailto", "--json")
    assert (done.code, done.out) == (2, "")
    assert "give one of them" in done.err


@pytest.mark.parametrize("elsewhere", [(), ("-o", "note.txt"), ("--json",)])
def test_a_copy_is_put_on_the_clipboard_without_its_subject_line(
    draft: Run, monkeypatch: Patch, elsewhere: tuple[str, ...], tmp_path: Path
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("assistant.cli.clipboard.copy", copied.append)
    monkeypatch.chdir(tmp_path)
    done = draft("--rejection", FINAL, "--copy", *elsewhere)
    assert copied == [LETTER.partition("\n\n")[2].strip()]
    assert done.err.endswith("on the clipboard\n")


@pytest.mark.parametrize("name", ["note.txt", "note.eml"])
def test_a_letter_is_not_lost_with_the_disk(draft: Run, tmp_path: Path, monkeypatch: Patch, name: str) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = draft("--rejection", FINAL, "-o", tmp_path / name)
    assert (done.code, done.out) == (2, LETTER)
    assert f"{name}: can't be written: No space left on device; the letter is on standard output" in done.err
    assert list(tmp_path.glob(f".{name}*")) == []


def test_a_bad_address_costs_the_file_and_not_the_letter(draft: Run, tmp_path: Path) -> None:
    done = draft("--rejection", FINAL, "-o", tmp_path / "reply.eml", "--from-address", "marisol at example")
    assert (done.code, done.out) == (2, LETTER)
    assert "From: no mail can go to 'marisol at example'" in done.err
    assert not (tmp_path / "reply.eml").exists()


def test_a_bad_address_for_mailto_does_not_cost_the_letter(draft: Run) -> None:
    assert "Dear Anne" in draft("--rejection", FINAL, "--mailto", "--to-address", "anne at example").out


def test_a_draft_is_never_overwritten_unless_forced(draft: Run, tmp_path: Path) -> None:
    (tmp_path / "reply.eml").write_text("precious")
    done = draft("--rejection", FINAL, "-o", tmp_path / "reply.eml")
    assert (done.code, done.out, (tmp_path / "reply.eml").read_text()) == (2, "", "precious")
    assert draft("--rejection", FINAL, "-o", tmp_path / "reply.eml", "--force").code == 0
    assert parsed(tmp_path / "reply.eml")["X-Unsent"] == "1"


def test_flags_win_over_the_file_and_the_file_over_the_mail(run: Run, tmp_path: Path) -> None:
    mail = {
        "sender": "Marisol Vega",
        "recipient": "Anne Whitcomb",
        "company": "Harbor Light Foods",
        "job": "Operations Manager",
    }
    told = sent(run, "--rejection", FINAL)
    assert [key for key, value in mail.items() if f'{key}: "{value}"' not in told] == []
    (tmp_path / "b.toml").write_text('sender = "M. Vega"\ncompany = "Harbor"\nrecipient = ""\nstage = "screen"\n')
    told = sent(run, tmp_path / "b.toml", "--rejection", FINAL, "--company", "Light")
    given = mail | {"sender": "M. Vega", "company": "Light", "stage reached": "screen"}
    assert [key for key, value in given.items() if f'{key}: "{value}"' not in told] == []


@pytest.mark.parametrize("more", [("--rejection", FINAL), ("--job", "Operations Manager")])
def test_an_empty_text_in_the_file_is_filled(run: Run, tmp_path: Path, more: tuple[object, ...]) -> None:
    (tmp_path / "b.toml").write_text('sender = "M. Vega"\ncompany = "Harbor"\njob_title = ""\n')
    assert 'job: "Operations Manager"' in sent(run, tmp_path / "b.toml", *more)


RECRUITER = """From: Josh Lindqvist <josh@brightsearch.example>
To: Priya Nair <priya@example.com>
Subject: Product Designer at Fennel Health

Hi Priya,

My client has decided to go with another candidate for the Product Designer position. I am sorry; I will keep your CV on our books.

Josh Lindqvist
Recruitment Consultant, Bright Search Recruitment
"""


@pytest.mark.parametrize(("whom", "role"), [((), "recruiter"), (("--to", "Wen Li"), "hiring manager")])
def test_the_role_in_the_mail_is_its_signers_alone(run: Run, tmp_path: Path, whom: tuple[str, ...], role: str) -> None:
    (tmp_path / "mail.eml").write_text(RECRUITER)
    assert f'role: "{role}"' in sent(run, "--rejection", tmp_path / "mail.eml", "--company", "Fennel Health", *whom)


@pytest.mark.parametrize(("data", "arguments", "error"), [
    (FINAL.read_bytes(), (), ""), (b"", (), "standard input"), (FINAL.read_bytes(), ("-",), "only one of brief and rejection"),
    (b"Dear Ann,\n\nWe have chosen somebody else.\n\nBo Lind\n", (), "the rejection: company is missing"),
])  # fmt: skip
def test_the_rejection_can_come_from_standard_input(
    draft: Run, monkeypatch: Patch, data: bytes, arguments: tuple[str, ...], error: str
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False))
    done = draft(*arguments, "--rejection", "-", "--from", "Marisol Vega")
    assert (done.code, done.out) == ((2, "") if error else (0, LETTER))
    assert error in done.err


def test_the_advice_is_one_line_and_the_letter_is_written_either_way(draft: Run) -> None:
    real = draft("--rejection", FINAL)
    assert real.err.startswith("advice: Worth a real note. To Anne Whitcomb, as a reply in this thread; ")
    form = draft("--rejection", FORM, "--from", "Jordan Ellis")
    assert form.err.startswith("advice: No reply needed. You decide; here it is.\n")
    assert (real.out, form.out) == (LETTER, LETTER)
    assert "advice" not in draft("--rejection", FINAL, "-q").err
