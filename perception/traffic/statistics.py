"""Traffic statistics: volume, speed, occupancy, queue, delay by lane and movement, over several periods at once.

Counted once, in bins that end with every second and every signal cycle; each period is the sum of its bins.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from pydantic import Field

from perception.objects import SECOND_NS
from perception.results import TrafficPeriod
from perception.sensor import NotNegative, Positive, Settings
from perception.traffic.counter import TrafficCounter, VirtualLoop
from perception.traffic.flows import Flows
from perception.traffic.lanes import LaneMap
from perception.traffic.queues import QueueSettings
from perception.traffic.situation import Situation
from perception.traffic.tally import TrafficTally

_STEP_NS = SECOND_NS // 10  # periods may end so much beside whole seconds of UTC


class LoopSettings(Settings):
    """A virtual loop on a lane."""

    name: str = Field(min_length=1, max_length=63)  # name of the loop in the records
    link: str  # name of a link of the lane map
    lane: Annotated[int, Field(ge=1, le=254)]  # number of a lane of that link
    to_stop_line_m: NotNegative  # distance of the loop's middle
    length_m: Positive = 2.0  # along the lane


class CountedZone(Settings):
    """An area in which road users are counted."""

    name: str = Field(min_length=1, max_length=63)  # name of the zone in the records
    polygon_m: list[tuple[float, float]] = Field(min_length=3, max_length=64, description="east, north")


class StatisticsSettings(QueueSettings):
    """Periods, loops and zones of the statistics."""

    periods_s: list[Annotated[int, Field(ge=1, le=86400)]] = Field(
        [1, 5, 60, 900], description="each begins at whole multiples of itself since the epoch, UTC"
    )
    signal_cycle: bool = Field(True, description="count over each signal cycle, too")
    cycle_phase: int | None = Field(None, description="its green begins the cycle; none: the first of the lane map")
    loops: list[LoopSettings] = Field([], max_length=64)
    zones: list[CountedZone] = Field([], max_length=29)  # as many as the ground has flags for


class _Period(msgspec.Struct):
    """A period that runs; `begin_ns` 0: none has begun."""

    tally: TrafficTally
    begin_ns: int = 0


class TrafficStatistics:
    """Counts road users; `update` is called once a cycle. KeyError: a loop on a lane that is not there."""

    def __init__(self, settings: StatisticsSettings, lanes: LaneMap) -> None:
        loops = [
            VirtualLoop(lanes.index(one.link, one.lane), one.to_stop_line_m, one.length_m) for one in settings.loops
        ]
        names = [one.name for one in settings.loops], [zone.name for zone in settings.zones]
        self._has_lanes = bool(lanes.lines)
        self._counter = TrafficCounter(lanes, settings.observed_m, loops, [zone.polygon_m for zone in settings.zones])
        self._flows = Flows(settings.observed_m, lanes, *names)
        self._bin = self._counter.empty()
        self._periods = {period: _Period(self._counter.empty()) for period in sorted(set(settings.periods_s))}
        self._cycle = _Period(self._counter.empty())
        self._phase = _first_phase(lanes) if settings.cycle_phase is None else settings.cycle_phase
        self._with_cycle = settings.signal_cycle and self._phase is not None
        self._second = 0
        self._correction_ns = 0  # of the periods that run

    def update(self, now: Situation, correction_ns: int = 0) -> list[TrafficPeriod]:
        """Take the situation in; return the periods that ended just before it, the shortest first, the cycle last.

        `correction_ns` more than the situation's time is UTC. Where that steps, the running periods end.
        """
        if not self._has_lanes:
            return []
        stepped = abs(correction_ns - self._correction_ns) > _STEP_NS
        self._correction_ns = correction_ns if stepped else self._correction_ns
        ended = list(self._close(now, stepped))
        self._counter.count(now, self._bin)
        return ended

    def _close(self, now: Situation, stepped: bool) -> Iterator[TrafficPeriod]:
        """End the bin, and the periods whose time is over, or all of them where UTC has stepped."""
        second, new_cycle = (
            (now.now_ns + self._correction_ns) // SECOND_NS,
            self._with_cycle and now.lights.turned_green(self._phase, now.now_ns),
        )
        if second == self._second and not new_cycle and not stepped:
            return
        self._second = second
        done, self._bin = self._bin, self._counter.empty()
        for seconds, period in self._periods.items():
            period.tally.add(done)
            length_ns = seconds * SECOND_NS
            boundary_ns = now.now_ns if stepped else self._whole(now.now_ns, length_ns)
            if period.begin_ns and boundary_ns > period.begin_ns:
                end_ns = boundary_ns if stepped else self._whole(period.begin_ns, length_ns) + length_ns
                yield self._flows.period(period.tally, period.begin_ns, end_ns)
            if boundary_ns > period.begin_ns:
                period.begin_ns = boundary_ns if period.begin_ns else now.now_ns
                period.tally = self._counter.empty()
        self._cycle.tally.add(done)
        if new_cycle:
            if self._cycle.begin_ns:
                yield self._flows.period(self._cycle.tally, self._cycle.begin_ns, now.now_ns, cycle=True)
            self._cycle = _Period(self._counter.empty(), now.now_ns)

    def _whole(self, at_ns: int, length_ns: int) -> int:
        """Return the last time, up to one, that is a whole multiple of a length in UTC."""
        return at_ns - (at_ns + self._correction_ns) % length_ns


def _first_phase(lanes: LaneMap) -> int | None:
    phases = [way.phase for line in lanes.lines for way in line.connections if way.phase is not None]
    return min(phases, default=None)
