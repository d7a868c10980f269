"""The table on the terminal, and as Markdown."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from evals.suite.alike import whole
from evals.suite.compare import title
from evals.suite.results import CONTINUOUS, Results, costs, value_of


def show(results: Results) -> None:
    """Print it."""
    table = Table(title=f"{title(results)}: {results.status}", title_justify="left")
    for column in ("check", "mean", "95 %", "scored", "failed"):
        table.add_column(column, justify="left" if column == "check" else "right")
    for row in rows_of(results):
        table.add_row(*row)
    console = Console()
    console.print(table)
    for trouble in results.troubles:
        console.print(f"trouble: {trouble}", markup=False)
    console.print(footing(results), markup=False, highlight=False)


def rows_of(results: Results) -> list[tuple[str, str, str, str, str]]:
    """Check, mean, interval, scored, failed."""
    out = []
    for check in results.checks:
        found = results.estimate(check)
        failed = "" if check in CONTINUOUS else str(sum(value_of(row, check) < 1 for row in results.scored(check)))
        shown = (f"{found.mean:.2f}", f"{found.low:.2f} to {found.high:.2f}") if found.n else ("", "")
        out.append((check, *shown, f"{found.n} of {len(results.rows)}", failed))
    return out


def footing(results: Results) -> str:
    """Sameness and costs, in two lines."""
    spent = ", ".join(f"{value:.1f} {name}" for name, value in costs(results).items())
    return f"alike: {whole(results.alike):.2f} of the word runs are shared with other cases' letters\na letter: {spent}"


def markdown(results: Results, gate: str = "") -> str:
    """The same as Markdown, for the summary of a CI job."""
    lines = [f"## afternote evals: {title(results)}", "", *([f"**{gate}**", ""] if gate else [])]
    lines += ["| check | mean | 95 % | scored | failed |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows_of(results)]
    lines += [
        "",
        *(f"- trouble: {trouble}" for trouble in results.troubles),
        footing(results).replace("\n", "  \n"),
        "",
    ]
    return "\n".join(lines)
