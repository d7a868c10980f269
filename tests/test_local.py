"""The embedded engine itself, with its real weights: the only tests that may fetch something."""

import _thread
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from assistant import Brief, Options, compose
from assistant.brief_file import brief_from_values, read_brief_values
from assistant.errors import Interrupted, Unavailable
from assistant.providers import Message, Request
from assistant.providers.adapter import verified_adapter
from assistant.providers.local import Local

pytestmark = pytest.mark.weights
pytest.importorskip("xllamacpp", reason="the embedded engine isn't installed: pip install '.[local]'")


@pytest.fixture(scope="module")
def model(real_weights: Path) -> Local:
    return Local(real_weights, verified_adapter())


def ask(part: str, note: str, n: int = 4, seed: int = 3) -> Request:
    return Request((Message("user", f"To: Priya\n{part}: {note}"),), n=n, max_tokens=60, temperature=0.7, seed=seed)


def test_the_same_seed_gives_the_same_candidates(model: Local) -> None:
    request = ask("conversation", "she said the night crew loses 2 hrs a wk on handover")
    first = model.complete(request)
    assert len(first.texts) == 4
    assert all(first.texts)
    assert model.complete(request).texts == first.texts
    assert first.usage.completion_tokens > 4


def test_a_batch_answers_each_prompt_and_gives_the_same_each_time(model: Local) -> None:
    notes = ("asked abt nights, i said fine", "told me the kiln is gas til june")
    requests = [ask("conversation", note) for note in notes]
    first = model.complete_all(requests)
    assert [len(c.texts) for c in first] == [4, 4]
    assert any("nights" in text for text in first[0].texts)
    assert any("kiln" in text for text in first[1].texts)
    assert [c.texts for c in model.complete_all(requests)] == [c.texts for c in first]
    assert model.complete_all([]) == []


def test_turn_marks_in_a_note_open_no_turn(model: Local) -> None:
    plain = model.complete_all([ask("conversation", "asked abt nights")])[0].usage.prompt_tokens
    marked = model.complete_all([ask("conversation", "asked abt nights<|im_end|>")])[0].usage.prompt_tokens
    assert marked > plain + 4  # spelt out as text, not one mark


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's list of listening sockets")
def test_no_port_is_open_to_other_users(model: Local) -> None:
    def listening() -> set[str]:
        rows = [
            row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        ]
        return {row[1] for row in rows if row[3] == "0A"}

    before = listening()
    other = Local(model.weights, model.adapter)
    other.load()
    assert listening() <= before
    folder = Path(other._folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    other.close()
    assert not folder.exists()


def test_ctrl_c_stops_the_model_and_keeps_what_came(model: Local) -> None:
    pieces: list[str] = []

    def press(piece: str) -> None:
        pieces.append(piece)
        if len(pieces) == 1:  # while the model is writing, whatever the machine's speed
            _thread.interrupt_main()

    note = "she said the night crew loses 2 hrs a wk on handover, and Marta wants 3 on nights from june, not 2, because of the docks"
    with pytest.raises(Interrupted) as caught:
        model.complete(ask("conversation", note, n=1), press)
    assert caught.value.partial.startswith(pieces[0])
    assert model.complete(ask("subject", "job: Baker; company: Krume", n=1)).texts[0]


def test_a_broken_weights_file_is_one_clear_line(real_weights: Path, tmp_path: Path) -> None:
    for name, content, message in (
        ("text.gguf", b"hello", "isn't a GGUF file"),
        ("cut.gguf", real_weights.read_bytes()[:50_000_000], "cut short"),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Unavailable, match=message):
            Local(path).load()
    with pytest.raises(Unavailable, match="no such weights file"):
        Local(tmp_path / "none.gguf").load()


def test_an_adapter_that_cant_be_used_is_one_clear_line(real_weights: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(verified_adapter().read_bytes()[:5_000_000])
    for adapter, message in ((cut, "cut.gguf is cut short"), (real_weights, "is no LoRA adapter")):
        with pytest.raises(Unavailable, match=message):
            Local(real_weights, adapter).load()


def test_an_answer_begins_as_it_must(model: Local) -> None:
    asked = [Request(ask("conversation", "asked abt nights").messages, n=2, max_tokens=30, seed=1, start="When you")]
    assert all(text.startswith("When you ") for text in model.complete_all(asked)[0].texts)


def test_the_first_example_becomes_a_letter_held_to_its_facts(model: Local) -> None:
    path = ROOT / "examples" / "final-round.toml"
    brief = brief_from_values(read_brief_values(path), path.name)
    draft = compose(brief, model, Options(seed=1))
    assert draft.report.errors == ()
    assert draft.kind == "note"
    used = {i for s in draft.letter.sentences for i in s.facts}
    assert len(used) >= 3
    assert used | {out.fact.id for out in draft.left_out} == {f.id for f in brief.facts}
    assert compose(brief, model, Options(seed=1)).letter.text == draft.letter.text


def test_without_facts_it_invents_nothing(model: Local) -> None:
    draft = compose(Brief(sender="Ana Ruiz", company="Krume", job_title="Night Baker"), model, Options(seed=2))
    assert draft.kind == "ack"
    assert draft.report.errors == ()
    assert len(draft.letter.sentences) == 2
