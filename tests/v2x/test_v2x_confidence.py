"""Confidence classes: the bound beside the name of the class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

import pytest

import v2x
from v2x import confidence
from v2x.records import names, names_ii


@pytest.mark.parametrize(
    ("bound", "name"),
    [(0.005, "a1cm"), (0.3, "a50cm"), (0.51, "a1m"), (1.0, "a1m"), (1.2, "a2m"), (500, "a500m"), (501, "unavailable")],
)
def test_position_confidence(bound: float, name: str) -> None:
    assert v2x.position_confidence(bound) == name


def test_confidence_never_claims_more_than_known() -> None:
    assert v2x.speed_confidence(0.3) == "prec1ms"
    assert v2x.heading_confidence(2.0) == "prec05deg"
    assert v2x.heading_confidence(0.012) == "prec0-0125deg"
    assert v2x.heading_confidence(0.009) == "prec0-01deg"
    assert v2x.steering_confidence(1.5) == "prec2deg"
    assert v2x.elevation_confidence(0.4) == "elev-000-50"
    assert v2x.time_confidence(0.0005) == "time-000-000-5"
    assert v2x.time_confidence(0.03) == "time-000-050"
    assert confidence.acceleration_confidence(0.5) == "prec1deg"  # m/s2 in spite of the name
    assert confidence.angular_velocity_confidence(0.05) == "prec0-05deg"
    assert confidence.size_confidence(0.3) == "size-000-50"
    assert v2x.time_confidence(3e-12) == "time-000-000-000-000-01"


def test_no_bound_is_unavailable() -> None:
    assert v2x.position_confidence(None) == "unavailable"
    assert v2x.speed_confidence(math.nan) == "unavailable"


def test_every_class_has_a_bound() -> None:
    tables: dict[object, Mapping[Any, float]] = {
        names.PositionConfidence: confidence.POSITION_M,
        names.ElevationConfidence: confidence.ELEVATION_M,
        names.SpeedConfidence: confidence.SPEED_MPS,
        names.HeadingConfidence: confidence.HEADING_DEG,
        names.SteeringConfidence: confidence.STEERING_DEG,
        names.TimeConfidence: confidence.TIME_S,
        names_ii.AccelerationConfidence: confidence.ACCELERATION_MPS2,
        names_ii.AngularVelocityConfidence: confidence.ANGULAR_VELOCITY_DPS,
        names_ii.SizeConfidence: confidence.SIZE_M,
    }
    for literal, bounds in tables.items():
        assert ("unavailable", *bounds) == get_args(literal)
    assert confidence.TIME_S["time-100-000"] == 100.0
    assert confidence.TIME_S["time-000-000-000-000-01"] == 1e-11
    assert confidence.ELEVATION_M["elev-000-05"] == 0.05
