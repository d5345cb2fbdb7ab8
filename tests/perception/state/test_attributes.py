"""The table of tracks, and a track's knowledge of its road user: class, size, heading."""

import numpy as np
import pytest

from perception.objects import RoadUser
from perception.state import attributes
from perception.state.attributes import TYPICAL_SIZE
from perception.state.table import TRUSTED, TrackTable
from tests.perception.state.rows import table

SECOND = 1_000_000_000
ROW, SEEN, TOLD = np.array([0]), np.array([False]), np.array([True])


def test_a_table_keeps_its_fields_apart():
    rows = TrackTable.new(3, 2)
    for number, name in enumerate(TrackTable.__annotations__):
        getattr(rows, name)[:] = number
    for taken in (rows, rows.take(np.array([2, 0])), rows.joined(rows)):
        for number, name in enumerate(TrackTable.__annotations__):
            assert (getattr(taken, name) == number).all()
            assert getattr(taken, name).shape[-1] == len(taken)
    assert rows.covariance.shape == (4, 4, 3)
    assert rows.history.shape == (2, 3)


def test_the_class_is_what_most_say_and_can_be_outvoted():
    rows = table()
    assert rows.kind[0] == RoadUser.UNKNOWN
    attributes.vote(rows, ROW, np.array([RoadUser.UNKNOWN]), np.ones(1))
    assert rows.kind[0] == RoadUser.UNKNOWN
    for kind in [RoadUser.CAR, RoadUser.TRUCK, RoadUser.CAR, *[RoadUser.CAR] * 50]:
        attributes.vote(rows, ROW, np.array([kind]), np.ones(1))
        assert rows.kind[0] == RoadUser.CAR
    for _ in range(8):
        attributes.vote(rows, ROW, np.array([RoadUser.TRUCK]), np.ones(1))
    assert rows.kind[0] == RoadUser.TRUCK


def test_votes_of_one_round_count_each():
    rows = TrackTable.new(2, 2)
    kinds = np.array([RoadUser.CAR, RoadUser.CAR, RoadUser.BUS, RoadUser.BUS, RoadUser.BUS])
    attributes.vote(rows, np.array([0, 0, 0, 1, 1]), kinds, np.ones(5))
    assert rows.kind.tolist() == [RoadUser.CAR, RoadUser.BUS]


def test_the_size_starts_at_the_classs_and_follows_what_is_measured():
    rows = table(kind=RoadUser.TRUCK)
    assert attributes.sizes(rows)[:, 0] == pytest.approx(TYPICAL_SIZE[RoadUser.TRUCK])
    for _ in range(60):
        attributes.measure_size(rows, ROW, np.array([[12.0], [np.nan], [4.0]]), SEEN)
    assert attributes.sizes(rows)[:, 0] == pytest.approx([12.0, TYPICAL_SIZE[RoadUser.TRUCK, 1], 4.0], abs=0.15)


@pytest.mark.parametrize(("length", "shown"), [(4.2, 4.7), (9.9, 8.6), (12.0, 6.0), (1.0, 6.0)])
def test_what_a_vehicle_says_of_its_size_counts_as_far_as_its_class_may_be_so(length, shown):
    """A sensor says 6 m as often; a car may be 4.2 or 9.9 m long, but not 12 m, and not 1 m."""
    rows = table(kind=RoadUser.CAR)
    for _ in range(100):
        attributes.measure_size(rows, ROW, np.array([[6.0], [2.5], [2.0]]), SEEN)
        attributes.measure_size(rows, ROW, np.array([[length], [1.7], [np.nan]]), TOLD)
    assert attributes.sizes(rows)[0, 0] == pytest.approx(shown, abs=0.7)


def drive(rows, speed_kmh, heading, seconds=1.0):
    """Move so for some rounds; return the heading."""
    angle, speed = np.radians(heading), speed_kmh / 3.6
    rows.state[2:, 0] = speed * np.sin(angle), speed * np.cos(angle)
    for _ in range(round(seconds * 10)):
        attributes.turn_headings(rows, 0.1)
    return rows.heading_deg[0]


SURE = np.eye(4) * 0.001


def test_the_heading_is_latched_under_4_and_released_over_5_km_h():
    rows = table(kind=RoadUser.CAR, covariance=SURE)
    assert np.isnan(drive(rows, 3.0, 90.0))
    assert np.isnan(drive(rows, 4.5, 90.0))
    assert drive(rows, 5.5, 90.0) == pytest.approx(90.0)
    assert drive(rows, 4.5, 95.0) == pytest.approx(95.0, abs=0.5)
    assert drive(rows, 3.9, 200.0) == pytest.approx(95.0, abs=0.5)
    assert drive(rows, 4.9, 200.0) == pytest.approx(95.0, abs=0.5)
    assert drive(rows, 5.1, 200.0, seconds=20.0) == pytest.approx(200.0, abs=1.0)


def test_a_new_tracks_first_speed_is_no_heading():
    rows = table(kind=RoadUser.CAR, covariance=np.eye(4) * 4.0)
    assert np.isnan(drive(rows, 10.0, 90.0))


def test_a_turning_car_is_followed_and_noise_at_walking_pace_is_not():
    rows = table(kind=RoadUser.CAR, covariance=SURE)
    drive(rows, 30.0, 0.0)
    for heading in range(5, 95, 5):
        now = drive(rows, 30.0, heading, seconds=0.1)
    assert now == pytest.approx(90.0, abs=1.0)
    slow = table(kind=RoadUser.CAR, covariance=np.eye(4) * 0.04)
    drive(slow, 8.0, 0.0)
    wobble = [drive(slow, 6.0, heading, seconds=0.1) for heading in (20.0, 340.0) * 10]
    assert max(min(heading, 360.0 - heading) for heading in wobble) < 8.0


def test_who_walks_has_a_heading():
    assert drive(table(kind=RoadUser.PEDESTRIAN, covariance=SURE), 3.0, 45.0) == pytest.approx(45.0)


def test_a_trusted_vehicles_own_heading_holds_while_it_is_fresh():
    stamps = {"vehicle_ns": 5 * SECOND, "stamp_ns": 5 * SECOND}
    rows = table(kind=RoadUser.CAR, covariance=SURE, vehicle_heading_deg=33.0, agreement=TRUSTED, **stamps)
    assert drive(rows, 0.0, 0.0) == 33.0
    rows.stamp_ns[0] = 7 * SECOND
    assert drive(rows, 0.0, 0.0) == 33.0  # latched
    assert drive(rows, 30.0, 120.0) == pytest.approx(120.0)


@pytest.mark.parametrize(
    ("agreement", "says", "shown"), [(TRUSTED, 65.0, 65.0), (TRUSTED, 270.0, 90.0), (3, 65.0, 90.0)]
)
def test_a_heading_that_is_not_driven_is_not_believed(agreement, says, shown):
    stamps = {"vehicle_ns": 5 * SECOND, "stamp_ns": 5 * SECOND}
    rows = table(kind=RoadUser.CAR, covariance=SURE, vehicle_heading_deg=says, agreement=agreement, **stamps)
    assert drive(rows, 30.0, 90.0) == pytest.approx(shown, abs=0.1)
    assert drive(rows, 0.0, 0.0) == pytest.approx(shown, abs=0.1)
