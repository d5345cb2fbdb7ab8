"""Hand-computed verdicts."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from perception.scoring.assignment import match
from sim.histogram import Histogram
from sim.score import Estimates, Score, Truth, judge

MOTOR, PEDESTRIAN = 1, 3


def estimates(
    places: list[tuple[float, float]], ids: list[int] | None = None, group: int = MOTOR, reach: float = 50.0
) -> Estimates:
    n = len(places)
    position = np.array(places, dtype=np.float64).reshape(-1, 2)
    return Estimates(
        id=np.array(ids if ids is not None else range(1, n + 1), dtype=np.int64),
        group=np.full(n, group),
        position_m=position,
        speed_mps=np.full(n, 10.0),
        heading_deg=np.full(n, 358.0),
        inside=np.hypot(position[:, 0], position[:, 1]) <= reach,
    )


def truth(
    places: list[tuple[float, float]],
    of: Estimates,
    speed: float = 10.0,
    reach: float = 50.0,
    in_sight: list[bool] | None = None,
    equipped: list[bool] | None = None,
) -> Truth:
    """Road users 100, 101, ... that stood still while the estimates were made."""
    position = np.array(places, dtype=np.float64).reshape(-1, 2)
    n, m = len(of.id), len(position)
    return Truth(
        id=np.arange(100, 100 + m),
        group=np.full(m, MOTOR),
        position_m=np.broadcast_to(position, (n, m, 2)),
        speed_mps=np.full((n, m), speed),
        heading_deg=np.full((n, m), 3.0),
        inside=np.hypot(position[:, 0], position[:, 1]) <= reach,
        in_sight=np.full(m, True) if in_sight is None else np.array(in_sight),
        equipped=np.full(m, False) if equipped is None else np.array(equipped),
    )


def test_one_pair_one_missed_one_false() -> None:
    said = estimates([(3.0, 0.0), (-40.0, 0.0)])
    step = judge(said, truth([(0.0, 0.0), (20.0, 0.0)], said))
    assert step.estimates.tolist() == [0]
    assert step.truths.tolist() == [0]
    assert step.missed.tolist() == [1]
    assert step.false.tolist() == [1]
    assert step.gospa() == pytest.approx(math.sqrt(3**2 + 25 / 2 * 2))


def test_the_assignment_is_the_least_in_sum_not_the_nearest_first() -> None:
    # estimate 0 is nearest to truth 0, but then estimate 1 would find nothing within 5 m: 1 + 25 against 16 + 9
    rows, columns = match(np.array([[1.0, 4.0], [3.0, 9.0]]), 5.0)
    assert list(zip(rows, columns, strict=True)) == [(0, 1), (1, 0)]


@given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(0, 8)))
def test_no_other_assignment_has_a_smaller_gospa(distance: np.ndarray) -> None:
    n, m = distance.shape
    rows, columns = match(distance, 5.0)
    own = (distance[rows, columns] ** 2).sum() + 12.5 * (n + m - 2 * len(rows))
    wide = distance if n <= m else distance.T
    cost = np.minimum(wide, 5.0) ** 2
    best = min(
        sum(cost[row, column] for row, column in enumerate(p)) for p in permutations(range(max(n, m)), min(n, m))
    )
    assert own == pytest.approx(best + 12.5 * abs(n - m))


@pytest.mark.parametrize(("distance", "pairs"), [(4.999, 1), (5.0, 0), (float("nan"), 0)])
def test_the_cut_off(distance: float, pairs: int) -> None:
    assert len(match(np.array([[distance]]), 5.0)[0]) == pairs


@pytest.mark.parametrize(
    ("said", "real", "gospa"),
    [([], [], 0.0), ([], [(0.0, 0.0)], math.sqrt(12.5)), ([(0.0, 0.0)], [], math.sqrt(12.5))],
)
def test_empty_sides(said: list[tuple[float, float]], real: list[tuple[float, float]], gospa: float) -> None:
    of = estimates(said)
    assert judge(of, truth(real, of)).gospa() == pytest.approx(gospa)


def test_a_pair_across_the_border_is_neither_missed_nor_false() -> None:
    for told, stood in ((49.0, 51.0), (51.0, 49.0)):
        said = estimates([(told, 0.0)])
        step = judge(said, truth([(stood, 0.0)], said))
        assert len(step.missed) == len(step.false) == 0
        assert len(step.estimates) == (stood < 50)


def test_users_outside_count_for_nothing() -> None:
    said = estimates([(80.0, 0.0)])
    step = judge(said, truth([(-80.0, 0.0)], said))
    assert step.gospa() == 0.0


def test_each_estimate_is_judged_at_its_own_time() -> None:
    said = estimates([(0.0, 0.0), (10.0, 0.0)])
    moving = truth([(0.0, 0.0), (10.0, 0.0)], said)
    then = np.array([[[0.0, 1.0], [10.0, 1.0]], [[2.0, 0.0], [12.0, 0.0]]])
    step = judge(said, moving._replace(position_m=then))
    assert step.distance_m.tolist() == [1.0, 2.0]


def test_a_changed_id_is_one_switch_also_after_a_gap() -> None:
    score = Score()
    for ids in ([1, 2], [1, 2], [2, 1], [2, 1]):
        said = estimates([(0.0, 0.0), (20.0, 0.0)], ids)
        score.add(said, truth([(0.0, 0.0), (20.0, 0.0)], said))
    assert score.summary().id_switches == 2
    nothing = estimates([])
    score.add(nothing, truth([(0.0, 0.0), (20.0, 0.0)], nothing))
    again = estimates([(0.0, 0.0), (20.0, 0.0)], [2, 7])
    score.add(again, truth([(0.0, 0.0), (20.0, 0.0)], again))
    assert score.summary().id_switches == 3


def test_the_summary_of_two_steps() -> None:
    score = Score()
    said = estimates([(0.0, 1.0)])
    score.add(said, truth([(0.0, 0.0), (20.0, 0.0)], said, speed=9.5))
    wrong_group = estimates([(0.0, 3.0), (40.0, 0.0)], group=PEDESTRIAN)
    score.add(wrong_group, truth([(0.0, 0.0)], wrong_group, speed=9.5))
    verdict = score.summary()
    assert verdict.steps == 2
    assert verdict.gospa == pytest.approx((math.sqrt(1 + 12.5) + math.sqrt(9 + 12.5)) / 2, abs=1e-4)
    assert (verdict.missed, verdict.false, verdict.true_users) == (0.5, 0.5, 1.5)
    assert verdict.position_p95_m == pytest.approx(3.0, abs=0.011)
    assert verdict.speed_p95_mps == pytest.approx(0.5, abs=0.011)
    assert verdict.heading_p95_deg == pytest.approx(5.0, abs=0.11)
    motor, pedestrian = verdict.groups["motor"], verdict.groups["pedestrian"]
    assert motor.recall == pytest.approx(2 / 3, abs=1e-4)
    assert (motor.precision, motor.right_group) == (1.0, 0.5)
    assert (pedestrian.recall, pedestrian.precision) == (None, 0.5)


def test_recall_is_of_those_whom_a_sensor_can_see() -> None:
    """Four are there: one seen and found, one seen and missed, one hidden and found, one hidden that has an OBU."""
    score, said = Score(), estimates([(0.0, 0.0), (20.0, 0.0)])
    places = [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0)]
    score.add(said, truth(places, said, in_sight=[True, True, False, False], equipped=[True, False, False, True]))
    verdict = score.summary()
    assert (verdict.recall, verdict.recall_all, verdict.v2x_only) == (0.5, 0.5, 0.25)
    assert verdict.groups["motor"].recall == 0.5
    score.add(said, truth(places[:3], said, in_sight=[True, False, False]))
    assert score.summary().recall == pytest.approx(2 / 3, abs=1e-4)
    assert score.summary().recall_all == 0.5714
    assert Score().summary().recall is None


def test_an_unknown_speed_is_no_error() -> None:
    score = Score()
    said = estimates([(0.0, 0.0)])._replace(speed_mps=np.array([np.nan]))
    score.add(said, truth([(0.0, 0.0)], said))
    assert score.summary().speed_p95_mps is None


def test_percentiles_of_a_histogram() -> None:
    histogram = Histogram(0.01, 1000)
    assert histogram.percentile(50) is None
    values = np.random.default_rng(1).gamma(2.0, 0.5, 5000)
    histogram.add(np.append(values, np.nan))
    for percent in (1, 50, 95, 99):
        assert histogram.percentile(percent) == pytest.approx(float(np.percentile(values, percent)), abs=0.011)
    clipped = Histogram(1.0, 3)
    clipped.add(np.array([-5.0, 100.0, 100.0]))
    assert (clipped.percentile(10), clipped.percentile(90)) == (0.5, 2.5)
