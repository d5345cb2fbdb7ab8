"""Which tracks a sensor could see: "not seen" counts only there."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perception.geo import direction_of
from perception.objects import Floats, Ints
from perception.sensor import Sensor

EDGE_M = 3.0  # nearer to the range limits than this a miss says nothing
EDGE_DEG = 2.0  # nor this near to the sides
HALF = 0.4  # share of a road user's width that must be covered for it to be hidden, with some allowance

Mask = NDArray[np.bool_]


def in_view(position: Floats, sensor: Sensor) -> Mask:
    """Return which places (n, 2), site frame, lie well inside the sensor's field of view."""
    ahead, aside, distance = _polar(position, sensor)
    half = math.radians(min(sensor.field_of_view.width_deg / 2.0 - EDGE_DEG, 180.0))
    view = sensor.field_of_view
    deep = (distance < view.range_m - EDGE_M) & (distance > view.near_m + EDGE_M)
    return deep & (np.abs(np.arctan2(aside, ahead)) < half)


def radial_speed(position: Floats, velocity: Floats, sensor: Sensor) -> Floats:
    """Return the speed (n,) in m/s away from the sensor."""
    sight = position - [sensor.mount.east_m, sensor.mount.north_m]
    distance = np.maximum(np.hypot(sight[:, 0], sight[:, 1]), 1e-6)
    radial: Floats = (sight * velocity).sum(axis=1) / distance
    return radial


class Bodies(NamedTuple):
    """Road users as upright boxes, site frame."""

    position: Floats  # (n, 2) m, centre
    heading: Floats  # (n,) deg, NaN unknown
    size: Floats  # (n, 3) m: length, width, height

    def of(self, rows: Ints) -> Bodies:
        """Return some of them."""
        return Bodies(self.position[rows], self.heading[rows], self.size[rows])


def hidden(targets: Bodies, others: Bodies, sensor: Sensor) -> Mask:
    """Return which targets (m,) one of the others may cover: half of them is enough to lose them.

    The sensor looks down from its mount: a body of height h covers what the lines over its top do not reach. The
    line that counts goes to the middle of the target.
    """
    foot = np.array([sensor.mount.east_m, sensor.mount.north_m])
    bearing, distance, right, left = _span(targets, foot)
    other_bearing, other_distance, other_right, other_left = _span(others, foot)
    across = _wrap(bearing[:, None] - other_bearing[None])  # (m, n)
    # the part of the target's width that lies beside the obstacle, from either end
    covered = np.minimum(across + left[:, None], other_left) - np.maximum(across + right[:, None], other_right)
    share = other_distance[None] / np.maximum(distance[:, None], 1.0)  # of the way to the target
    middle = targets.size[:, 2] / 2.0
    line = sensor.mount.height_m + (middle - sensor.mount.height_m)[:, None] * share
    before: Mask = (share < 1.0) & (line < others.size[:, 2]) & (covered > HALF * (left - right)[:, None])
    behind: Mask = np.any(before, axis=1)
    return behind


def _span(bodies: Bodies, foot: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return bearing [rad] and distance [m] of bodies (n,), and the bearings of their edges relative to it [rad]."""
    turned = np.isnan(bodies.heading)
    ahead = direction_of(np.where(turned, 0.0, bodies.heading))
    mean = bodies.size[:, :2].mean(axis=1)
    length, width = (np.where(turned, mean, bodies.size[:, axis])[:, None] / 2.0 for axis in (0, 1))
    along, across = ahead * length, np.stack([ahead[:, 1], -ahead[:, 0]], axis=-1) * width
    away = bodies.position - foot
    corners = away[:, None] + np.stack([along + across, along - across, across - along, -along - across], axis=1)
    bearing = np.arctan2(away[:, 1], away[:, 0])
    edges = _wrap(np.arctan2(corners[:, :, 1], corners[:, :, 0]) - bearing[:, None])
    return bearing, np.hypot(away[:, 0], away[:, 1]), edges.min(axis=1), edges.max(axis=1)


def _wrap(angle: Floats) -> Floats:
    return (angle + np.pi) % (2.0 * np.pi) - np.pi


def _polar(position: Floats, sensor: Sensor) -> tuple[Floats, Floats, Floats]:
    """Return (n,) metres ahead of the sensor, to its right, and away from it."""
    away = position - [sensor.mount.east_m, sensor.mount.north_m]
    forward = direction_of(sensor.mount.yaw_deg)
    ahead = away @ forward
    aside = away @ np.array([forward[1], -forward[0]])
    return ahead, aside, np.hypot(ahead, aside)
