"""Reaching a Ray cluster that is there already: none is ever begun here."""

from __future__ import annotations

import os
import socket
from typing import Any

from assistant.errors import Unavailable, UsageError
from assistant.text import one_line, shorten

KNOCK = 5.0  # seconds to wait for an address: Ray itself would try for minutes, and end the whole program when they are over
BEGIN = "`ray start --head` begins one, `ray start --address=HOST:6379` joins a further machine to it"


def connect(address: str) -> Any:
    """The module `ray`, connected to the cluster at that address; "" is RAY_ADDRESS, else the cluster that runs on this machine.

    Raises Unavailable, in one line, when Ray isn't installed, there is no cluster, or it is of another version; and UsageError.
    """
    # Ray is asked not to report; what the cluster reports was settled by whoever began it.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise Unavailable(
            f"--engine ray needs Ray, which isn't installed ({error}): pip install 'afternote[ray]'"
        ) from None
    wanted = address or os.environ.get("RAY_ADDRESS") or "auto"
    if "://" in wanted:
        raise UsageError(
            f"--ray-address {one_line(wanted)}: run this on a machine of the cluster and give HOST:PORT, or nothing at all"
        )
    if wanted != "auto":
        _knock(wanted)
        os.environ["RAY_ADDRESS"] = wanted  # it wins over what ray.init is told, so that it must say the same
    try:
        ray.init(address=wanted, log_to_driver=False)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise Unavailable(_why(wanted, error)) from None
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    return ray


def _why(wanted: str, error: Exception) -> str:
    said = shorten(one_line(str(error)), 200)
    if "ersion mismatch" in said:
        return f"the Ray cluster can't be used from here: {said}; Ray and Python must be the same on all its machines"
    if wanted == "auto":
        return f"there is no Ray cluster on this machine: {BEGIN}; --ray-address says where another one is"
    return f"the Ray cluster at {one_line(wanted)} can't be joined from here: {said}; this machine must be one of it: {BEGIN}"


def _knock(wanted: str) -> None:
    """See that somebody listens there. Raises Unavailable, and UsageError for what is no address."""
    host, _, port = wanted.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"--ray-address {one_line(wanted)}: give HOST:PORT, such as 10.0.0.5:6379, or auto")
    try:
        socket.create_connection((host.strip("[]"), int(port)), KNOCK).close()
    except OSError as error:
        raise Unavailable(
            f"no Ray cluster answers at {one_line(wanted)} ({error.strerror or error}); {BEGIN}"
        ) from None
