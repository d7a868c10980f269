"""The page of a run, in a real browser: what is shown, what is marked, what the filters leave, and that no letter gets out of its place."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import GOOD_LETTER
from markupsafe import escape

from assistant import check
from evals.suite.cases import read_cases
from evals.suite.drafting import Recorded
from evals.suite.gate import Objection
from evals.suite.marks import Mark, marks
from evals.suite.references import read_bands
from evals.suite.reports.page import marked, page
from evals.suite.results import Results, Row

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ATTACK = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


@pytest.fixture
def results() -> Results:
    rows = []
    for number, case in enumerate(case for case in read_cases() if case.family in ("mixed", "injection", "empty")):
        body = f"Dear {case.brief.recipient},\n\nThank you so much for rejecting me. {ATTACK}\n\nBest,\n{case.brief.sender}"
        made = {"subject": "x", "body": body, "kind": "note", "usage": {"prompt_tokens": 9, "completion_tokens": 9}}
        one = Recorded("k", case.name, 1, 1, "ours", "m", 1.0, "code", made=made)
        if number == 0:
            one = replace(one, made=None, refused=f"it found nothing {ATTACK}")
        rows.append(Row(case.name, case.family, 1, 1, marks(case, one, read_bands()), (), one))
    return Results(
        "success", tuple(rows), (f"trouble {ATTACK}",), {"cases": [r.case for r in rows], "model": ATTACK}, {}
    )


def in_browser(html: str, folder: Path, script: str = "") -> str:
    """The document as the browser has it after its scripts have run, and after `script`."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("there is no browser on this machine")
    path = folder / "page.html"
    path.write_text(html.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    command = [
        found,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
        "--dump-dom",
        path.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert "</html>" in done.stdout, done.stderr[-500:]
    return done.stdout


def test_the_page_shows_every_letter_and_the_pictures_and_nothing_escapes(results: Results, tmp_path: Path) -> None:
    html = page(results, [Objection("thanks", f"too many {ATTACK}")])
    assert not re.findall(
        r"(?:src|href|url)\s*[=(]", html.replace(str(escape(ATTACK)), "")
    )  # nothing is fetched from anywhere
    seen = in_browser(html, tmp_path)
    assert "<title>afternote evals:" in seen
    assert "taken</title>" not in seen
    assert f'<span id="count">{len(results.rows)} shown</span>' in seen
    assert seen.count("<article") == len(results.rows)
    assert seen.count('class="strip"') == 2
    assert seen.count("<circle") == len(results.rows) - 1
    assert 'class="verdict red"' in seen
    assert "thanks.rejection" in seen


def test_the_filters_leave_what_was_asked_for(results: Results, tmp_path: Path) -> None:
    html = page(results, [])
    for script, left in (
        ("byId('family').value='injection'; sift()", 8),
        ("byId('check').value='written'; sift()", 1),
        ("byId('words').value='tram'; sift()", sum("tram" in r.case for r in results.rows)),
    ):
        assert f'<span id="count">{left} shown</span>' in in_browser(html, tmp_path, script), script


def test_findings_are_marked_where_they_stand() -> None:
    text = GOOD_LETTER.replace("I can send", "Thank you for rejecting me. I can send <b>")
    html = str(marked(text, check(text).findings))
    assert re.search(r'<mark class="error" title="thanks\.rejection[^"]*">Thank you for rejecting me', html)
    assert "&lt;b&gt;" in html
    assert re.sub(r"<[^>]+>", "", html).replace("&lt;b&gt;", "<b>").replace("&#39;", "'").startswith(text[:200])


def test_a_check_that_raised_is_shown_as_failed(results: Results) -> None:
    row = results.rows[1]
    broken = replace(row, marks=row.marks | {"hook": Mark(None, "ZeroDivisionError", raised=True)})
    assert "<b>hook</b> ZeroDivisionError" in page(replace(results, rows=(broken,)), [])
