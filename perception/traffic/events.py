"""Events from tracks: a vehicle that stands where traffic should move (903).

A vehicle on a lane stands for a reason when it is near the stop line or another one is close ahead of it on its lane.
Past the stop lines it may be giving way, so there it must stand for longer. Once the event runs only moving on, or the
track's end, ends it.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError

from perception.objects import Event, Floats, RoadUser, Tracks
from perception.sensor import NotNegative, Positive, Settings
from perception.traffic.lanes import LaneMap, Matches

STOPPED_VEHICLE = 903  # YD/T 3709-2020 Annex A, GB/T 29100
LAST_ID = 255
VEHICLES = (RoadUser.UNKNOWN, RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS)
SECOND_NS = 1_000_000_000

Mask = NDArray[np.bool_]


class StoppedVehicleSettings(Settings):
    """When a standing vehicle is an event."""

    walking_mps: Positive = 0.8  # slower is standing
    release_mps: Positive = 1.5  # faster is moving again
    stopped_after_s: Positive = 5.0  # standing without reason on a lane
    stopped_in_junction_after_s: Positive = 45.0  # standing past the stop lines
    queue_zone_m: NotNegative = 20.0  # before the stop line, where the first of a queue may stand
    queue_gap_m: Positive = 20.0  # a vehicle at most so far ahead explains why one stands
    lost_after_s: Positive = 3.0  # the event ends when its track was away for longer
    update_every_s: Positive = 1.0
    radius_m: Positive = 5.0


class _Case(msgspec.Struct):
    """A vehicle that stands without reason; an event once it has done so for long enough."""

    since_ns: int
    seen_ns: int
    event: Event | None = None


class EventDetector:
    """Finds stopped vehicles; `update` is called once a cycle with the tracks and their lanes."""

    def __init__(self, settings: StoppedVehicleSettings, lanes: LaneMap) -> None:
        self._settings = settings
        self._lanes = lanes
        self._junction = _junction(lanes)
        self._cases: dict[int, _Case] = {}  # by track id
        self._last_id = 0

    def update(self, now_ns: int, tracks: Tracks, matches: Matches) -> list[Event]:
        """Return the events that start, go on (once a second) or end now."""
        speed = np.hypot(tracks.velocity[:, 0], tracks.velocity[:, 1])
        unexplained = self._unexplained(tracks, matches) & (speed < self._settings.walking_mps)
        events = []
        for row, number in enumerate(tracks.id.tolist()):
            case = self._cases.get(number)
            running = case is not None and case.event is not None and speed[row] < self._settings.release_mps
            if unexplained[row] or running:
                case = self._cases.setdefault(number, _Case(since_ns=now_ns, seen_ns=now_ns))
                case.seen_ns = now_ns
                events.append(self._go_on(case, now_ns, tracks, matches, row))
            elif case is not None:
                events.append(self._end(number, now_ns))
        lost_ns = now_ns - int(self._settings.lost_after_s * SECOND_NS)
        events += [self._end(number, now_ns) for number, case in list(self._cases.items()) if case.seen_ns < lost_ns]
        return [event for event in events if event is not None]

    def _unexplained(self, tracks: Tracks, matches: Matches) -> Mask:
        """Return which tracks (n,) have no reason to stand where they are."""
        vehicle = np.isin(tracks.kind, VEHICLES)
        on_lane: Mask = vehicle & (matches.to_stop_line > 0.0) & self._lanes.is_motor[matches.lane]
        ahead = matches.to_stop_line[:, None] - matches.to_stop_line[None]  # (n, n) how far the other is ahead
        follows = (matches.lane[:, None] == matches.lane[None]) & (ahead > 0.0) & (ahead <= self._settings.queue_gap_m)
        queueing: Mask = (matches.to_stop_line <= self._settings.queue_zone_m) | (follows & vehicle[None]).any(axis=1)
        giving_way: Mask = vehicle & ~on_lane & _inside(self._junction, tracks.position)
        return (on_lane & ~queueing) | giving_way

    def _go_on(self, case: _Case, now_ns: int, tracks: Tracks, matches: Matches, row: int) -> Event | None:
        """Start the case's event when its time has come, or update it when that is due."""
        settings = self._settings
        on_lane = matches.to_stop_line[row] > 0.0
        wait_s = settings.stopped_after_s if on_lane else settings.stopped_in_junction_after_s
        if case.event is None and now_ns - case.since_ns < wait_s * SECOND_NS:
            return None
        if case.event is not None and now_ns - case.event.stamp_ns < settings.update_every_s * SECOND_NS:
            return None
        number = self._free_id() if case.event is None else case.event.id
        if not number:
            return None  # as many as there are ids run already
        east, north = tracks.position[row].tolist()
        case.event = Event(
            id=number,
            code=STOPPED_VEHICLE,
            state="start" if case.event is None else "update",
            start_ns=case.since_ns,
            stamp_ns=now_ns,
            position=(east, north),
            radius=settings.radius_m,
            place=self._lanes.place(matches, row),
            track_ids=[int(tracks.id[row])],
            confidence=float(tracks.existence[row]),
        )
        return case.event

    def _end(self, number: int, now_ns: int) -> Event | None:
        """Close a case; return the end of its event, if it was one."""
        event = self._cases.pop(number).event
        return None if event is None else msgspec.structs.replace(event, state="end", stamp_ns=now_ns)

    def _free_id(self) -> int:
        """Return the next id, in turn, that no running event has; 0 when there is none."""
        used = {case.event.id for case in self._cases.values() if case.event is not None}
        turn = [(self._last_id + step) % LAST_ID + 1 for step in range(LAST_ID)]
        self._last_id = next((number for number in turn if number not in used), 0)
        return self._last_id


def _junction(lanes: LaneMap) -> Delaunay | None:
    """Return the area between the stop lines of all motor lanes, None where they span none."""
    try:
        return Delaunay(lanes.ends[lanes.is_motor[:-1]])
    except (QhullError, ValueError):
        return None


def _inside(area: Delaunay | None, position: Floats) -> Mask:
    if area is None or not len(position):
        return np.zeros(len(position), dtype=np.bool_)
    inside: Mask = area.find_simplex(position) >= 0
    return inside
