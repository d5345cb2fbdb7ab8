"""Weather and defects of drawn films: the same chance, the same picture; bodies ragged as real ones; night dark."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from perception.objects import RoadUser
from sim.frames import WorldFrame
from sim.video.conditions import CONDITIONS, FilmCondition, FilmWeather
from sim.video.picture import Painter
from tests.rsu.video.scene import LENS, MOUNT, NS, SIZE, world

UNLIKE = 15  # grey levels


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(LENS, MOUNT, *SIZE)


def traffic() -> WorldFrame:
    return world(NS, (RoadUser.CAR, 25.0, 3.0, 0.0), (RoadUser.BUS, 45.0, 8.0, 0.0))


@pytest.mark.parametrize("name", CONDITIONS)
def test_one_seed_gives_one_picture_and_another_number_another(painter: Painter, name: str) -> None:
    first, again, later = (FilmWeather(painter, CONDITIONS[name], 1).paint(traffic(), number) for number in (3, 3, 4))
    assert np.array_equal(first, again) and not np.array_equal(first, later)


def test_a_ragged_body_differs_from_the_road_in_half_of_its_outline(painter: Painter) -> None:
    """In 0.4 to 0.7 of it, as real ones do."""
    shown = FilmWeather(painter, FilmCondition(ragged_share=0.4), 1).paint(traffic(), 0)
    apart = cv2.absdiff(shown, painter.exposed(painter.empty, NS, 0)).max(axis=2) > UNLIKE
    for row, mask in painter.silhouettes(traffic()):
        assert 0.4 < apart[mask > 0].mean() < 0.7, row


def test_by_night_the_road_is_dark_but_for_lamps(painter: Painter) -> None:
    shown = FilmWeather(painter, CONDITIONS["night"], 1).paint(traffic(), 0)
    assert np.median(shown) < 45 and np.count_nonzero(shown.max(axis=2) > 220) > 20
