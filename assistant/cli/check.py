"""`afternote check`: a letter in, what a thoughtful hiring manager would say of it out."""

from __future__ import annotations

import glob
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.terminal import say
from assistant.errors import AfternoteError, UsageError
from assistant.files import read_bounded
from assistant.text import one_line

if TYPE_CHECKING:
    from assistant.brief import Brief
    from assistant.checks import Report
    from assistant.checks.book import RuleBook

FORMATS = ("text", "json", "sarif", "github")
MOST_BYTES = 5_000_000  # of one letter; beyond, it is another file that was meant


def check(
    letters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LETTER|-…", help="Letters as text files, or patterns such as *.txt; - reads standard input."
        ),
    ] = None,
    brief_file: Annotated[
        Path | None, typer.Option("--brief", metavar="BRIEF", help="Hold the letter to this brief as well.")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help="note, ack, feedback, lead, linkedin or keep-in-touch.")] = "note",
    output: Annotated[str, typer.Option("--format", "-f", help="text, json, sarif or github.")] = "text",
    no_fail: Annotated[bool, typer.Option("--no-fail", help="Exit with 0 whatever is found.")] = False,
    explain: Annotated[
        str, typer.Option("--explain", metavar="RULE", help="Say what a rule looks for, why, and what would mend it.")
    ] = "",
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="RULE",
            help="Suppress what this rule finds, with --reason, in a file beside the letter.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why the findings may stand.")] = "",
    judge: Annotated[
        bool,
        typer.Option(
            "--judge", help="Let a model look for claims that the brief doesn't hold; needs an endpoint and --brief."
        ),
    ] = False,
    model: Annotated[str, typer.Option("--model", "-m", help="Name of the model that judges.")] = "",
    base_url: Annotated[str, typer.Option("--base-url", help="Address of the endpoint that judges.")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only, no meter.")] = False,
) -> None:
    """Check a letter: verdict, findings with their reasons, tone and length beside good letters. Offline, and nothing is changed.

    Exit codes: 0 a good letter without errors (warnings may remain), 1 any other, 2 a file, brief, rule or option can't be used.
    """
    from assistant.checks import KINDS

    for value, known, what in ((kind, KINDS, "kind"), (output, FORMATS, "format")):
        if value not in known:
            raise UsageError(f"unknown {what} {one_line(value)!r}; there are: {', '.join(known)}")
    book = _book()
    if explain:
        from assistant.cli.rules import explained

        sys.stdout.write(explained(book[explain]))
        return
    if not letters:
        raise UsageError("check needs a letter: a file, a pattern, or - for standard input")
    brief = _brief(brief_file)
    reports, failed = [], bool(book.problems)
    for name in _expanded(letters):
        try:
            reports.append((name, _report(name, brief, kind, book, (ignore or [], reason))))
        except AfternoteError as error:
            if len(letters) == 1 and not _is_pattern(letters[0]):
                raise
            say(f"afternote: {error}")
            failed = True
    if judge:
        from assistant.cli.judging import judged

        reports = [(name, judged(report, brief, model, base_url, quiet)) for name, report in reports]
    _print(reports, output, quiet, several=len(letters) > 1 or _is_pattern(letters[0]), book=book)
    found = any(report.verdict != "good" or report.errors for _, report in reports)
    if failed:
        raise typer.Exit(2)
    if found and not no_fail:
        raise typer.Exit(1)


def _book() -> RuleBook:
    """Shipped and user's rules; what is wrong with the user's is said, and the others still run."""
    from assistant.checks.user_rules import user_book
    from assistant.settings import config_folder

    book = user_book(config_folder(), Path.cwd())
    for problem in book.problems:
        say(f"afternote: {problem}")
    return book


def _brief(path: Path | None) -> Brief | None:
    if path is None:
        return None
    from assistant.brief_file import brief_from_values, read_brief_values

    return brief_from_values(read_brief_values(path), str(path))


def _is_pattern(name: str) -> bool:
    return name != "-" and any(ch in name for ch in "*?[") and not os.path.lexists(name)


def _expanded(names: list[str]) -> list[str]:
    """File names, with patterns that the shell left alone filled in. Raises UsageError for a pattern that matches nothing."""
    out: list[str] = []
    for name in names:
        found = sorted(glob.glob(name, recursive=True)) if _is_pattern(name) else [name]  # noqa: PTH207, Path.glob takes no absolute pattern
        if not found:
            raise UsageError(f"{one_line(name)}: no file matches")
        out += [f for f in found if len(found) == 1 or Path(f).is_file()]
    return list(dict.fromkeys(out))


def read_letter_file(name: str) -> str:
    """The text of a letter, its line ends as they are. Raises UsageError for what is no text file."""
    shown = "standard input" if name == "-" else one_line(name)
    try:
        if name == "-":
            if sys.stdin.isatty():
                say("reading the letter from the keyboard; end with Ctrl-D")
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            raw = read_bounded(Path(name), MOST_BYTES)
    except IsADirectoryError:
        raise UsageError(
            f"{shown}: that is a directory; name the letters in it, such as {one_line(str(Path(name) / '*.txt'))}"
        ) from None
    except FileNotFoundError:
        raise UsageError(f"{shown}: there is no such file") from None
    except OSError as error:
        raise UsageError(f"{shown}: can't be read: {error.strerror or error}") from None
    if len(raw) > MOST_BYTES:
        raise UsageError(f"{shown}: larger than {MOST_BYTES // 1_000_000} MB; that is no letter")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UsageError(f"{shown}: UTF-16; save it as UTF-8")
    if b"\x00" in raw:
        raise UsageError(f"{shown}: a binary file, not a letter; save it as plain text")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    if not text.strip("\ufeff \t\r\n"):
        raise UsageError(f"{shown}: the file is empty")
    return text


def _report(name: str, brief: Brief | None, kind: str, book: RuleBook, ignoring: tuple[list[str], str]) -> Report:
    """The report of one letter, without what its sidecar suppresses."""
    from assistant.checks import check as check_text
    from assistant.checks import without
    from assistant.checks.suppress import add_entries, apply, read_entries, sidecar

    report = check_text(read_letter_file(name), brief, kind, book)
    if name == "-":
        if ignoring[0]:
            raise UsageError("--ignore needs a file: what is suppressed is kept beside it")
        return report
    path = sidecar(Path(name))
    entries = read_entries(path)
    if ignoring[0]:
        for rule in ignoring[0]:
            book[rule]
        entries = add_entries(path, entries, report, ignoring[0], ignoring[1])
    gone, stale = apply(entries, report)
    for entry in stale:
        say(
            f"afternote: {one_line(str(path))}: nothing is found any more for {entry.rule} at {entry.text!r}; take the entry out"
        )
    return without(report, gone)


def _print(reports: list[tuple[str, Report]], output: str, quiet: bool, several: bool, book: RuleBook) -> None:
    from assistant.cli import findings

    if output == "json":
        sys.stdout.write(findings.as_json(reports, several))
    elif output == "sarif":
        sys.stdout.write(findings.as_sarif(reports, book))
    elif output == "github":
        sys.stdout.write(findings.as_github(reports))
    else:
        from assistant.cli.findings_text import as_text

        sys.stdout.write("\n".join(as_text(name, report, several, quiet) for name, report in reports))
