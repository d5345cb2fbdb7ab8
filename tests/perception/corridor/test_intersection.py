"""Covariance intersection against its definition, and consistent where errors depend on each other."""

from __future__ import annotations

import numpy as np
import pytest

from perception.corridor.estimates import TrackStates, inverted, log_determinant
from perception.corridor.intersection import intersect
from perception.objects import Floats

RNG = np.random.default_rng(5)


def spreads(count: int) -> Floats:
    """Return covariances (4, 4, n)."""
    root = RNG.normal(size=(count, 4, 4))
    return np.moveaxis(root @ root.transpose(0, 2, 1) + 0.1 * np.eye(4), 0, -1)


def test_the_closed_forms_agree_with_lapack() -> None:
    matrix = spreads(20)
    stacked = np.moveaxis(matrix, -1, 0)
    assert inverted(matrix) == pytest.approx(np.moveaxis(np.linalg.inv(stacked), 0, -1), rel=1e-6, abs=1e-9)
    assert log_determinant(matrix) == pytest.approx(np.linalg.slogdet(stacked)[1], abs=1e-9)


def test_it_is_the_best_of_all_weights() -> None:
    first, second = (TrackStates(RNG.normal(size=(4, 30)), spreads(30)) for _ in range(2))
    found = intersect(first, second)
    one, other = (np.moveaxis(np.linalg.inv(np.moveaxis(each.covariance, -1, 0)), 0, -1) for each in (first, second))
    for share in np.linspace(0.0, 1.0, 201):
        information = np.moveaxis(share * one + (1.0 - share) * other, -1, 0)
        assert (log_determinant(found.covariance) <= -np.linalg.slogdet(information)[1] + 1e-6).all()


def test_two_that_are_one_and_the_same_stay_it() -> None:
    each = TrackStates(RNG.normal(size=(4, 10)), spreads(10))
    found = intersect(each, each)
    assert found.state == pytest.approx(each.state)
    assert found.covariance == pytest.approx(each.covariance)


@pytest.mark.parametrize("common", [0.0, 0.5, 0.95])
def test_errors_in_common_make_it_no_less_true(common: float) -> None:
    count = 4000
    spread = np.diag([1.0, 0.2, 0.5, 0.1]), np.diag([0.2, 1.0, 0.1, 0.5])
    shared, *own = (RNG.normal(size=(4, count)) for _ in range(3))
    pair = [
        TrackStates(
            np.sqrt(each.diagonal())[:, None] * (np.sqrt(common) * shared + np.sqrt(1.0 - common) * alone),
            np.repeat(each[:, :, None], count, axis=2),
        )
        for each, alone in zip(spread, own, strict=True)
    ]
    found = intersect(*pair)
    square = np.einsum("in,ijn,jn->n", found.state, inverted(found.covariance), found.state)
    assert square.mean() <= 4.0 * 1.05
