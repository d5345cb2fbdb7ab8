"""Places far outside a sensor's field of view join no track; those at its edge, and those in its errors, are used."""

from __future__ import annotations

import numpy as np
import pytest

from perception.geo import Reference
from perception.objects import Detections
from perception.sensing.scan import out_of_view
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.tracking.fusion import Fusion
from perception.tracking.settings import FusionSettings

NS = 1_000_000_000
FIELD = FieldOfView(range_m=95.0, width_deg=86.0)
SENSOR = Sensor(device="camera", mount=Mount(east_m=0.0, north_m=0.0, yaw_deg=0.0), field_of_view=FIELD)


@pytest.mark.parametrize(
    ("place", "beyond"),
    [
        ((94.0, 0.0), False),
        ((110.0, 3.0), False),  # an error of measurement at its edge
        ((130.0, 0.0), True),
        ((900.0, -3.0), True),
        ((30.0, 30.0), False),  # 45 deg
        ((10.0, 40.0), True),  # 76 deg
        ((-60.0, 0.0), True),  # behind it
        ((-2.0, 1.0), False),  # at its foot bearings say nothing
        ((np.nan, np.nan), False),
    ],
)
def test_what_is_out_of_view(place: tuple[float, float], beyond: bool) -> None:
    assert out_of_view(np.array([place]), np.array([0]), Sensors([SENSOR], 9.2, 9.2, 1.0)).tolist() == [beyond]


def test_who_is_said_to_be_there_is_counted_and_never_told_of() -> None:
    fusion = Fusion([SENSOR], FusionSettings(), Reference(22.5, 114.0, 0.0))
    for tick in range(30):
        unknown = np.full((2, 4), np.nan)
        position = np.array([[40.0 + 0.5 * tick, 3.0], [700.0 + 0.5 * tick, 3.0]])
        fusion.ingest(
            Detections(
                device="camera", stamp_ns=10 * NS + tick * NS // 10, receipt_ns=10 * NS + tick * NS // 10,
                position_m=position, covariance_m2=np.tile(np.eye(2) * 0.1, (2, 1, 1)), velocity_mps=unknown[:, :2],
                velocity_variance_m2ps2=unknown[:, 0], box_px=unknown, size_m=unknown[:, :3], kind=np.array([1, 1]),
                confidence=np.array([0.9, 0.9]), source_id=np.array([1, 2]),
            )
        )  # fmt: skip
        tracks = fusion.tracks(10 * NS + tick * NS // 10)
    assert len(tracks) == 1 and float(tracks.position_m[0, 1]) < 100
    assert fusion.counters["outside the field of view"] == 30
