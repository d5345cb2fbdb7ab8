"""Boxes along the corridor's road: their sensors' detections in SUMO's traffic, in each box's own datum and time.

A box has a pole beside the road with a camera (0.9 m along, 0.5 m across the line of sight, length of the body to
0.4 m, class right in 97 %) and a radar (0.3 m, 0.5 deg, Doppler 0.2 m/s) in each direction, 10 Hz, 10 % misses,
vehicles hidden behind others, half a false alarm a scan. Its survey is off by 0.3 m per axis and its clock by 3 ms, 1
sigma.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from perception.geo import Reference
from perception.objects import Detections, Floats, Ints, RoadUser
from perception.sensing.scan import sight_covariance
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings
from sim import corridor
from sim.bench import MountSpec, SensorSpec
from sim.frames import WorldFrame, at
from sim.sensing import false_alarms, to_sensor, visible
from tests.bench.fusion_world import LATENCY_NS, detections

START_NS = 1_800_000_000_000_000_000
CYCLE_NS = 100_000_000
CLOCK_SD_NS = 3e6
LENGTH_SD_M, KIND_RIGHT = 0.4, 0.97
ALARMS = 0.5
SEEN = 0.9
CAMERA = Noise(along_m=0.9, across_m=0.5)
RADAR = Noise(along_m=0.3, across_m=0.1, azimuth_deg=0.5, speed_mps=0.2, speed_across_mps=50.0)


class Error(NamedTuple):
    """How a box's datum and clock are off."""

    datum_m: Floats  # (2,) its positions lie so far east, north of the truth
    clock_ns: int  # ahead


class Box:
    """A box: its sensors, its errors, its fusion."""

    def __init__(self, number: int, along_m: float, seed: int) -> None:
        self.name = f"box-{number + 1}"
        self.rng = np.random.default_rng([seed, number])
        self.along_m = along_m
        self.error = Error(self.rng.normal(0.0, corridor.SURVEY_SD_M, 2), round(self.rng.normal(0.0, CLOCK_SD_NS)))
        self._sensors = _sensors(along_m)
        known = [sensor for sensor, _ in self._sensors]
        self.fusion = Fusion(known, FusionSettings(), Reference(30.0, 120.0))

    def look(self, before: WorldFrame, after: WorldFrame) -> None:
        """Let all sensors scan once in the period between two frames."""
        step_ns = CYCLE_NS // len(self._sensors)
        scans = [
            self._scan(sensor, spec, at(before, after, before.stamp_ns + number * step_ns))
            for number, (sensor, spec) in enumerate(self._sensors)
        ]
        for scan in scans:
            self.fusion.ingest(scan)

    def time_ns(self, stamp_ns: int) -> int:
        """Return a true time as the box's clock has it."""
        return stamp_ns + self.error.clock_ns

    def _scan(self, sensor: Sensor, spec: SensorSpec, frame: WorldFrame) -> Detections:
        rows = visible(frame, spec)
        rows = rows[self.rng.random(len(rows)) < SEEN]
        place = to_sensor(spec.mount, frame.position_m[rows] - [spec.mount.east_m, spec.mount.north_m])
        sight = place / np.hypot(*place.T)[:, None]
        radial = (to_sensor(spec.mount, frame.velocity_mps[rows]) * sight).sum(axis=1)
        spread = np.linalg.cholesky(sight_covariance(place, sensor.noise))
        place = place + (spread @ self.rng.normal(size=(len(rows), 2, 1)))[:, :, 0]
        place = place + to_sensor(spec.mount, self.error.datum_m[None, :])
        alarms = false_alarms(self.rng, spec, ALARMS)
        doppler = np.concatenate([radial, self.rng.normal(0.0, 8.0, len(alarms))])
        doppler += self.rng.normal(0.0, sensor.noise.speed_mps, len(doppler))
        radar = sensor.device.startswith("radar")
        scan = detections(
            sensor.device,
            self.time_ns(frame.stamp_ns),
            LATENCY_NS,
            np.vstack([place, alarms]),
            doppler if radar else None,
            self._kinds(frame.kind[rows], len(alarms)),
        )
        return scan if radar else msgspec.structs.replace(scan, size_m=self._sizes(frame.size_m[rows], len(alarms)))

    def _kinds(self, true: Ints, alarms: int) -> Ints:
        wrong = self.rng.random(len(true)) > KIND_RIGHT
        kind = np.where(wrong, self.rng.integers(1, 5, len(true)), true)
        return np.concatenate([kind, np.full(alarms, RoadUser.CAR)])

    def _sizes(self, true: Floats, alarms: int) -> Floats:
        size = np.full((len(true) + alarms, 3), np.nan)
        size[: len(true)] = true + self.rng.normal(0.0, LENGTH_SD_M, (len(true), 1)) * [1.0, 0.2, 0.2]
        return np.maximum(size, 0.3)


def _sensors(along_m: float) -> list[tuple[Sensor, SensorSpec]]:
    """Return the sensors of a box as its site file and as the bench has them."""
    east, north = corridor.pole(along_m)
    found = []
    for side, way in corridor.WAYS.items():
        yaw = corridor.yaw_deg(along_m, way)
        for name, noise in (("camera", CAMERA), ("radar", RADAR)):
            sensor = Sensor(
                device=f"{name}-{side}",
                mount=Mount(east_m=east, north_m=north, height_m=corridor.POLE_M, yaw_deg=yaw),
                field_of_view=FieldOfView(range_m=corridor.REACH_M, width_deg=corridor.WIDTH_DEG),
                noise=noise,
                false_alarms=ALARMS,
            )
            mount = MountSpec(east_m=east, north_m=north, height_m=corridor.POLE_M, yaw_deg=yaw)
            spec = SensorSpec(
                latency_ms=50, phase_ms=0, mount=mount, range_m=corridor.REACH_M, width_deg=corridor.WIDTH_DEG
            )
            found.append((sensor, spec))
    return found
