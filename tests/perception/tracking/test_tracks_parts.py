"""The smaller parts of tracking: ids, admission, class, size, heading, visibility."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Measurement, RoadUser, VehicleReport
from perception.occlusion import visibility
from perception.sensing.sensors import Sensors
from perception.sensing.window import ArrivalWindow
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state import attributes
from perception.state.attributes import TYPICAL_SIZE
from perception.state.table import TRUSTED, Ids, TrackTable

SECOND = 1_000_000_000
ROW, SEEN, TOLD = np.array([0]), np.array([False]), np.array([True])


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
    for _ in range(65534):
        ids.take(0)
    assert ids.take(0) is None
    ids.release(65534, 0)
    assert ids.take(60 * SECOND) == 65534


def test_ids_stay_within_their_limit():
    ids = Ids(60 * SECOND, last=255)
    assert [ids.take(0) for _ in range(256)] == [*range(1, 256), None]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=80))
def test_no_id_is_given_twice_or_too_early(steps):
    ids, now = Ids(60 * SECOND), 0
    used: list[int] = []
    released: dict[int, int] = {}
    for take, seconds in steps:
        now += seconds * SECOND
        if take:
            number = ids.take(now)
            assert number is not None and number not in used
            assert now - released.get(number, -60 * SECOND) >= 60 * SECOND
            used.append(number)
        elif used:
            released[used[0]] = now
            ids.release(used.pop(0), now)


def measurement(stamp_ms, device="camera", receipt_ms=None):
    receipt_ms = stamp_ms if receipt_ms is None else receipt_ms
    return Measurement(device=device, stamp_ns=stamp_ms * 1_000_000, receipt_ns=receipt_ms * 1_000_000)


def test_the_window_refuses_what_is_late_early_or_known():
    window = ArrivalWindow(500_000_000, 60_000_000)
    assert window.add(measurement(10_000)) is None
    assert window.add(measurement(10_000)) == "duplicate"
    assert window.add(measurement(10_000, "radar")) is None
    assert window.add(measurement(9_600)) is None  # late, but not too late
    assert window.add(measurement(9_600)) == "duplicate"
    assert window.add(measurement(9_400)) == "late"
    assert window.add(measurement(20_000, receipt_ms=10_100)) == "future"
    assert window.add(measurement(10_100)) is None  # the one from the future changed nothing


def test_the_window_forgets_what_it_need_not_know():
    window = ArrivalWindow(500_000_000, 60_000_000)
    for tick in range(10_000):
        assert window.add(measurement(tick * 10)) is None
    assert len(window._admitted) < 60


def rounds(window):
    return [[(each.device, each.stamp_ns // 1_000_000) for each in together] for together in window.rounds()]


def test_rounds_come_in_the_order_of_time_and_have_each_device_once():
    window = ArrivalWindow(500_000_000, 60_000_000)
    for stamp_ms, device in ((1040, "a"), (1000, "b"), (1010, "a"), (1350, "b"), (1090, "c")):
        assert window.add(measurement(stamp_ms, device, receipt_ms=1400)) is None
    assert len(window) == 5
    assert rounds(window) == [[("b", 1000), ("a", 1010)], [("a", 1040), ("c", 1090)], [("b", 1350)]]
    assert rounds(window) == []


def told(stamp_ms, vehicle=b"12345678"):
    place: dict[str, Any] = {"latitude_deg": 0.0, "longitude_deg": 0.0, "position_95_m": None}
    motion: dict[str, Any] = {"speed_mps": None, "heading_deg": None}
    size: dict[str, Any] = {"length_m": None, "width_m": None, "height_m": None, "kind": RoadUser.CAR}
    stamps: dict[str, Any] = {"stamp_ns": stamp_ms * 1_000_000, "receipt_ns": stamp_ms * 1_000_000}
    return VehicleReport(device="radio", id=vehicle, **place, **motion, **size, **stamps)


def test_of_a_vehicles_reports_the_newest_is_used():
    window = ArrivalWindow(500_000_000, 60_000_000)
    for stamp_ms in (1000, 1100):
        window.add(told(stamp_ms))
    assert rounds(window) == [[("radio", 1100)]]


def test_what_vehicles_say_makes_no_round_and_changes_none():
    """However many speak, and however late: the scans come in the rounds in which they would come without."""
    window = ArrivalWindow(500_000_000, 60_000_000)
    for scan in (measurement(1000, "a"), measurement(1040, "b"), measurement(1100, "a")):
        window.add(scan)
    for number, stamp_ms in enumerate((700, 1020, 1050, 1140)):
        window.add(told(stamp_ms, bytes([number] * 8)))
    assert rounds(window) == [
        [("a", 1000), ("b", 1040), ("radio", 700), ("radio", 1020)],
        [("a", 1100), ("radio", 1050), ("radio", 1140)],
    ]


def table(**fields):
    rows = TrackTable.new(1, 2)
    for name, value in fields.items():
        getattr(rows, name)[..., 0] = value
    return rows


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
    """Say whether a bus hides somebody from the sensor."""
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
