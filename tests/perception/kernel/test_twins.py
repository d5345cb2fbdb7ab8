"""The compiled kernels give the bits of their twins; with neither compiler nor SciPy nothing else changes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.geo import direction_of
from perception.kernel.native import kernel
from perception.sensing.projection import placed, placed_twin
from perception.state.attributes import walks
from perception.state.filter import predict, predict_twin
from perception.state.pairs import FEW, Pairs, groups, neighbours, neighbours_twin
from perception.tracking import motion
from perception.tracking.assignment import best, best_twin
from perception.tracking.correction import correct, correct_twin
from perception.tracking.gating import gated, gated_twin
from tests.perception.kernel.drawn import built, detections, same, seeds, site, spreads, tracks


def test_a_compiler_that_is_there_has_built_the_kernels() -> None:
    from v2x.engine.native.table import AVAILABLE

    assert (kernel is not None) == AVAILABLE


@built
@given(seeds, st.integers(1, 12), st.integers(1, 12), st.integers(1, 3), st.booleans())
def test_assignments_are_those_of_the_twin_ties_included(
    rng: np.random.Generator, tracks: int, detections: int, sensors: int, tied: bool
) -> None:
    cells = np.flatnonzero(rng.random(tracks * detections) < rng.uniform(0.1, 0.9))
    track, detection = np.divmod(rng.permutation(cells), detections)
    score = rng.integers(-1, 4, len(cells)).astype(np.float64) if tied else rng.normal(1.0, 1.0, len(cells))
    pairs = track, detection, rng.integers(0, sensors, detections)[detection], score
    assert np.array_equal(best(*pairs), best_twin(*pairs))


@built
def test_assignments_of_many_are_those_of_the_twin() -> None:
    rng = np.random.default_rng(7)
    for size in (20, 40):
        cells = np.flatnonzero(rng.random(size * size * 2) < 0.2)
        track, detection = np.divmod(cells, 2 * size)
        pairs = track, detection, detection * 4 // (2 * size), rng.normal(1.0, 2.0, len(cells))
        made = best(*pairs)
        assert len(made) > size // 2 and np.array_equal(made, best_twin(*pairs))


@built
def test_what_cannot_be_assigned_is_refused() -> None:
    pair = np.zeros(1, np.int64)
    with pytest.raises(IndexError):
        best(pair - 1, pair, pair, np.ones(1))


@built
@given(seeds, st.integers(0, 30), st.integers(0, 30), st.booleans())
def test_neighbours_are_those_of_the_twin(rng: np.random.Generator, count: int, others: int, grid: bool) -> None:
    """On a grid many gaps are as wide as the reaches."""
    spread, scale = (rng.integers(-5, 6, (2, count + others)).astype(np.float64), 1.0) if grid else (
        rng.normal(size=(2, count + others)) * 20.0, 5.0)  # fmt: skip
    reach = rng.integers(0, 3, count + others).astype(np.float64) * scale
    found = neighbours(spread[:, :count], reach[:count], spread[:, count:], reach[count:])
    expected = neighbours_twin(spread[:, :count], reach[:count], spread[:, count:], reach[count:])
    assert all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))


@built
@settings(max_examples=5)
@given(seeds)
def test_neighbours_of_many_are_those_of_the_twin(rng: np.random.Generator) -> None:
    place, other = rng.uniform(-100, 100, (2, 200)), rng.uniform(-100, 100, (2, FEW // 100))
    reach, other_reach = rng.uniform(0, 9, 200), rng.uniform(0, 9, FEW // 100)
    found = neighbours(place, reach, other, other_reach)
    expected = neighbours_twin(place, reach, other, other_reach)
    assert len(found[0]) and all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))


@given(seeds, st.integers(0, 20), st.integers(0, 25))
def test_groups_are_what_pairs_join(rng: np.random.Generator, count: int, pairs: int) -> None:
    one, other = rng.integers(0, max(count, 1), (2, pairs if count else 0))
    expected = list(range(count))
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        expected = [min(expected[a], expected[b]) if label in (expected[a], expected[b]) else label
                    for label in expected]  # fmt: skip
    order = sorted(set(expected))
    assert groups(count, one, other).tolist() == [order.index(label) for label in expected]


def test_the_daemon_starts_without_scipy() -> None:
    """Loading it takes 0.4 s, on a small box seconds, in which the crossing is dark after a restart."""
    code = "import sys, rsu.daemon.launch; print([name for name in sys.modules if name.split('.')[0] == 'scipy'])"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


@built
@given(seeds, st.integers(1, 40), st.integers(1, 40), st.integers(0, 80))
def test_gates_are_those_of_the_twin(rng: np.random.Generator, count: int, seen: int, pairs: int) -> None:
    table, scan = tracks(rng, count), detections(rng, seen)
    lag, gate = rng.normal(size=seen) * 0.1, rng.uniform(0.0, 20.0, seen)
    track, detection = rng.integers(0, count, pairs), rng.integers(0, seen, pairs)
    found = gated(table, scan, lag, gate, track, detection)
    expected = gated_twin(table, scan, lag, gate, track, detection)
    assert all(ours.tobytes() == theirs.tobytes() for ours, theirs in zip(found, expected, strict=True))


@built
def test_pairs_of_what_is_not_there_are_refused() -> None:
    rng, nobody = np.random.default_rng(0), np.array([5])
    with pytest.raises(IndexError):
        gated(tracks(rng, 3), detections(rng, 3), np.zeros(3), np.ones(3), nobody, np.array([0]))


@built
@given(seeds, st.integers(1, 5), st.integers(1, 40), st.integers(1, 60))
def test_corrections_are_those_of_the_twin(rng: np.random.Generator, count: int, seen: int, pairs: int) -> None:
    """Few tracks, so that many detections are summed up for one."""
    table, scan, lag = tracks(rng, count), detections(rng, seen), rng.normal(size=seen) * 0.1
    table.drift_mps[:], table.drift_variance_m2ps2[:] = rng.normal(size=(2, count)), rng.uniform(size=count)
    told = Pairs(np.sort(rng.integers(0, count, pairs)), rng.integers(0, seen, pairs), np.zeros(pairs), np.zeros(pairs),
                 rng.normal(size=(2, pairs)), rng.normal(size=(2, pairs)), rng.uniform(0.1, 1.0, pairs))  # fmt: skip
    ours, theirs = table.take(np.arange(count)), table.take(np.arange(count))
    correct(ours, told, scan, lag)
    correct_twin(theirs, told, scan, lag)
    for name in ("state", "covariance", "drift_mps", "drift_variance_m2ps2"):
        assert getattr(ours, name).tobytes() == getattr(theirs, name).tobytes()
    assert not np.array_equal(ours.state, table.state)


@built
def test_no_more_detections_of_one_track_than_numpy_adds_in_one_go() -> None:
    rng, pairs = np.random.default_rng(0), 129
    row, number, vector = np.zeros(pairs, np.int64), np.zeros(pairs), np.zeros((2, pairs))
    told = Pairs(row, row, number, number, vector, vector, np.ones(pairs))
    with pytest.raises(ValueError, match="too many"):
        correct(tracks(rng, 1), told, detections(rng, 1), np.zeros(1))


@built
@given(seeds, st.integers(1, 40))
def test_predictions_are_those_of_the_twin(rng: np.random.Generator, count: int) -> None:
    table, dt = tracks(rng, count), rng.normal(size=count)
    ours, theirs = table.take(np.arange(count)), table.take(np.arange(count))
    density = spreads(rng, 2, count)
    predict(ours.state, ours.covariance, dt, density)
    predict_twin(theirs.state, theirs.covariance, dt, density)
    assert ours.state.tobytes() == theirs.state.tobytes() != table.state.tobytes()
    assert ours.covariance.tobytes() == theirs.covariance.tobytes()


@built
@given(seeds, st.integers(0, 40))
def test_agilities_are_those_of_the_twin(rng: np.random.Generator, count: int) -> None:
    table = tracks(rng, count)
    table.state[2:] *= rng.choice([0.0, 0.1, 1.0], count)
    table.drift_mps[:], table.drift_variance_m2ps2[:] = rng.normal(size=(2, count)), rng.uniform(0.0, 0.5, count)
    table.kind[:], table.hidden[:] = rng.integers(0, 7, count), rng.integers(0, 2, count)
    table.heading_deg[:] = np.where(rng.random(count) < 0.2, np.nan, rng.uniform(0.0, 360.0, count))
    rolls = np.isfinite(table.heading_deg) & ~walks(table.kind)
    ahead = direction_of(np.where(rolls, table.heading_deg, 0.0)).T
    assert motion.agility(table).tobytes() == motion.agility_twin(table, rolls, ahead).tobytes()


@built
@given(seeds, st.integers(1, 40))
def test_projections_are_those_of_the_twin(rng: np.random.Generator, count: int) -> None:
    told = [rng.normal(size=(count, *shape)) * 20.0 for shape in ((2,), (2, 2), (2,), (), (3,))]
    for array in told:
        array[rng.random(array.shape) < 0.1] = rng.choice([np.nan, np.inf, 0.0])
    column, radial, sensors = rng.integers(0, 3, count), rng.integers(0, 2, count), site(rng)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = placed_twin(told, column, radial, sensors)
    assert all(map(same, placed(told, column, radial, sensors), expected))
