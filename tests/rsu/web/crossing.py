"""A crossing that moves: cars follow each other, stop at red, turn; pedestrians and bicycles cross."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from perception.geo import Reference
from perception.sensor import FieldOfView, Mount, Sensor
from rsu.bus.snapshot import EventView, SignalHead, Snapshot, TrackView
from rsu.explain.look import RsmReading
from rsu.recorder.shelf import Shelf
from rsu.site.lanemap import LaneMapFile, Point
from rsu.site.recording import RecordingSettings
from rsu.web.patch import Document
from rsu.web.shown_site import ShownSite
from tests.rsu.web.records import ARMS, devices, messages
from v2x import DEFAULT_PROFILE

LANES = {
    1: ("vehicle", 3.25, ("left",)),
    2: ("vehicle", 3.25, ("straight",)),
    3: ("vehicle", 3.25, ("straight", "right")),
}
LANES[4] = ("bike", 2.5, ("straight",))
OFFSETS = {1: 1.6, 2: 4.9, 3: 8.1, 4: 11.5}  # m right of the arm's centre line
TURN = {"left": 1, "straight": 2, "right": 3}  # arms clockwise from the approach
PHASE_BASE = {"left": 1, "straight": 5, "right": 9, "crosswalk": 13}
STOP_M, FAR_M, CYCLE_S = 24.0, 160.0, 60.0
# start of green in the cycle, green, then 3 s flashing and 3 s yellow
GREENS = {"straight": (0.0, 13.0), "right": (0.0, 13.0), "left": (20.0, 3.0), "crosswalk": (30.0, 10.0)}
SIZES = {"car": (4.6, 1.8), "truck": (9.5, 2.5), "bus": (12.0, 2.55), "bicycle": (1.8, 0.6), "pedestrian": (0.5, 0.5)}


def place(arm: int, along: float, right: float) -> Point:
    """Return the point `along` m out on an arm and `right` m right of its centre line, seen driving inwards."""
    angle = math.radians(90 * arm)
    east, north = math.sin(angle), math.cos(angle)
    return along * east - right * north, along * north + right * east


def phase(arm: int, movement: str) -> int:
    return PHASE_BASE[movement] + arm


def lane_map() -> Document:
    """Return a four-leg crossing as the daemon hands it to the page."""
    crosswalks = [
        {
            "phase": phase(arm, "crosswalk"),
            "polygon": [place(arm, a, r) for a, r in ((17, -13), (17, 13), (21, 13), (21, -13))],
        }
        for arm in range(4)
    ]
    node = {"region": 0, "id": 1, "name": "Bench", "position": (0, 0), "links": [_link(arm) for arm in range(4)]}
    file = {"nodes": [node], "crosswalks": crosswalks, "exits": [_exit(arm) for arm in range(4)]}
    return LaneMapFile.model_validate(file).model_dump(mode="json")


def subject(name: str, data: Path) -> ShownSite:
    """Return that crossing as the page needs it: one radar on the northern arm."""
    radar = Sensor(
        device="radar-north",
        mount=Mount(east_m=0, north_m=22, height_m=5, yaw_deg=0),
        field_of_view=FieldOfView(range_m=120, width_deg=90),
    )
    shelf = Shelf(data, RecordingSettings())
    return ShownSite(
        name, lane_map(), RsmReading(Reference(30.0, 120.0), DEFAULT_PROFILE), [radar], data, shelf, 300.0, {}
    )


def _link(arm: int) -> dict[str, object]:
    lanes = [
        {
            "id": number,
            "width_m": width,
            "type": kind,
            "maneuvers": turns,
            "connects_to": _connections(arm, number, turns),
        }
        | {"points": [place(arm, FAR_M, OFFSETS[number]), place(arm, STOP_M, OFFSETS[number])]}
        for number, (kind, width, turns) in LANES.items()
    ]
    middle = [place(arm, FAR_M, 6.5), place(arm, STOP_M, 6.5)]
    upstream = {"region": 0, "id": 10 + arm}
    return {"name": f"{ARMS[arm]}_in", "upstream": upstream, "width_m": 12.25, "points": middle, "lanes": lanes}


def _connections(arm: int, lane: int, turns: tuple[str, ...]) -> list[dict[str, object]]:
    return [
        {"downstream": {"region": 0, "id": 10 + (arm + TURN[turn]) % 4}, "lane": min(lane, 2), "maneuver": turn}
        | {"phase": phase(arm, turn)}
        for turn in turns
    ]


def _exit(arm: int) -> dict[str, object]:
    lanes = [
        {"points": [place(arm, STOP_M, -OFFSETS[n]), place(arm, FAR_M, -OFFSETS[n])], "width_m": 3.25}
        for n in (1, 2, 3)
    ]
    return {"name": f"{ARMS[arm]}_out", "downstream": {"region": 0, "id": 10 + arm}, "lanes": lanes}


class Way(NamedTuple):
    """A way through the crossing: a polyline, and where on it the stop line is."""

    points: list[Point]
    stop_m: float
    phase: int
    link: str
    lane: int

    @property
    def length(self) -> float:
        return sum(math.dist(a, b) for a, b in pairwise(self.points))

    def at(self, along: float) -> tuple[Point, float]:
        """Return the point and heading after `along` metres."""
        for a, b in pairwise(self.points):
            step = math.dist(a, b)
            if along <= step or b is self.points[-1]:
                share = along / step
                heading = math.degrees(math.atan2(b[0] - a[0], b[1] - a[1])) % 360
                return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])), heading
            along -= step
        raise ValueError("no points")


def way_through(arm: int, lane: int, turn: str) -> Way:
    leaving = (arm + TURN[turn]) % 4
    begin, end = place(arm, STOP_M, OFFSETS[lane]), place(leaving, STOP_M, -OFFSETS[lane])
    middle = place(arm, {"left": -5.0, "straight": 0.0, "right": 12.0}[turn], OFFSETS[lane])
    bend: list[Point] = []
    for i in range(13):
        t = i / 12
        weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
        east, north = (sum(w * p[k] for w, p in zip(weights, (begin, middle, end), strict=True)) for k in (0, 1))
        bend.append((east, north))
    points = [place(arm, FAR_M, OFFSETS[lane]), *bend, place(leaving, FAR_M, -OFFSETS[lane])]
    return Way(points, FAR_M - STOP_M, phase(arm, turn), f"{ARMS[arm]}_in", lane)


def light(number: int, cycle_s: float) -> tuple[str, float]:
    """Return a phase's light and the seconds to its end, `cycle_s` into the cycle."""
    movement = next(name for name, base in PHASE_BASE.items() if base <= number < base + 4)
    start, green = GREENS[movement]
    shift = 30.0 if (number - PHASE_BASE[movement]) % 2 else 0.0
    since = (cycle_s - start - shift) % CYCLE_S
    go = "permissive-green" if movement == "right" else "protected-green"
    for name, duration in ((go, green), ("flashing-green", 3.0), ("yellow", 3.0), ("red", CYCLE_S - green - 6.0)):
        if since < duration:
            return name, duration - since
        since -= duration
    raise ValueError("beyond the cycle")


class Mover:
    """One road user on its way."""

    def __init__(self, number: int, way: Way, kind: str, along: float, cruise: float) -> None:
        self.number, self.way, self.kind, self.along, self.cruise, self.speed = number, way, kind, along, cruise, cruise


class Crossing:
    """The whole bench state, stepped 0.1 s at a time."""

    def __init__(self, count: int = 40, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._time_s = 0.0
        self._frames = 0
        self._movers = [self._new(number + 1) for number in range(count)]

    def _new(self, number: int) -> Mover:
        kind = self._random.choices(list(SIZES), (12, 2, 1, 3, 4))[0]
        arm = self._random.randrange(4)
        if kind == "pedestrian":
            points = [place(arm, 19 + self._random.uniform(-1.5, 1.5), side) for side in (-20, 20)]
            way = Way(points[:: self._random.choice((1, -1))], 5.0, phase(arm, "crosswalk"), f"{ARMS[arm]}_in", 0)
            return Mover(number, way, kind, self._random.uniform(0, 5), 1.4)
        lane = 4 if kind == "bicycle" else self._random.choice((1, 2, 2, 3, 3))
        way = way_through(arm, lane, self._random.choice(LANES[lane][2]))
        return Mover(
            number, way, kind, self._random.uniform(0, 230), 4.5 if kind == "bicycle" else self._random.uniform(9, 13)
        )

    def step(self, seconds: float = 0.1) -> None:
        """Move all road users on."""
        self._time_s += seconds
        for mover in self._movers:
            wish = mover.cruise if self._room(mover) > 0.6 * mover.speed + 1.5 else 0.0
            limit = 2.5 * seconds if wish > mover.speed else 5.0 * seconds
            mover.speed += max(-limit, min(limit, wish - mover.speed))
            mover.along += mover.speed * seconds
        for index, mover in enumerate(self._movers):
            if mover.along >= mover.way.length:
                self._movers[index] = self._new(mover.number % 900 + 100)
                self._movers[index].along = 0.0

    def _room(self, mover: Mover) -> float:
        room = math.inf
        to_stop = mover.way.stop_m - mover.along - SIZES[mover.kind][0] / 2
        if to_stop > 0 and not light(mover.way.phase, self._time_s % CYCLE_S)[0].endswith("green"):
            room = to_stop
        for other in self._movers:
            ahead = other.along - mover.along
            if (
                other is not mover
                and other.way.points[0] == mover.way.points[0]
                and ahead > 0
                and mover.kind != "pedestrian"
            ):
                room = min(room, ahead - SIZES[other.kind][0] / 2 - SIZES[mover.kind][0] / 2)
        return room

    def snapshot(self, stamp_ns: int) -> Snapshot:
        """Return the snapshot that the station would publish now."""
        self._frames += 1
        tracks = [self._track(mover) for mover in self._movers]
        stopped = next((t for t in tracks if t.kind == "car" and t.speed_mps == 0), tracks[0])
        event = EventView(
            7, 903, "update", stopped.east_m, stopped.north_m, stamp_ns - 42 * 10**9, stopped.link, stopped.lane, 0.93
        )
        signals = [SignalHead(n, *light(n, self._time_s % CYCLE_S)) for n in range(1, 17)]
        return Snapshot(
            stamp_ns=stamp_ns,
            boot="c0ffee",
            tracks=tracks,
            signals=signals,
            events=[event],
            messages=messages(self._frames),
            devices=devices(self._frames),
            utc_uncertainty_ms=0.8,
            position_error_m=1.4,
        )

    def _track(self, mover: Mover) -> TrackView:
        (east, north), heading = mover.way.at(mover.along)
        near = math.hypot(east, north)
        radio = mover.kind in ("car", "bus", "truck") and mover.number % 3 == 0
        sources = [f"camera-{mover.way.link[:-3]}"] + ["radar-east"] * (mover.number % 2) + ["radio"] * radio
        return TrackView(
            id=mover.number,
            kind=mover.kind,
            east_m=east,
            north_m=north,
            speed_mps=max(0.0, mover.speed),
            heading_deg=None if mover.kind == "pedestrian" and not mover.speed else heading,
            length_m=SIZES[mover.kind][0],
            width_m=SIZES[mover.kind][1],
            sources=sources,
            ellipse=(0.5 + near / 60, 0.4 + near / 150, heading),
            age_ms=40 + mover.number % 60,
            link=mover.way.link if mover.along < mover.way.stop_m else None,
            lane=mover.way.lane if mover.along < mover.way.stop_m else None,
            vehicle_id=f"{mover.number:016x}" if radio else None,
        )
