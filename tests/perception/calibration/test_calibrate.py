"""Cameras found from points, against OpenCV's own projection."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from perception.calibration.calibrate import Calibration, CameraTask, calibrate, usual
from perception.calibration.pairs import CalibrationError, PointPairs
from perception.calibration.quality import to_site
from perception.calibration.unknowns import LEAST_POINTS
from perception.objects import Floats
from perception.sensor import FieldOfView, Homography, Intrinsics, Mount
from sim.video.picture import lens

LENS = Intrinsics(fx=750.0, fy=750.0, cx=480.0, cy=270.0, distortion=(-0.08, 0.01, 0.0, 0.0, 0.0), pixel_sd=2.0)
MOUNT = Mount(east_m=4.0, north_m=-24.0, height_m=10.0, yaw_deg=2.0, pitch_deg=18.0, roll_deg=1.0)
SIZE, VIEW = (960, 540), FieldOfView(range_m=60.0, width_deg=62.0, near_m=14.0)
GUESS = MOUNT.model_copy(update={"yaw_deg": 25.0, "pitch_deg": 12.0, "roll_deg": 0.0, "east_m": 0.0, "height_m": 8.0})


def pairs(count: int, height_m: float = 0.0, seed: int = 1) -> PointPairs:
    """Return points in view, as OpenCV projects them."""
    rng = np.random.default_rng(seed)
    place = np.column_stack([rng.uniform(-20, 25, 4000), rng.uniform(-12, 32, 4000), rng.uniform(0, height_m, 4000)])
    sight = lens(LENS, MOUNT)
    turn, move = cv2.Rodrigues(sight.rotation)[0], -sight.rotation @ sight.place_m
    pixel = cv2.projectPoints(place, turn, move, sight.matrix, sight.distortion)[0][:, 0]
    inside = ((pixel > 0) & (pixel < SIZE)).all(axis=1)
    return PointPairs(np.asarray(pixel, np.float64)[inside][:count], place[inside][:count])


def picked(count: int, finger_px: float = 0.5, height_m: float = 0.0) -> PointPairs:
    exact = pairs(count, height_m)
    return exact._replace(pixel_px=exact.pixel_px + np.random.default_rng(2).normal(0, finger_px, exact.pixel_px.shape))


def worst_m(found: Calibration) -> float:
    """Return the largest error on the road of points that the calibration did not see."""
    unseen = pairs(200, seed=9)
    placed = to_site(unseen.pixel_px, unseen.place_m[:, 2], found.found.camera, found.found.mount)
    return float(np.hypot(*(placed - unseen.place_m[:, :2]).T).max())


def task(find: str, camera: Homography | Intrinsics | None, mount: Mount) -> CameraTask:
    return CameraTask(find, camera, mount, SIZE, VIEW)


def test_a_turned_camera_is_aimed_again() -> None:
    turned = MOUNT.model_copy(update={"yaw_deg": 0.0, "pitch_deg": 19.0, "roll_deg": 0.0})
    found = calibrate(task("aim", LENS, turned), picked(6))
    assert found.found.x == pytest.approx([2.0, 18.0, 1.0], abs=0.1)
    assert found.found.mount.height_m == MOUNT.height_m
    assert found.before is not None and found.before.m.min() > 0.5
    assert worst_m(found) < 0.3


def test_a_pose_is_found_without_a_good_guess() -> None:
    found = calibrate(task("pose", LENS, GUESS), picked(12))
    assert worst_m(found) < 0.3
    assert found.found.mount.height_m == pytest.approx(10.0, abs=0.1)
    assert found.covered_share > 0.2 and found.far_sd_m < 0.3


@pytest.mark.parametrize("camera", [None, LENS.model_copy(update={"fx": 900.0, "fy": 900.0})])
def test_the_lens_is_found_with_the_pose(camera: Intrinsics | None) -> None:
    found = calibrate(task("lens", camera, GUESS), picked(20, height_m=3.0))
    assert isinstance(found.found.camera, Intrinsics)
    assert found.found.camera.fx == pytest.approx(750.0, rel=0.02)
    assert worst_m(found) < 0.3


def straight_edges() -> list[Floats]:
    """Return three edges (12, 2) px along the road."""
    edges = []
    for east in (-12.0, 4.0, 18.0):
        along = np.column_stack([np.full(12, east), np.linspace(-4, 30, 12), np.zeros(12)])
        sight = lens(LENS, MOUNT)
        turn, move = cv2.Rodrigues(sight.rotation)[0], -sight.rotation @ sight.place_m
        edge = cv2.projectPoints(along, turn, move, sight.matrix, sight.distortion)[0]
        edges.append(np.asarray(edge, np.float64)[:, 0])
    return edges


def test_straight_edges_say_nothing_of_the_pose() -> None:
    few = picked(8)
    alone, with_edges = (calibrate(task("pose", LENS, GUESS), few, lines) for lines in ((), straight_edges()))
    assert with_edges.found.sd.tolist() == alone.found.sd.tolist()


def test_straight_edges_tell_the_distortion() -> None:
    edges = straight_edges()
    few = picked(8, 0.3)
    alone, helped = calibrate(task("lens", None, GUESS), few), calibrate(task("lens", None, GUESS), few, edges)
    k1 = helped.names.index("k1")
    assert helped.found.sd[k1] < 0.7 * alone.found.sd[k1]
    assert helped.found.x[k1] == pytest.approx(-0.08, abs=0.03)


def test_a_homography_says_where_the_road_is() -> None:
    mount = MOUNT.model_copy(update={"yaw_deg": 0.0})
    found = calibrate(task("homography", None, mount), picked(20))
    assert isinstance(found.found.camera, Homography) and found.found.mount == mount
    assert np.sqrt((found.after.m**2).mean()) < 0.3


def test_a_point_that_was_picked_wrong_is_named_and_hardly_counts() -> None:
    wrong = picked(12)
    wrong.pixel_px[5] += [40.0, -15.0]
    found = calibrate(task("pose", LENS, MOUNT), wrong)
    assert found.suspects.nonzero()[0].tolist() == [5]
    assert worst_m(found) < 0.5


@pytest.mark.parametrize(
    ("find", "count", "needed"), [("aim", 2, 3), ("pose", 3, 4), ("lens", 6, 7), ("homography", 4, 5)]
)
def test_too_few_points_are_refused(find: str, count: int, needed: int) -> None:
    with pytest.raises(CalibrationError) as told:
        calibrate(task(find, LENS, MOUNT), picked(count))
    assert told.value.needed == needed


@pytest.mark.parametrize(("find", "least"), LEAST_POINTS.items())
def test_the_least_points_are_enough(find: str, least: int) -> None:
    found = calibrate(task(find, LENS, MOUNT.model_copy(update={"yaw_deg": 3.0})), pairs(least))
    assert found.after.px.max() < 1.0
    assert len(found.left_out.px) == least


@pytest.mark.parametrize("find", ["homography", "lens"])
def test_points_on_one_line_hold_no_camera(find: str) -> None:
    few = picked(8)
    line = few._replace(place_m=np.linspace([0.0, 0, 0], [0, 30, 0], 8))
    line = line._replace(pixel_px=np.linspace([400.0, 500], [480, 200], 8))
    with pytest.raises(CalibrationError):
        calibrate(task(find, None, MOUNT), line)


def test_the_usual_search_asks_for_no_more_than_the_points_give() -> None:
    assert [usual(LENS, 2), usual(LENS, 4), usual(None, 6), usual(None, 7)] == ["aim", "pose", "homography", "lens"]
