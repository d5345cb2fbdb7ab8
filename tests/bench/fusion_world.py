"""The crossing of `make bench-fusion`: road users with their truth, and the detections of eight sensors, all seeded.

300 m across; four fifths of the road users drive through in eight lanes, the rest walks about the middle. A camera
(0.9 m along, 0.5 m across the line of sight) and a radar (0.3 m, 0.5 deg, Doppler 0.2 m/s) look in each of the four
directions, at 10 Hz and out of step, with 10 % misses and 2 false alarms a scan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from perception.objects import Detections, Floats, Ints, RoadUser
from perception.sensing.scan import rotation_of, sight_covariance
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.state.attributes import TYPICAL_SIZE

Mask = NDArray[np.bool_]

START_NS = 1_800_000_000_000_000_000
SECOND_NS = 1_000_000_000
HALF_M = 150.0
LATENCY_NS = 50_000_000
DIRECTIONS = (0.0, 90.0, 180.0, 270.0)


@dataclass
class Crowd:
    """u road users that keep their velocity while they are there; those that stand still have none."""

    kind: Ints  # (u,) RoadUser
    position: Floats  # (u, 2) m, at the time 0, site frame
    velocity: Floats  # (u, 2) m/s
    begin_s: Floats  # (u,)
    end_s: Floats  # (u,)

    def at(self, seconds: float) -> tuple[Ints, Floats]:
        """Return the road users present and their places (k, 2)."""
        here = np.flatnonzero((self.begin_s <= seconds) & (seconds < self.end_s))
        return here, self.position[here] + seconds * self.velocity[here]

    def and_also(self, other: Crowd) -> Crowd:
        """Return both crowds as one."""
        return Crowd(
            *(np.concatenate([mine, theirs]) for mine, theirs in zip(_columns(self), _columns(other), strict=True))
        )


@dataclass
class Fault:
    """How a sensor differs from its mounting in the site file."""

    yaw_deg: float = 0.0  # it looks so much farther to the right
    latency_ns: int = LATENCY_NS
    ghosts: int = 0  # more false alarms a scan, each for half a second at one place


@dataclass
class Case:
    """A crowd and the sensors that watch it."""

    crowd: Crowd
    faults: dict[str, Fault] = field(default_factory=dict)
    buses_hide: bool = False  # all road users behind them


def lanes_and_walkers(count: int, seconds: float, rng: np.random.Generator) -> Crowd:
    """Return road users with about `count` present at any time."""
    crowd = walkers(count // 5, rng)
    for lane in range(8):
        speed = rng.uniform(7.0, 14.0)
        between_s = 2 * HALF_M / (0.8 * count / 8) / speed
        aside = 2.0 + 3.5 * (lane // 4)
        angle = math.radians(DIRECTIONS[lane % 4])
        ahead, right = np.array([math.sin(angle), math.cos(angle)]), np.array([math.cos(angle), -math.sin(angle)])
        number = math.ceil((seconds + 2 * HALF_M / speed) / between_s)
        begin = (np.arange(number) + rng.uniform(0.0, 0.3, number)) * between_s - 2 * HALF_M / speed
        position = aside * right - HALF_M * ahead - begin[:, None] * speed * ahead
        kind = np.full(number, RoadUser.CAR, dtype=np.int64)
        crowd = crowd.and_also(
            Crowd(kind, position, np.tile(speed * ahead, (number, 1)), begin, begin + 2 * HALF_M / speed)
        )
    return crowd


def walkers(count: int, rng: np.random.Generator) -> Crowd:
    """Return pedestrians about the middle."""
    kind = np.full(count, RoadUser.PEDESTRIAN, dtype=np.int64)
    place, pace = rng.uniform(-40.0, 40.0, (count, 2)), rng.normal(0.0, 1.0, (count, 2))
    return Crowd(kind, place, pace, np.zeros(count), np.full(count, np.inf))


def sensors() -> list[Sensor]:
    """Return a camera and a radar on each side, looking across the crossing."""
    view = FieldOfView(range_m=190.0, width_deg=110.0)
    camera = Noise(along_m=0.9, across_m=0.5)
    radar = Noise(along_m=0.3, across_m=0.1, azimuth_deg=0.5, speed_mps=0.2, speed_across_mps=50.0)
    found = []
    for yaw in DIRECTIONS:
        angle = math.radians(yaw)
        mount = Mount(east_m=-25.0 * math.sin(angle), north_m=-25.0 * math.cos(angle), height_m=7.0, yaw_deg=yaw)
        for name, noise in (("camera", camera), ("radar", radar)):
            device = f"{name}-{yaw:.0f}"
            found.append(Sensor(device=device, mount=mount, field_of_view=view, noise=noise, false_alarms=2.0))
    return found


def scans(case: Case, seconds: float, seed: int) -> tuple[list[Detections], list[Ints]]:
    """Return all scans in order of arrival, and for each whose detections they are: rows of the crowd, -1: of none."""
    found = []
    for number, sensor in enumerate(sensors()):
        rng = np.random.default_rng([seed, number])
        fault = case.faults.get(sensor.device, Fault())
        for tick in range(int(seconds * 10)):
            found.append(_scan(sensor, fault, case, tick * 0.1 + 0.0125 * number, rng))
    found.sort(key=lambda pair: (pair[0].receipt_ns, pair[0].device))
    return [scan for scan, _ in found], [owner for _, owner in found]


def _scan(
    sensor: Sensor, fault: Fault, case: Case, seconds: float, rng: np.random.Generator
) -> tuple[Detections, Ints]:
    """Return one scan and its detections' owners."""
    turned = rotation_of(sensor.mount.model_copy(update={"yaw_deg": sensor.mount.yaw_deg + fault.yaw_deg}))
    crowd = case.crowd
    here, place = crowd.at(seconds)
    place = (place - [sensor.mount.east_m, sensor.mount.north_m]) @ turned
    visible = _in_view(sensor, place)
    if case.buses_hide:
        visible &= ~_hidden(sensor, place, crowd.velocity[here] @ turned, crowd.kind[here])
    seen = np.flatnonzero(visible & (rng.random(len(here)) < 0.9))
    owner, place = here[seen], place[seen]
    sight = place / np.hypot(*place.T)[:, None]
    radial = (crowd.velocity[owner] @ turned * sight).sum(axis=1)
    spread = np.linalg.cholesky(sight_covariance(place, sensor.noise))
    place = place + (spread @ rng.normal(size=(len(seen), 2, 1)))[:, :, 0]
    alarms = _alarms(sensor, rng.poisson(2.0), rng)
    if fault.ghosts:
        alarms = np.vstack([alarms, _alarms(sensor, fault.ghosts, np.random.default_rng(int(seconds * 2.0)))])
    place = np.vstack([place, alarms])
    owner = np.concatenate([owner, np.full(len(alarms), -1)])
    doppler = np.concatenate([radial, rng.normal(0.0, 3.0, len(alarms))]) + rng.normal(
        0.0, sensor.noise.speed_mps, len(place)
    )
    kind = np.concatenate([crowd.kind[owner[: len(seen)]], rng.integers(1, 7, len(alarms))])
    order = rng.permutation(len(place))
    stamp_ns = START_NS + round(seconds * 1e9)
    radar = sensor.device.startswith("radar")
    return detections(
        sensor.device, stamp_ns, fault.latency_ns, place[order], doppler[order] if radar else None, kind[order]
    ), owner[order]


def _in_view(sensor: Sensor, place: Floats) -> Mask:
    """Return which places (k, 2), sensor frame, are in its field of view."""
    view = sensor.field_of_view
    bearing = np.degrees(np.arctan2(place[:, 1], place[:, 0]))
    inside: Mask = (np.hypot(*place.T) < view.range_m) & (np.abs(bearing) < view.width_deg / 2)
    return inside


def _hidden(sensor: Sensor, place: Floats, velocity: Floats, kind: Ints) -> Mask:
    """Return whose middle, at places (k, 2) in the sensor frame, a bus hides; the sensor looks over low users."""
    bus = kind == RoadUser.BUS
    length, width, height = TYPICAL_SIZE[RoadUser.BUS]
    distance, bearing = np.hypot(*place.T), np.arctan2(place[:, 1], place[:, 0])
    aslant = np.arctan2(velocity[bus, 1], velocity[bus, 0]) - bearing[bus]
    half = (np.abs(np.sin(aslant)) * length + np.abs(np.cos(aslant)) * width) / 2.0
    gap = np.abs((bearing[:, None] - bearing[bus] + np.pi) % (2.0 * np.pi) - np.pi)
    share = distance[bus] / np.maximum(distance[:, None], 1.0)
    line = sensor.mount.height_m + (TYPICAL_SIZE[kind, 2, None] / 2.0 - sensor.mount.height_m) * share
    stops = (gap < np.arctan2(half, distance[bus])) & (share < 0.999) & (line < height)
    hidden: Mask = stops.any(axis=1)
    return hidden


def _alarms(sensor: Sensor, count: int, rng: np.random.Generator) -> Floats:
    """Return places (count, 2) anywhere in the field of view."""
    distance = sensor.field_of_view.range_m * np.sqrt(rng.random(count))
    angle = np.radians(rng.uniform(-0.5, 0.5, count) * sensor.field_of_view.width_deg)
    return distance[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def detections(
    device: str, stamp_ns: int, latency_ns: int, place: Floats, doppler: Floats | None, kind: Ints
) -> Detections:
    """Return a scan: a radar's has the speed along the line of sight, a camera's the class."""
    count = len(place)
    velocity = np.full((count, 2), np.nan)
    if doppler is not None:
        velocity = place / np.hypot(*place.T)[:, None] * doppler[:, None]
    return Detections(
        device=device,
        stamp_ns=stamp_ns,
        receipt_ns=stamp_ns + latency_ns,
        position_m=place,
        covariance_m2=np.full((count, 2, 2), np.nan),
        velocity_mps=velocity,
        velocity_variance_m2ps2=np.full(count, np.nan),
        box_px=np.full((count, 4), np.nan),
        size_m=np.full((count, 3), np.nan),
        kind=kind if doppler is None else np.zeros(count, dtype=np.int64),
        confidence=np.full(count, 0.9),
        source_id=np.full(count, -1),
    )


def _columns(crowd: Crowd) -> tuple[Floats | Ints, ...]:
    return crowd.kind, crowd.position, crowd.velocity, crowd.begin_s, crowd.end_s
