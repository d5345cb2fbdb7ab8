"""Targets that a radar tells by longitude and latitude: into the sensor's frame, and which of them count.

The radar computes these from where it was told that it stands and looks: with the same figures (`origin`) they become
places in its own frame again, and the site file's mount holds as for every sensor. They have to be WGS-84.

A target counts from the first list on in which the radar is sure of it, for as long as lists hold it: such radars
keep hundreds of reflections that stand (parked cars, railings) with confidence 0, and give that to a car, too, that was
followed and stands.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from hw.driver import DeviceSettings
from hw.endpoint import Endpoint, Port, Strict
from hw.intake import USABLE, note
from hw.radar.tracks import Track
from perception.objects import RoadUser

_A_M, _E2 = 6_378_137.0, 6.69437999014e-3  # WGS-84
FARTHEST_M = 1000.0
FASTEST_MPS = 100.0
LONGEST_M = 60.0
FORGOTTEN = 20  # lists without a target, after which its number may be another's
SPEEDS = {"km/h": 1 / 3.6, "m/s": 1.0}  # m/s
Kind = Literal["unknown", "car", "truck", "bus", "motorcycle", "bicycle", "pedestrian"]


class Origin(Strict):
    """Where the radar was told that it stands and looks."""

    latitude_deg: float = Field(ge=-85, le=85, description="WGS-84, as set in the radar")
    longitude_deg: float = Field(ge=-180, le=180, description="WGS-84, as set in the radar")
    yaw_deg: float = Field(ge=-360, le=360, description="of the boresight, clockwise from true north, as in `mount`")


class GeographicSettings(DeviceSettings):
    """Settings of radars that tell of targets by longitude and latitude."""

    link: Endpoint
    origin: Origin
    speed_unit: Literal["km/h", "m/s"] = Field("km/h", description="of the speeds that it sends")
    classes: dict[int, Kind] = Field({3: "car"}, description="class of each number of its targets' types; else unknown")
    latency_ms: float = Field(100.0, ge=0, le=1000, description="usual time from the measurement to receipt")
    rate_hz: float = Field(10.0, gt=0, le=50, description="lists a second; half of it is a fault")
    clock_past_ms: int = Field(1000, ge=0, le=60_000, description="older than usual by this: the clock is wrong")
    clock_future_ms: int = Field(100, ge=0, le=60_000, description="newer than usual by this: the clock is wrong")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}

    def kinds(self) -> dict[int, RoadUser]:
        """Return the class of each number."""
        return {number: RoadUser[kind.upper()] for number, kind in self.classes.items()}


class GeoTarget(NamedTuple):
    """One target as such a radar tells it."""

    id: int
    type: int
    longitude_deg: float
    latitude_deg: float
    heading_deg: float  # of its motion, clockwise from true north
    speed_mps: float  # the sign says only whether it approaches
    length_m: float
    width_m: float
    height_m: float
    confidence: float  # 0..1; 0: it stands


class Plane:
    """The plane of one radar's frame, by its origin."""

    def __init__(self, origin: Origin) -> None:
        self._latitude, self._longitude = origin.latitude_deg, origin.longitude_deg
        latitude = math.radians(origin.latitude_deg)
        curve = 1 - _E2 * math.sin(latitude) ** 2
        self._north_m = math.radians(_A_M * (1 - _E2) / curve**1.5)  # of a degree
        self._east_m = math.radians(_A_M / math.sqrt(curve) * math.cos(latitude))
        self._yaw = math.radians(origin.yaw_deg)

    def place(self, longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
        """Return x, y in m."""
        east_m = (longitude_deg - self._longitude) * self._east_m
        return self._turned(east_m, (latitude_deg - self._latitude) * self._north_m)

    def velocity(self, speed_mps: float, heading_deg: float) -> tuple[float, float]:
        """Return vx, vy in m/s of a motion towards a heading, clockwise from true north."""
        heading = math.radians(heading_deg)
        return self._turned(speed_mps * math.sin(heading), speed_mps * math.cos(heading))

    def _turned(self, east: float, north: float) -> tuple[float, float]:
        sine, cosine = math.sin(self._yaw), math.cos(self._yaw)
        return east * sine + north * cosine, north * sine - east * cosine


class SureTargets:
    """Which targets of one radar count. Counters: `unsure` (targets of which the radar has not been sure yet)."""

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self._lists = 0
        self._sure: dict[int, int] = {}  # number of a target that counts -> the list that held it last

    def counted(self, tracks: Sequence[Track]) -> list[Track]:
        """Return those of one list that count; one that stands now is of unknown confidence."""
        self._lists += 1
        self._sure |= {one.id: self._lists for one in tracks if one.confidence > 0 or one.id in self._sure}
        self._sure = {key: last for key, last in self._sure.items() if self._lists - last < FORGOTTEN}
        counted = [one._replace(confidence=one.confidence or math.nan) for one in tracks if one.id in self._sure]
        if unsure := len(tracks) - len(counted):
            self._counters["unsure"] += unsure
        return counted


class GeoTracks:
    """Lists of targets of one radar.

    Counters: `unplaced` (targets farther away than any radar sees, or faster than any road user) and those of
    SureTargets.
    """

    def __init__(self, origin: Origin, kinds: dict[int, RoadUser], counters: Counter[str]) -> None:
        self._kinds = kinds
        self._counters = counters
        self._plane = Plane(origin)
        self._sure = SureTargets(counters)

    def tracks(self, targets: Sequence[GeoTarget]) -> list[Track] | None:
        """Return the targets of one list that count; None: hardly any has a place, so that it tells nothing."""
        placed = [track for one in targets if (track := self._track(one)) is not None]
        if lost := len(targets) - len(placed):
            note(self._counters, "unplaced", f"{lost} of {len(targets)}".encode(), lost)
        counted = self._sure.counted(placed)
        return None if len(placed) < USABLE * len(targets) else counted

    def _track(self, one: GeoTarget) -> Track | None:
        place = self._plane.place(one.longitude_deg, one.latitude_deg)
        speed_mps = abs(one.speed_mps)
        if not is_possible(*place, speed_mps) or not abs(one.heading_deg) < 721:
            return None
        velocity = self._plane.velocity(speed_mps, one.heading_deg)
        kind = self._kinds.get(one.type, RoadUser.UNKNOWN)
        length_m, width_m, height_m = (size(each) for each in (one.length_m, one.width_m, one.height_m))
        return Track(one.id, *place, *velocity, kind, length_m, width_m, height_m, min(one.confidence, 1.0))


def is_possible(x_m: float, y_m: float, speed_mps: float) -> bool:
    """Return whether a road user can be there and so fast; NaN is neither."""
    return math.hypot(x_m, y_m) < FARTHEST_M and speed_mps < FASTEST_MPS


def size(metres: float) -> float:
    """Return a size that a road user can have; NaN: it is none."""
    return metres if 0.05 < metres < LONGEST_M else math.nan
