"""Numbers that road users keep in one camera's pictures: by their looks, also after they were hidden."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from perception.objects import RoadUser
from perception.video.appearance import LENGTH, looks, unlike
from perception.video.followed import Followed
from perception.video.network import NetworkBoxes
from perception.video.numbers import KEPT_S, Numbers

SECOND_NS = 1_000_000_000
RED, BLUE, DARK = (40, 40, 200), (190, 90, 40), (40, 35, 35)
EVERYWHERE = np.ones((200, 300), np.uint8)


def picture(*people: tuple[int, tuple[int, int, int]]) -> np.ndarray:
    """Return a noisy picture with people: left edge, colour of the upper half; 20 px wide and 60 px tall."""
    shown = np.full((200, 300, 3), 110, np.uint8)
    for left, colour in people:
        cv2.rectangle(shown, (left, 100), (left + 20, 130), colour, -1)
        cv2.rectangle(shown, (left, 130), (left + 20, 160), DARK, -1)
    noise = np.random.default_rng(1).normal(0, 4, shown.shape)
    return np.clip(shown + noise, 0, 255).astype(np.uint8)


def seen(*people: tuple[int, tuple[int, int, int]]) -> Followed:
    """Return the people as the network sees them for the first time."""
    box = np.array([[left, 100.0, left + 20.0, 160.0] for left, _ in people]).reshape(-1, 4)
    found = NetworkBoxes(box, np.full(len(box), RoadUser.PEDESTRIAN), np.full(len(box), 0.8))
    return Followed.new(found, looks(picture(*people), box, EVERYWHERE), 0.5)


def test_looks_tell_people_apart_and_nothing_shown_is_unlike_all() -> None:
    look = np.concatenate([seen((20, RED)).look, seen((200, RED)).look, seen((20, BLUE)).look])
    off = unlike(look, look)
    assert off[0, 1] < 0.1 and off[0, 2] > 0.4
    hidden = looks(picture((20, RED)), np.array([[20.0, 100.0, 40.0, 160.0]]), 0 * EVERYWHERE)
    assert hidden.shape == (1, LENGTH) and unlike(hidden, look[:1])[0, 0] == pytest.approx(1.0)


def test_two_that_were_out_of_sight_have_their_numbers_again() -> None:
    numbers, nobody = Numbers(), seen()
    before = numbers.given(seen((100, RED), (130, BLUE)), np.arange(2), 0)
    assert before.number.tolist() == [1, 2]
    numbers.ended(before, nobody, 0)
    after = numbers.given(seen((105, BLUE), (140, RED)), np.arange(2), 2 * SECOND_NS)
    assert after.number.tolist() == [2, 1]


@pytest.mark.parametrize(("left", "colour", "seconds"), [(110, BLUE, 2.0), (270, RED, 0.5), (110, RED, KEPT_S + 1.0)])
def test_another_one_has_a_new_number(left: int, colour: tuple[int, int, int], seconds: float) -> None:
    numbers = Numbers()
    numbers.ended(numbers.given(seen((100, RED)), np.arange(1), 0), seen(), 0)
    assert numbers.given(seen((left, colour)), np.arange(1), round(seconds * 1e9)).number.tolist() == [2]


def test_one_that_is_followed_wrongly_gives_its_number_to_the_same_one_elsewhere() -> None:
    numbers = Numbers()
    astray = numbers.given(seen((100, RED)), np.arange(1), 0)._replace(unseen_s=np.array([0.5]))
    both = numbers.given(astray.joined(seen((125, RED))), np.array([1]), SECOND_NS // 2)
    assert both.number.tolist() == [0, 1]
