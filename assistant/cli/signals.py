"""Signals that ask a command to end: what it holds is kept first, and the exit code names the signal."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator

from assistant.errors import Interrupted


@contextlib.contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """SIGTERM and SIGHUP end what stands in the `with` as Ctrl-C does, with what is kept then; a signal that was ignored stays so."""
    heard: list[int] = []

    def hear(number: int, _frame: object) -> None:
        heard.append(number)
        raise KeyboardInterrupt

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in ours:
        signal.signal(number, hear)
    try:
        yield
    except (Interrupted, KeyboardInterrupt) as stop:
        if not heard:
            raise
        error = stop if isinstance(stop, Interrupted) else Interrupted()
        error.exit_code = 128 + heard[0]
        raise error from None
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
