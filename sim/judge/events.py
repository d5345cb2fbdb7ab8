"""Are the events of an RSI true? They are compared with the happenings of the world, and the other way round.

An event on air is false when nothing of its kind has happened near its place for `LINGER_S`: a unit may take a moment
to find that something is over, and tells of the place where it was seen last. It may begin late, but not before.
A certain happening has to be on air within `LATE_S` of its end.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from perception.geo import Reference, to_site
from sim.frames import WorldFrame
from sim.judge.happenings import CERTAIN, CONGESTION, EMERGENCY, POSSIBLE, Happening, Happenings, located
from sim.judge.roads import Roads
from v2x.records.rsi import Event, RoadSideInformation

NEAR_M = {CONGESTION: 60.0, EMERGENCY: 30.0}
USUAL_M = 7.0
MOVED_M = 25.0  # m: so far may the vehicle of an event have moved on since it was sent last
LINGER_S, CROWD_LINGERS_S = 7.0, 30.0
LATE_S = 3.0
PATIENCE_NS = 500_000_000  # an event may go on for so long without support before it is false
SILENT_NS = 3_000_000_000  # an event under a number that was not on air for so long is another one
NEW_NS = 2_000_000_000  # a happening that stops for longer and comes back is another one
WORLD_NS = 500_000_000  # a judge without a newer picture of the world judges nothing
EXAMPLES = 20


class _Told(NamedTuple):
    """An event on air."""

    heard_ns: int
    supported_ns: int  # when it was last known to be so
    false: bool


class _Real(NamedTuple):
    """Something that certainly happens."""

    newest_ns: int
    position_m: tuple[float, float]
    found: bool


class Events:
    """Judges one RSI after another. The world must be told of first."""

    def __init__(self, reference: Reference) -> None:
        self._reference, self._roads = reference, Roads()
        self._possible, self._certain = Happenings(self._roads, POSSIBLE), Happenings(self._roads, CERTAIN)
        self._lately: deque[tuple[int, list[Happening]]] = deque()  # by the possible limits
        self._told: dict[tuple[int, int], _Told] = {}  # by number and code
        self._real: dict[tuple[int, int], _Real] = {}  # by code and road user
        self._on_air: Counter[int] = Counter()  # events, by code
        self._true = self._found = self._false = 0
        self.examples: list[list[Any]] = []  # of false ones: arrival in ns, code, place

    def world(self, frame: WorldFrame) -> None:
        """Take the next frame of the world."""
        places = located(self._roads, frame)
        self._lately.append((frame.stamp_ns, self._possible.look(frame, *places)))
        while frame.stamp_ns - self._lately[0][0] > CROWD_LINGERS_S * 1e9:
            self._lately.popleft()
        for each in self._certain.look(frame, *places):
            before = self._real.get((each.code, each.who))
            if before is None or frame.stamp_ns - before.newest_ns > NEW_NS:
                self._true += 1
                before = _Real(frame.stamp_ns, each.position_m, False)
            self._real[each.code, each.who] = before._replace(newest_ns=frame.stamp_ns, position_m=each.position_m)

    def judge(self, message: RoadSideInformation, arrival_ns: int) -> Iterator[str]:
        """Yield the faults of a message's events; events that it ends are not judged."""
        for event in message.events:
            if event.time is not None and event.time.end_moy is not None:
                self._told.pop((event.rte_id, event.event_type), None)
            elif event.position is None:
                yield f"event {event.event_type} without a place"
            elif self._lately and arrival_ns - self._lately[-1][0] < WORLD_NS:
                yield from self._judge(event, arrival_ns)

    def _judge(self, event: Event, arrival_ns: int) -> Iterator[str]:
        assert event.position is not None
        east, north = to_site(event.position.latitude_deg, event.position.longitude_deg, self._reference)
        place = float(east), float(north)
        key = event.rte_id, event.event_type
        told = self._told.get(key)
        if told is None or arrival_ns - told.heard_ns > SILENT_NS:
            told = _Told(arrival_ns, 0, False)
            self._on_air[event.event_type] += 1
        so = self._is_so(event.event_type, place, arrival_ns)
        if so:
            self._find(event.event_type, place, arrival_ns)
        told = told._replace(heard_ns=arrival_ns, supported_ns=arrival_ns if so else told.supported_ns)
        if not so and arrival_ns - told.supported_ns > PATIENCE_NS:
            if not told.false:
                self._false += 1
                self.examples = [*self.examples, [arrival_ns, event.event_type, [round(x, 1) for x in place]]][
                    :EXAMPLES
                ]
            told = told._replace(false=True)
            yield f"event {event.event_type} at {place[0]:.1f}, {place[1]:.1f}: nothing of the kind there"
        self._told[key] = told

    def _is_so(self, code: int, place: tuple[float, float], now_ns: int) -> bool:
        lingers_ns = (CROWD_LINGERS_S if code == CONGESTION else LINGER_S) * 1e9
        return any(
            each.code == code and math.dist(each.position_m, place) <= NEAR_M.get(code, USUAL_M)
            for stamp_ns, happening in self._lately
            if now_ns - stamp_ns <= lingers_ns
            for each in happening
        )

    def _find(self, code: int, place: tuple[float, float], now_ns: int) -> None:
        """Note which certain happenings are on air."""
        for (real_code, who), real in self._real.items():
            meant = real_code == code and math.dist(real.position_m, place) <= max(MOVED_M, NEAR_M.get(code, 0.0))
            if meant and not real.found and now_ns - real.newest_ns <= LATE_S * 1e9:
                self._found += 1
                self._real[real_code, who] = real._replace(found=True)

    def summary(self) -> dict[str, Any]:
        """Return how many there were: on air by code, false ones, and of those that were certain how many were told."""
        return {
            "on_air": {str(code): count for code, count in sorted(self._on_air.items())},
            "true": self._true,
            "found": self._found,
            "false": self._false,
            "examples": self.examples,
        }
