"""Congestion (707): many vehicles of a link that hardly move although they may.

A queue at a red light is none, however long: only lanes count whose light has been green for long enough that a queue
moves off, or that have no light. The level grows with the number of vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from typing import ClassVar

import numpy as np

from perception.events.rule import Code, EventRow, Occurrence, RuleSettings
from perception.objects import SECOND_NS, Ints
from perception.sensor import AtLeastOne, NotNegative, Positive
from perception.traffic.lanes import LaneMap
from perception.traffic.situation import Situation

WORST = 5
STILL = 0.8  # share of the least number at which a crowd still is one: now and then one of them is hidden


class CongestionSettings(RuleSettings):
    """Many vehicles on a link that hardly move although they may."""

    row: ClassVar = EventRow("Congestion", "拥堵")

    code: Code = 707
    start_after_s: NotNegative = 6.0
    end_after_s: NotNegative = 20.0
    slow_mps: Positive = 2.8  # a slower vehicle counts (10 km/h)
    release_mps: Positive = 4.2  # faster ends it
    least_vehicles: AtLeastOne = 10  # of the link, on lanes that have had green for `discharge_s`, or have no signal
    discharge_s: NotNegative = 6.0  # a queue needs so long to move off
    vehicles_per_level: Positive = 3.0  # further vehicles for each level above 1

    def rule(self, lanes: LaneMap) -> Congestion:
        """Return the rule that looks for it."""
        return Congestion(self, lanes)


class Congestion:
    """The rule; its keys are links, by the index of their first lane."""

    def __init__(self, settings: CongestionSettings, lanes: LaneMap) -> None:
        self.settings = settings
        self._crowded: Set[int] = frozenset()  # keys of the last look
        links = [line.link for line in lanes.lines]
        self._key = np.array([*[links.index(link) for link in links], -1], dtype=np.int64)
        self._lanes = {
            key: [lane for lane, link in enumerate(links) if links.index(link) == key and lanes.is_motor[lane]]
            for key in dict.fromkeys(self._key[:-1].tolist())
        }

    def look(self, now: Situation, running: Set[int]) -> Iterable[Occurrence]:
        """Return the links that are congested."""
        found = list(self._crowds(now, running))
        self._crowded = {one.key for one in found}
        return found

    def _crowds(self, now: Situation, running: Set[int]) -> Iterator[Occurrence]:
        settings = self.settings
        slow = (
            now.is_vehicle
            & ~now.tracks.contested
            & (now.speed_mps < (settings.release_mps if running else settings.slow_mps))
        )
        rows = slow.nonzero()[0]
        if len(rows) < STILL * settings.least_vehicles:
            return
        rows = rows[now.lanes.is_motor[now.lane[rows]] & ~(now.to_end[rows] < 0.0)]
        keys = self._key[now.lane[rows]]
        for key in (np.bincount(keys) >= STILL * settings.least_vehicles).nonzero()[0].tolist():
            yield from self._judge(now, key, rows[keys == key], key in running)

    def _judge(self, now: Situation, key: int, rows: Ints, runs: bool) -> Iterator[Occurrence]:
        """Yield a link if enough of the slow vehicles of its rows (n,) may drive; a red light ends no event."""
        settings = self.settings
        if not runs:
            rows = rows[now.speed_mps[rows] < settings.slow_mps]
            flowing = [lane for lane in self._lanes[key] if self._may_drive(now, lane)]
            rows = rows[np.isin(now.lane[rows], flowing)]
        if len(rows) < settings.least_vehicles * (STILL if key in self._crowded else 1.0):
            return
        level = 1 + max(0, int((len(rows) - settings.least_vehicles) / settings.vehicles_per_level))
        yield self._occurrence(now, key, rows, min(WORST, level))

    def _may_drive(self, now: Situation, lane: int) -> bool:
        phases = now.phases(lane)
        if all(phase is None for phase in phases):
            return True
        green_ns = now.lights.green_for_ns(phases, now.now_ns)
        return green_ns is not None and green_ns >= self.settings.discharge_s * SECOND_NS

    def _occurrence(self, now: Situation, key: int, rows: Ints, level: int) -> Occurrence:
        """Return the occurrence of a link with the slow vehicles of rows (n,), along the lane that has most of them."""
        lane = int(np.bincount(now.lane[rows]).argmax())
        first, last = float(now.to_end[rows].max()), max(0.0, float(now.to_end[rows].min()))
        path = now.lanes.stretch(lane, first, last)
        return Occurrence(
            key=key,
            position_m=(float(path[0, 0]), float(path[0, 1])),
            radius_m=float(first - last) / 2.0,
            track_ids=[],
            place=now.lanes.place(lane, first),
            confidence=float(now.tracks.existence[rows].mean()),
            path_m=tuple((float(east), float(north)) for east, north in path),
            path_radius_m=float(now.lanes.half_width[self._lanes[key]].sum()),
            level=level,
            speed_mps=float(now.speed_mps[rows].mean()),
        )
