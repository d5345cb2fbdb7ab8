from itertools import permutations

import numpy as np
import pytest

from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Sensor
from perception.state.pairs import neighbours
from perception.state.table import TrackTable
from perception.tracking.assignment import assign
from perception.tracking.association import candidates

GATE, CLUTTER = 13.8, 1e-4


def sensors(clutter=CLUTTER):
    """Return two sensors of this clutter density."""
    view = FieldOfView(range_m=100.0, width_deg=360.0)
    one = Sensor(
        device="camera",
        mount=Mount(east_m=0, north_m=0, yaw_deg=0),
        field_of_view=view,
        false_alarms=clutter * np.pi * 1e4,
    )
    return Sensors([one, one.model_copy(update={"device": "radar"})], GATE, GATE, 1.0)


def tracks(position, velocity=None, spread=0.2):
    table = TrackTable.new(len(position), 2)
    table.state[:2] = np.asarray(position, dtype=float).reshape(-1, 2).T
    table.state[2:] = 0.0 if velocity is None else np.asarray(velocity, dtype=float).T
    for axis in (0, 1):
        table.covariance[axis, axis], table.covariance[axis + 2, axis + 2] = spread**2, 0.25
    return table


def scan(position, velocity=None, kind=None, sensor=None):
    count = len(position)
    certainty = np.zeros((2, 2)) if velocity is None else np.eye(2) / 0.1
    return Scan(
        sensor=np.zeros(count, dtype=np.int64) if sensor is None else np.asarray(sensor),
        stamp_ns=np.zeros(count, dtype=np.int64),
        receipt_ns=np.zeros(count, dtype=np.int64),
        position_m=np.asarray(position, dtype=float).reshape(-1, 2).T,
        covariance_m2=np.tile(0.25 * np.eye(2)[:, :, None], count),
        velocity_mps=np.zeros((2, count)) if velocity is None else np.asarray(velocity, dtype=float).T,
        velocity_certainty=np.tile(certainty[:, :, None], count),
        size_m=np.full((3, count), np.nan),
        kind=np.zeros(count, dtype=np.int64) if kind is None else np.asarray(kind),
        confidence=np.ones(count),
        vehicle=np.zeros(count, dtype=np.int64),
        heading_deg=np.full(count, np.nan),
        radio=np.zeros(count, dtype=np.int64),
        number=np.zeros(count, dtype=np.int64),
    )


def found(table, seen, lag=0.0, clutter=CLUTTER):
    return candidates(table, seen, np.full(len(seen), lag), sensors(clutter))


def made(table, seen, **options):
    pairs = found(table, seen, **options)
    return assign(pairs, seen.sensor[pairs.detection])


def test_neighbours_are_all_that_are_near_and_no_others():
    rng = np.random.default_rng(1)
    for count, most in ((1, 3.0), (40, 1.0), (200, 7.0)):
        place, other = rng.uniform(-30, 30, (2, count)), rng.uniform(-20, 20, (2, 150))
        reach, other_reach = rng.uniform(0, most, count), rng.uniform(0, most, 150)
        i, j = neighbours(place, reach, other, other_reach)
        near = np.abs(place[:, :, None] - other[:, None]).max(axis=0) <= reach[:, None] + other_reach
        assert len(i) == near.sum()
        assert near[i, j].all()


def test_pairs_are_all_within_the_gate_and_none_is_forgotten():
    rng = np.random.default_rng(2)
    table, seen = tracks(rng.uniform(0, 20, (40, 2))), scan(rng.uniform(0, 20, (40, 2)))
    pairs = found(table, seen)
    gap = table.state[:2, :, None] - seen.position_m[:, None]
    inside = (gap**2).sum(axis=0) / (0.04 + 0.25) <= GATE
    assert len(pairs) == inside.sum()
    assert inside[pairs.track, pairs.detection].all()


def test_a_late_detection_is_compared_with_where_the_track_was():
    table = tracks([[10.0, 0.0]], velocity=[[20.0, 0.0]])
    pairs = found(table, scan([[6.0, 0.0]]), lag=-0.2)
    assert pairs.residual_m[:, 0] == pytest.approx([0.0, 0.0])
    assert not len(found(table, scan([[6.0, 0.0]])))


def test_the_score_is_the_textbooks():
    table, seen = tracks([[0.0, 0.0]]), scan([[0.3, 0.1]], velocity=[[0.5, -0.2]])
    place = 0.29 * np.eye(2)
    residual, speed = np.array([0.3, 0.1]), np.array([0.5, -0.2])

    def log_normal(value, covariance):
        return -(value @ np.linalg.solve(covariance, value) + np.log(np.linalg.det(2 * np.pi * covariance))) / 2

    ours = np.log(0.9) + log_normal(residual, place) + log_normal(speed, 0.35 * np.eye(2))
    false = np.log(CLUTTER) + log_normal(speed * 0, (256.0 + 0.1) * np.eye(2))
    assert found(table, seen).score == pytest.approx([ours - false], rel=1e-6)


def test_a_radial_speed_says_nothing_across_the_line_of_sight():
    table, seen = tracks([[0.0, 0.0]]), scan([[0.0, 0.0]], velocity=[[0.0, 0.0]])
    seen.velocity_certainty[:, :, 0] = np.diag([10.0, 0.0])
    still = found(table, seen).score
    table.state[3] = 15.0
    assert found(table, seen).score == pytest.approx(still)
    table.state[2] = 15.0
    assert found(table, seen).score < still - 10.0


def test_the_assignment_is_the_best_of_all_for_each_sensor():
    rng = np.random.default_rng(3)
    for _ in range(20):
        table, seen = tracks(rng.uniform(0, 4, (4, 2))), scan(rng.uniform(0, 4, (8, 2)), sensor=[0, 1] * 4)
        pairs, chosen = found(table, seen), made(table, seen)
        for sensor in (0, 1):
            score = np.zeros((4, 8))
            score[pairs.track, pairs.detection] = np.maximum(pairs.score, 0.0)
            score = score[:, sensor::2]
            limit = max(sum(score[row, column] for row, column in enumerate(order)) for order in permutations(range(4)))
            mine = chosen.at(np.flatnonzero(chosen.detection % 2 == sensor))
            assert mine.score.sum() == pytest.approx(limit)
            assert len(set(mine.track.tolist())) == len(set(mine.detection.tolist())) == len(mine)
        assert (chosen.score > 0).all()
        assert (np.diff(chosen.track) >= 0).all()


def test_what_is_likelier_a_false_alarm_is_not_assigned():
    assert len(made(tracks([[0.0, 0.0]], spread=30.0), scan([[3.0, 3.0]]), clutter=1e-2)) == 0


def test_speed_tells_two_crossing_road_users_apart():
    speeds = [[10.0, 0.0], [-10.0, 0.0]]
    pairs = made(tracks([[0.0, 0.0], [0.4, 0.0]], velocity=speeds), scan([[0.4, 0.0], [0.0, 0.0]], velocity=speeds))
    assert dict(zip(pairs.track.tolist(), pairs.detection.tolist(), strict=True)) == {0: 0, 1: 1}


def test_class_tells_two_neighbours_apart():
    table = tracks([[0.0, 0.0], [0.3, 0.0]])
    table.log_class[:] = np.transpose([[0, 1.5, 0, 0, 0, 0, -1.4], [0, -1.4, 0, 0, 0, 0, 1.5]])
    pairs = made(table, scan([[0.3, 0.0], [0.0, 0.0]], kind=[1, 6]))
    assert dict(zip(pairs.track.tolist(), pairs.detection.tolist(), strict=True)) == {0: 0, 1: 1}


def test_nothing_meets_nothing():
    assert len(made(tracks(np.zeros((0, 2))), scan([[0.0, 0.0]]))) == 0
    assert len(made(tracks([[0.0, 0.0]]), scan(np.zeros((0, 2))))) == 0
