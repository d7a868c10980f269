"""Measure the checker: against labels, against spoilt letters, against untrue ones. Prints Markdown; judges nothing itself."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from assistant.checks import Report, check
from assistant.zones import parse_letter
from evals.data import FAULT_OF, LABELS, brief_of, faulty_sentences, grounded, letters, ratings
from evals.spoil import insert, renamed, reordered, respelt, without_marked


def validate(part: str, worst: int = 0) -> None:
    """Print every measurement on the test or the development part."""
    rows = letters(part)
    reports = {row["id"]: check(row["letter"]) for row in rows}
    print(f"# The checker on the {part} part\n")
    _labels(rows, reports)
    if worst:
        _worst(rows, reports, worst)
    good = [row for row in rows if row["label"] == "good" and reports[row["id"]].verdict == "good"]
    _perturbations(good, faulty_sentences(part))
    _missing(good)
    _invariance(good, reports)
    _grounding(grounded(part))


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Cohen's kappa of two ratings of the same things."""
    n = len(one)
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / n
    first, second = Counter(one), Counter(other)
    chance = sum(first[label] * second[label] for label in first) / n**2
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def _labels(rows: list[dict[str, Any]], reports: dict[str, Report]) -> None:
    gold = [row["label"] for row in rows]
    said = [reports[row["id"]].verdict for row in rows]
    rated = ratings()
    both = [row for row in rows if row["id"] in rated]
    agreement = kappa([r["label"] for r in both], [rated[r["id"]] for r in both]) if both else float("nan")
    print(f"## {len(rows)} labelled letters of {len({r['author'] for r in rows})} authors\n")
    print(
        f"kappa against the labels {kappa(gold, said):.3f}; second rater against the labels {agreement:.3f} on {len(both)}\n"
    )
    print("| label | letters | precision | recall |\n|---|---|---|---|")
    for label in LABELS:
        right = sum(g == s == label for g, s in zip(gold, said, strict=True))
        print(
            f"| {label} | {gold.count(label)} | {right / max(1, said.count(label)):.2f} | {right / max(1, gold.count(label)):.2f} |"
        )
    print("\n| label \\ said | " + " | ".join(LABELS) + " |\n|---|" + "---|" * len(LABELS))
    pairs = Counter(zip(gold, said, strict=True))
    for label in LABELS:
        print(f"| {label} | " + " | ".join(str(pairs[label, other]) for other in LABELS) + " |")
    by_author: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_author[row["author"]].append(row)
    print(
        "\nkappa by author: "
        + ", ".join(
            f"{a} {kappa([r['label'] for r in own], [reports[r['id']].verdict for r in own]):.2f}"
            for a, own in sorted(by_author.items())
        )
    )
    for subtle in (True, False):
        own = [r for r in rows if r["subtle"] is subtle]
        right = sum(reports[r["id"]].verdict == r["label"] for r in own) / max(1, len(own))
        print(f"{'subtle' if subtle else 'plain'} letters right: {right:.2f} of {len(own)}")
    goods = [reports[r["id"]] for r in rows if r["label"] == "good"]
    errors, warnings = (
        sum(f.severity == s for g in goods for f in g.findings) / len(goods) for s in ("error", "warning")
    )
    print(f"\nper good letter: {errors:.3f} error findings, {warnings:.3f} warnings")
    right = [sum(reports[r["id"]].scales[s] == r[s] for r in rows) / len(rows) for s in ("substantive", "hook")]
    print(f"scales right: substantive {right[0]:.2f}, hook {right[1]:.2f}\n")


def _worst(rows: list[dict[str, Any]], reports: dict[str, Report], count: int) -> None:
    wrong = [r for r in rows if reports[r["id"]].verdict != r["label"]]
    print("## The surest of the wrong verdicts\n")
    for row in sorted(wrong, key=lambda r: -reports[r["id"]].certainty)[:count]:
        report = reports[row["id"]]
        marked = [quote for family, quote in row["marks"] if family not in ("specific", "hook")][:2]
        print(f"- {row['id']}: {row['label']}, said {report.verdict} ({report.certainty:.2f}); marked {marked}")
    print()


def _perturbations(good: list[dict[str, Any]], sentences: list[dict[str, Any]]) -> None:
    """One faulty sentence of each family into each good letter: is it named, by the right family, with a span that touches it?"""
    draw = random.Random(1)
    by_family: dict[str, list[str]] = defaultdict(list)
    for s in sentences:
        by_family[s["family"]].append(s["text"])
    print(f"## One faulty sentence put into each of {len(good)} good letters\n")
    print("| family | named | as its fault | by its family | verdict of its fault |\n|---|---|---|---|---|")
    sums: Counter[str] = Counter()
    for family, texts in by_family.items():
        counts: Counter[str] = Counter()
        for row in good:
            spoilt, span = insert(row["letter"], draw.choice(texts), draw)
            report = check(spoilt)
            packs = {
                f.rule.partition(".")[0] for f in report.findings if f.span.start < span.end and f.span.end > span.start
            }
            faults = packs & {*FAULT_OF, "form"}
            counts["named"] += bool(faults)
            counts["fault"] += any(FAULT_OF.get(p) == FAULT_OF[family] for p in faults)
            counts["family"] += family in faults
            counts["verdict"] += report.verdict == FAULT_OF[family]
        shares = [counts[k] / len(good) for k in ("named", "fault", "family", "verdict")]
        sums.update(counts)
        print(f"| {family} | " + " | ".join(f"{s:.2f}" for s in shares) + " |")
    n = len(good) * len(by_family)
    print("| all | " + " | ".join(f"{sums[k] / n:.2f}" for k in ("named", "fault", "family", "verdict")) + " |\n")


def _missing(good: list[dict[str, Any]]) -> None:
    """Take out what is particular, or the hook: is the missing quality named?"""
    print("## What is taken out is missed\n")
    for family, rule in (("specific", "substance.missing"), ("hook", "hook.missing")):
        left = [text for row in good if (text := without_marked(row, family))]
        named = sum(any(f.rule == rule for f in check(text).findings) for text in left)
        print(f"- {family} taken out of {len(left)} letters: `{rule}` in {named / max(1, len(left)):.2f}")
    print()


def _invariance(good: list[dict[str, Any]], reports: dict[str, Report]) -> None:
    """What must change nothing."""
    print("## What must change nothing\n")
    draw = random.Random(2)
    for name, change in (
        ("names of other cultures", renamed),
        ("American and British spelling", respelt),
        ("paragraphs in another order", reordered),
    ):
        changed = [(row, text) for row in good if (text := change(row["letter"], draw)) != row["letter"]]
        same = sum(_gist(check(text)) == _gist(reports[row["id"]]) for row, text in changed)
        verdict = sum(check(text).verdict == reports[row["id"]].verdict for row, text in changed)
        n = max(1, len(changed))
        print(f"- {name}, {len(changed)} letters: same verdict {verdict / n:.3f}, same errors {same / n:.3f}")
    print()


def _gist(report: Report) -> tuple[str, list[str]]:
    return report.verdict, sorted(f.rule for f in report.errors)


def _grounding(rows: list[dict[str, Any]]) -> None:
    """Inventions put into honest letters, swaps, and what is said of the honest letters themselves."""
    found: Counter[str] = Counter()
    count: Counter[str] = Counter()
    false = sentences = clean = 0
    for row in rows:
        brief = brief_of(row["case"])
        report = check(row["letter"], brief)
        before = [(f.rule, f.text) for f in report.findings if f.rule.startswith("grounding.")]
        false, sentences, clean = false + len(before), sentences + len(report.letter.sentences), clean + (not before)
        middle = parse_letter(row["letter"]).sentences
        at = middle[len(middle) // 2].span.start
        for invention in row["inventions"]:
            text = f"{row['letter'][:at]}{invention['sentence']} {row['letter'][at:]}"
            count[invention["kind"]] += 1
            found[invention["kind"]] += _named(check(text, brief), at, at + len(invention["sentence"]), [], "error")
        for swap in row["swaps"]:
            text = row["letter"].replace(swap["old"], swap["new"])
            start = text.find(swap["new"])
            kind = f"swap of {swap['kind']}"
            count[kind] += 1
            found[kind] += _named(check(text, brief), start, start + len(swap["new"]), before, "")
    print(f"## {len(rows)} honest letters on briefs, made untrue\n")
    print("| what | cases | named |\n|---|---|---|")
    for kind in count:
        print(f"| {kind} | {count[kind]} | {found[kind] / count[kind]:.2f} |")
    for title, wanted in (("all inventions", False), ("all swaps", True)):
        kinds = [k for k in count if k.startswith("swap") is wanted]
        print(
            f"| {title} | {sum(count[k] for k in kinds)} | {sum(found[k] for k in kinds) / sum(count[k] for k in kinds):.2f} |"
        )
    print(f"\nfalse spans: {false} in {sentences} honest sentences ({false / sentences:.3f} a sentence);", end=" ")
    print(f"{clean} of {len(rows)} letters without any")


def _named(report: Report, start: int, end: int, before: list[tuple[str, str]], severity: str) -> bool:
    return any(
        f.rule.startswith("grounding.")
        and f.span.start < end
        and f.span.end > start
        and (f.rule, f.text) not in before
        and severity in f.severity
        for f in report.findings
    )
