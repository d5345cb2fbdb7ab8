"""How long hidden road users are believed in: by class, by the body in front, by sensors that look, and by ways out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.objects import RoadUser
from perception.occlusion import misses, survival, testimony
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state.table import TrackTable, existence

VIEW = FieldOfView(range_m=100.0, width_deg=90.0)


def camera(name, east, north, yaw):
    return Sensor(device=name, mount=Mount(east_m=east, north_m=north, height_m=6.0, yaw_deg=yaw), field_of_view=VIEW)


FROM_SOUTH = camera("south", 0.0, -20.0, 0.0)
FROM_WEST = camera("west", -50.0, 30.0, 90.0)


def road_users(*users):
    """Return confirmed road users (class, east, north), all heading north; the first is known to 0.1 m."""
    rows = TrackTable.new(len(users), 2)
    rows.kind[:] = [kind for kind, _, _ in users]
    rows.state[:2] = np.transpose([place for _, *place in users])
    rows.covariance[:] = np.diag([0.01] * 4)[:, :, None]
    rows.id[:], rows.heading_deg[:], rows.log_odds[:] = np.arange(1, len(rows) + 1), 0.0, 8.0
    return rows


def reported_s(rows, cameras=(FROM_SOUTH,)):
    """Return for how long the first is rather there than not, where all sensors see all others; s."""
    sensors = Sensors(list(cameras), 13.8, 18.4, 6.0)
    table = TrackTable.new(len(rows), sensors.radio)
    for name in ("kind", "state", "covariance", "id", "heading_deg", "log_odds"):
        getattr(table, name)[:] = getattr(rows, name)
    sure = testimony.surest(sensors, np.zeros(sensors.radio, np.bool_))
    seen = np.ones((sensors.radio, len(rows)), dtype=np.bool_)
    seen[:, 0] = False
    for tenths in range(1200):
        misses.count(table, seen, np.arange(sensors.radio), sure, sensors, True)
        survival.fade(table, 0.1)
        if existence(table)[0] < 0.5:
            return tenths / 10
    return np.inf


PERSON, BUS, CAR = RoadUser.PEDESTRIAN, RoadUser.BUS, RoadUser.CAR
BEHIND_A_PERSON = [(PERSON, 0.0, 30.0), (PERSON, 0.0, 29.2)]
BEHIND_A_BUS = [(PERSON, 0.0, 30.0), (BUS, 0.0, 22.0)]
CAR_BEHIND_A_BUS = [(CAR, 0.0, 38.0), (BUS, 0.0, 29.0)]


def test_a_person_behind_a_person_is_reported_for_less_than_a_second_and_behind_a_bus_for_longer():
    assert 0.5 <= reported_s(road_users(*BEHIND_A_PERSON)) <= 1.0
    assert reported_s(road_users(*BEHIND_A_BUS)) > 2.0


def test_a_car_that_others_box_in_is_reported_for_long_and_one_that_may_turn_off_for_seconds():
    alone = reported_s(road_users(*CAR_BEHIND_A_BUS))
    boxed = reported_s(road_users(*CAR_BEHIND_A_BUS, (CAR, 0.3, 46.0)))
    assert 3.0 < alone < 10.0
    assert boxed == pytest.approx(5.0 * alone, rel=0.1) and boxed > 20.0
    assert reported_s(road_users(*CAR_BEHIND_A_BUS, (CAR, 4.0, 46.0))) == alone  # in the next lane
    assert reported_s(road_users(*CAR_BEHIND_A_BUS, (CAR, 0.0, 64.0))) == alone  # too far to keep it in


def test_the_more_sensors_look_the_sooner_it_is_given_up():
    rows = road_users(*BEHIND_A_BUS, (PERSON, -0.8, 30.0))
    assert reported_s(rows, [FROM_SOUTH, FROM_WEST]) < reported_s(rows)
    open_to_one = road_users(*BEHIND_A_BUS)
    assert reported_s(open_to_one, [FROM_SOUTH, FROM_WEST]) < 1.0  # which sees the place empty


def test_where_no_sensor_looks_nobody_is_hidden():
    rows = road_users((PERSON, 0.0, 200.0), (BUS, 0.0, 190.0))
    rows.hidden[0] = 1  # it was, and went on
    sensors = Sensors([FROM_SOUTH, FROM_WEST], 13.8, 18.4, 6.0)
    sure = testimony.surest(sensors, np.zeros(sensors.radio, np.bool_))
    misses.count(rows, np.zeros((2, 2), np.bool_), np.array([0, 1]), sure, sensors, True)
    assert rows.hidden.tolist() == [0, 0]
    assert rows.leaving_per_s.tolist() == [0.0, 0.0]


@settings(max_examples=60, deadline=None)
@given(st.floats(-8.0, 8.0), st.floats(0.0, 5.0), st.lists(st.floats(0.0, 100.0), min_size=1, max_size=5))
def test_the_probability_falls_exponentially_however_the_time_is_cut(log_odds, leaving, steps_s):
    rows = road_users((PERSON, 0.0, 0.0))
    rows.log_odds[:], rows.leaving_per_s[:] = log_odds, leaving
    expected = existence(rows)[0] * np.exp(-leaving * sum(steps_s))
    for step_s in steps_s:
        survival.fade(rows, step_s)
    assert existence(rows)[0] == pytest.approx(expected, rel=1e-6, abs=1e-300)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(RoadUser)), st.floats(0.1, 50.0), st.floats(0.1, 50.0))
def test_a_wider_hidden_place_is_left_no_sooner(kind, room, more):
    rows = road_users((kind, 0.0, 0.0))
    rows.hidden[:] = 1
    narrow, wide = (survival.rates(rows, np.array([each]))[0] for each in (room, room + more))
    assert 0.0 < wide <= narrow < np.inf
