"""What starting afternote costs: whole processes in turn with a bare script on the openai SDK, with `llm` and with `shell-gpt`.

    python benchmarks/startup.py [--runs 11] [--peers FOLDER [--install]] [--json]

All of them stream the same letter from one endpoint on loopback that answers at once, so what is left of their time is their own. The bare
script is what anyone would write with the SDK: ask, print what comes. The peers run without their log and cache, which ours has no part in.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from loopback import LETTER, serve
from peers import add_options, program, version
from processes import ROOT, Command, afternote, clean, in_turn
from rows import Row, beside, options, show

BARE = """
import sys
from openai import OpenAI
client = OpenAI(api_key="none", base_url=sys.argv[1], max_retries=0)
messages = [{"role": "user", "content": "write a letter"}]
for chunk in client.chat.completions.create(model="m", messages=messages, stream=True):
    if chunk.choices and chunk.choices[0].delta.content:
        sys.stdout.write(chunk.choices[0].delta.content)
"""
ASK = "write a letter"


def ours(home: str, url: str, python: str) -> dict[str, Command]:
    """Our commands, and the bare script with the SDK that they run on, by name."""
    letter = Path(home) / "letter.txt"
    letter.write_text(LETTER, encoding="utf-8")
    brief, mail = ROOT / "examples" / "final-round.toml", ROOT / "examples" / "rejections" / "lead.txt"
    return {
        "--help": afternote(home, "--help", python=python),
        "check": afternote(home, "check", str(letter), "--no-fail", python=python),
        "advise": afternote(home, "advise", str(mail), python=python),
        "draft": afternote(home, "draft", str(brief), "--base-url", url, "--model", "m", python=python),
        "bare script": Command([python, "-c", BARE, url], clean(home)),
    }


def others(home: str, url: str, folder: Path | None, install: bool) -> dict[str, Command]:
    """The peers that are there: each asked for its help, and for a letter from the endpoint."""
    out = {}
    if path := program(folder, "llm", "llm", install):
        settings = Path(home) / "llm"
        settings.mkdir()
        model = [{"model_id": "loop", "model_name": "m", "api_base": url}]
        (settings / "extra-openai-models.yaml").write_text(json.dumps(model), encoding="utf-8")  # JSON is YAML
        environment = clean(home) | {"LLM_USER_PATH": str(settings)}
        out["llm --help"] = Command([str(path), "--help"], environment)
        out["llm"] = Command([str(path), "prompt", "--no-log", "-m", "loop", ASK], environment)
    if path := program(folder, "shell-gpt", "sgpt", install):
        environment = clean(home) | {"API_BASE_URL": url, "OPENAI_API_KEY": "none", "DEFAULT_MODEL": "m"}
        out["shell-gpt --help"] = Command([str(path), "--help"], environment)
        out["shell-gpt"] = Command([str(path), "--no-cache", "--no-md", "--no-functions", ASK], environment)
    return out


def rows(taken: dict[str, list[float]], folder: Path | None) -> Iterator[Row]:
    """Each of ours beside the bare script, and beside the peer's command that does the like."""
    for name in ("--help", "check", "advise", "draft"):
        yield beside(name, "bare script", taken[name], taken["bare script"], "s")
    for peer in ("llm", "shell-gpt"):
        for name, theirs in (("draft", peer), ("--help", f"{peer} --help")):
            if theirs in taken and folder:
                yield beside(name, theirs, taken[name], taken[theirs], "s", version(folder, peer))


def main() -> None:
    parser = options(__doc__, runs=11)
    add_options(parser)
    chosen = parser.parse_args()
    server = serve()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    with tempfile.TemporaryDirectory() as home:
        python = program(chosen.peers, "afternote", "python", chosen.install) or sys.executable
        commands = ours(home, url, str(python)) | others(home, url, chosen.peers, chosen.install)
        for name in {"draft", "bare script", "llm", "shell-gpt"} & commands.keys():
            if "Dear Anne" not in commands[name].run():
                raise SystemExit(f"{name} printed no letter")
        show(rows(in_turn(commands, chosen.runs), chosen.peers), chosen.json)


if __name__ == "__main__":
    main()
