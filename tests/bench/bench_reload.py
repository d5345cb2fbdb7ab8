"""`python -m tests.bench reload [--reloads N] [--every S]`: the site changes under traffic, half the time broken.

The real demo site: emulators, broker, daemon. Heard on the bus: no SPAT may be missing, no road user in the middle of
the crossing may be lost, and no process may take more memory at the end than after the first tenth. Lost is a road user
that ends just after the station went over, and soon begins again near by under another id; others end because they are
gone, as at any time. Figures in build/bench/reload.json; exit code 1: a limit was exceeded.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from math import cos, hypot, radians, sin
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
AGAIN_TICKS, AGAIN_M = 20, 5.0  # until a lost road user is seen again, and from where it should be by then
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
        self._ended: list[tuple[TrackView, int]] = []  # just after the station went over, and ticks since then
        self.gaps_s: list[float] = []
        self.lost: list[TrackView] = []
        self.ended_otherwise = 0
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
            self.compare({track.id: track for track in record.tracks})
        elif isinstance(record, Processes):
            self.processes, self.reloads = record, record.reloads
        elif isinstance(record, Tape) and record.site != self._site:
            self.went_over(record.site)

    def went_over(self, site: str) -> None:
        """Note that the station works with another site now, given by its digest."""
        self.taken += bool(self._site)
        self._site, self._since = site, 0

    def compare(self, tracks: dict[int, TrackView]) -> None:
        """Take the road users of the next tick, by id."""
        new = [track for number, track in tracks.items() if number not in self._tracks]
        gone = [track for number, track in self._tracks.items() if number not in tracks]
        inner = [track for track in gone if hypot(track.east_m, track.north_m) < INNER_M]
        self._since += 1
        self._ended = [(track, ticks + 1) for track, ticks in self._ended if ticks < AGAIN_TICKS]
        if self._since <= NEAR_TICKS:
            self._ended += [(track, 1) for track in inner]
        else:
            self.ended_otherwise += len(inner)
        again = [track for track, ticks in self._ended if any(_is_again(track, each, ticks * 0.1) for each in new)]
        self.lost += again
        self._ended = [each for each in self._ended if each[0] not in again]
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


def _is_again(track: TrackView, new: TrackView, after_s: float) -> bool:
    """Tell whether a new road user is where one that ended should be by now."""
    heading = radians(track.heading_deg or 0.0)
    east_m = track.east_m + sin(heading) * track.speed_mps * after_s
    north_m = track.north_m + cos(heading) * track.speed_mps * after_s
    return hypot(new.east_m - east_m, new.north_m - north_m) < AGAIN_M


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
        "ended_otherwise": watch.ended_otherwise,
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
