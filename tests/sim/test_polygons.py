"""Places in polygons, against shapes whose inside is known by a formula."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.judge.polygons import Polygons

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
DIAMOND = np.array([[10.0, 0.0], [13.0, 3.0], [10.0, 6.0], [7.0, 3.0]])
HOOK = np.array([[0.0, 10.0], [6.0, 10.0], [6.0, 12.0], [2.0, 12.0], [2.0, 16.0], [0.0, 16.0]])

coordinate = st.floats(-2.0, 18.0).map(lambda value: round(value, 2) + 0.001)  # on no edge


@given(st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=8))
def test_a_place_is_inside_where_the_formula_says_so(places: list[tuple[float, float]]) -> None:
    held = Polygons([SQUARE, DIAMOND, HOOK]).hold(np.array(places))
    for (east, north), inside in zip(places, held.tolist(), strict=True):
        square = 0.0 < east < 4.0 and 0.0 < north < 4.0
        diamond = abs(east - 10.0) + abs(north - 3.0) < 3.0
        hook = (0.0 < east < 6.0 and 10.0 < north < 12.0) or (0.0 < east < 2.0 and 10.0 < north < 16.0)
        assert inside == (square or diamond or hook)


def test_of_no_place_nothing_is_said() -> None:
    assert Polygons([SQUARE]).hold(np.zeros((0, 2))).tolist() == []
