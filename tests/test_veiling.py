"""Redaction through the command: what of a brief leaves the machine, and that the letter has all of it back."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Outcome, gap
from test_proposals import serving

from assistant.settings import config_folder

Run = Callable[..., Outcome]
BRIEF = """sender = "Ifeoma Adeyemi"
recipient = "Renske van der Bakker"
company = "Krume & Zonen B.V."
job_title = "Night Baker at Krume & Zonen"
stage = "final"
region = "NL"
conversation = ["she said Padma Iyer keeps the rye starter at 22 degrees, see https://krume.example/rye", "Krume has a stone oven"]
about_me = ["my number is +31 20 794 6095"]
next_step = ["can send renske the proofing chart, to bakker@krume.example"]
already_said = ["met Joost at the fair"]
avoid = ["the strike at Zoutmeel"]
"""
# What a reader of the request must not learn, in small letters.
SECRET = re.compile(r"ifeoma|adeyemi|renske|bakker|krume|zonen|padma|iyer|joost|zoutmeel|794 ?6095|https?:")
LETTER = """Subject: The rye starter

Dear {renske},

I was sorry not to get the Night Baker job at {krume}.

You said {padma} keeps the rye starter at 22 degrees, see {link} [C1]. My number is {phone} [M1].

I can send you the proofing chart, to {mail} [N1].

Kind regards,
{ifeoma} {adeyemi}
"""


LOWER_REASON = "a name in small letters is told from no other word"


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    path = tmp_path / "b.toml"
    path.write_text(BRIEF)
    return path


def settings(text: str) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "config.toml").write_text(text)


def in_placeholders(prompt: str) -> str:
    """The letter as a model writes it that sees placeholders only, each found by where it stands in the prompt."""
    places = {
        "ifeoma": r'sender: "(\S+) ', "adeyemi": r'sender: "\S+ (\S+)"', "renske": r'recipient: "(\S+) ', "krume": r'company: "(\S+?) B',
        "padma": r"she said (\S+ \S+) keeps", "link": r'see (\S+)"', "phone": r'my number is (.+?)"', "mail": r'chart, to (\S+)"',
    }  # fmt: skip
    found = {name: re.search(pattern, prompt) for name, pattern in places.items()}
    return LETTER.format(**{name: m[1] if m else f"(no {name})" for name, m in found.items()})


def read(asked: list[str]) -> str:
    """All that the endpoint could read, in small letters; the templates name nobody."""
    return "\n".join(message["content"] for body in asked for message in json.loads(body)["messages"]).lower()


def test_nothing_that_the_brief_names_reaches_the_model_and_the_letter_has_it_all(run: Run, brief: Path) -> None:
    with serving(in_placeholders) as (url, asked):
        done = run("draft", brief, "-m", "x", "--base-url", url, "--redact", "--rounds", 1)
    assert done.code == 0
    assert SECRET.findall(read(asked)) == []
    for text in (
        "Dear Renske,",
        "job at Krume & Zonen.",
        "Padma Iyer keeps",
        "see https://krume.example/rye.",
        "+31 20 794 6095.",
        "to bakker@krume.example.",
        "\nIfeoma Adeyemi\n",
    ):
        assert text in done.out
    assert f"the brief is sent to {url}" in done.err


def test_without_redaction_the_brief_is_sent_as_it_is(run: Run, brief: Path) -> None:
    with serving(in_placeholders) as (url, asked):
        run("draft", brief, "-m", "x", "--base-url", url, "--rounds", 0)
        run("draft", brief, "-m", "x", "--base-url", url, "--rounds", 0, "--no-redact")
    assert len(asked) == 2
    assert all("Renske" in body and "Padma" in body for body in asked)


def test_a_revision_is_masked_as_well(run: Run, brief: Path) -> None:
    def with_a_fault(prompt: str) -> str:
        return (
            in_placeholders(prompt).replace("keeps", "and Zeno keep")
            if "Facts:" in prompt
            else "Dear NAME_3, thank you. NAME_1"
        )

    with serving(with_a_fault) as (url, asked):
        run("draft", brief, "-m", "x", "--base-url", url, "--redact", "--rounds", 1)
    assert len(asked) == 2
    assert SECRET.findall(read(asked)) == []
    assert "zeno" in read(asked)


def test_each_of_several_letters_is_masked(run: Run, brief: Path) -> None:
    people = ("--interviewer", "Padma Iyer", "--interviewer", "Joost Maas")
    with serving(in_placeholders) as (url, asked):
        run("draft", brief, *people, "-m", "x", "--base-url", url, "--redact", "--rounds", 0)
    assert len(asked) >= 2
    assert re.findall("padma|iyer|joost|maas|ifeoma|krume", read(asked)) == []


@pytest.mark.parametrize("fact", [
    "Zoë's oven is new", "Zoë Voss is hiring", "Zoë: the rye", "Zoë opens a shop",
    pytest.param("zoë voss showed me the oven", marks=gap(LOWER_REASON)),
    "it is old. Zoë's idea", '"Zoë" opens a shop', "- Zoë bakes", "Dr. Zoë bakes",
])  # fmt: skip
def test_a_name_that_begins_a_note_is_masked(run: Run, fact: str) -> None:
    brief = ("--from", "Ana Ruiz", "--company", "Krume", "--job", "Baker", "--talked-about", fact)
    shown = run("draft", *brief, "-m", "x", "--base-url", "http://127.0.0.1:9", "--redact", "--dry-run")
    assert "zoë" not in shown.out.lower()


@pytest.mark.parametrize("name", ["Łukasz", "Şebnem", "Ōtsuka", "O'Brien",
    *(pytest.param(n, marks=gap("an ordinary word that begins a note")) for n in ("Mark", "Will Green"))])  # fmt: skip
def test_a_name_is_masked_wherever_it_comes_from(run: Run, name: str) -> None:
    brief = ("--from", "Ana Ruiz", "--company", "Krume", "--job", "Baker", "--talked-about", f"{name} opens a shop")
    shown = run("draft", *brief, "-m", "x", "--base-url", "http://127.0.0.1:9", "--redact", "--dry-run")
    assert name.split()[0] not in shown.out


def test_a_placeholder_that_the_model_made_up_is_an_error_and_no_letter(run: Run, brief: Path) -> None:
    with serving(lambda _: "Dear NAME_77,\n\nYou said the rye is well.\n\nBest wishes,\nNAME_1") as (url, _):
        done = run("draft", brief, "-m", "x", "--base-url", url, "--redact")
    assert (done.code, "the model made up NAME_77" in done.err, "NAME" in done.out) == (1, True, False)


def test_what_could_still_be_read_is_not_sent(run: Run, brief: Path) -> None:
    apart = ("--talked-about", "the R.e.n.s.k.e. method")
    with serving(in_placeholders) as (url, asked):
        done = run("draft", brief, *apart, "-m", "x", "--base-url", url, "--redact")
    assert (done.code, asked) == (1, [])
    assert "nothing was sent: a name could still be read; is one spelled apart?" in done.err


def test_a_dry_run_shows_the_request_as_it_would_be_sent(run: Run, brief: Path) -> None:
    with serving(in_placeholders) as (url, asked):
        shown = run("draft", brief, "-m", "x", "--base-url", url, "--redact", "--dry-run", "--seed", 5)
        assert (shown.code, asked) == (0, [])
        run("draft", brief, "-m", "x", "--base-url", url, "--redact", "--seed", 5, "--rounds", 0)
    assert json.loads(shown.out) == json.loads(asked[0])
    assert SECRET.findall(read([shown.out])) == []


def test_a_model_on_this_machine_is_asked_by_name(run: Run, brief: Path, tmp_path: Path) -> None:
    (tmp_path / "replies.json").write_text(
        json.dumps(["Dear Renske,\n\nYou have a stone oven.\n\nKind regards,\nIfeoma Adeyemi"])
    )
    for model in (("--provider", "scripted", "--model", tmp_path / "replies.json"), ()):
        shown = run("draft", brief, *model, "--redact", "--dry-run").out
        assert ("Renske" in shown, "NAME_" in shown) == (True, False)
    done = run(
        "draft", brief, "--provider", "scripted", "--model", tmp_path / "replies.json", "--redact", "--rounds", 0
    )
    assert done.out.startswith("Dear Renske,")


@pytest.mark.parametrize(("text", "flags", "hidden"), [
    ("redact = true\n", (), True), ("redact = true\n", ("--no-redact",), False), ("redact = false\n", (), False),
    ("redact = false\n", ("--redact",), True), ("redact = true\n[check]\nignore = []\n", (), True),
])  # fmt: skip
def test_the_settings_say_it_once_and_a_flag_otherwise(
    run: Run, brief: Path, text: str, flags: tuple[str, ...], hidden: bool
) -> None:
    settings(text)
    with serving(in_placeholders) as (url, asked):
        done = run("draft", brief, "-m", "x", "--base-url", url, "--rounds", 0, *flags)
    assert (done.code, bool(SECRET.findall(read(asked)))) == (0, not hidden)


@pytest.mark.parametrize("value", ['"yes"', "1", "[true]"])
def test_a_redact_that_is_neither_yes_nor_no_is_one_clear_error(run: Run, brief: Path, value: str) -> None:
    settings(f"redact = {value}\n")
    with serving(in_placeholders) as (url, asked):
        done = run("draft", brief, "-m", "x", "--base-url", url)
    assert (done.code, done.out, asked) == (2, "", [])
    assert done.err == f"afternote: {config_folder() / 'config.toml'}: redact must be true or false\n"


def test_settings_of_the_checks_do_not_stop_a_draft(run: Run, brief: Path) -> None:
    settings('[check]\nignore = ["length.short"]\n')
    assert run("draft", brief, "--dry-run").code == 0


def test_the_settings_hold_for_the_judge(run: Run, brief: Path, tmp_path: Path) -> None:
    settings("redact = true\n")
    (tmp_path / "letter.txt").write_text("Dear Renske,\n\nKrume has a stone oven.\n\nKind regards,\nIfeoma Adeyemi\n")
    with serving(lambda _: '{"claims": []}') as (url, asked):
        run("check", tmp_path / "letter.txt", "--brief", brief, "--judge", "--model", "x", "--base-url", url)
    assert len(asked) == 1
    assert SECRET.findall(read(asked)) == []
