"""The 95 % confidence classes of the standard (DefPosition, DefMotion, DefTime; in phase II SensorSharing).

Bound -> class and class -> bound.

A picker returns the finest class whose bound still covers the given 95 % bound, and "unavailable" for None, NaN and
values beyond the coarsest class: a sent class never claims a smaller error than is known.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from typing import Generic, TypeVar, get_args

from v2x.records.names import (
    ElevationConfidence,
    HeadingConfidence,
    PositionConfidence,
    SpeedConfidence,
    SteeringConfidence,
    TimeConfidence,
)
from v2x.records.names_ii import AccelerationConfidence, AngularVelocityConfidence, SizeConfidence

C = TypeVar("C", bound=str)


def _from_name(name: str) -> float:
    """Return the bound that is written in the name, as in time-000-000-5 -> 0.0005, elev-000-50 -> 0.5."""
    _, whole, *decimals = name.split("-")
    return float(f"{whole}.{''.join(decimals)}")


POSITION_M: Mapping[PositionConfidence, float] = {
    "a500m": 500,
    "a200m": 200,
    "a100m": 100,
    "a50m": 50,
    "a20m": 20,
    "a10m": 10,
    "a5m": 5,
    "a2m": 2,
    "a1m": 1,
    "a50cm": 0.5,
    "a20cm": 0.2,
    "a10cm": 0.1,
    "a5cm": 0.05,
    "a2cm": 0.02,
    "a1cm": 0.01,
}
SPEED_MPS: Mapping[SpeedConfidence, float] = {
    "prec100ms": 100,
    "prec10ms": 10,
    "prec5ms": 5,
    "prec1ms": 1,
    "prec0-1ms": 0.1,
    "prec0-05ms": 0.05,
    "prec0-01ms": 0.01,
}
HEADING_DEG: Mapping[HeadingConfidence, float] = {
    "prec10deg": 10,
    "prec05deg": 5,
    "prec01deg": 1,
    "prec0-1deg": 0.1,
    "prec0-05deg": 0.05,
    "prec0-01deg": 0.01,
    "prec0-0125deg": 0.0125,
}
STEERING_DEG: Mapping[SteeringConfidence, float] = {"prec2deg": 2, "prec1deg": 1, "prec0-02deg": 0.02}
ELEVATION_M: Mapping[ElevationConfidence, float] = {
    name: _from_name(name) for name in get_args(ElevationConfidence)[1:]
}
# the names of both say "deg": of the first they mean m/s2
ACCELERATION_MPS2: Mapping[AccelerationConfidence, float] = {
    "prec100deg": 100,
    "prec10deg": 10,
    "prec5deg": 5,
    "prec1deg": 1,
    "prec0-1deg": 0.1,
    "prec0-05deg": 0.05,
    "prec0-01deg": 0.01,
}
ANGULAR_VELOCITY_DPS: Mapping[AngularVelocityConfidence, float] = {
    "prec100deg": 100,
    "prec10deg": 10,
    "prec5deg": 5,
    "prec1deg": 1,
    "prec0-1deg": 0.1,
    "prec0-05deg": 0.05,
    "prec0-01deg": 0.01,
}
SIZE_M: Mapping[SizeConfidence, float] = {name: _from_name(name) for name in get_args(SizeConfidence)[1:]}
TIME_S: Mapping[TimeConfidence, float] = {name: _from_name(name) for name in get_args(TimeConfidence)[1:]}


class _Ladder(Generic[C]):
    """The classes of one table from the finest to the coarsest, to be asked thousands of times a second."""

    def __init__(self, bounds: Mapping[C, float], otherwise: C) -> None:
        rungs = sorted((bound, name) for name, bound in bounds.items())
        self._bounds = [bound for bound, _ in rungs]
        self._names = [*(name for _, name in rungs), otherwise]

    def finest(self, value: float | None) -> C:
        """Return the finest class that covers a value."""
        if value is None or math.isnan(value):
            return self._names[-1]
        return self._names[bisect_left(self._bounds, value)]


_POSITION = _Ladder(POSITION_M, "unavailable")
_ELEVATION = _Ladder(ELEVATION_M, "unavailable")
_SPEED = _Ladder(SPEED_MPS, "unavailable")
_HEADING = _Ladder(HEADING_DEG, "unavailable")
_STEERING = _Ladder(STEERING_DEG, "unavailable")
_TIME = _Ladder(TIME_S, "unavailable")
_ACCELERATION = _Ladder(ACCELERATION_MPS2, "unavailable")
_ANGULAR_VELOCITY = _Ladder(ANGULAR_VELOCITY_DPS, "unavailable")
_SIZE = _Ladder(SIZE_M, "unavailable")


def position_confidence(bound_m: float | None) -> PositionConfidence:
    """Return the class of a horizontal position known to `bound_m` metres (95 %)."""
    return _POSITION.finest(bound_m)


def elevation_confidence(bound_m: float | None) -> ElevationConfidence:
    """Return the class of an elevation known to `bound_m` metres (95 %)."""
    return _ELEVATION.finest(bound_m)


def speed_confidence(bound_mps: float | None) -> SpeedConfidence:
    """Return the class of a speed known to `bound_mps` metres per second (95 %)."""
    return _SPEED.finest(bound_mps)


def heading_confidence(bound_deg: float | None) -> HeadingConfidence:
    """Return the class of a heading known to `bound_deg` degrees (95 %)."""
    return _HEADING.finest(bound_deg)


def steering_confidence(bound_deg: float | None) -> SteeringConfidence:
    """Return the class of a steering wheel angle known to `bound_deg` degrees (95 %)."""
    return _STEERING.finest(bound_deg)


def time_confidence(bound_s: float | None) -> TimeConfidence:
    """Return the class of a time known to `bound_s` seconds (95 %)."""
    return _TIME.finest(bound_s)


def acceleration_confidence(bound_mps2: float | None) -> AccelerationConfidence:
    """Return the class of an acceleration known to `bound_mps2` metres per second squared (95 %)."""
    return _ACCELERATION.finest(bound_mps2)


def angular_velocity_confidence(bound_dps: float | None) -> AngularVelocityConfidence:
    """Return the class of an angular velocity known to `bound_dps` degrees per second (95 %)."""
    return _ANGULAR_VELOCITY.finest(bound_dps)


def size_confidence(bound_m: float | None) -> SizeConfidence:
    """Return the class of an outer dimension known to `bound_m` metres (95 %)."""
    return _SIZE.finest(bound_m)
