"""Where the program begins: Ctrl-C while it is still being loaded ends it with a word too."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line, `cli.app`."""
    try:
        from assistant.cli import app  # inside: loading it takes a twentieth of a second, time enough for Ctrl-C

        app.main()
    except KeyboardInterrupt:
        if sys.stderr:  # it may be closed
            sys.stderr.write("afternote: interrupted\n")
        sys.exit(130)
