"""The small model reads English; a note in another language is told from an English one, however hurried."""

import json

import pytest
from conftest import ROOT

from assistant import Brief, Options, compose
from assistant.brief import Fact
from assistant.checks.language import other_language
from assistant.writing.limits import limit_of

OTHERS = [
    ("Spanish", "hablamos de los turnos y me dijo que los viernes cierran a las dos"),
    ("Spanish", "ella tiene que cambiar el horno porque ya no calienta"),
    ("German", "wir haben über die neue Anlage gesprochen, sie wird erst im März fertig"),
    ("German", "er hat gesagt dass die Kollegen nach der Schicht nicht mehr bleiben"),
    ("French", "elle a parlé de la nouvelle cuisine qui ouvre au printemps avec deux chefs"),
    ("French", "je peux lui envoyer mon dossier sur les fours"),
    ("Portuguese", "ela disse que não tem pessoal para os turnos da noite"),
    ("Italian", "abbiamo parlato della nuova linea che parte in marzo, non sono pronti"),
    ("Dutch", "ze zei dat het rooster niet klopt en dat wij het zelf maken"),
    ("Swedish, Danish or Norwegian", "hon sa att de inte har någon som kan laga pumpen"),
    ("Polish", "rozmawialiśmy o tym że nie mają ludzi na noc"),
    ("Tagalog", "sabi niya kulang ang tao sa gabi pero hindi sila nag hire"),
    ("Swahili", "alisema kwamba wao wanahitaji watu wa usiku na mimi niko tayari"),
    ("another alphabet", "она сказала что ночная смена теряет два часа"),
    ("another alphabet", "夜勤の引き継ぎに二時間かかると言っていた"),
]
ENGLISH = [
    "asked abt nights, i said fine",
    "4 floors, 1 lift, 60 beds",
    "die casting line 2 down since tues",
    "Maria de la Cruz runs the los angeles office",
    "van der Berg & son, 3 vans",
    "she say me the machine is broke since two month",
    "SAP to S/4HANA w/c 12 jan",
]


@pytest.mark.parametrize(("language", "note"), OTHERS, ids=[note[:24] for _, note in OTHERS])
def test_another_language_is_named(language: str, note: str) -> None:
    assert other_language(note) == language


@pytest.mark.parametrize("note", ENGLISH)
def test_hurried_english_is_english(note: str) -> None:
    assert other_language(note) == ""


def test_of_twenty_thousand_english_notes_none_is_taken_for_another_language() -> None:
    """The few notes of the pairs that are in other languages are all found by more than one of their own words."""
    notes = [
        json.loads(line)["note"]
        for path in sorted((ROOT / "training" / "pairs").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if '"kind": "conversation"' in line or '"kind": "their_work"' in line or '"kind": "about_me"' in line
    ]
    told = [note for note in notes if other_language(note)]
    assert len(notes) > 10_000
    assert len(told) < 30
    assert not [note for note in told if " the " in f" {note} "]


def test_a_limit_is_said_with_what_can() -> None:
    said = limit_of(Fact("C1", "conversation", OTHERS[0][1]))
    assert "Spanish" in said
    assert "larger model" in said
    long = limit_of(Fact("C1", "conversation", "she said the crew is short and " * 8))
    assert "56 words" in long
    assert "split it" in long
    assert limit_of(Fact("C1", "conversation", "she said the crew is short")) == ""


def test_a_note_in_another_language_is_left_out_and_never_asked_for() -> None:
    from test_sentencewise import Small

    model = Small()
    brief = Brief(sender="Ana Ruiz", company="Krume Bakery", job_title="Night Baker", conversation=(OTHERS[0][1],))
    draft = compose(brief, model, Options(seed=1))
    assert "Spanish" in draft.left_out[0].reason
    assert not any("turnos" in call.messages[-1].content for call in model.calls)
