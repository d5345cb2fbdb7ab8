"""How sure a registration says to be: few road users, each seen often, tell little."""

from __future__ import annotations

import numpy as np
import pytest

from perception.registration.equations import PRIOR, Block, covariance, solve, sparse


def readings(errors: list[float], times: int) -> Block:
    """Return one unknown, read so many times by each road user, always with that user's error."""
    residual = np.repeat(-np.array(errors), times)
    columns = np.zeros((len(residual), 1), dtype=np.int64)
    group = np.repeat(np.arange(len(errors)), times)
    return Block(residual, sparse(columns, np.ones((len(residual), 1)), 1), group, float(times))


@pytest.mark.parametrize("times", [1, 40])
def test_a_road_user_counts_once_however_often_it_is_seen(times: int) -> None:
    block = readings([-0.02, 0.01, 0.01, 0.02, -0.02], times)  # so small that all weigh 1
    x = solve([block])
    assert x == pytest.approx([0.0], abs=1e-6)
    # each one left out moves the mean by error / 4
    assert covariance([block], x) == pytest.approx(np.array([[0.0014 / 16]]), rel=1e-2)


def test_what_is_known_beforehand_is_not_left_out() -> None:
    prior = Block(np.zeros(1), sparse(np.zeros((1, 1), dtype=np.int64), np.ones((1, 1)), 1), np.array([PRIOR]))
    block = readings([0.02], 3)
    x = solve([block, prior])
    assert x == pytest.approx([0.01], abs=1e-4)  # both weigh the same
    # the road user left out moves it by 0.01; the prior pulls it by 0.01 / 2
    assert covariance([block, prior], x) == pytest.approx(np.array([[0.01**2 + 0.005**2]]), rel=1e-2)
