"""The mails of `cases.yaml`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

FIELDS = {
    "from": "From",
    "to": "To",
    "subject": "Subject",
    "reply_to": "Reply-To",
    "message_id": "Message-ID",
    "references": "References",
}


@functools.cache
def corpus() -> dict[str, Any]:
    """The honest mails, the cases and the hostile facts."""
    text = (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
    lure = next(line for line in text.splitlines() if line.startswith("lure: ")).removeprefix("lure: ")
    loaded: dict[str, Any] = yaml.safe_load(text.replace("LURE", lure))
    return loaded


def attacked(case: Mapping[str, Any]) -> bytes:
    """The mail of a case, with what attacks in it."""
    return build(corpus()["mails"][case["mail"]], case["put"], case.get("page", False))


def honest(case: Mapping[str, Any]) -> bytes:
    """The mail that it is held against."""
    return build(corpus()["mails"][case["mail"]], case.get("twin", {}), case.get("page", False))


def build(mail: Mapping[str, str], put: Mapping[str, Any], page: bool = False) -> bytes:
    """A mail as it arrives, with these things put into it. By hand, because no library writes what is broken."""
    fields = {"message_id": "<1@harbourworks.example>"} | dict(mail) | dict(put)
    head = [
        *put.get("headers", []),
        *(f"{name}: {fields[key]}" for key, name in FIELDS.items() if key in fields),
        "MIME-Version: 1.0",
    ]
    text = (_page if page else _plain)(mail["text"], put)
    body = _part(
        put.get("type", f"text/{'html' if page else 'plain'}; charset=utf-8"), text, put.get("encoding", "8bit")
    )
    if "plain" in put:
        pieces = [_part("text/plain; charset=utf-8", put["plain"]), body]
        body = "\n".join(
            ["Content-Type: multipart/alternative; boundary=or", "", *(f"--or\n{p}" for p in pieces), "--or--", ""]
        )
    if parts := put.get("parts"):
        pieces = [f"--cut\n{part}" for part in (body, *map(_more, parts))]
        body = "\n".join(["Content-Type: multipart/mixed; boundary=cut", "", *pieces, "--cut--", ""])
    raw = "\n".join([*head, body])
    for old, new in put.get("swap", []):
        assert old in raw, old
        raw = raw.replace(old, new)
    return raw.encode()


def _plain(text: str, put: Mapping[str, Any]) -> str:
    paragraphs = _paragraphs(text, put)
    if "quoted" in put:
        lines = [f"> {line}" for line in put["quoted"].split("\n")]
        paragraphs.append(
            "\n".join(["On Mon, 3 Mar 2025 at 10:14, Jonas Adeyemi <jonas.adeyemi@example.org> wrote:", *lines])
        )
    return "\n\n".join(paragraphs) + "\n"


def _page(text: str, put: Mapping[str, Any]) -> str:
    rows = [row if row.startswith("<") else f"<p>{row.replace(chr(10), '<br>')}</p>" for row in _paragraphs(text, put)]
    style = f"<style>{put['style']}</style>" if "style" in put else ""
    return "\n".join(["<html>", f"<head>{style}</head>", "<body>", *rows, "</body></html>"])


def _paragraphs(text: str, put: Mapping[str, Any]) -> list[str]:
    if between := put.get("between"):
        text = "".join(ch + between if ch.isalpha() else ch for ch in text)
    first, middle, *rest = [*text.strip().split("\n\n")]
    rest[-1] += f"\n{put['signature']}" if "signature" in put else ""
    return list(filter(None, [put.get("above"), first, middle, put.get("inside"), *rest, put.get("below")]))


def _part(kind: str, text: str, encoding: str = "8bit", more: str = "") -> str:
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n{more}\n{text}"


def _more(part: Mapping[str, str]) -> str:
    named = f'Content-Disposition: attachment; filename="{part["name"]}"\n' if "name" in part else ""
    return _part(part["type"], part["text"], more=named)
