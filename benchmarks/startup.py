"""How much afternote adds to what any script with the openai SDK costs: whole processes, in pairs, medians and ratios.

    python benchmarks/startup.py [--runs 11]

`--help` is held against a script that imports openai; `draft` against a loopback endpoint is held against a bare script that streams one
completion from it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from loopback import serve

ROOT = Path(__file__).resolve().parent.parent
BARE = """
import sys
from openai import OpenAI
client = OpenAI(api_key="none", base_url=sys.argv[1], max_retries=0)
messages = [{"role": "user", "content": "write a letter"}]
for chunk in client.chat.completions.create(model="m", messages=messages, stream=True):
    if chunk.choices and chunk.choices[0].delta.content:
        sys.stdout.write(chunk.choices[0].delta.content)
"""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        command,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def pair(name: str, ours: list[str], theirs: list[str], runs: int, environment: dict[str, str]) -> None:
    for command in (ours, theirs):
        seconds(command, environment)  # once unmeasured: files into the cache
    times = [(seconds(ours, environment), seconds(theirs, environment)) for _ in range(runs)]
    mine, bare = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(a / b for a, b in times)
    print(f"{name}: {mine:.3f} s against {bare:.3f} s; ratio {ratio:.2f} (median of {runs} pairs)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    server = serve()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    with tempfile.TemporaryDirectory() as home:
        drop = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AFTERNOTE_MODEL", "AFTERNOTE_PROVIDER", "AFTERNOTE_BASE_URL")
        environment = {key: value for key, value in os.environ.items() if key not in drop}
        environment |= {"HOME": home, "XDG_CONFIG_HOME": home}
        afternote = [str(Path(sys.executable).with_name("afternote"))]
        pair("--help", [*afternote, "--help"], [sys.executable, "-c", "import openai"], runs, environment)
        draft = [*afternote, "draft", str(ROOT / "examples" / "final-round.toml"), "--base-url", url, "--model", "m"]
        pair("draft", draft, [sys.executable, "-c", BARE, url], runs, environment)


if __name__ == "__main__":
    main()
