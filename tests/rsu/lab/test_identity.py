"""Measures of sets and of ids on cases small enough to work out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.scoring.assignment import gospa, match, ospa
from perception.scoring.identity import TimeStep, judge


def step(truth: list[int], said: list[int], pairs: list[tuple[int, int, float]]) -> TimeStep:
    """Return a time step; `pairs`: row of the truth, row of the estimates, distance in metres."""
    rows, columns, distance = zip(*pairs, strict=True) if pairs else ((), (), ())
    truths, estimates, row, column = (np.array(each, dtype=np.int64) for each in (truth, said, rows, columns))
    return TimeStep(truths, estimates, row, column, np.array(distance, dtype=np.float64))


def test_gospa_counts_half_a_square_for_everybody_alone() -> None:
    assert gospa(np.array([3.0]), alone=2, cutoff_m=5.0) == pytest.approx(math.sqrt(9 + 2 * 12.5))


def test_ospa_is_a_mean_over_the_larger_set() -> None:
    # one pair 3 m apart, two missed, one false: of three, one has no partner at all, one a partner beyond the cut-off
    assert ospa(np.array([3.0]), missed=2, false=1, cutoff_m=5.0) == pytest.approx(math.sqrt((9 + 2 * 25) / 3))
    assert ospa(np.zeros(0), 0, 0) == 0.0


def test_what_is_not_there_is_no_pair() -> None:
    rows, columns = match(np.array([[np.nan, 1.0], [2.0, np.nan]]), 5.0)
    assert rows.tolist() == [0, 1] and columns.tolist() == [1, 0]


def test_one_road_user_whose_id_changes_half_way() -> None:
    """Four steps at no distance; id 1 in two, id 2 in two.

    MOTA: 1 change of 4. IDF1: the best single id explains 2 of 4 on both sides. HOTA: everything is found, each pair's
    association is 2 / (4 + 2 - 2), so sqrt(1 * 1/2) at every likeness.
    """
    verdict = judge([step([7], [said], [(0, 0, 0.0)]) for said in (1, 1, 2, 2)])
    assert verdict.clear.mota == pytest.approx(3 / 4)
    assert verdict.clear.switched == [(2, 0)]
    assert verdict.idf1 == pytest.approx(2 * 2 / 8)
    assert verdict.hota is not None
    assert verdict.hota.deta == pytest.approx(1.0)
    assert verdict.hota.assa == pytest.approx(1 / 2)
    assert verdict.hota.hota == pytest.approx(math.sqrt(1 / 2))


def test_a_missed_and_a_false_one() -> None:
    """Two steps: one pair 1 m apart (likeness 1/2), one missed, one false in each.

    Found up to a likeness of 0.5, at 10 of 19 thresholds: detection 1 / 3, association 1.
    """
    verdict = judge([step([1, 2], [1, 9], [(0, 0, 1.0)])] * 2)
    assert verdict.clear.mota == pytest.approx(1 - (2 + 2) / 4)
    assert verdict.clear.motp_m == pytest.approx(1.0)
    assert (verdict.clear.found, verdict.clear.missed, verdict.clear.false) == (2, 2, 2)
    assert verdict.idf1 == pytest.approx(2 * 2 / 8)
    assert verdict.hota is not None
    assert verdict.hota.deta == pytest.approx(10 / 19 / 3)
    assert verdict.hota.hota == pytest.approx(10 / 19 * math.sqrt(1 / 3))


def test_an_id_is_kept_though_another_one_is_nearer() -> None:
    steps = [step([1], [5], [(0, 0, 0.5)]), step([1], [5, 6], [(0, 0, 0.9), (0, 1, 0.1)])]
    assert judge(steps).clear.switched == []


def test_nothing_there_and_nothing_said() -> None:
    verdict = judge([step([], [], [])])
    assert verdict.clear.mota is None and verdict.idf1 is None and verdict.hota is None


@given(st.integers(1, 4), st.integers(1, 6))
def test_the_truth_itself_scores_full_marks(users: int, steps: int) -> None:
    everybody = list(range(users))
    verdict = judge([step(everybody, everybody, [(n, n, 0.0) for n in everybody])] * steps)
    assert verdict.clear.mota == 1.0 and verdict.idf1 == 1.0
    assert verdict.hota is not None and verdict.hota.hota == pytest.approx(1.0)
