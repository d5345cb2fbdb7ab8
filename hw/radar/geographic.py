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


class GeoTracks:
    """Lists of targets of one radar.

    Counters: `unplaced` (targets farther away than any radar sees, or faster than any road user), `unsure` (targets
    of which the radar has not been sure yet).
    """

    def __init__(self, origin: Origin, kinds: dict[int, RoadUser], counters: Counter[str]) -> None:
        self._kinds = kinds
        self._counters = counters
        self._latitude, self._longitude = origin.latitude_deg, origin.longitude_deg
        latitude = math.radians(origin.latitude_deg)
        curve = 1 - _E2 * math.sin(latitude) ** 2
        self._north_m = math.radians(_A_M * (1 - _E2) / curve**1.5)  # of a degree
        self._east_m = math.radians(_A_M / math.sqrt(curve) * math.cos(latitude))
        self._yaw = math.radians(origin.yaw_deg)
        self._lists = 0
        self._sure: dict[int, int] = {}  # number of a target that counts -> the list that held it last

    def tracks(self, targets: Sequence[GeoTarget]) -> list[Track] | None:
        """Return the targets of one list that count; None: hardly any has a place, so that it tells nothing."""
        placed = [track for one in targets if (track := self._track(one)) is not None]
        if lost := len(targets) - len(placed):
            note(self._counters, "unplaced", f"{lost} of {len(targets)}".encode(), lost)
        self._lists += 1
        self._sure |= {one.id: self._lists for one in targets if one.confidence > 0 or one.id in self._sure}
        self._sure = {key: last for key, last in self._sure.items() if self._lists - last < FORGOTTEN}
        counted = [one for one in placed if one.id in self._sure]
        if unsure := len(placed) - len(counted):
            self._counters["unsure"] += unsure
        return None if len(placed) < USABLE * len(targets) else counted

    def _track(self, one: GeoTarget) -> Track | None:
        east_m = (one.longitude_deg - self._longitude) * self._east_m
        north_m = (one.latitude_deg - self._latitude) * self._north_m
        speed_mps = abs(one.speed_mps)
        # written so that NaN is refused, too
        if not (math.hypot(east_m, north_m) < FARTHEST_M and speed_mps < FASTEST_MPS and abs(one.heading_deg) < 721):
            return None
        heading = math.radians(one.heading_deg)
        x_m, y_m = self._turned(east_m, north_m)
        vx_mps, vy_mps = self._turned(speed_mps * math.sin(heading), speed_mps * math.cos(heading))
        kind = self._kinds.get(one.type, RoadUser.UNKNOWN)
        length_m, width_m, height_m = (_size(each) for each in (one.length_m, one.width_m, one.height_m))
        confidence = min(one.confidence, 1.0) or math.nan
        return Track(one.id, x_m, y_m, vx_mps, vy_mps, kind, length_m, width_m, height_m, confidence)

    def _turned(self, east: float, north: float) -> tuple[float, float]:
        sine, cosine = math.sin(self._yaw), math.cos(self._yaw)
        return east * sine + north * cosine, north * sine - east * cosine


def _size(metres: float) -> float:
    """Return a size that a road user can have; NaN: it is none."""
    return metres if 0.05 < metres < LONGEST_M else math.nan
