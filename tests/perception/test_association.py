from itertools import permutations

import numpy as np
import pytest

from perception.tracking.association import Expected, Pairs, assign, best, candidates, mahalanobis
from perception.tracking.scan import Scan

GATE, CLUTTER = 13.8, 1e-4


def expected(position, velocity=None, spread=0.2):
    count = len(position)
    return Expected(
        position=np.asarray(position, dtype=float),
        covariance=np.tile(spread**2 * np.eye(2), (count, 1, 1)),
        velocity=np.zeros((count, 2)) if velocity is None else np.asarray(velocity, dtype=float),
        velocity_covariance=np.tile(0.25 * np.eye(2), (count, 1, 1)),
        log_class=np.zeros((count, 7)),
        log_detection=np.full(count, np.log(0.9)),
    )


def scan(position, velocity=None, kind=None):
    count = len(position)
    return Scan(
        position=np.asarray(position, dtype=float).reshape(-1, 2),
        covariance=np.tile(0.25 * np.eye(2), (count, 1, 1)),
        velocity=np.full((count, 2), np.nan) if velocity is None else np.asarray(velocity, dtype=float),
        velocity_covariance=np.tile(0.1 * np.eye(2), (count, 1, 1)),
        size=np.full((count, 3), np.nan),
        kind=np.zeros(count, dtype=int) if kind is None else np.asarray(kind),
        confidence=np.ones(count),
    )


def test_distance_and_volume_are_those_of_linear_algebra():
    rng = np.random.default_rng(1)
    residual, root = rng.normal(size=(9, 2)), rng.normal(size=(9, 2, 2))
    covariance = root @ root.transpose(0, 2, 1) + 0.1 * np.eye(2)
    square, log_volume = mahalanobis(residual, covariance)
    assert square == pytest.approx([r @ np.linalg.solve(c, r) for r, c in zip(residual, covariance, strict=True)])
    assert log_volume == pytest.approx(np.linalg.slogdet(covariance)[1])


def test_pairs_are_all_within_the_gate_and_none_is_forgotten():
    rng = np.random.default_rng(2)
    tracks, seen = expected(rng.uniform(0, 20, (40, 2))), scan(rng.uniform(0, 20, (40, 2)))
    pairs = candidates(tracks, seen, GATE, CLUTTER)
    gap = tracks.position[:, None] - seen.position[None]
    inside = (gap**2).sum(axis=2) / (0.04 + 0.25) <= GATE
    found = np.zeros((40, 40), dtype=bool)
    found[pairs.track, pairs.detection] = True
    assert (found == inside).all()


def test_the_assignment_is_the_best_of_all():
    rng = np.random.default_rng(3)
    for _ in range(20):
        pairs = candidates(expected(rng.uniform(0, 4, (4, 2))), scan(rng.uniform(0, 4, (4, 2))), GATE, CLUTTER)
        score = np.zeros((4, 4))
        score[pairs.track, pairs.detection] = np.maximum(pairs.score, 0.0)
        limit = max(sum(score[row, column] for row, column in enumerate(order)) for order in permutations(range(4)))
        made = assign(pairs)
        assert made.score.sum() == pytest.approx(limit)
        assert len(set(made.track.tolist())) == len(set(made.detection.tolist())) == len(made.track)
        assert (made.score > 0).all()


def test_what_is_likelier_a_false_alarm_is_not_assigned():
    wide = expected([[0.0, 0.0]], spread=30.0)
    assert len(assign(candidates(wide, scan([[3.0, 3.0]]), GATE, 1e-2)).track) == 0


def test_speed_tells_two_crossing_road_users_apart():
    tracks = expected([[0.0, 0.0], [0.4, 0.0]], velocity=[[10.0, 0.0], [-10.0, 0.0]])
    made = assign(
        candidates(tracks, scan([[0.4, 0.0], [0.0, 0.0]], velocity=[[10.0, 0.0], [-10.0, 0.0]]), GATE, CLUTTER)
    )
    assert dict(zip(made.track.tolist(), made.detection.tolist(), strict=True)) == {0: 0, 1: 1}


def test_class_tells_two_neighbours_apart():
    tracks = expected([[0.0, 0.0], [0.3, 0.0]])
    tracks.log_class[:] = [[0, 1.5, 0, 0, 0, 0, -1.4], [0, -1.4, 0, 0, 0, 0, 1.5]]
    made = assign(candidates(tracks, scan([[0.3, 0.0], [0.0, 0.0]], kind=[1, 6]), GATE, CLUTTER))
    assert dict(zip(made.track.tolist(), made.detection.tolist(), strict=True)) == {0: 0, 1: 1}


def test_nothing_meets_nothing():
    none = expected(np.zeros((0, 2)))
    assert len(assign(candidates(none, scan([[0.0, 0.0]]), GATE, CLUTTER)).track) == 0
    empty = candidates(expected([[0.0, 0.0]]), scan(np.zeros((0, 2))), GATE, CLUTTER)
    assert len(assign(empty).track) == len(best(empty).track) == 0


def test_the_best_pair_must_be_better_than_a_false_alarm():
    pairs = Pairs(track=np.array([0, 1]), detection=np.array([0, 0]), score=np.array([-1.0, -2.0]))
    assert len(best(pairs).track) == 0
    pairs.score[1] = 3.0
    assert best(pairs).of_rows(np.array([7, 9])).track.tolist() == [9]
