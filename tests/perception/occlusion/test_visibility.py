"""Road users that sensors can miss, and which road users a nearer body hides from them."""

import numpy as np
import pytest

from perception.objects import RoadUser
from perception.occlusion import visibility
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state.table import TrackTable
from tests.perception.state.rows import table

SENSOR = Sensor(
    device="camera",
    mount=Mount(east_m=0.0, north_m=0.0, height_m=6.0, yaw_deg=90.0),
    field_of_view=FieldOfView(range_m=100.0, width_deg=90.0, near_m=5.0),
)


SENSORS = Sensors([SENSOR, SENSOR.model_copy(update={"least_speed_mps": 0.5})], 9.2, 9.2, 1.0)


@pytest.mark.parametrize(
    ("place", "seen"),
    [((50, 0), True), ((99, 0), False), ((6, 0), False), ((30, 32), False), ((30, 20), True), ((-50, 0), False)],
)
def test_only_what_is_well_inside_the_view_can_be_missed(place, seen):
    assert visibility.in_view(np.array([place], dtype=float).T, SENSORS).ravel().tolist() == [seen, seen]


def test_a_radar_misses_what_does_not_move_towards_or_away():
    rows = table(state=[30.0, 0.0, 0.0, 8.0])
    assert visibility.fast_enough(rows, SENSORS).ravel().tolist() == [True, False]
    rows.state[2] = -2.0
    assert visibility.fast_enough(rows, SENSORS).ravel().tolist() == [True, True]


BUS, CAR, PERSON = RoadUser.BUS, RoadUser.CAR, RoadUser.PEDESTRIAN


def hidden(place, kind, bus, bus_heading):
    """Say whether a bus hides a person from the sensor."""
    rows = TrackTable.new(2, 2)
    rows.state[:2], rows.kind[:], rows.heading_deg[:], rows.id[:] = (
        np.transpose([place, bus]),
        (kind, BUS),
        bus_heading,
        1,
    )
    rows.heading_deg[0] = 90.0
    return visibility.cover(rows, np.array([0]), np.array([0]), SENSORS).exposure[0] < 0.5


@pytest.mark.parametrize(
    ("place", "kind", "expected"),
    [
        ((34.0, 0.0), CAR, True),  # close behind the bus
        ((34.0, 0.0), BUS, True),  # all but its roof
        ((60.0, 0.0), BUS, False),  # its upper half
        ((85.0, 0.0), CAR, False),  # the sensor looks over the bus
        ((34.0, 12.0), CAR, False),  # beside it
        ((24.0, 0.0), PERSON, False),  # before it
        ((30.0, 7.5), PERSON, False),  # at its end
    ],
)
def test_a_bus_across_the_view_hides_what_is_low_and_close_behind_it(place, kind, expected):
    assert hidden(place, kind, (30.0, 0.0), 0.0) == expected


@pytest.mark.parametrize(("heading", "expected"), [(90.0, False), (0.0, True), (np.nan, True)])
def test_a_bus_along_the_view_hides_less(heading, expected):
    assert hidden((37.5, 3.0), PERSON, (30.0, 0.0), heading) == expected
