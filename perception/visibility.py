"""Which tracks a sensor could see: "not seen" counts only there."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from perception.geo import direction_of
from perception.objects import Floats
from perception.sensor import Sensor

EDGE_M = 3.0  # nearer to the range limits than this a miss says nothing
EDGE_DEG = 2.0  # nor this near to the sides
FLAT_M = 0.3  # of a road user's top that must stick out for it to be seen

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


def hidden(target: Floats, height: Floats, other: Floats, size: Floats, sensor: Sensor) -> Mask:
    """Return which targets (m, 2) with tops at `height` (m,) stand behind one of the others (n, 2), size (n, 3).

    The sensor looks down from its mount: an obstacle of height h at distance d hides what is lower than the line
    over its top. Obstacles are taken as upright cylinders of the vehicle's mean width and length.
    """
    foot = np.array([sensor.mount.east_m, sensor.mount.north_m])
    far, near = target - foot, other - foot
    far_distance, near_distance = np.hypot(far[:, 0], far[:, 1]), np.hypot(near[:, 0], near[:, 1])
    radius = (size[:, 0] + size[:, 1]) / 4.0
    unit = far / np.maximum(far_distance, 1e-6)[:, None]
    off_axis = np.abs(unit[:, None, 0] * near[None, :, 1] - unit[:, None, 1] * near[None, :, 0])
    ahead = unit @ near.T  # (m, n) how far along the line of sight the obstacle stands
    drop = (sensor.mount.height_m - size[:, 2]) / np.maximum(near_distance, 1e-6)
    line = sensor.mount.height_m - drop[None] * far_distance[:, None]  # height of the shadow's edge over the target
    between = (ahead > 0) & (ahead < far_distance[:, None] - radius[None])
    behind: Mask = (between & (off_axis < radius[None]) & (line > height[:, None] - FLAT_M)).any(axis=1)
    return behind


def _polar(position: Floats, sensor: Sensor) -> tuple[Floats, Floats, Floats]:
    """Return (n,) metres ahead of the sensor, to its right, and away from it."""
    away = position - [sensor.mount.east_m, sensor.mount.north_m]
    forward = direction_of(sensor.mount.yaw_deg)
    ahead = away @ forward
    aside = away @ np.array([forward[1], -forward[0]])
    return ahead, aside, np.hypot(ahead, aside)
