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
COVERED_SHARE = 0.4  # share of a road user's width that must be covered for it to be hidden, with some allowance

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


def hidden(bodies: Bodies, targets: Ints, others: Ints, sensor: Sensor) -> Mask:
    """Return which of the bodies `targets` (m,) one of the bodies `others` (k,) covers from the sensor's place.

    The sensor looks down from its mount: a body of height h covers what the lines over its top do not reach. The
    line that counts goes to the middle of the target.
    """
    bearing, distance, right, left = _span(bodies, np.array([sensor.mount.east_m, sensor.mount.north_m]))
    across = _wrap(bearing[targets, None] - bearing[None, others])  # (m, k)
    # the part of the target's width that lies between the edges of the other
    covered = np.minimum(across + left[targets, None], left[others])
    covered -= np.maximum(across + right[targets, None], right[others])
    share = distance[None, others] / np.maximum(distance[targets, None], 1.0)  # of the way to the target
    middle = bodies.size[targets, 2] / 2.0
    line = sensor.mount.height_m + (middle - sensor.mount.height_m)[:, None] * share
    before = (share < 1.0) & (line < bodies.size[others, 2])
    before &= covered > COVERED_SHARE * (left - right)[targets, None]
    behind: Mask = np.any(before, axis=1)
    return behind


def _span(bodies: Bodies, foot: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return bearing [rad] and distance [m] of bodies (n,), and the bearings of their edges relative to it [rad]."""
    unknown = np.isnan(bodies.heading)
    half = bodies.size[:, :2] / 2.0
    half[unknown] = half[unknown].mean(axis=1, keepdims=True)
    ahead = direction_of(np.where(unknown, 0.0, bodies.heading))
    along, across = ahead * half[:, :1], ahead[:, ::-1] * half[:, 1:] * [1.0, -1.0]
    away = bodies.position - foot
    corners = away + np.stack([along + across, along - across, across - along, -along - across])  # (4, n, 2)
    bearing = np.arctan2(away[:, 1], away[:, 0])
    edges = _wrap(np.arctan2(corners[:, :, 1], corners[:, :, 0]) - bearing)
    return bearing, np.hypot(away[:, 0], away[:, 1]), edges.min(axis=0), edges.max(axis=0)


def _wrap(angle: Floats) -> Floats:
    return (angle + np.pi) % (2.0 * np.pi) - np.pi


def _polar(position: Floats, sensor: Sensor) -> tuple[Floats, Floats, Floats]:
    """Return (n,) metres ahead of the sensor, to its right, and away from it."""
    away = position - [sensor.mount.east_m, sensor.mount.north_m]
    forward = direction_of(sensor.mount.yaw_deg)
    ahead = away @ forward
    aside = away @ np.array([forward[1], -forward[0]])
    return ahead, aside, np.hypot(ahead, aside)
