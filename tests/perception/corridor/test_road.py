"""Along and aside of the road's axis."""

from __future__ import annotations

import numpy as np
import pytest

from perception.corridor.road import RoadAxis

BENT = RoadAxis([(0.0, 0.0), (100.0, 0.0), (100.0, 50.0)])  # to the east, then to the north


def test_places_beside_the_axis() -> None:
    found = BENT.place(np.array([[30.0, -2.0], [30.0, 3.0], [102.0, 20.0], [-10.0, 0.0], [100.0, 70.0]]))
    assert found.along_m == pytest.approx([30.0, 30.0, 120.0, -10.0, 170.0])
    assert found.aside_m == pytest.approx([2.0, -3.0, 2.0, 0.0, 0.0])
    assert found.ahead[2] == pytest.approx([0.0, 1.0])


def test_no_place_is_no_place() -> None:
    assert BENT.place(np.zeros((0, 2))).along_m.shape == (0,)
