"""Unseen road users: how they drive on, the evidence of missing them, the detections they are taken for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.algebra import UNIT
from perception.objects import RoadUser
from perception.occlusion import bodies, misses, testimony
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state.attributes import TYPICAL_SIZE
from perception.state.pairs import Pairs
from perception.state.table import TrackTable
from perception.tracking import doubles, motion

CAR_M = TYPICAL_SIZE[RoadUser.CAR, 0]
VIEW = FieldOfView(range_m=100.0, width_deg=90.0)
SENSOR = Sensor(device="camera", mount=Mount(east_m=0.0, north_m=-20.0, height_m=6.0, yaw_deg=0.0), field_of_view=VIEW)
SENSORS = Sensors([SENSOR, SENSOR.model_copy(update={"device": "other"})], 13.8, 18.4, 6.0)
STEADILY = 0xFFFF_FFFF
SURE = testimony.surest(SENSORS, np.zeros(SENSORS.radio, np.bool_))


def cars(*places, speeds=(), hidden=(), kind=RoadUser.CAR):
    """Return confirmed road users (east, north) that head north."""
    rows = TrackTable.new(len(places), SENSORS.radio)
    rows.state[:2] = np.transpose(places)
    rows.state[3, : len(speeds)] = speeds
    rows.covariance[:] = np.diag([0.1, 0.1, 0.1, 0.1])[:, :, None]
    rows.id[:], rows.kind[:], rows.heading_deg[:], rows.log_odds[:] = np.arange(1, len(rows) + 1), kind, 0.0, 8.0
    rows.hidden[list(hidden)] = 1
    return rows


def let_drive(rows, seconds):
    for _ in range(round(seconds * 10)):
        motion.predict(rows, 0.1)


def test_a_hidden_car_queues_behind_its_leader_and_leaves_with_it():
    rows = cars((0.0, 0.0), (0.5, 40.0), speeds=[10.0, 0.0], hidden=[0])
    let_drive(rows, 15.0)
    gap = rows.state[1, 1] - rows.state[1, 0] - CAR_M
    assert gap == pytest.approx(2.5, abs=1.0)
    assert np.hypot(*rows.state[2:, 0]) < 0.3
    assert np.sqrt(rows.covariance[1, 1, 0]) < 3.0  # still known: it is in the queue
    rows.state[3, 1] = 8.0
    let_drive(rows, 6.0)
    assert rows.state[3, 0] == pytest.approx(8.0, abs=0.5)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.0, 50.0), st.floats(0.0, 20.0), st.floats(0.0, 15.0), st.floats(-1.4, 1.4))
def test_who_is_hidden_runs_into_nobody_it_could_stop_behind(gap, speed, leading, aside):
    rows = cars((0.0, 0.0), (aside, gap + CAR_M), speeds=[speed, leading], hidden=[0])
    safe = gap - 2.5 > max(speed**2 - leading**2, 0.0) / (2.0 * 2.5) + 2.5
    for _ in range(60):
        motion.predict(rows, 0.1)
        assert (np.linalg.eigvalsh(rows.covariance.transpose(2, 0, 1)) > -1e-9).all()
        if safe:
            assert rows.state[1, 1] - rows.state[1, 0] > CAR_M


def test_without_a_leader_the_slow_stop_and_the_fast_go_on():
    rows = cars((0.0, 0.0), (10.0, 0.0), speeds=[3.0, 12.0], hidden=[0, 1])
    let_drive(rows, 6.0)
    assert rows.state[3, 0] < 0.1
    assert rows.state[:, 1] == pytest.approx([10.0, 72.0, 0.0, 12.0], abs=0.5)


def missed(rows, rounds, looked=(0,), settled=True, shown=()):
    """Return the log-odds after so many rounds in which sensors see the rows `shown` alone."""
    seen = np.zeros((SENSORS.radio, len(rows)), dtype=np.bool_)
    seen[:, list(shown)] = True
    for _ in range(rounds):
        misses.count(rows, seen, np.array(looked), SURE, SENSORS, settled)
        rows.history[list(looked)] = rows.history[list(looked)] << 1 & STEADILY
    return rows.log_odds.copy()


def test_one_sensor_alone_does_not_soon_make_forget_who_was_seen_steadily():
    rows = cars((0.0, 20.0))
    rows.history[:] = STEADILY
    assert missed(rows, 1)[0] == pytest.approx(8.0 + np.log(0.1), abs=0.05)
    assert 0.0 < missed(rows, 20)[0] < 3.0
    assert missed(rows, 3, looked=(1,))[0] < -3.0  # two do
    rows = cars((0.0, 20.0))
    rows.history[:] = STEADILY
    assert missed(rows, 60)[0] < -3.0  # nor does it believe for ever


def test_who_was_hardly_seen_is_soon_forgotten():
    rows = cars((0.0, 20.0))
    rows.history[:] = 1
    assert missed(rows, 6)[0] < -5.0


def test_behind_a_bus_nothing_is_missed():
    rows = cars((0.0, 30.0), (0.0, 22.0))
    rows.kind[1], rows.heading_deg[1] = RoadUser.BUS, 90.0
    assert missed(rows, 20, shown=[1])[0] == 8.0
    assert rows.hidden.tolist() == [1, 0]
    rows.id[0] = 0  # a hypothesis that may be empty
    assert missed(rows, 1, shown=[1])[0] < 6.0
    rows.log_odds[0] = 0.0
    assert missed(rows, 20, settled=False, shown=[1])[0] == 0.0  # it may have stood there since before the first look
    rows.state[3, 0] = 5.0
    assert missed(rows, 1, settled=False, shown=[1])[0] < -2.0


def test_no_car_is_hidden_where_another_is_seen():
    rows = cars((0.0, 30.0), (0.0, 22.0), (0.5, 31.0))
    rows.kind[1], rows.heading_deg[1] = RoadUser.BUS, 90.0
    seen = np.zeros((SENSORS.radio, 3), dtype=np.bool_)
    seen[1, 1:] = True
    misses.count(rows, seen, np.array([1]), SURE, SENSORS, True)
    assert rows.hidden.tolist() == [1, 0, 0]
    assert rows.log_odds.tolist() == [5.0, 8.0, 8.0]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0xAAAA, 0xAAAA], [0x5555, 0x5555], [(0, 1)]),  # by turns: one road user
        ([0xFFFF, 0xFFFF], [0xFFFF, 0x0000], []),  # one sensor tells them apart, the other sees one behind the other
        ([0, 0], [0, 0], []),  # nothing speaks for it
    ],
)
def test_two_are_one_only_if_no_sensor_tells_them_apart(first, second, expected):
    rows = cars((0.0, 0.0), (0.2, 0.1), kind=RoadUser.PEDESTRIAN)
    rows.history[:, 0], rows.history[:, 1] = first, second
    assert doubles.pairs(rows) == expected


@pytest.mark.parametrize(("scans", "expected"), [(20, [(0, 1)]), (200, [])])
def test_who_comes_out_of_hiding_is_new(scans, expected):
    rows = cars((0.0, 0.0), (0.2, 0.1), hidden=[0])
    rows.scans[:] = 500, scans
    rows.history[:, 0], rows.history[:, 1] = 0xFF0000, 0x00FFFF
    assert doubles.pairs(rows) == expected


def test_what_is_seen_of_a_body_is_not_of_who_is_hidden():
    rows = cars((0.0, 0.0), (0.0, 6.0), hidden=[0])
    place = np.array([[0.0, 0.0], [4.5, 1.0]])
    scan = Scan(
        sensor=np.zeros(2, np.int64),
        stamp_ns=np.zeros(2, np.int64),
        receipt_ns=np.zeros(2, np.int64),
        position_m=place,
        covariance_m2=UNIT * np.full(2, 0.1),
        velocity_mps=np.zeros((2, 2)),
        velocity_certainty=np.zeros((2, 2, 2)),
        size_m=np.full((3, 2), np.nan),
        kind=np.ones(2, np.int64),
        confidence=np.ones(2),
        vehicle=np.zeros(2, np.int64),
        heading_deg=np.full(2, np.nan),
        radio=np.zeros(2, np.int64),
        number=np.zeros(2, np.int64),
    )
    track, detection = np.array([0, 0, 1]), np.array([0, 1, 0])
    pairs = Pairs(track, detection, np.ones(3), np.ones(3), np.zeros((2, 3)), np.zeros((2, 3)), np.ones(3))
    left = bodies.apart(rows, scan, pairs)
    assert list(zip(left.track.tolist(), left.detection.tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_a_heading_is_told_as_it_is_when_it_is_told():
    rows = cars((0.0, 0.0), speeds=[8.0])
    rows.moving[:], rows.drift_mps[0], rows.drift_variance_m2ps2[:] = 1, 2.0, 0.1  # it turns to the right for sure
    motion.foresee(rows, 0.1)
    assert rows.heading_deg[0] == pytest.approx(np.degrees(np.arctan2(rows.state[2, 0], rows.state[3, 0])), abs=0.1)
    assert rows.heading_deg[0] > 1.0
