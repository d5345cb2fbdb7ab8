"""Places to pixels and back, against OpenCV; homographies; boxes to bodies with honest covariances."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.objects import RoadUser
from perception.sensor import Homography
from perception.video.boxes import Boxes
from perception.video.builds import KIND, box_of, outline
from perception.video.builds import SIZE as SIZES
from perception.video.fit import Fitter
from perception.video.lanes import Lanes
from perception.video.silhouette import silhouettes
from perception.video.view import CameraView, NoViewError
from sim.video.picture import lens
from tests.rsu.video.scene import LENS, MOUNT, NO_LANES, SIZE, VIEW

PLACES = np.array([[15.0, 3.0], [25.0, -8.0], [40.0, 0.0], [60.0, 20.0]])


def test_pixels_are_opencv_s() -> None:
    """The drawn world's camera is made without any of this code."""
    points = np.column_stack([PLACES, [0.0, 1.5, 3.0, 0.5]])
    site = np.column_stack([MOUNT.east_m - points[:, 1], MOUNT.north_m + points[:, 0], points[:, 2]])
    drawn = lens(LENS, MOUNT)
    turn, _ = cv2.Rodrigues(drawn.rotation)
    wanted, _ = cv2.projectPoints(site, turn, -drawn.rotation @ drawn.place_m, drawn.matrix, drawn.distortion)
    np.testing.assert_allclose(VIEW.to_picture(points), wanted[:, 0], atol=1e-6)


@given(st.floats(12, 70), st.floats(-20, 20))
def test_there_and_back(ahead: float, left: float) -> None:
    pixel = VIEW.to_picture(np.array([ahead, left, 0.0]))
    np.testing.assert_allclose(VIEW.to_road(pixel), [ahead, left], atol=1e-3)


def test_a_homography_is_a_camera() -> None:
    """Four surveyed points give focal length, height and the pixels of bodies above the road."""
    ideal = CameraView(LENS.model_copy(update={"distortion": (0.0,) * 5}), MOUNT, SIZE)
    pixels = ideal.to_picture(np.column_stack([PLACES, np.zeros(4)]))
    matrix = cv2.getPerspectiveTransform(pixels.astype(np.float32), PLACES.astype(np.float32))
    rows = tuple((float(a), float(b), float(c)) for a, b, c in matrix)
    matched = CameraView(Homography(homography=(rows[0], rows[1], rows[2])), MOUNT, SIZE)
    assert matched.place[2] == pytest.approx(12.0, abs=0.02)
    top = np.array([30.0, 5.0, 2.0])
    np.testing.assert_allclose(matched.to_picture(top), ideal.to_picture(top), atol=0.3)


def test_a_homography_of_no_camera_is_refused() -> None:
    with pytest.raises(NoViewError):
        CameraView(Homography(homography=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.001, 1.0))), MOUNT, SIZE)


@pytest.mark.parametrize("kind", [RoadUser.CAR, RoadUser.BUS, RoadUser.BICYCLE, RoadUser.PEDESTRIAN])
def test_a_silhouette_covers_what_is_drawn(kind: RoadUser) -> None:
    """Against OpenCV's filled polygons."""
    build = np.flatnonzero(kind == KIND)
    corners = outline(VIEW, build, np.array([[25.0, 5.0, *SIZES[build[0]]]]), np.array([0.4]))
    drawn = np.zeros(SIZE[::-1], np.uint8)
    for part in (corners[0, :8], corners[0, 8:]):
        cv2.fillConvexPoly(drawn, cv2.convexHull(np.round(part * 16).astype(np.int32)), 1, cv2.LINE_8, 4)
    assert silhouettes(corners).area[0] == pytest.approx(np.count_nonzero(drawn), rel=0.12)


def test_lanes_know_their_direction() -> None:
    lanes = Lanes([np.array([[10.0, 2.0], [60.0, 2.0]])])
    assert lanes.heading(np.array([[30.0, 3.0]]))[0] == pytest.approx(0.0)
    assert np.isnan(lanes.heading(np.array([[30.0, 6.0]]))[0])


def _boxes(state: np.ndarray, heading: float, kind: RoadUser, seen: tuple[bool, ...] = (True,) * 4) -> Boxes:
    box = box_of(outline(VIEW, np.flatnonzero(kind == KIND), state[None], np.array([heading])))
    return Boxes(box, np.array([seen]), np.array([kind]), np.ones(1))


@settings(max_examples=25, deadline=None)
@given(st.floats(18, 55), st.floats(-12, 12), st.floats(0, np.pi), st.sampled_from([RoadUser.CAR, RoadUser.PEDESTRIAN]))
def test_a_body_is_found_where_it_stands(ahead: float, left: float, heading: float, kind: RoadUser) -> None:
    """From its box alone, whatever its heading: within 5 sigmas of the covariance and 1 m."""
    size = (4.6, 1.82, 1.5) if kind is RoadUser.CAR else (0.5, 0.5, 1.7)
    found = Fitter(VIEW, NO_LANES).fit(_boxes(np.array([ahead, left, *size]), heading, kind))
    off = found.position_m[0] - [ahead, left]
    assert np.hypot(*off) < 1.0
    assert off @ np.linalg.inv(found.covariance_m2[0]) @ off < 25


def test_a_hidden_foot_widens_the_covariance() -> None:
    state = np.array([40.0, 2.0, 4.6, 1.82, 1.5])
    fitter = Fitter(VIEW, NO_LANES)
    whole = fitter.fit(_boxes(state, 0.0, RoadUser.CAR)).covariance_m2[0]
    hidden = fitter.fit(_boxes(state, 0.0, RoadUser.CAR, (True, True, True, False))).covariance_m2[0]
    assert hidden[0, 0] > 1.5 * whole[0, 0]
    assert np.all(np.linalg.eigvalsh(hidden) > 0)


def test_far_is_less_certain_than_near() -> None:
    fitter = Fitter(VIEW, NO_LANES)
    near, far = (
        fitter.fit(_boxes(np.array([away, 0.0, 4.6, 1.82, 1.5]), 0.0, RoadUser.CAR)).covariance_m2[0, 0, 0]
        for away in (20.0, 60.0)
    )
    assert far > 3 * near


def test_no_boxes_no_bodies() -> None:
    found = Fitter(VIEW, NO_LANES).fit(Boxes(np.zeros((0, 4)), np.zeros((0, 4), bool), np.zeros(0, int), np.zeros(0)))
    assert [len(column) for column in found] == [0] * 9
