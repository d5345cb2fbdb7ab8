"""The smaller parts of tracking: ids, admission, class, size, heading, visibility."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Measurement, RoadUser
from perception.sensor import FieldOfView, Mount, Sensor
from perception.tracking import attributes, visibility
from perception.tracking.admission import Admission
from perception.tracking.scan import TYPICAL_SIZE
from perception.tracking.table import Ids, empty, new_rows, seen_together

SECOND = 1_000_000_000
ROW = np.array([0])


def test_ids_are_the_lowest_free_ones():
    ids = Ids(60 * SECOND)
    assert [ids.take(0) for _ in range(300)] == list(range(1, 301))
    ids.release(7, 10 * SECOND)
    ids.release(3, 11 * SECOND)
    assert ids.take(69 * SECOND) == 301
    assert ids.take(70 * SECOND) == 7
    assert ids.take(80 * SECOND) == 3


def test_ids_end():
    ids = Ids(60 * SECOND)
    for _ in range(Ids.LAST):
        ids.take(0)
    assert ids.take(0) is None
    ids.release(65535, 0)
    assert ids.take(60 * SECOND) == 65535


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=80))
def test_no_id_is_given_twice_or_too_early(steps):
    ids, used, released, now = Ids(60 * SECOND), [], {}, 0
    for take, seconds in steps:
        now += seconds * SECOND
        if take:
            number = ids.take(now)
            assert number not in used
            assert now - released.get(number, -60 * SECOND) >= 60 * SECOND
            used.append(number)
        elif used:
            released[used[0]] = now
            ids.release(used.pop(0), now)


def measurement(stamp_ms, device="camera", receipt_ms=None):
    receipt_ms = stamp_ms if receipt_ms is None else receipt_ms
    return Measurement(device=device, stamp_ns=stamp_ms * 1_000_000, receipt_ns=receipt_ms * 1_000_000)


def test_admission():
    admission = Admission(500_000_000, 60_000_000)
    assert admission.refuse(measurement(10_000)) is None
    assert admission.refuse(measurement(10_000)) == "duplicate"
    assert admission.refuse(measurement(10_000, "radar")) is None
    assert admission.refuse(measurement(9_600)) is None  # late, but not too late
    assert admission.refuse(measurement(9_600)) == "duplicate"
    assert admission.refuse(measurement(9_400)) == "late"
    assert admission.refuse(measurement(20_000, receipt_ms=10_100)) == "future"
    assert admission.refuse(measurement(10_100)) is None  # the one from the future changed nothing


def test_admission_forgets_what_it_need_not_know():
    admission = Admission(500_000_000, 60_000_000)
    for tick in range(10_000):
        assert admission.refuse(measurement(tick * 10)) is None
    assert len(admission._admitted) < 60


def table(**fields):
    rows = new_rows(empty(2), 1)
    for name, value in fields.items():
        rows[name] = value
    return rows


def test_the_class_is_what_most_say_and_can_be_outvoted():
    rows = table()
    assert rows["kind"][0] == RoadUser.UNKNOWN
    attributes.vote(rows, ROW, np.array([RoadUser.UNKNOWN]), np.ones(1))
    assert rows["kind"][0] == RoadUser.UNKNOWN
    for kind in [RoadUser.CAR, RoadUser.TRUCK, RoadUser.CAR, *[RoadUser.CAR] * 50]:
        attributes.vote(rows, ROW, np.array([kind]), np.ones(1))
        assert rows["kind"][0] == RoadUser.CAR
    for _ in range(8):
        attributes.vote(rows, ROW, np.array([RoadUser.TRUCK]), np.ones(1))
    assert rows["kind"][0] == RoadUser.TRUCK


def test_the_size_starts_at_the_classs_and_follows_what_is_measured():
    rows = table(kind=RoadUser.TRUCK)
    assert attributes.sizes(rows)[0] == pytest.approx(TYPICAL_SIZE[RoadUser.TRUCK])
    for _ in range(60):
        attributes.measure_size(rows, ROW, np.array([[12.0, np.nan, 4.0]]))
    assert attributes.sizes(rows)[0] == pytest.approx([12.0, TYPICAL_SIZE[RoadUser.TRUCK, 1], 4.0], abs=0.15)


def test_what_a_vehicle_says_of_its_size_ends_the_matter():
    rows = table(kind=RoadUser.CAR)
    attributes.measure_size(rows, ROW, np.array([[6.0, 2.5, 2.0]]))
    attributes.measure_size(rows, ROW, np.array([[4.2, 1.7, np.nan]]), stated=True)
    for _ in range(100):
        attributes.measure_size(rows, ROW, np.array([[6.0, 2.5, 2.0]]))
    assert attributes.sizes(rows)[0, :2] == pytest.approx([4.2, 1.7], abs=0.01)


def drive(rows, speed_kmh, heading):
    angle, speed = np.radians(heading), speed_kmh / 3.6
    rows["state"][0, 2:] = speed * np.sin(angle), speed * np.cos(angle)
    attributes.latch_headings(rows)
    return attributes.headings(rows)[0][0]


def test_the_heading_is_latched_under_4_and_released_over_5_km_h():
    rows = table(kind=RoadUser.CAR, covariance=np.eye(4) * 0.01)
    assert np.isnan(drive(rows, 3.0, 90.0))
    assert np.isnan(drive(rows, 4.5, 90.0))
    assert drive(rows, 5.5, 90.0) == pytest.approx(90.0)
    assert drive(rows, 4.5, 95.0) == pytest.approx(95.0)
    assert drive(rows, 3.9, 200.0) == pytest.approx(95.0)
    assert drive(rows, 4.9, 200.0) == pytest.approx(95.0)
    assert drive(rows, 5.1, 200.0) == pytest.approx(200.0)


def test_who_walks_has_a_heading():
    assert drive(table(kind=RoadUser.PEDESTRIAN), 3.0, 45.0) == pytest.approx(45.0)


def test_a_vehicles_own_heading_holds_while_it_is_fresh():
    rows = table(kind=RoadUser.CAR, vehicle_ns=5 * SECOND, stamp_ns=5 * SECOND, vehicle_heading=33.0)
    assert drive(rows, 0.0, 0.0) == 33.0
    rows["stamp_ns"] = 7 * SECOND
    assert drive(rows, 0.0, 0.0) == 33.0  # latched
    assert drive(rows, 30.0, 120.0) == pytest.approx(120.0)


def test_seen_together_counts_scans_that_saw_both():
    rows = new_rows(empty(2), 2)
    rows["history"] = [[0b1011, 0b1], [0b0010, 0b0]]
    assert seen_together(rows[:1], rows[1:]).tolist() == [1]


SENSOR = Sensor(
    device="camera",
    mount=Mount(east_m=0.0, north_m=0.0, height_m=6.0, yaw_deg=90.0),
    field_of_view=FieldOfView(range_m=100.0, width_deg=90.0, near_m=5.0),
)


@pytest.mark.parametrize(
    ("place", "seen"),
    [((50, 0), True), ((99, 0), False), ((6, 0), False), ((30, 32), False), ((30, 20), True), ((-50, 0), False)],
)
def test_only_what_is_well_inside_the_view_can_be_missed(place, seen):
    assert visibility.in_view(np.array([place], dtype=float), SENSOR)[0] == seen


BUS, CAR, PERSON = TYPICAL_SIZE[RoadUser.BUS], TYPICAL_SIZE[RoadUser.CAR], TYPICAL_SIZE[RoadUser.PEDESTRIAN]


@pytest.mark.parametrize(
    ("place", "size", "hidden"),
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
def test_a_bus_across_the_view_hides_what_is_low_and_close_behind_it(place, size, hidden):
    bodies = visibility.Bodies(np.array([place, (30.0, 0.0)]), np.array([90.0, 0.0]), np.array([size, BUS]))
    assert visibility.hidden(bodies, np.array([0]), np.array([0, 1]), SENSOR)[0] == hidden


def test_a_bus_along_the_view_hides_less():
    place = np.array([(37.5, 3.0), (30.0, 0.0)])
    for heading, hidden in ((90.0, False), (0.0, True), (np.nan, True)):
        bodies = visibility.Bodies(place, np.array([90.0, heading]), np.array([PERSON, BUS]))
        assert visibility.hidden(bodies, np.array([0]), np.array([1]), SENSOR)[0] == hidden
