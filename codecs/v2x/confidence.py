"""The 95 % confidence classes of the standard (DefPosition, DefMotion, DefTime; in phase II SensorSharing).

Bound -> class and class -> bound.

A picker returns the finest class whose bound still covers the given 95 % bound, and "unavailable" for None, NaN and
values beyond the coarsest class: what is sent never claims more than what is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, get_args

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


def _finest(bounds: Mapping[C, float], value: float | None, otherwise: C) -> C:
    if value is None:
        return otherwise
    covering = [(bound, name) for name, bound in bounds.items() if value <= bound]
    return min(covering)[1] if covering else otherwise


def position_confidence(bound_m: float | None) -> PositionConfidence:
    """Return the class of a horizontal position known to `bound_m` metres (95 %)."""
    return _finest(POSITION_M, bound_m, "unavailable")


def elevation_confidence(bound_m: float | None) -> ElevationConfidence:
    """Return the class of an elevation known to `bound_m` metres (95 %)."""
    return _finest(ELEVATION_M, bound_m, "unavailable")


def speed_confidence(bound_mps: float | None) -> SpeedConfidence:
    """Return the class of a speed known to `bound_mps` metres per second (95 %)."""
    return _finest(SPEED_MPS, bound_mps, "unavailable")


def heading_confidence(bound_deg: float | None) -> HeadingConfidence:
    """Return the class of a heading known to `bound_deg` degrees (95 %)."""
    return _finest(HEADING_DEG, bound_deg, "unavailable")


def steering_confidence(bound_deg: float | None) -> SteeringConfidence:
    """Return the class of a steering wheel angle known to `bound_deg` degrees (95 %)."""
    return _finest(STEERING_DEG, bound_deg, "unavailable")


def time_confidence(bound_s: float | None) -> TimeConfidence:
    """Return the class of a time known to `bound_s` seconds (95 %)."""
    return _finest(TIME_S, bound_s, "unavailable")


def acceleration_confidence(bound_mps2: float | None) -> AccelerationConfidence:
    """Return the class of an acceleration known to `bound_mps2` metres per second squared (95 %)."""
    return _finest(ACCELERATION_MPS2, bound_mps2, "unavailable")


def angular_velocity_confidence(bound_dps: float | None) -> AngularVelocityConfidence:
    """Return the class of an angular velocity known to `bound_dps` degrees per second (95 %)."""
    return _finest(ANGULAR_VELOCITY_DPS, bound_dps, "unavailable")


def size_confidence(bound_m: float | None) -> SizeConfidence:
    """Return the class of an outer dimension known to `bound_m` metres (95 %)."""
    return _finest(SIZE_M, bound_m, "unavailable")
