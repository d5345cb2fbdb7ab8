"""The watch on a camera's view: the bench's pictures before and after the camera was turned."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from perception.objects import RoadUser
from perception.video.aim import CHECK_NS, FOLLOWED_SHARE, MOVED_SHARE, WIDTH, Aim, ViewShift, followed
from perception.video.boxes import Picture
from sim.video.picture import Painter, lens
from tests.rsu.video.scene import LENS, MOUNT, SIZE, world

CARS = [(RoadUser.CAR, 30.0, 3.0, 0.0), (RoadUser.BUS, 24.0, -4.0, 180.0)]


@cache
def painter(yaw_deg: float = 0.0) -> Painter:
    return Painter(LENS, MOUNT.model_copy(update={"yaw_deg": MOUNT.yaw_deg + yaw_deg}), *SIZE)


def watched(turned: Painter, checks: int = 4) -> ViewShift | None:
    aim, shift = Aim(np.asarray(painter().paint(world(0), 0))), None
    for number in range(checks):
        picture = turned.paint(world(0, *CARS[: number % 3]), number)
        shift = aim.check(picture, (number + 1) * CHECK_NS)
    return shift


def test_a_view_that_stays_has_not_moved_whatever_drives_through_it() -> None:
    shift = watched(painter())
    assert shift is not None and shift.moved_share < 0.001 and abs(shift.turn_deg) < 0.1
    assert not shift.is_beyond(MOVED_SHARE)


def test_a_turn_of_one_degree_is_found() -> None:
    shift = watched(painter(1.0))
    assert shift is not None and shift.is_beyond(MOVED_SHARE)
    assert not shift.is_beyond(FOLLOWED_SHARE)
    assert shift.moved_share * SIZE[0] == pytest.approx(LENS.fx * np.radians(1.0), rel=0.3)


def test_a_picture_moved_back_shows_the_marks_where_they_were() -> None:
    turned = painter(1.0)
    shift = watched(turned)
    assert shift is not None
    place = np.array([[MOUNT.east_m + 1.0, MOUNT.north_m + 30.0, 0.0]])
    true, seen = (_pixel(place, yaw) for yaw in (0.0, 1.0))
    scale = SIZE[0] / WIDTH
    back = scale * cv2.transform(seen[None] / scale, cv2.invertAffineTransform(shift.matrix))[0]
    assert np.hypot(*(seen - true)[0]) > 8 and np.hypot(*(back - true)[0]) < 1.5
    assert followed(turned.paint(world(0), 0), shift).shape == (SIZE[1], SIZE[0], 3)


def _pixel(place: np.ndarray, yaw_deg: float) -> np.ndarray:
    sight = lens(LENS, MOUNT.model_copy(update={"yaw_deg": MOUNT.yaw_deg + yaw_deg}))
    turn, move = cv2.Rodrigues(sight.rotation)[0], -sight.rotation @ sight.place_m
    return np.asarray(cv2.projectPoints(place, turn, move, sight.matrix, sight.distortion)[0])[:, 0]


def test_fog_and_fewer_checks_say_nothing() -> None:
    assert watched(painter(), checks=2) is None
    aim = Aim(np.asarray(painter().paint(world(0), 0)))
    fog: Picture = np.full((SIZE[1], SIZE[0], 3), 140, np.uint8)
    assert [aim.check(fog, (number + 1) * CHECK_NS) for number in range(4)] == [None] * 4


def test_the_first_picture_is_that_which_the_view_must_show() -> None:
    aim = Aim()
    first = np.asarray(painter().paint(world(0), 0))
    assert aim.check(first, CHECK_NS) is None and aim.first is None
    aim.learn(first)
    aim.learn(np.zeros_like(first))
    assert aim.first is not None and (aim.first == first).all()
