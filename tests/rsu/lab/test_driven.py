"""A camera is calibrated from the drive of a vehicle that reports its place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from perception.geo import to_wgs84
from perception.objects import Detections, RoadUser, VehicleReport
from perception.sensor import Intrinsics
from perception.video.view import CameraView
from rsu.calibration import job
from rsu.calibration.errors import CalibrateError
from rsu.lab.driven import driven
from rsu.lab.hearing import Sensed
from rsu.site import config
from tests.rsu.recording.virtual import CONFIGS

SITE = config.load(CONFIGS / "demo.yaml")
CAMERA = job.sensor_of(SITE, "video-north")
SIZE, LENGTH_M, TURNED_DEG = (960, 540), 4.6, 1.5
ID = bytes(range(8))
LEGS = (((-8.0, 26.0), (16.0, 26.0)), ((2.0, -4.0), (6.0, 34.0)), ((14.0, 14.0), (-10.0, -2.0)))


def heard(others: bool = False) -> Iterator[Sensed]:
    """Yield the reports of a car on a tour before the camera, and the scans of a camera that is truly turned."""
    reference, mount = SITE.site.site.reference.reference(), CAMERA.mount
    assert isinstance(CAMERA.camera, Intrinsics)
    yaw = np.radians(mount.yaw_deg + TURNED_DEG)
    axes = np.array([[np.sin(yaw), np.cos(yaw)], [-np.cos(yaw), np.sin(yaw)]])
    foot, view = np.array([mount.east_m, mount.north_m]), CameraView(CAMERA.camera, mount, SIZE)
    places = np.concatenate([np.linspace(begin, end, 40) for begin, end in LEGS])
    for number, place in enumerate(places):
        stamp_ns = 10**9 + number * 10**8 + (number // 40) * 10**10  # a pause between two legs
        latitude, longitude = to_wgs84(place[0], place[1], reference)
        yield VehicleReport(
            device="radio", stamp_ns=stamp_ns, receipt_ns=stamp_ns, id=ID, latitude_deg=float(latitude),
            longitude_deg=float(longitude), position_95_m=0.05, speed_mps=8.0, heading_deg=0.0, length_m=LENGTH_M,
            width_m=1.8, height_m=1.5, kind=RoadUser.CAR,
        )  # fmt: skip
        contact = place - LENGTH_M / 2 * (place - foot) / np.hypot(*(place - foot))
        u, v = view.to_picture(np.array([[*axes @ (contact - foot), 0.0]]))[0]
        boxes = [[u - 20, v - 30, u + 20, v]] + [[u - 60, v - 35, u - 25, v - 4]] * others
        count = len(boxes)
        yield Detections(
            device="video-north", stamp_ns=stamp_ns + 1, receipt_ns=stamp_ns, position_m=np.full((count, 2), np.nan),
            covariance_m2=np.full((count, 2, 2), np.nan), velocity_mps=np.full((count, 2), np.nan),
            velocity_variance_m2ps2=np.full(count, np.nan), box_px=np.array(boxes), size_m=np.full((count, 3), np.nan),
            kind=np.full(count, RoadUser.CAR, np.int64), confidence=np.ones(count), source_id=np.full(count, -1),
        )  # fmt: skip


def test_a_turned_camera_is_aimed_by_the_drive_of_one_vehicle() -> None:
    picked = driven(SITE, CAMERA, SIZE, heard(), ID.hex())
    assert 15 < len(picked.names) < 40
    found = job.run(SITE, "video-north", picked, (), "aim", None)
    assert found.values["sensors.video-north.mount.yaw_deg"] == pytest.approx(TURNED_DEG, abs=0.05)
    assert found.values["sensors.video-north.mount.pitch_deg"] == pytest.approx(CAMERA.mount.pitch_deg, abs=0.05)
    assert found.doubts == []


def test_a_scan_in_which_two_boxes_may_be_the_vehicle_tells_nothing() -> None:
    assert driven(SITE, CAMERA, SIZE, heard(others=True), None).names == []


def test_a_vehicle_that_sent_nothing_is_named() -> None:
    with pytest.raises(CalibrateError, match="no report of vehicle ffff"):
        driven(SITE, CAMERA, SIZE, heard(), "ffff")
