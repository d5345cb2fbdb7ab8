"""`python -m tests.bench reload [--reloads N] [--every S]`: the site changes under traffic, half the time broken.

The real demo site: emulators, broker, daemon. Heard on the bus: no SPAT may be missing, no road user in the middle of
the crossing may be lost, and no process may take more memory at the end than after the first tenth. Figures in
build/bench/reload.json; exit code 1: a limit was exceeded.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from math import hypot
from pathlib import Path
from typing import Any

import psutil

from rsu.bench.plan import plan_of, prepare
from rsu.bench.processes import Running
from rsu.bus.records import Processes, Sent
from rsu.bus.snapshot import Snapshot, TrackView
from rsu.bus.sockets import Subscriber
from rsu.bus.tape import Tape
from tests.bench_file import keep

WARM_S, SETTLE_S = 25.0, 3.0
INNER_M = 60.0  # from the reference point: all sensors look there
NEAR_TICKS = 4  # after the station went over
MOST_GAP_S = 0.19  # between two SPAT, which leave every 0.1 s: one more would be missing
MOST_MIB = 12.0  # that a process may grow after the first tenth of the reloads
YAW = "mount: {east_m: 2.0, north_m: -22.0, height_m: 6.0, yaw_deg: %s}"  # of the radar that looks north


class ReloadWatch:
    """Follows the bus: gaps of SPAT, road users that vanish, memory."""

    def __init__(self, run: Path) -> None:
        self._bus = Subscriber(run, ["sent", "snapshot", "processes", "tape"])
        self._spat_ns = 0
        self._tracks: dict[int, TrackView] = {}
        self._site, self._since = "", NEAR_TICKS  # of the station; ticks since it is that
        self.gaps_s: list[float] = []
        self.lost: list[TrackView] = []
        self.lost_otherwise = 0
        self.reloads = self.taken = 0
        self.processes: Processes | None = None

    def until(self, end_s: float) -> None:
        """Follow it up to a monotonic time."""
        while (left_s := end_s - time.monotonic()) > 0:
            self._bus.wait(min(0.05, left_s))
            for _, record in self._bus.records():
                self._take(record)

    def _take(self, record: object) -> None:
        if isinstance(record, Sent) and record.kind == "spat":
            if self._spat_ns:
                self.gaps_s.append((record.stamp_ns - self._spat_ns) / 1e9)
            self._spat_ns = record.stamp_ns
        elif isinstance(record, Snapshot):
            self._compare({track.id: track for track in record.tracks})
        elif isinstance(record, Processes):
            self.processes, self.reloads = record, record.reloads
        elif isinstance(record, Tape) and record.site != self._site:
            self.taken += bool(self._site)
            self._site, self._since = record.site, 0

    def _compare(self, tracks: dict[int, TrackView]) -> None:
        gone = [track for number, track in self._tracks.items() if number not in tracks]
        inner = [track for track in gone if hypot(track.east_m, track.north_m) < INNER_M]
        self._since += 1
        if self._since <= NEAR_TICKS:
            self.lost += inner
        else:
            self.lost_otherwise += len(inner)
        self._tracks = tracks

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()

    def memory_mib(self) -> dict[str, float]:
        """Return the memory of each process that goes on over reloads."""
        assert self.processes is not None
        views = {view.name: view.pid for view in self.processes.processes if view.pid is not None}
        parent = psutil.Process(views["supervisor"]).ppid()
        kept = {name: pid for name, pid in views.items() if name != "recorder"} | {"root": parent}
        return {name: round(psutil.Process(pid).memory_info().rss / (1 << 20), 1) for name, pid in kept.items()}


def run(folder: Path, address: str, reloads: int, every_s: float, source: str = "sumo") -> dict[str, Any]:
    """Run the bench; return its figures."""
    prepare(folder)
    plan = plan_of(folder, address, source, 7)
    bench, watch = Running(plan), ReloadWatch(plan.run)
    try:
        for name in bench.names:
            bench.start(name)
        watch.until(time.monotonic() + WARM_S)
        watch.gaps_s.clear()
        watch.lost.clear()
        before = watch.memory_mib()
        text = plan.site.read_text(encoding="utf-8")
        for number in range(reloads):
            yaw = "north" if number % 2 else f"0.{1 + number // 2 % 4}"
            assert YAW % "0.0" in text
            new = plan.site.with_suffix(".new")
            new.write_text(text.replace(YAW % "0.0", YAW % yaw), encoding="utf-8")
            new.replace(plan.site)
            psutil.Process(bench.pids["daemon"]).send_signal(signal.SIGHUP)
            watch.until(time.monotonic() + every_s)
            if number == max(2, reloads // 10):
                before = watch.memory_mib()
        watch.until(time.monotonic() + SETTLE_S)
        after = watch.memory_mib()
    finally:
        bench.stop(bench.names)
        watch.close()
    return {
        "reloads": watch.reloads,
        "taken": watch.taken,
        "spat": len(watch.gaps_s),
        "longest_gap_s": round(max(watch.gaps_s), 3),
        "gaps_over_limit": sum(gap > MOST_GAP_S for gap in watch.gaps_s),
        "lost_at_reload": [track.id for track in watch.lost],
        "lost_otherwise": watch.lost_otherwise,
        "grown_mib": {name: round(after[name] - mib, 1) for name, mib in before.items() if name in after},
        "mib": after,
    }


def failures(figures: dict[str, Any]) -> list[str]:
    """Return which limits were exceeded."""
    found = []
    if figures["gaps_over_limit"]:
        found.append(f"SPAT missing: {figures['gaps_over_limit']} gaps, the longest {figures['longest_gap_s']} s")
    if figures["lost_at_reload"]:
        found.append(f"road users lost at reloads: {figures['lost_at_reload']}")
    found += [f"{name} grew by {mib} MiB" for name, mib in figures["grown_mib"].items() if mib > MOST_MIB]
    return found


def main() -> None:
    """Run it and keep the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reloads", type=int, default=1000)
    parser.add_argument("--every", type=float, default=2.0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reload-") as folder:
        figures = run(Path(folder), "127.0.0.1", wanted.reloads, wanted.every)
    keep("reload", figures)
    print(json.dumps(figures, indent=1))
    sys.exit(1 if [print(each, file=sys.stderr) for each in failures(figures)] else 0)


if __name__ == "__main__":
    main()
