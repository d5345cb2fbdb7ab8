"""Classes that the speed rules out: no bicycle on a motorway, whatever a camera calls it."""

from __future__ import annotations

import numpy as np
import pytest

from perception.objects import RoadUser
from perception.state import attributes
from perception.state.table import TrackTable

ROUNDS = 10


@pytest.mark.parametrize(
    ("kind", "speed_mps", "told"),
    [
        (RoadUser.BICYCLE, 25.0, RoadUser.CAR),
        (RoadUser.BICYCLE, 9.0, RoadUser.BICYCLE),
        (RoadUser.PEDESTRIAN, 15.0, RoadUser.CAR),
        (RoadUser.PEDESTRIAN, 3.0, RoadUser.PEDESTRIAN),
        (RoadUser.UNKNOWN, 15.0, RoadUser.CAR),
        (RoadUser.TRUCK, 25.0, RoadUser.TRUCK),
    ],
)
def test_the_speed_speaks_against_the_word_of_a_sensor(kind: RoadUser, speed_mps: float, told: RoadUser) -> None:
    table, row = TrackTable.new(1, 1), np.zeros(1, np.int64)
    table.id[:], table.state[3] = 1, speed_mps
    table.covariance[2:, 2:] = 0.25 * np.eye(2)[..., None]
    for _ in range(ROUNDS):
        attributes.vote(table, row, np.array([kind]), np.array([0.7]))
        attributes.vote_by_speed(table)
    assert table.kind[0] == told
