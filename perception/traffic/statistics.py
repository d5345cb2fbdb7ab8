"""Traffic per lane and period: volume, speed at the stop line, queue, occupancy."""

from __future__ import annotations

from collections import Counter

import msgspec
import numpy as np

from perception.objects import Floats, LaneFlow, Tracks
from perception.sensor import Positive, Settings
from perception.traffic.events import VEHICLES
from perception.traffic.lanes import LaneMap, Matches

SECOND_NS = 1_000_000_000
FORGET_NS = 10 * SECOND_NS  # a track that was away for longer may be another road user


class StatisticsSettings(Settings):
    """What is counted over which time."""

    period_s: Positive = 60.0  # periods begin at whole multiples of it since the epoch, UTC minutes by default
    queue_mps: Positive = 1.4  # 5 km/h: a slower vehicle queues
    queue_gap_m: Positive = 15.0  # from rear to front, within one queue and before the stop line
    max_gap_s: Positive = 1.0  # longer pauses between updates are not counted as covered


class _Count(msgspec.Struct):
    """What one lane has seen in the running period."""

    kinds: Counter[int] = msgspec.field(default_factory=Counter)
    speeds: list[float] = msgspec.field(default_factory=list)
    queue_length: float = 0.0
    queue_count: int = 0
    covered_ns: int = 0


class LaneStatistics:
    """Counts what the tracks do on every lane; `update` is called once a cycle."""

    def __init__(self, settings: StatisticsSettings, lanes: LaneMap) -> None:
        self._settings = settings
        self._lanes = lanes
        self._period_ns = int(settings.period_s * SECOND_NS)
        self._counts = [_Count() for _ in lanes.lines]
        self._approaching: dict[int, tuple[int, int]] = {}  # track id -> (lane whose stop line is ahead, when)
        self._start_ns = 0
        self._last_ns = 0

    def update(self, now_ns: int, tracks: Tracks, matches: Matches) -> list[LaneFlow]:
        """Take the tracks at a time; return the flow of every lane when a period has ended."""
        if not self._lanes.lines:
            return []
        flows = self._close(now_ns)
        speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
        self._count_crossings(now_ns, tracks, matches, speed)
        self._measure_queues(tracks, matches, speed)
        self._measure_cover(now_ns, tracks, matches)
        self._last_ns = now_ns
        return flows

    def _close(self, now_ns: int) -> list[LaneFlow]:
        """Begin the first period, or end the running one when its time is over."""
        boundary_ns = now_ns // self._period_ns * self._period_ns
        if self._start_ns >= boundary_ns:
            return []
        if not self._start_ns:
            self._start_ns = now_ns
            return []
        end_ns = self._start_ns // self._period_ns * self._period_ns + self._period_ns
        flows = [self._flow(lane, count, end_ns) for lane, count in enumerate(self._counts)]
        self._counts = [_Count() for _ in self._lanes.lines]
        self._start_ns = boundary_ns
        return flows

    def _flow(self, lane: int, count: _Count, end_ns: int) -> LaneFlow:
        return LaneFlow(
            link=self._lanes.lines[lane].link,
            lane=self._lanes.lines[lane].lane,
            start_ns=self._start_ns,
            end_ns=end_ns,
            volume=count.kinds.total(),
            volume_by_kind=dict(sorted(count.kinds.items())),
            mean_speed=float(np.mean(count.speeds)) if count.speeds else None,
            queue_length=count.queue_length,
            queue_count=count.queue_count,
            occupancy=min(1.0, count.covered_ns / (end_ns - self._start_ns)),
        )

    def _count_crossings(self, now_ns: int, tracks: Tracks, matches: Matches, speed: Floats) -> None:
        """Count every road user that was before a stop line and is now past it, on whatever path it went on."""
        lane = np.array([self._approaching.get(number, (-1, 0))[0] for number in tracks.id.tolist()], dtype=np.int64)
        gone = (lane >= 0) & (self._lanes.short_of_stop_line(lane, tracks.position) <= 0.0)
        for row in np.flatnonzero(gone):
            del self._approaching[int(tracks.id[row])]
            count = self._counts[lane[row]]
            count.kinds[int(tracks.kind[row])] += 1
            count.speeds.append(float(speed[row]))
        for row in np.flatnonzero(matches.to_stop_line > 0.0):
            self._approaching[int(tracks.id[row])] = (int(matches.lane[row]), now_ns)
        oldest_ns = now_ns - FORGET_NS
        self._approaching = {number: entry for number, entry in self._approaching.items() if entry[1] >= oldest_ns}

    def _measure_queues(self, tracks: Tracks, matches: Matches, speed: Floats) -> None:
        """Follow each queue from its stop line back and keep the longest."""
        queueing = np.isin(tracks.kind, VEHICLES) & (speed < self._settings.queue_mps) & (matches.to_stop_line > 0.0)
        rows = np.flatnonzero(queueing)
        rows = rows[np.argsort(matches.to_stop_line[rows], kind="stable")]
        for lane in sorted(set(matches.lane[rows].tolist())):
            mine = rows[matches.lane[rows] == lane]
            half = tracks.size[mine, 0] / 2.0
            rear = matches.to_stop_line[mine] + half
            gap = matches.to_stop_line[mine] - half - np.concatenate([[0.0], rear[:-1]])
            broken = np.flatnonzero(gap > self._settings.queue_gap_m)
            joined = int(broken[0]) if len(broken) else len(mine)
            count = self._counts[lane]
            if joined and rear[joined - 1] > count.queue_length:
                count.queue_length, count.queue_count = float(rear[joined - 1]), joined

    def _measure_cover(self, now_ns: int, tracks: Tracks, matches: Matches) -> None:
        """Add the time since the last update to every lane whose stop line a road user now stands on."""
        passed_ns = now_ns - self._last_ns
        if not 0 < passed_ns <= self._settings.max_gap_s * SECOND_NS:
            return
        over = (matches.lane >= 0) & (np.abs(matches.to_stop_line) <= tracks.size[:, 0] / 2.0)
        for lane in sorted(set(matches.lane[over].tolist())):
            self._counts[lane].covered_ns += passed_ns
