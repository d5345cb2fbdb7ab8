"""What the page says of a sensor that stands otherwise than the site file says."""

from __future__ import annotations

import pytest

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
