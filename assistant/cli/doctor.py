"""`afternote doctor`: how the installation is, and what to do about what is wrong; no secret is in what it prints."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.doctor import Line
    from assistant.settings import ModelSettings


def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Ask the endpoint whether it answers, takes the key and has the model.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Look at versions, settings, model, key, folders and their rights. Nothing is changed, and without --online nothing is sent.

    Exit codes: 0 all is well, 1 something needs doing.
    """
    from assistant.doctor import examine, harmless

    lines, chosen = examine(os.environ)
    if online:
        lines.append(_reached(chosen))
    well = not any(line.hint for line in lines)
    said = _as_json(lines, chosen, well) if as_json else _as_text(lines, well)
    sys.stdout.write(harmless(said, os.environ))
    if not well:
        raise typer.Exit(1)


def _reached(chosen: ModelSettings | None) -> Line:
    """What the endpoint says; the key is fetched for it, and goes nowhere else."""
    from assistant.doctor import Line

    if chosen is None:
        return Line("endpoint", "not asked: which model writes isn't settled")
    if chosen.provider != "openai":
        return Line("endpoint", "none to ask: the model runs on this machine")
    from assistant.errors import AfternoteError
    from assistant.key_sources import with_key
    from assistant.providers.reach import reach

    try:
        found = reach(with_key(chosen))
    except AfternoteError as error:
        return Line("endpoint", f"not asked: {error}", "mend the key, then ask again")
    return Line("endpoint", f"{chosen.base_url}: {found.text}", found.hint)


def _as_text(lines: list[Line], well: bool) -> str:
    out = []
    for line in lines:
        out.append(f"{'to do' if line.hint else 'ok':<6} {line.part:<10} {line.text}\n")
        if line.hint:
            out.append(f"{'':<17} → {line.hint}\n")
    return "".join(out) + ("all is well\n" if well else "something needs doing: see the lines marked “to do”\n")


def _as_json(lines: list[Line], chosen: ModelSettings | None, well: bool) -> str:
    values = {
        "well": well,
        "provider": chosen.provider if chosen else None,
        "model": chosen.model if chosen else None,
        "base_url": chosen.base_url if chosen else None,
        "key_from": chosen.key_from if chosen else None,
        "checks": [{"part": line.part, "ok": not line.hint, "text": line.text, "do": line.hint} for line in lines],
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
