"""What `afternote advise` costs on a mail of 20 kB, held in pairs against a bare script that imports the openai SDK, which it never does.

python benchmarks/advising.py [--runs 21]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from startup import pair

ROOT = Path(__file__).resolve().parent.parent
SIZE = 20_000  # bytes
RUN = "import sys; from assistant.cli.app import main; main()"
IMPORTED = f"import sys, atexit; atexit.register(lambda: sys.stderr.write(str('openai' in sys.modules))); {RUN}"


def mails(folder: Path) -> dict[str, Path]:
    """Two mails of 20 kB: a real one with older mails below, as text; and as HTML in tables and styles."""
    written = (ROOT / "examples" / "rejections" / "lead.txt").read_text(encoding="utf-8")
    older = "\n\nOn Mon, Mar 3, 2025 at 9:05 AM Grace Otieno <grace@example.com> wrote:\n"
    line = "> Dear Femi, the register is kept by lorry and axle, and the pressure is read every Monday before six.\n"
    text = written + older + line * ((SIZE - len(written) - len(older)) // len(line))
    rows = "".join(
        f'<tr><td style="font-family:Arial;color:#222;padding:4px">{row}</td></tr>' for row in written.splitlines()
    )
    page = f"<html><body><table>{rows}</table></body></html>"
    page += "<!-- " + "x" * (SIZE - len(page) - 200) + " -->"
    head = "From: Femi Akindele <femi@brightway.example>\nSubject: Depot Supervisor\n"
    head += "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    out = {"text": folder / "mail.txt", "HTML": folder / "mail.eml"}
    out["text"].write_text(text, encoding="utf-8")
    out["HTML"].write_text(head + page, encoding="utf-8")
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "PYTHONPATH": str(ROOT)}
        for name, mail in mails(Path(home)).items():
            print(f"{name}, {mail.stat().st_size:,} bytes")
            ours = [sys.executable, "-c", RUN, "advise", str(mail), "--json"]
            pair("advise", ours, [sys.executable, "-c", "import openai"], runs, environment)
            done = subprocess.run(
                [sys.executable, "-c", IMPORTED, "advise", str(mail), "-q"],
                env=environment,
                capture_output=True,
                check=True,
            )
            print(f"openai imported: {done.stderr.decode().strip()[-5:]}")


if __name__ == "__main__":
    main()
