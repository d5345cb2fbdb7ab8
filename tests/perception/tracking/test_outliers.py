"""A picture that lacks the feet of a person places the person metres off: still one road user, with one id."""

import numpy as np
import pytest

from perception.objects import RoadUser
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from tests.bench.fusion_world import SECOND_NS, START_NS, detections
from tests.perception.tracking.fused import fused

CAMERA = Sensor(
    device="camera",
    mount=Mount(east_m=0.0, north_m=0.0, height_m=6.0, yaw_deg=0.0),
    field_of_view=FieldOfView(range_m=60.0, width_deg=110.0),
    noise=Noise(along_m=0.4, across_m=0.2),
)
WRONG = range(30, 36)  # scans


def walked(shift_m):
    """Return the ids, and the error at the end in metres, of a walker whose places in the scans WRONG are shifted."""
    fusion = fused({"camera": CAMERA})
    ids, places = set(), np.zeros((0, 2))
    for tick in range(60):
        stamp_ns, east = START_NS + tick * SECOND_NS // 10, -3.0 + 0.13 * tick
        place = np.array([[20.0 + shift_m * (tick in WRONG), -east]])  # ahead and left of the camera
        fusion.ingest(detections("camera", stamp_ns, 0, place, None, np.array([RoadUser.PEDESTRIAN])))
        tracks = fusion.tracks(stamp_ns)
        ids |= set(tracks.id.tolist())
        places = tracks.position_m
    return ids, np.hypot(*(places - [east, 20.0]).T)


@pytest.mark.parametrize("shift_m", [0.0, 1.8, 2.5])
def test_detections_that_are_far_off_for_a_while_begin_no_second_road_user(shift_m):
    ids, error_m = walked(shift_m)
    assert ids == {1}
    assert error_m == pytest.approx([0.0], abs=0.5)


def test_detections_farther_off_are_of_another_road_user():
    assert walked(9.0)[0] == {1, 2}
