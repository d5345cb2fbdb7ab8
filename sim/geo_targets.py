"""The targets of an emulated track radar: numbered, by longitude and latitude, with standing clutter.

Parked cars and railings are told of all the time, with confidence 0. Errors, 1 sigma: 0.25 m in range, 0.3 deg in
azimuth, 0.15 m/s, 1 deg of heading.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.geo import to_wgs84
from perception.objects import RoadUser
from sim.bench import Bench, LinkedSpec
from sim.emulator import generator
from sim.frames import WorldFrame
from sim.sensing import TargetNumbers, noisy, polar, to_sensor, visible

RANGE_SD, AZIMUTH_SD, SPEED_SD, HEADING_SD = 0.25, np.radians(0.3), 0.15, 1.0
MISSED, SLOW_MPS = 0.03, 0.3
CLUTTER = [(30.0, 14.0), (42.0, 14.5), (61.0, -16.0)]  # m, forward and left
FIRST_CLUTTER = 900


class EmulatedTarget(NamedTuple):
    """One target."""

    id: int
    is_car: bool
    longitude_deg: float
    latitude_deg: float
    heading_deg: float
    speed_kmh: float  # approaching: negative
    size_m: tuple[float, float, float]
    confidence: int  # %


class GeoTargets:
    """The targets of one radar, which believes that it stands as its entry in the bench file says."""

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self._believed = spec
        self._name, self._seed, self._reference = name, bench.seed, bench.reference.core()
        self._numbers = TargetNumbers()

    def of(self, number: int, frame: WorldFrame, spec: LinkedSpec) -> list[EmulatedTarget]:
        """Return the targets of one list, `number` since the epoch; `spec`: how the radar stands now."""
        rng = generator(self._seed, self._name, number)
        mount, rows = spec.mount, visible(frame, spec)
        rows = rows[rng.random(len(rows)) >= MISSED]
        true = to_sensor(mount, frame.position_m[rows] - [mount.east_m, mount.north_m])
        away = polar(true).distance_m
        place = noisy(rng, true, np.full(len(rows), RANGE_SD), away * AZIMUTH_SD)
        inbound = (true * to_sensor(mount, frame.velocity_mps[rows])).sum(axis=1) < 0
        speed = np.hypot(frame.velocity_mps[rows, 0], frame.velocity_mps[rows, 1])
        numbers = self._numbers.of(frame.id[rows], frame.stamp_ns)
        turn = self._believed.mount.yaw_deg - mount.yaw_deg
        found = []
        for at, row in enumerate(rows.tolist()):
            moves = bool(speed[at] > SLOW_MPS)
            kmh = max(float(speed[at] + rng.normal(0, SPEED_SD)), 0.0) * 3.6 * (-1 if inbound[at] else 1)
            heading = (float(frame.heading_deg[row]) + turn + rng.normal(0, HEADING_SD)) % 360
            length, width, height = map(float, frame.size_m[row])
            is_car = frame.kind[row] == RoadUser.CAR
            here = self._wgs84(float(place[at, 0]), float(place[at, 1]))
            speed_kmh, sure = (kmh, 100) if moves else (0.0, 0)
            key, size = int(numbers[at]), (length, width, height)
            found.append(EmulatedTarget(key, is_car, *here, heading, speed_kmh, size, sure))
        for n, (x, y) in enumerate(CLUTTER):
            here = self._wgs84(x, y)
            found.append(EmulatedTarget(FIRST_CLUTTER + n, True, *here, 173.1, 0.0, (4.5, 1.8, 1.5), 0))
        return found

    def _wgs84(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude of a place in the radar's frame, as it believes that it stands."""
        mount = self._believed.mount
        yaw = np.radians(mount.yaw_deg)
        east = mount.east_m + x * np.sin(yaw) - y * np.cos(yaw)
        north = mount.north_m + x * np.cos(yaw) + y * np.sin(yaw)
        latitude, longitude = to_wgs84(float(east), float(north), self._reference)
        return float(longitude), float(latitude)
