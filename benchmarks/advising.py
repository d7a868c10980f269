"""What `afternote advise` costs on a mail of 20 kB, in turn with a script that only imports the openai SDK, which ours never does.

python benchmarks/advising.py [--runs 11] [--json]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from processes import AFTERNOTE, ROOT, Command, afternote, clean, in_turn
from rows import beside, options, show

SIZE = 20_000  # bytes
# Ends with a status of its own, and so the benchmark, should the SDK have been imported.
NEVER = f"import sys, atexit, os; atexit.register(lambda: 'openai' in sys.modules and os._exit(9)); {AFTERNOTE}"


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
    chosen = options(__doc__, runs=11).parse_args()
    with tempfile.TemporaryDirectory() as home:
        commands = {"import openai": Command([sys.executable, "-c", "import openai"], clean(home))}
        for name, mail in mails(Path(home)).items():
            line = afternote(home, "advise", str(mail), "--json")
            Command([sys.executable, "-c", NEVER, *line.line[3:]], line.environment).run()
            commands[f"advise, a mail of 20 kB, {name}"] = line
        taken = in_turn(commands, chosen.runs)
        bare = taken.pop("import openai")
        show((beside(name, "import openai", times, bare, "s") for name, times in taken.items()), chosen.json)


if __name__ == "__main__":
    main()
