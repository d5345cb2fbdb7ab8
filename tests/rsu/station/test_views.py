"""The page on a sensor that stands otherwise than in the site file."""

from __future__ import annotations

import pytest

from perception.registration.approaches import ApproachBias
from perception.tracking.bias import SensorBias
from rsu.station import views


@pytest.mark.parametrize(
    ("bias", "text"),
    [
        (SensorBias("radar", 0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 10.0), None),
        (SensorBias("radar", 0.8, 0.6, -2.96, 0.0, 0.1, 0.1, 10.0), "1.0 m off, turned by -3.0 deg"),
        (SensorBias("radar", 0.8, 0.6, -2.96, 0.0, 0.5, 2.0, 10.0), None),  # not sure
        (SensorBias("camera", 0.1, 0.1, 0.2, 203.0, 0.1, 0.1, 10.0), "+203 ms late"),
    ],
)
def test_doubt_is_told_where_it_is_sure_and_matters(bias: SensorBias, text: str | None) -> None:
    assert views.doubt(bias) == text


@pytest.mark.parametrize(
    ("aside_m", "heading_deg", "vehicles", "text"),
    [
        (0.9, 0.1, 60.0, "sees traffic 0.9 m right of the lanes of south"),
        (-1.2, 0.1, 60.0, "sees traffic 1.2 m left of the lanes of south"),
        (0.1, -2.5, 60.0, "sees traffic turned by -2.5 deg against the lanes of south"),
        (0.9, 2.5, 20.0, None),  # too few vehicles
        (0.5, 1.0, 60.0, None),
    ],
)
def test_lanes_tell_where_no_other_sensor_does(
    aside_m: float, heading_deg: float, vehicles: float, text: str | None
) -> None:
    lanes = [ApproachBias("radar", "south", aside_m, 0.17, heading_deg, 0.3, vehicles)]
    assert views.doubt(None, lanes) == text
    other = SensorBias("radar", 0.8, 0.6, -2.96, 0.0, 0.1, 0.1, 10.0)
    assert views.doubt(other, lanes) == "1.0 m off, turned by -3.0 deg"
