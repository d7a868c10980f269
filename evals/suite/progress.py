"""How far the drafting is, on standard error: a line that is rewritten on a terminal, else one every ten seconds."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

from evals.suite.drafting import Recorded

EVERY = 10  # seconds between lines where there is no terminal


@dataclass
class Progress:
    """Counts finished letters and says how many, at what cost so far, and how long it may still take."""

    whole: int
    done: int = 0
    tokens: int = 0
    began: float = field(default_factory=time.monotonic)
    said: float = 0.0

    def __call__(self, one: Recorded) -> None:
        now = time.monotonic()
        self.done += 1
        usage = (one.made or {}).get("usage", {})
        self.tokens += usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0)
        terminal = sys.stderr.isatty()
        if not terminal and now - self.said < EVERY and self.done < self.whole:
            return
        self.said = now
        left = (now - self.began) / self.done * (self.whole - self.done)
        line = f"{self.done} of {self.whole} letters, {self.tokens} tokens, {left:.0f} s left: {one.case}"
        print(f"\r\033[K{line}" if terminal else line, end="" if terminal else "\n", file=sys.stderr, flush=True)
        if terminal and self.done == self.whole:
            print(file=sys.stderr)
