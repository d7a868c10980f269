"""`python -m evals references`: the bands by kind, how the references lie in them, and where the sources' own letters fall."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter

from assistant.checks.length import BANDS as GUIDANCE
from evals.suite.references import Bands, compute, read_bands, references, write_bands, write_shipped

# The letters in the sources: words, the kind they are, and what their readers made of their length.
SOURCES = (
    (10, "note", "perfunctory"),
    (16, "note", "perfunctory"),
    (29, "ack", "fine, short"),
    (42, "note", "substantive though short"),
    (48, "note", "fine"),
    (79, "note", "fine"),
    (141, "note", "fine, pleading in places"),
    (176, "note", "too long"),
)


def show(options: Namespace) -> int:
    """Print them, computed anew and stored with `--write`; 2 when the stored ones are of another set."""
    try:
        found = references()
        if options.write:
            write_bands(compute(found))
            write_shipped(compute(found))
        bands = read_bands()
    except (OSError, ValueError) as error:
        print(f"evals: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines(bands)))
    return 0


def lines(bands: Bands) -> list[str]:
    """The tables as Markdown."""
    found = references()
    kinds = Counter(reference.kind for reference in found)
    faults = Counter(contrast.fault for reference in found for contrast in reference.contrasts)
    out = [f"# {len(found)} reference letters, set {bands.set}", ""]
    out += [f"contrast letters: {', '.join(f'{n} {fault}' for fault, n in faults.most_common())}", ""]
    names = list(next(iter(bands.kinds.values())))
    out += ["| measure | " + " | ".join(f"{kind} ({kinds[kind]})" for kind in bands.kinds) + " |"]
    out += ["|---|" + "---|" * len(bands.kinds)]
    for name in names:
        cells = [f"{own[name].low:g} to {own[name].high:g}" for own in bands.kinds.values()]
        out.append(f"| {name} | " + " | ".join(cells) + " |")
    out.append("| tone distance kept | " + " | ".join(f"{bands.limits[kind]:.2f}" for kind in bands.kinds) + " |")
    out += ["", "Words that the guidance asks for, which the length rule holds to: "]
    out[-1] += ", ".join(f"{kind} {band.low} to {band.high}" for kind, band in GUIDANCE.items())
    out += ["", "| words of a letter in the sources | as | what was said of it | here |", "|---|---|---|---|"]
    out += [f"| {words} | {kind} | {said} | {bands.length(kind, words)} |" for words, kind, said in SOURCES]
    return out
