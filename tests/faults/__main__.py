"""Writes docs/faults.md anew: `python tests/faults`."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from faults.every import Runs, document  # noqa: E402

if __name__ == "__main__":
    runs = Runs()
    try:
        (TESTS.parent / "docs" / "faults.md").write_text(document(runs), encoding="utf-8")
    finally:
        runs.close()
