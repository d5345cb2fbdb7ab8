"""How late the machine itself wakes a process: the peer beside intervals that a bench measures.

    python -m tests.bench.stalls     until its standard input ends; then it prints [[begin_ns, end_ns], ...]

A process of the highest real-time priority, above the station's, does nothing but sleep to each multiple of 10 ms on
the monotonic clock. Where it is woken 5 ms late or later, nothing on this machine ran in time: another guest had the
processor, or the kernel. A station that is late then is not at fault. Without the right to that priority the
station's own work could delay the peer: then it notes nothing, and nothing is excused.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from itertools import pairwise

_PERIOD_NS = 10_000_000
_LATE_NS = 5_000_000

Stall = tuple[int, int]  # from when it should have been woken to when it was, ns UTC, as the bench's arrivals are


class Stalls:
    """The peer, running beside a bench."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.bench.stalls"]
        self._peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def end(self) -> list[Stall]:
        """End the peer; return its stalls."""
        output, _ = self._peer.communicate(timeout=10)
        return [(begin, end) for begin, end in json.loads(output)]


def own(times_ns: list[int], stalls: list[Stall]) -> dict[str, float]:
    """Return the longest interval between times less the machine's own stalls in it, and its longest stall."""
    pairs = pairwise(times_ns)
    return {
        "longest_own_ms": round(max((end - begin - _within(stalls, begin, end)) / 1e6 for begin, end in pairs), 1),
        "machine_longest_ms": round(max(((end - begin) / 1e6 for begin, end in stalls), default=0.0), 1),
        "machine_stalls": len(stalls),
    }


def _within(stalls: list[Stall], begin_ns: int, end_ns: int) -> int:
    """Return for how long, ns, the machine stood still between two times."""
    return sum(max(0, min(end, end_ns) - max(begin, begin_ns)) for begin, end in stalls)


def _above_all() -> bool:
    """Take the highest real-time priority; return whether that is allowed."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(os.sched_get_priority_max(os.SCHED_FIFO)))
    except PermissionError:
        return False
    return True


def main() -> None:
    """Sleep, and note how late it wakes."""
    stalls: list[Stall] = []
    above = _above_all()
    due = time.monotonic_ns()
    while True:
        due = max(due + _PERIOD_NS, time.monotonic_ns())
        if select.select([sys.stdin], [], [], max(0.0, (due - time.monotonic_ns()) / 1e9))[0]:
            break
        now = time.monotonic_ns()
        if above and now - due > _LATE_NS:
            utc_ns = time.time_ns()
            stalls.append((utc_ns - (now - due), utc_ns))
    print(json.dumps(stalls))


if __name__ == "__main__":
    main()
