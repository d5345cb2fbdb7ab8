"""Detections of devices, sensor frame, as places and velocities in the site frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.algebra import along_and_across, times, transposed
from perception.kernel.native import contiguous, kernel
from perception.objects import Detections, Floats, Ints
from perception.sensing.sensors import Sensors

_FROM = ("position_m", "covariance_m2", "velocity_mps", "velocity_variance_m2ps2", "size_m")  # of detections
_ROWS = 15  # of floats, those of Placed


class Placed(NamedTuple):
    """d detections, site frame; fields of a `Scan`."""

    position_m: Floats  # (2, d) m
    covariance_m2: Floats  # (2, 2, d) m2: as the device says, else as the site file says
    velocity_mps: Floats  # (2, d) m/s, 0 where nothing was measured
    velocity_certainty: Floats  # (2, 2, d) (s/m)2, 0 where nothing was measured
    size_m: Floats  # (3, d) m


def placed_on_site(devices: Sequence[Detections], sensor: Ints, radial: Ints, sensors: Sensors) -> Placed:
    """Return all detections of devices; sensor, radial (d,): column of each, and 1: no speed across the sight.

    Values that are not finite become NaN.
    """
    told = [np.concatenate([getattr(each, name) for each in devices], dtype=np.float64) for name in _FROM]
    return (placed_twin if kernel is None else placed)(told, sensor, radial, sensors)


def placed(told: Sequence[Floats], sensor: Ints, radial: Ints, sensors: Sensors) -> Placed:
    """Return the projected rows told, (d, ...) in the order of _FROM, by the kernel; sensor, radial (d,): as above."""
    found = np.empty((_ROWS, len(sensor)))
    spread = sensors.along, sensors.across, sensors.azimuth, sensors.speed, sensors.speed_across
    kernel.project(*contiguous(*told, sensor, radial, sensors.place, sensors.forward, *spread, found))
    square = 2, 2, -1
    return Placed(found[:2], found[2:6].reshape(square), found[6:8], found[8:12].reshape(square), found[12:])


def placed_twin(told: Sequence[Floats], sensor: Ints, radial: Ints, sensors: Sensors) -> Placed:
    """Return the same without the kernel: told (d, ...), sensor (d,), radial (d,) as in `placed`."""
    position, covariance, velocity, size = (_stacked(told[number]) for number in (0, 1, 2, 4))
    forward = sensors.forward[:, sensor]
    away = _turned(position, forward)
    velocity = _turned(velocity, forward)
    known = np.isfinite(velocity[0] + velocity[1])
    given = known & np.isfinite(told[3])
    along = known / np.where(given, told[3], sensors.speed[sensor])
    across = (known & (radial == 0)) / np.where(given, told[3], sensors.speed_across[sensor])
    ray = away / np.maximum(np.hypot(away[0], away[1]), 1e-6)
    return Placed(
        position_m=away + sensors.place[:, sensor],
        covariance_m2=_covariance(covariance, away, forward, sensor, sensors),
        velocity_mps=np.where(known, velocity, 0.0),
        velocity_certainty=along_and_across(ray, along, across),
        size_m=size,
    )


def _stacked(told: Floats) -> Floats:
    """Return an array (d, ...) as one (..., d); values that are not finite become NaN."""
    whole = np.where(np.isinf(told), np.nan, told)
    return np.ascontiguousarray(whole.transpose(*range(1, whole.ndim), 0))


def _turned(vector: Floats, forward: Floats) -> Floats:
    """Turn sensor frame vectors (2, d) (forward, left) into east, north."""
    east, north = forward
    return np.stack([east * vector[0] - north * vector[1], north * vector[0] + east * vector[1]])


def _covariance(told: Floats, away: Floats, forward: Floats, sensor: Ints, sensors: Sensors) -> Floats:
    """Return the covariances (2, 2, d) of the places: as the device says, else as the site file says."""
    distance = np.hypot(away[0], away[1])
    across = sensors.across[sensor] + sensors.azimuth[sensor] * distance**2
    own = along_and_across(away / np.maximum(distance, 1e-6), sensors.along[sensor], across)
    usable = np.isfinite(told[0, 0] + told[0, 1] + told[1, 1])
    turn = np.stack([np.stack([forward[0], -forward[1]]), np.stack([forward[1], forward[0]])])
    return np.where(usable, times(times(turn, told), transposed(turn)), own)
