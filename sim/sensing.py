"""The view of a camera or radar of the bench on the world: field of view, occlusion, misses, false alarms, noise.

Simplifications: a road user is a box on a plane; a sensor measures its centre, not the near side of its body; errors
of one frame do not depend on those of the frame before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from sim.bench import MountSpec, SensorSpec
from sim.frames import WorldFrame

RAYS = 5  # to each road user, spread over its width
SEEN_SHARE = 0.4  # of the rays that must reach it
FORGET_NS = 2_000_000_000


class Polar(NamedTuple):
    """Where rows of points are from a sensor: distance m, bearing rad (left of the boresight +)."""

    distance_m: Floats
    bearing_rad: Floats


def to_sensor(mount: MountSpec, vectors: Floats) -> Floats:
    """Turn (n, 2) vectors east, north into the sensor's forward, left."""
    yaw = np.radians(mount.yaw_deg)
    forward, left = np.array([np.sin(yaw), np.cos(yaw)]), np.array([-np.cos(yaw), np.sin(yaw)])
    turned: Floats = vectors @ np.column_stack([forward, left])
    return turned


def polar(position: Floats) -> Polar:
    """Return (n, 2) positions in the sensor frame as distance and bearing."""
    return Polar(np.hypot(position[:, 0], position[:, 1]), np.arctan2(position[:, 1], position[:, 0]))


def visible(frame: WorldFrame, spec: SensorSpec) -> Ints:
    """Return the rows of the frame that the sensor sees: in its field of view, not hidden behind others."""
    offset = np.array([spec.mount.east_m, spec.mount.north_m])
    centre = polar(to_sensor(spec.mount, frame.position_m - offset))
    near = np.flatnonzero(centre.distance_m < spec.range_m)
    corners = polar(to_sensor(spec.mount, (_corners(frame)[near] - offset).reshape(-1, 2))).bearing_rad.reshape(-1, 4)
    spread = _wrap(corners - centre.bearing_rad[near, None])
    bodies = _Bodies(
        Polar(centre.distance_m[near], centre.bearing_rad[near]),
        spread.min(axis=1, initial=0),
        spread.max(axis=1, initial=0),
        frame.size_m[near, 2],
    )
    facing = np.abs(bodies.centre.bearing_rad) <= np.radians(spec.width_deg) / 2
    rows: Ints = near[facing & (_reached(bodies, spec.mount.height_m) >= SEEN_SHARE)]
    return rows


class _Bodies(NamedTuple):
    centre: Polar
    right_rad: Floats  # rad from the centre's bearing to the body's edge, <= 0
    left_rad: Floats  # likewise, >= 0
    height_m: Floats


def _corners(frame: WorldFrame) -> Floats:
    """Return the (n, 4, 2) corners of all bodies, east and north."""
    heading = np.radians(frame.heading_deg)
    along = np.column_stack([np.sin(heading), np.cos(heading)]) * frame.size_m[:, :1] / 2
    across = np.column_stack([np.cos(heading), -np.sin(heading)]) * frame.size_m[:, 1:2] / 2
    offsets = np.stack([along + across, along - across, -along + across, -along - across], axis=1)
    corners: Floats = frame.position_m[:, None, :] + offsets
    return corners


def _reached(bodies: _Bodies, height_m: float) -> Floats:
    """Return for each body the share of rays from the sensor to half its height that no nearer body stops."""
    distance, bearing = bodies.centre
    share = (np.arange(RAYS) + 0.5) / RAYS
    rays = (
        bearing[:, None] + bodies.right_rad[:, None] + share * (bodies.left_rad - bodies.right_rad)[:, None]
    )  # (n, rays)
    across = _wrap(rays[:, :, None] - bearing)  # (n, rays, n): from ray i, k to the centre of body j
    inside = (across > bodies.right_rad) & (across < bodies.left_rad)
    fraction = distance / np.maximum(distance[:, None], 0.1)  # (n, n): how far along the way to i body j stands
    passes_at = height_m + (bodies.height_m[:, None] / 2 - height_m) * fraction
    stops = (fraction < 1) & (passes_at < bodies.height_m)
    stopped: Floats = (inside & stops[:, None, :]).any(axis=2).mean(axis=1)
    return 1 - stopped


def _wrap(angle: Floats) -> Floats:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def noisy(rng: np.random.Generator, position: Floats, along: Floats, across: Floats) -> Floats:
    """Return (n, 2) sensor-frame positions moved by errors of these sigmas (m) along and across the line of sight."""
    bearing = polar(position).bearing_rad
    errors = rng.normal(size=position.shape) * np.column_stack([along, across])
    return position + to_cartesian(errors, bearing)


def to_cartesian(errors: Floats, bearing: Floats) -> Floats:
    """Turn (n, 2) vectors along, across (left +) the line of sight into the sensor's x, y."""
    cosine, sine = np.cos(bearing), np.sin(bearing)
    return np.column_stack([cosine * errors[:, 0] - sine * errors[:, 1], sine * errors[:, 0] + cosine * errors[:, 1]])


def false_alarms(rng: np.random.Generator, spec: SensorSpec, mean: float) -> Floats:
    """Return the (n, 2) positions, sensor frame, of a Poisson number of alarms anywhere in the field of view."""
    count = rng.poisson(mean)
    distance = spec.range_m * np.sqrt(rng.random(count))
    bearing = np.radians(spec.width_deg) * (rng.random(count) - 0.5)
    return np.column_stack([distance * np.cos(bearing), distance * np.sin(bearing)])


class TargetNumbers:
    """A device's own numbers of targets: small, kept while it is seen, free again 2 s later."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[int, int]] = {}  # world id -> (number, last seen)

    def of(self, ids: Ints, now_ns: int) -> Ints:
        """Return the numbers of road users that are seen now."""
        for gone in [key for key, (_, seen_ns) in self._numbers.items() if now_ns - seen_ns > FORGET_NS]:
            del self._numbers[gone]
        for key in ids.tolist():
            number = self._numbers[key][0] if key in self._numbers else self._free()
            self._numbers[key] = number, now_ns
        return np.array([self._numbers[key][0] for key in ids.tolist()], dtype=np.int64)

    def _free(self) -> int:
        used = {number for number, _ in self._numbers.values()}
        return next(number for number in range(len(used) + 1) if number not in used)
