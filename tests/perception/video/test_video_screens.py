"""Screens: parts of the picture that never show a road user; motion and feet of people behind them."""

from __future__ import annotations

import cv2
import numpy as np

from perception.video.flow import shifts
from perception.video.screens import Screens

SHAPE = (120, 200)
SIGN = slice(40, 70), slice(90, 110)


def foreground(left: int, seen: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return the foreground of a person 20 px wide and 60 px tall behind a sign, and the place of the box."""
    ones = np.zeros(SHAPE, np.uint8)
    ones[30:90, left : left + 20] = seen
    ones[SIGN] = 0
    return ones, np.array([[[left, 30], [left + 20, 90]]])


def walked(screens: Screens, times: int) -> None:
    """Let a person walk from left to right so many times, 5 px a picture."""
    for left in list(range(0, 180, 5)) * times:
        screens.learn(*foreground(left), np.array([5 / 20]))


def test_a_sign_is_found_by_those_who_pass_behind_it() -> None:
    screens = Screens(SHAPE)
    walked(screens, 1)
    assert not screens.mask.any(), "one who passes may look like the road"
    walked(screens, 2)
    assert screens.mask[SIGN].all()
    screens.mask[SIGN] = 0
    assert not screens.mask.any()


def test_somebody_who_stands_and_looks_like_the_road_is_no_screen() -> None:
    screens = Screens(SHAPE)
    ones, place = foreground(20, seen=False)
    for _ in range(500):
        screens.learn(ones, place, np.array([0.0]))
    assert not screens.mask.any()


def test_a_screen_that_is_taken_away_is_forgotten() -> None:
    screens = Screens(SHAPE)
    walked(screens, 20)
    for left in list(range(0, 180, 5)) * 20:
        ones, place = foreground(left)
        ones[30:90, left : left + 20] = 1
        screens.learn(ones, place, np.array([5 / 20]))
    assert not screens.mask.any()


def test_the_motion_of_somebody_behind_a_sign_is_not_the_sign_s() -> None:
    noise = np.random.default_rng(1).integers(0, 255, SHAPE, np.uint8)
    texture = cv2.equalizeHist(cv2.GaussianBlur(noise, (0, 0), 2.0))
    before, now = np.full(SHAPE, 90, np.uint8), np.full(SHAPE, 90, np.uint8)
    before[30:90, 74:104], now[30:90, 77:107] = texture[30:90, :30], texture[30:90, :30]
    before[SIGN] = now[SIGN] = texture[SIGN]
    box = np.array([[74.0, 30.0, 104.0, 90.0]])

    def shows(begin: np.ndarray, end: np.ndarray) -> np.ndarray:
        return ~((begin[..., 0] >= 86) & (begin[..., 1] >= 36) & (begin[..., 1] < 74))

    shift, seen = shifts(before, now, box, shows)
    assert seen[0]
    np.testing.assert_allclose(shift[0], [3.0, 0.0], atol=0.3)
