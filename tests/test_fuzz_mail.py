"""Mails broken at random: each is advised on and answered, or refused in one line. `benchmarks/fuzz_mail.py` tries ten thousand."""

from random import Random

from conftest import ROOT
from hostile.mutate import MUTATIONS, Mutation, sources
from hostile.outcome import outcome
from hypothesis import given, settings
from hypothesis import strategies as st

MAILS = sources(ROOT / "evals" / "mails" / "development")
PLACES = st.integers(0, len(MAILS) - 1)
CHANGES = st.lists(st.tuples(st.sampled_from(MUTATIONS), PLACES, st.integers(0, 2**32)), min_size=1, max_size=5)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(PLACES, CHANGES)
def test_a_mail_broken_anyhow_is_answered_or_refused(place: int, changes: list[tuple[Mutation, int, int]]) -> None:
    mail = MAILS[place]
    for change, other, seed in changes:
        mail = change(mail, MAILS[other], Random(seed))[:50_000]
    outcome(mail)


@settings(deadline=None, derandomize=True, max_examples=250)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"MIME-Version: 1.0\n", b"MIME-Version: 1.0\nContent-Type: text/html\n\n", b"From "]),
)
def test_any_bytes_are_answered_or_refused(raw: bytes, head: bytes) -> None:
    outcome(head + raw)


@settings(deadline=None, derandomize=True, max_examples=250)
@given(
    st.text(max_size=60),
    st.sampled_from(["From", "To", "Subject", "Date", "Reply-To", "Message-ID", "References", "Content-Type"]),
)
def test_any_text_in_a_header_is_answered_or_refused(text: str, name: str) -> None:
    head = f"MIME-Version: 1.0\nFrom: Ann <ann@krume.example>\n{name}: {text}"
    outcome(f"{head}\n\nDear Jo,\n\nNo.\n\nAnn".encode("utf-8", "surrogatepass"))
