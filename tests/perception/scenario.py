"""A small deterministic world for fusion's tests: truth, and the detections of sensors with known faults."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from perception.geo import Reference, heading_of, to_wgs84
from perception.objects import Detections, Floats, Measurement, RoadUser, VehicleReport
from perception.sensing.scan import rotation_of, sight_covariance
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.state.attributes import TYPICAL_SIZE
from sim.frames import WorldFrame

REFERENCE = Reference(22.5431, 114.0579, 12.0)
START_NS = 1_800_000_000_000_000_000
SECOND_NS = 1_000_000_000

Path = Callable[[float], tuple[float, float]]  # seconds -> east, north in metres


@dataclass(frozen=True)
class User:
    """One road user: where it is at which time."""

    id: int
    kind: RoadUser
    path: Path
    begin_s: float = 0.0
    end_s: float = math.inf
    equipped: bool = False


def straight(east: float, north: float, speed_east: float, speed_north: float) -> Path:
    return lambda t: (east + speed_east * t, north + speed_north * t)


def stop_and_go(east: float, speed: float, stop_s: float, go_s: float) -> Path:
    """Drive north from north = -60 m, stand from stop_s to go_s, drive on; braking and starting take 3 s."""

    def travelled(t: float) -> float:
        brake = min(max(t - stop_s, 0.0), 3.0)
        start = min(max(t - go_s, 0.0), 3.0)
        moving = min(t, stop_s) + max(t - go_s - 3.0, 0.0)
        return speed * (moving + brake - brake**2 / 6.0 + start**2 / 6.0)

    return lambda t: (east, -60.0 + travelled(t))


def turn(east: float, north: float, radius: float, speed: float) -> Path:
    """Circle counter-clockwise about a point."""
    return lambda t: (east + radius * math.cos(speed / radius * t), north + radius * math.sin(speed / radius * t))


def truth(users: list[User], stamp_ns: int) -> WorldFrame:
    """Return the world at a time."""
    t = (stamp_ns - START_NS) / 1e9
    here = [user for user in users if user.begin_s <= t < user.end_s]
    position = np.array([user.path(t) for user in here], dtype=np.float64).reshape(-1, 2)
    behind = np.array([user.path(t - 0.005) for user in here], dtype=np.float64).reshape(-1, 2)
    before = np.array([user.path(t + 0.005) for user in here], dtype=np.float64).reshape(-1, 2)
    velocity = (before - behind) / 0.01
    kind = np.array([user.kind for user in here], dtype=np.int64)
    return WorldFrame(
        stamp_ns=stamp_ns,
        id=np.array([user.id for user in here], dtype=np.int64),
        kind=kind,
        position_m=position,
        velocity_mps=velocity,
        heading_deg=heading_of(velocity),
        size_m=TYPICAL_SIZE[kind],
        equipped=np.array([user.equipped for user in here], dtype=np.int64),
        signals="",
        cycle_s=0.0,
    )


@dataclass(frozen=True)
class Behaviour:
    """How a sensor really is, beside its mounting in the site file."""

    phase_s: float = 0.0
    latency_s: float = 0.05
    detection: float = 0.9
    false_alarms: float = 0.5
    velocity: bool = True
    kind: bool = True
    silent: tuple[float, float] = (math.inf, math.inf)  # s
    ghost: tuple[float, float] | None = None  # site frame; reported in every scan


def camera(name: str, east: float, north: float, yaw: float, **noise: float) -> Sensor:
    return Sensor(
        device=name,
        mount=Mount(east_m=east, north_m=north, height_m=7.0, yaw_deg=yaw),
        field_of_view=FieldOfView(range_m=95.0, width_deg=86.0),
        noise=Noise(**({"along_m": 0.6, "across_m": 0.4, "speed_mps": 0.6} | noise)),
    )


def four_corners() -> dict[str, Sensor]:
    """Cameras and radars of a crossing, one pair per arm."""
    sensors = []
    for number, (yaw, name) in enumerate([(0.0, "north"), (90.0, "east"), (180.0, "south"), (270.0, "west")]):
        angle = math.radians(yaw)
        east, north = -24.0 * math.sin(angle), -24.0 * math.cos(angle)
        sensors.append(camera(f"camera-{name}", east, north, yaw))
        radar = camera(f"radar-{name}", east, north, yaw, along_m=0.3, across_m=0.5, speed_mps=0.3)
        sensors.append(radar.model_copy(update={"field_of_view": FieldOfView(range_m=110.0, width_deg=110.0)}))
        del number
    return {sensor.device: sensor for sensor in sensors}


@dataclass
class Bench:
    """Sensors with their real behaviour, looking at a world."""

    sensors: dict[str, Sensor]
    behaviour: dict[str, Behaviour] = field(default_factory=dict)
    seed: int = 1
    report_position_sd: float = 0.6

    def measurements(self, world: Callable[[int], WorldFrame], seconds: float) -> list[Measurement]:
        """Return everything that is measured in the first seconds, in order of arrival."""
        found: list[Measurement] = []
        for number, (name, sensor) in enumerate(self.sensors.items()):
            behaviour = self.behaviour.get(name, Behaviour(phase_s=0.1 * number / len(self.sensors)))
            rng = np.random.default_rng([self.seed, number])
            for tick in range(int(seconds * 10)):
                t = tick * 0.1 + behaviour.phase_s
                if behaviour.silent[0] <= t < behaviour.silent[1]:
                    continue
                found.append(_scan(sensor, behaviour, world(START_NS + round(t * 1e9)), rng))
        found += self._reports(world, seconds)
        return sorted(found, key=lambda measurement: (measurement.receipt_ns, measurement.device))

    def _reports(self, world: Callable[[int], WorldFrame], seconds: float) -> Iterator[VehicleReport]:
        rng = np.random.default_rng([self.seed, 1000])
        for tick in range(int(seconds * 10)):
            frame = world(START_NS + round((tick * 0.1 + 0.037) * 1e9))
            for row in np.flatnonzero(frame.equipped):
                yield _report(frame, int(row), self.report_position_sd, rng)


def _scan(sensor: Sensor, behaviour: Behaviour, frame: WorldFrame, rng: np.random.Generator) -> Detections:
    foot = np.array([sensor.mount.east_m, sensor.mount.north_m])
    turned = rotation_of(sensor.mount)
    place = (frame.position_m - foot) @ turned  # sensor frame
    view = sensor.field_of_view
    seen = np.hypot(place[:, 0], place[:, 1]) < view.range_m
    seen &= np.abs(np.degrees(np.arctan2(place[:, 1], place[:, 0]))) < view.width_deg / 2
    seen &= rng.random(len(seen)) < behaviour.detection
    spread = np.linalg.cholesky(sight_covariance(place[seen], sensor.noise))
    place = place[seen] + (spread @ rng.normal(size=(seen.sum(), 2, 1)))[:, :, 0]
    velocity = frame.velocity_mps[seen] @ turned + rng.normal(0.0, sensor.noise.speed_mps, (seen.sum(), 2))
    false = rng.poisson(behaviour.false_alarms)
    distance = view.range_m * np.sqrt(rng.random(false))
    angle = np.radians(rng.uniform(-0.5, 0.5, false) * view.width_deg)
    alarms = np.column_stack([distance * np.cos(angle), distance * np.sin(angle)])
    if behaviour.ghost is not None:
        alarms = np.vstack([alarms, (np.array(behaviour.ghost) - foot) @ turned])
    position = np.vstack([place, alarms])
    velocity = np.vstack([velocity, rng.normal(0.0, 3.0, alarms.shape)])
    kind = np.concatenate([frame.kind[seen], rng.integers(1, 7, len(alarms))])
    order = rng.permutation(len(position))
    return detections(
        sensor.device,
        frame.stamp_ns,
        position[order],
        receipt_ns=frame.stamp_ns + round(behaviour.latency_s * 1e9),
        velocity=velocity[order] if behaviour.velocity else None,
        kind=kind[order] if behaviour.kind else None,
    )


def detections(
    device: str,
    stamp_ns: int,
    position: ArrayLike,
    receipt_ns: int | None = None,
    velocity: Floats | None = None,
    kind: ArrayLike | None = None,
) -> Detections:
    """Return a scan with positions in the sensor frame, and the other columns given."""
    place = np.asarray(position, dtype=np.float64).reshape(-1, 2)
    count = len(place)
    return Detections(
        device=device,
        stamp_ns=stamp_ns,
        receipt_ns=stamp_ns if receipt_ns is None else receipt_ns,
        position_m=place,
        covariance_m2=np.full((count, 2, 2), np.nan),
        velocity_mps=np.full((count, 2), np.nan) if velocity is None else velocity,
        velocity_variance_m2ps2=np.full(count, np.nan),
        box_px=np.full((count, 4), np.nan),
        size_m=np.full((count, 3), np.nan),
        kind=np.zeros(count, dtype=np.int64) if kind is None else np.asarray(kind, dtype=np.int64),
        confidence=np.full(count, 0.9),
        source_id=np.full(count, -1),
    )


def _report(frame: WorldFrame, row: int, deviation: float, rng: np.random.Generator) -> VehicleReport:
    east, north = frame.position_m[row] + rng.normal(0.0, deviation, 2)
    latitude, longitude = to_wgs84(east, north, REFERENCE)
    return VehicleReport(
        device="radio",
        stamp_ns=frame.stamp_ns,
        receipt_ns=frame.stamp_ns + 20_000_000,
        id=int(frame.id[row]).to_bytes(8, "big"),
        latitude_deg=float(latitude),
        longitude_deg=float(longitude),
        position_95_m=1.5,
        speed_mps=float(np.hypot(*frame.velocity_mps[row])),
        heading_deg=float(frame.heading_deg[row]),
        length_m=float(frame.size_m[row, 0]),
        width_m=float(frame.size_m[row, 1]),
        height_m=float(frame.size_m[row, 2]),
        kind=RoadUser(int(frame.kind[row])),
    )
