"""Pictures in which motion cannot be told: night, glare, rain and a shaking mast are named, a busy day is not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from perception.objects import RoadUser
from perception.video.boxes import Picture
from perception.video.eye import region_of
from perception.video.fit import Fitter
from perception.video.motion import Motion
from perception.video.settings import MotionSettings
from perception.video.sight import Sight
from sim.video.picture import Painter
from tests.rsu.video.scene import FIELD, LENS, MOUNT, NO_LANES, NS, SIZE, VIEW, world

RATE_HZ, CLEAR, LAST = 10, 10, 45
Weather = Callable[[Picture, int], Picture]


def day(picture: Picture, number: int) -> Picture:
    return picture


def night(picture: Picture, number: int) -> Picture:
    return cv2.convertScaleAbs(picture, alpha=0.3)


def low_sun(picture: Picture, number: int) -> Picture:
    veil = np.linspace(0, 400, picture.shape[1])[None, :, None]
    return np.clip(picture + veil, 0, 255).astype(np.uint8)


def shaking_mast(picture: Picture, number: int) -> Picture:
    across, down = np.random.default_rng(number).normal(0, 2.5, 2)
    turn = np.array([[1, 0, across], [0, 1, down]])
    return cv2.warpAffine(picture, turn, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def rain(picture: Picture, number: int) -> Picture:
    height, width = picture.shape[:2]
    chance = np.random.default_rng(number)
    wet = picture.copy()
    for left, top, long in (chance.random((600, 3)) * [width, height, 17]).astype(int).tolist():
        cv2.line(wet, (left, top), (left + long // 6, top + 8 + long), (190, 190, 190), 1, cv2.LINE_AA)
    return wet


@pytest.mark.parametrize(
    ("weather", "sight"),
    [
        (day, Sight.SEES),
        (night, Sight.DARK),
        (low_sun, Sight.DAZZLED),
        (shaking_mast, Sight.RESTLESS),
        (rain, Sight.RESTLESS),
    ],
)
def test_what_blinds_motion_is_named(weather: Weather, sight: Sight) -> None:
    painter = Painter(LENS, MOUNT, *SIZE)
    region = region_of(VIEW, FIELD, (), SIZE[0] // 2, SIZE[1] // 2)
    detector = Motion(Fitter(VIEW, NO_LANES, told=False), region, MotionSettings(warm_up_s=0.5), RATE_HZ)
    for number in range(LAST):
        users = [(RoadUser.CAR, 15.0 + number, 3.0, 0.0), (RoadUser.BUS, 60.0 - number, 7.0, 0.0)]
        shown = cv2.resize(
            painter.paint(world(number * NS // 10, *users[: number // CLEAR]), number), None, fx=0.5, fy=0.5
        )
        found = detector.look(weather(shown, number) if number > CLEAR else shown, number * NS // 10)
        assert (found is None) == (detector.sight is not Sight.SEES)
    assert detector.sight is sight
