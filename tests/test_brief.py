import pytest

from assistant import Brief
from assistant.brief import brief_from
from assistant.errors import BriefError

LEAST = {"sender": "Ana", "company": "Krume", "job_title": "Baker"}


def test_facts_have_ids_by_list_and_place(brief: Brief) -> None:
    assert [fact.id for fact in brief.facts] == ["C1", "C2", "W1", "M1", "N1"]
    assert brief.facts[2].kind == "their_work"


def test_lists_become_tuples_and_text_is_cleaned() -> None:
    made = Brief(**LEAST, conversation=["  a\nb \x1b[31mc ", ""])
    assert made.conversation == ("a b c",)


def test_an_unknown_key_is_answered_with_the_nearest_known_one() -> None:
    with pytest.raises(BriefError, match=r"'conversations'.*'conversation'"):
        brief_from({**LEAST, "conversations": []})


@pytest.mark.parametrize("key", ["sender", "company", "job_title"])
def test_what_is_required_is_named_when_missing_or_empty(key: str) -> None:
    with pytest.raises(BriefError, match=f"{key} is missing"):
        brief_from({k: v for k, v in LEAST.items() if k != key})
    with pytest.raises(BriefError, match=f"{key} is missing"):
        brief_from({**LEAST, key: " "})


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("company", 3, "company must be text in quotes, not a number"),
        ("conversation", "we talked", "conversation must be a list of texts"),
        ("conversation", ["a", 4], r"conversation\[2\] must be text"),
        ("feedback", "yes", "feedback must be true or false, not text"),
        ("stage", "finals", "stage is 'finals'; it must be one of"),
        ("recipient_role", "boss", "recipient_role is 'boss'"),
        ("about_me", ["x" * 2001], "2000 are the most"),
        ("about_me", {"a": 1}, "not a table"),
        ("recipient", None, "recipient must be text in quotes, not nothing"),
    ],
)
def test_a_wrong_value_is_named(key: str, value: object, message: str) -> None:
    with pytest.raises(BriefError, match=message):
        brief_from({**LEAST, key: value})
