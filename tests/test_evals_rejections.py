"""How rejections are read: what was measured must not get worse, and the labels must be what their page says."""

import json

import pytest

from assistant.brief import STAGES
from assistant.rejection.signals import NAMES
from evals.rejections import MAILS, accuracy, labelled

# Right readings of 64 test mails and of 96 development mails when this was last fitted, less two: a change of rules may move a mail or two.
LEAST = {
    "test": {
        "automated": 58,
        "personal": 53,
        "from_person": 57,
        "stage": 37,
        "invites_contact": 59,
        "mentions_other_opening": 58,
        "gives_reason": 53,
        "hostile": 58,
    },
    "development": {
        "automated": 89,
        "personal": 91,
        "from_person": 92,
        "stage": 90,
        "invites_contact": 94,
        "mentions_other_opening": 94,
        "gives_reason": 89,
        "hostile": 93,
    },
}


@pytest.mark.parametrize("part", LEAST)
def test_rejections_are_read_no_worse_than_measured(part: str) -> None:
    for name, (right, whole, wrong) in accuracy(part).items():
        assert whole == {"test": 64, "development": 96}[part]
        assert right >= LEAST[part][name], (name, wrong)


@pytest.mark.parametrize("part", LEAST)
def test_each_mail_is_labelled_once_and_whole(part: str) -> None:
    seen = [path for path, _ in labelled(part)]
    assert len(seen) == len(set(seen))
    assert set(seen) == {f for f in (MAILS / part).rglob("*") if f.suffix in (".eml", ".txt")}
    for path, label in labelled(part):
        assert label["stage"] is None or label["stage"] in STAGES, path
        assert all(isinstance(label[name], bool) for name in NAMES if name != "stage"), path


def test_more_than_half_of_the_mails_are_mail_files() -> None:
    kinds = [path.suffix for part in LEAST for path, _ in labelled(part)]
    assert kinds.count(".eml") > len(kinds) / 2


def test_two_raters_labelled_every_mail() -> None:
    for rater in "12":
        rows = [
            json.loads(row)
            for f in (MAILS / "ratings").glob(f"*.rater-{rater}.jsonl")
            for row in f.read_text(encoding="utf-8").splitlines()
        ]
        assert len(rows) == 160
        assert all(set(NAMES) <= row.keys() for row in rows)
