"""Station: CPU time for one second of the demo site's traffic, drivers, fusion, messages and gate together.

Method: 30 s of the recorded world in virtual time, CPU time of the process; the emulators, which make the devices'
bytes in the same process, are included. The limit is real time: 1000 ms of one core.
"""

from __future__ import annotations

import statistics
import time

from tests.bench_file import keep
from tests.rsu.virtual_site import run

SECONDS = 30
LIMIT_MS = 1000.0  # of CPU time for a second of traffic


def main() -> None:
    """Print and keep the cost per second of traffic, and of a tick."""
    began, ticks = time.process_time(), []
    frames = users = 0
    for now, station, output in run(SECONDS):
        ticked = time.process_time()
        station.snapshot(now)
        ticks.append(time.process_time() - ticked)
        frames += len(output.frames)
        users = max(users, len(station.snapshot(now).tracks))
    spent = time.process_time() - began
    figures = {
        "seconds": SECONDS,
        "road_users": users,
        "frames": frames,
        "cpu_ms_a_second": round(spent / SECONDS * 1e3, 1),
        "snapshot_ms": round(statistics.median(ticks) * 1e3, 2),
        "limits": {"cpu_ms_a_second": LIMIT_MS},
    }
    keep("station", figures)
    print(
        f"{SECONDS} s of traffic, up to {users} road users, {frames} frames: {spent / SECONDS * 1000:.0f} ms of CPU "
        f"a second, {SECONDS / spent:.1f} times real time; snapshot {statistics.median(ticks) * 1000:.2f} ms"
    )


if __name__ == "__main__":
    main()
