"""The suite's own validation: that each damage is done, noticed by the check it is meant for, and that nothing else is claimed."""

import re

from evals.suite.validate import damages, scorers


def test_each_damage_is_noticed_and_what_must_not_matter_moves_nothing() -> None:
    """What is measured must not get worse unseen; the figures when this was written stand in evals/README.md."""
    lines = list(scorers())
    rates = {
        m[1]: float(m[2])
        for line in lines
        if (m := re.match(r"\| ([^|]+) \| \d+ \| [^|]+ \| ([\d.]+) \| [\d.]+ \|", line))
    }
    assert set(rates) == {meant.name for meant in damages()}
    outside = {name: rate for name, rate in rates.items() if not name.startswith("a sentence of")}
    assert min(outside.values()) >= 0.9, outside
    assert sum(rates.values()) / len(rates) >= 0.75, rates
    still = [
        float(line.split("|")[3])
        for line in lines
        if line.startswith(("| other names", "| another spelling", "| paragraphs"))
    ]
    assert len(still) == 3
    assert min(still) >= 0.9
