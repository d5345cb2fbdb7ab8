"""The motion detector on drawn pictures: found where they are, standing ones kept, shadows and light no users."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from perception.objects import RoadUser
from perception.video.boxes import Bodies, Picture
from perception.video.eye import Eye, region_of
from perception.video.fit import Fitter
from perception.video.health import Health
from perception.video.motion import Motion
from perception.video.settings import MotionSettings
from perception.video.sight import Sight
from sim.video.picture import Painter
from tests.rsu.video.scene import FIELD, LENS, MOUNT, NO_LANES, NS, SIZE, VIEW, world

RATE_HZ = 10.0
CAR, BUS, PEDESTRIAN = RoadUser.CAR, RoadUser.BUS, RoadUser.PEDESTRIAN


@pytest.fixture(scope="module")
def painter() -> Painter:
    cv2.setNumThreads(1)
    return Painter(LENS, MOUNT, *SIZE)


def half(picture: Picture) -> Picture:
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def motion(road: Picture | None = None, **settings: float) -> Motion:
    region = region_of(VIEW, FIELD, (), SIZE[0] // 2, SIZE[1] // 2)
    return Motion(Fitter(VIEW, NO_LANES, told=False), region, MotionSettings(warm_up_s=0.5, **settings), RATE_HZ, road)


def learned(painter: Painter, detector: Motion) -> None:
    for number in range(10):
        detector.look(half(painter.paint(world(number * NS // 10), number)), number * NS // 10)


def show(painter: Painter, detector: Motion, number: int, *users: tuple[RoadUser, float, float, float]) -> Bodies:
    found = detector.look(half(painter.paint(world(number * NS // 10, *users), number)), number * NS // 10)
    assert found is not None
    return found


def test_nothing_is_said_before_the_road_is_known(painter: Painter) -> None:
    assert motion().look(half(painter.paint(world(0), 0)), 0) is None


def test_a_road_that_is_known_needs_no_learning(painter: Painter) -> None:
    before = motion()
    assert before.road is None
    learned(painter, before)
    detector = motion(before.road)
    assert [len(show(painter, detector, number, (CAR, 30.0, 3.0, 0.0)).position_m) for number in range(3)] == [1, 1, 1]
    assert all(not len(show(painter, detector, number).position_m) for number in range(20, 24))
    assert not detector.doubtful


def test_a_new_road_is_doubtful_until_everybody_has_had_to_move(painter: Painter) -> None:
    detector = motion(sure_after_s=1.2)
    doubts = []
    for number in range(14):
        detector.look(half(painter.paint(world(number * NS // 10), number)), number * NS // 10)
        doubts.append(detector.doubtful)
    assert doubts == [number < 1.2 * RATE_HZ for number in range(14)]


def test_a_road_that_looks_different_now_is_learned_again(painter: Painter) -> None:
    before = motion()
    learned(painter, before)
    assert before.road is not None
    detector = motion(cv2.bitwise_not(before.road))
    assert detector.look(half(painter.paint(world(0), 0)), 0) is None
    learned(painter, detector)
    assert len(show(painter, detector, 10, (CAR, 30.0, 3.0, 0.0)).position_m) == 1


def test_an_empty_road_is_empty(painter: Painter) -> None:
    detector = motion()
    learned(painter, detector)
    assert all(not len(show(painter, detector, number).position_m) for number in range(10, 16))


def test_users_apart_are_found_where_they_are(painter: Painter) -> None:
    users = [(CAR, 25.0, 3.0, 0.0), (CAR, 40.0, -12.0, 70.0), (BUS, 35.0, 12.0, 90.0), (PEDESTRIAN, 22.0, -6.0, 90.0)]
    detector = motion()
    learned(painter, detector)
    found = show(painter, detector, 10, *users)
    off = np.hypot(*np.moveaxis(found.position_m[:, None] - np.array([user[1:3] for user in users]), -1, 0))
    assert off.shape == (4, 4)
    assert off.min(axis=0).max() < 1.0
    assert found.kind[off.argmin(axis=0)].tolist() == [CAR, CAR, BUS, PEDESTRIAN]


def test_who_stands_is_not_learned_away(painter: Painter) -> None:
    """A standing car, for three times as long as the model learns: an unselective one would have it for road."""
    detector = motion(learn_s=2.0)
    learned(painter, detector)
    picture = half(painter.paint(world(0, (CAR, 30.0, 3.0, 0.0)), 10))
    noise = np.random.default_rng(1)
    for number in range(10, 70):
        shown = cv2.add(picture, noise.normal(0, 1.5, np.shape(picture)).astype(np.int8), dtype=cv2.CV_8U)
        found = detector.look(shown, number * NS // 10)
    assert found is not None and len(found.position_m) == 1


def test_two_that_meet_stay_two(painter: Painter) -> None:
    """A car drives up behind a standing one until they touch in the picture."""
    detector = motion()
    learned(painter, detector)
    for step in range(13):
        found = show(painter, detector, 10 + step, (CAR, 28.0, 0.0, 0.0), (CAR, 45.0 - 0.8 * step, 0.0, 0.0))
    assert len(found.position_m) == 2
    assert np.sort(found.position_m[:, 0]) == pytest.approx([28.0, 35.4], abs=1.2)


def test_light_that_changes_is_no_road_user(painter: Painter) -> None:
    detector = motion()
    learned(painter, detector)
    for number in range(10, 40):
        light = 1.0 - 0.005 * (number - 10)
        picture = cv2.convertScaleAbs(half(painter.paint(world(0), number)), alpha=light)
        found = detector.look(picture, number * NS // 10)
        assert found is not None and not len(found.position_m)


def test_what_left_before_it_was_known_leaves_no_ghost(painter: Painter) -> None:
    detector = motion()
    for number in range(8):
        detector.look(half(painter.paint(world(0, (CAR, 30.0, 3.0, 0.0)), number)), number * NS // 10)
    counts = [len(show(painter, detector, number).position_m) for number in range(8, 25)]
    assert counts[-1] == 0


@pytest.mark.parametrize(
    ("level", "spread", "sight"),
    [(120, 30, Sight.SEES), (5, 2, Sight.BLIND), (252, 2, Sight.BLIND), (120, 1, Sight.BLIND)],
)
def test_blind_cameras_are_told(level: int, spread: int, sight: Sight) -> None:
    noise = np.random.default_rng(1).normal(level, spread, (270, 480, 3))
    assert Health().judge(np.clip(noise, 0, 255).astype(np.uint8), 0) is sight


def test_a_frozen_picture_is_told_and_forgotten_when_it_moves(painter: Painter) -> None:
    health, picture = Health(), half(painter.paint(world(0), 0))
    sights = [health.judge(picture, number * NS // 10) for number in range(13)]
    assert sights[10] is Sight.SEES and sights[12] is Sight.FROZEN
    assert health.judge(half(painter.paint(world(0), 1)), 2 * NS) is Sight.SEES


def test_who_is_out_of_the_field_is_left_out(painter: Painter) -> None:
    detector = motion()
    learned(painter, detector)
    picture = half(painter.paint(world(0, (CAR, 30.0, 3.0, 0.0)), 10))
    near = FIELD.model_copy(update={"range_m": 20.0})
    glance = Eye(detector, near).look(picture, 0)
    assert glance.sight is Sight.SEES and glance.bodies is not None and not len(glance.bodies.position_m)
