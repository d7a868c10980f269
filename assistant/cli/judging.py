"""The `--judge` of `afternote check`: which model, what leaves the machine, and what came of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.checks import Report
from assistant.checks.judge import judge
from assistant.checks.verdict import UNTRUE
from assistant.cli.terminal import say, working
from assistant.cli.veiling import masking
from assistant.cli.writers import patience
from assistant.errors import UsageError
from assistant.prompts import load_template

if TYPE_CHECKING:
    from assistant.brief import Brief


def judged(report: Report, brief: Brief | None, model: str, base_url: str, quiet: bool) -> Report:
    """The report with what a model adds. Raises UsageError without a brief or an endpoint; says so when nothing could be scored."""
    from assistant.providers.choose import make_provider
    from assistant.settings import Choice, choose_model, config_folder, read_settings_file
    from assistant.writing.veiling import veiled

    if brief is None:
        raise UsageError("--judge holds a letter to a brief: give one with --brief")
    settings = choose_model(
        Choice(model, "", base_url), os.environ, read_settings_file(config_folder() / "config.toml")
    )
    if settings.provider == "local":
        raise UsageError(
            "--judge needs an endpoint: the embedded model can't judge; set --base-url and --model, or OPENAI_API_KEY"
        )
    provider = veiled(make_provider(settings, patience(), say), brief, masking(None, settings))
    if provider.destination and not quiet:
        say(f"{provider.model} judges ({settings.why}); letter and brief are sent to {provider.destination}")
    with working("judging", quiet):
        result = judge(report.letter, brief, provider, load_template("judge"))
    if result.unscored:
        say(f"judge: unscored, {result.unscored}")
        return report
    if not quiet:
        say(f"judge: {result.claims} claims, {len(result.findings)} not carried by the brief")
    found = sorted([*report.findings, *result.findings], key=lambda f: (f.span.start, f.span.end, f.rule))
    untrue = any(f.severity == "error" for f in result.findings) and report.verdict in ("good", "perfunctory")
    report = replace(report, findings=tuple(found))
    return replace(report, verdict="ungrounded", why=UNTRUE) if untrue else report
