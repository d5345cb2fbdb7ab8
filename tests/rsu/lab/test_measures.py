"""Measures against implementations of their own papers' formulas, dense and slow, on random runs."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import NamedTuple

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from perception.objects import Floats
from perception.scoring.assignment import gospa, match, ospa
from perception.scoring.identity import ALPHAS, CUTOFF_M, TimeStep, judge

RUNS = range(6)


class Scene(NamedTuple):
    """One time step: true ids, estimated ids, and their distances."""

    truth: list[int]
    said: list[int]
    distance: Floats  # (truth, said) m


def scenes(seed: int) -> list[Scene]:
    """Return a random run: road users come and go, are missed, false, wander past each other and change their ids."""
    random = np.random.default_rng(seed)
    place = random.uniform(0, 8, (6, 2))
    names = list(range(6))
    run = []
    for _ in range(40):
        place = place + random.normal(0, 0.4, place.shape)
        if random.random() < 0.2:
            names[random.integers(6)] = int(random.integers(100, 200))
        there, told = np.flatnonzero(random.random(6) < 0.9), np.flatnonzero(random.random(6) < 0.8)
        told = np.array(
            [one for n, one in enumerate(told) if names[one] not in [names[o] for o in told[:n]]], dtype=int
        )
        false = random.uniform(0, 8, (random.poisson(0.4), 2))
        seen = np.concatenate([place[told] + random.normal(0, 0.5, (len(told), 2)), false])
        said = [names[one] for one in told] + [int(random.integers(1000, 1010)) + 20 * n for n in range(len(false))]
        run.append(Scene(there.tolist(), said, np.linalg.norm(place[there][:, None] - seen[None], axis=2)))
    return run


def step(scene: Scene) -> TimeStep:
    row, column = np.nonzero(scene.distance < CUTOFF_M)
    return TimeStep(np.array(scene.truth), np.array(scene.said), row, column, scene.distance[row, column])


def clear_mota(run: list[Scene]) -> tuple[float, int]:
    """CLEAR MOT: keep last partners that are near enough, pair the others; count missed, false, changed ids."""
    last: dict[int, int] = {}
    wrong = switches = there = 0
    for truth, said, distance in run:
        alike = np.where(distance < CUTOFF_M, 1 - distance / CUTOFF_M, 0.0)
        kept = np.array([[last.get(a) == b for b in said] for a in truth], dtype=float).reshape(alike.shape)
        rows, columns = linear_sum_assignment(-(1000 * kept * (alike > 0) + alike))
        pairs = [(truth[r], said[c]) for r, c in zip(rows, columns, strict=True) if alike[r, c] > 0]
        switches += sum(last.get(a, b) != b for a, b in pairs)
        last |= dict(pairs)
        wrong += len(truth) + len(said) - 2 * len(pairs)
        there += len(truth)
    return 1 - (wrong + switches) / there, switches


def identity_f1(run: list[Scene]) -> float:
    """IDF1 with Ristani's graph: every id of the truth gets one said id or none, so that least is wrong."""
    truths, saids = sorted({a for s in run for a in s.truth}), sorted({b for s in run for b in s.said})
    lengths = Counter(a for s in run for a in s.truth), Counter(b for s in run for b in s.said)
    matched = np.zeros((len(truths), len(saids)))
    for truth, said, distance in run:
        for r, c in zip(*np.nonzero(distance < CUTOFF_M), strict=True):
            matched[truths.index(truth[r]), saids.index(said[c])] += 1
    size = len(truths) + len(saids)
    false_negative, false_positive = np.full((size, size), 1e9), np.full((size, size), 1e9)
    for i, a in enumerate(truths):
        false_negative[i, : len(saids)] = lengths[0][a] - matched[i]
        false_negative[i, len(saids) + i] = lengths[0][a]
        false_positive[i, len(saids) + i] = 0
        for j, b in enumerate(saids):
            false_positive[i, j] = lengths[1][b] - matched[i, j]
    for j, b in enumerate(saids):
        false_negative[len(truths) + j, j], false_positive[len(truths) + j, j] = 0, lengths[1][b]
    false_negative[len(truths) :, len(saids) :] = false_positive[len(truths) :, len(saids) :] = 0
    rows, columns = linear_sum_assignment(false_negative + false_positive)
    missed, extra = false_negative[rows, columns].sum(), false_positive[rows, columns].sum()
    true = sum(lengths[0].values()) - missed
    return float(2 * true / (2 * true + missed + extra))


def higher_order(run: list[Scene]) -> tuple[float, float, float]:
    """HOTA as in its paper: pairs by global alignment, then TPA, FNA and FPA of each true positive."""
    counts = Counter(("t", a) for s in run for a in s.truth) + Counter(("s", b) for s in run for b in s.said)
    potential: Counter[tuple[int, int]] = Counter()
    for truth, said, distance in run:
        alike = np.maximum(0, 1 - distance / CUTOFF_M)
        union = alike.sum(0)[None] + alike.sum(1)[:, None] - alike
        for r, c in zip(*np.nonzero(alike), strict=True):
            potential[truth[r], said[c]] += alike[r, c] / union[r, c]
    found = []
    for alpha in ALPHAS:
        pairs: list[tuple[int, int]] = []
        for truth, said, distance in run:
            alike = np.maximum(0, 1 - distance / CUTOFF_M)
            score = [[(p := potential[a, b]) / (counts["t", a] + counts["s", b] - p) for b in said] for a in truth]
            rows, columns = linear_sum_assignment(-np.reshape(score, alike.shape) * alike)
            pairs += [(truth[r], said[c]) for r, c in zip(rows, columns, strict=True) if alike[r, c] >= alpha]
        together = Counter(pairs)
        one = [together[a, b] / (counts["t", a] + counts["s", b] - together[a, b]) for a, b in pairs]
        detection = len(pairs) / (counts.total() - len(pairs))
        association = float(np.mean(one)) if one else 0.0
        found.append((np.sqrt(detection * association), detection, association))
    hota, deta, assa = np.mean(found, axis=0).tolist()
    return hota, deta, assa


@pytest.mark.parametrize("seed", RUNS)
def test_measures_of_ids_are_those_of_their_papers(seed: int) -> None:
    run = scenes(seed)
    verdict = judge([step(scene) for scene in run])
    mota, switches = clear_mota(run)
    assert verdict.clear.mota == pytest.approx(mota) and len(verdict.clear.switched) == switches > 0
    assert verdict.idf1 == pytest.approx(identity_f1(run))
    assert verdict.hota is not None
    assert tuple(verdict.hota) == pytest.approx(higher_order(run))


@pytest.mark.parametrize("seed", range(40))
def test_gospa_and_ospa_are_the_least_over_all_assignments(seed: int) -> None:
    random, c = np.random.default_rng(seed), 5.0
    one, other = random.uniform(0, 9, (random.integers(0, 5), 2)), random.uniform(0, 9, (random.integers(0, 5), 2))
    distance = np.linalg.norm(one[:, None] - other[None], axis=2).reshape(len(one), len(other))
    rows, columns = match(distance, c)
    missed, false = len(one) - len(rows), len(other) - len(rows)
    short = distance if len(one) <= len(other) else distance.T
    ways = [short[range(len(short)), way] for way in permutations(range(short.shape[1]), len(short))]
    unpaired = abs(len(one) - len(other))
    least = min(np.sqrt((np.minimum(way, c) ** 2).sum() + c**2 / 2 * unpaired) for way in ways)
    larger = max(len(one), len(other))
    mean = min(np.sqrt(((np.minimum(way, c) ** 2).sum() + c**2 * unpaired) / max(larger, 1)) for way in ways)
    assert gospa(distance[rows, columns], missed + false, c) == pytest.approx(least)
    assert ospa(distance[rows, columns], missed, false, c) == pytest.approx(mean)
