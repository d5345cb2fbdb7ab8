"""Sparse weighted equations, and their robust least squares solution (iteratively reweighted, Cauchy's weights)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, vstack

from perception.objects import Floats, Ints

REWEIGHTINGS = 4
PRIOR = -1
CAUCHY = 2.4  # standard deviations at which an equation counts half as much


class Block(NamedTuple):
    """m equations in whitened form: residual + jacobian @ x is about 0 with variance 1."""

    residual: Floats  # (m,)
    jacobian: csr_array  # (m, unknowns)
    group: Ints  # (m,) road user, 0..: equations of one err alike, in all blocks; PRIOR: known beforehand
    alike: float = 1.0  # so many equations in a row tell as much as one, because they err alike


def sparse(columns: Ints, values: Floats, unknowns: int) -> csr_array:
    """Return m rows of w entries each: `columns` and `values` (m, w)."""
    m, width = columns.shape
    return csr_array((values.ravel(), columns.ravel(), np.arange(0, m * width + 1, width)), shape=(m, unknowns))


def solve(blocks: Sequence[Block]) -> Floats:
    """Return the unknowns (unknowns,) that fit the equations best; they must determine every one."""
    whole = _together(blocks)
    x = np.zeros(whole.jacobian.shape[1])
    for _ in range(REWEIGHTINGS):
        weighted = _weighted(whole, x)
        x = np.linalg.solve((whole.jacobian.T @ weighted).toarray(), -(weighted.T @ whole.residual))
    return x


def covariance(blocks: Sequence[Block], x: Floats) -> Floats:
    """Return how sure a solution is, (unknowns, unknowns): how far it moves when one road user is left out.

    The jackknife over groups (CR3 of Bell and McCaffrey 2002) is true for few road users, too. Prior knowledge
    is not left out, since some unknowns rest on it alone: it counts by how far it pulls.
    """
    whole = _together(blocks)
    weighted, error = _weighted(whole, x), whole.residual + whole.jacobian @ x
    information = (whole.jacobian.T @ weighted).toarray()
    prior = np.flatnonzero(whole.group == PRIOR)
    pulls = weighted[prior].multiply(error[prior, None]).toarray() @ np.linalg.inv(information)
    found: Floats = pulls.T @ pulls
    order = np.argsort(whole.group, kind="stable")[len(prior) :]
    for rows in np.split(order, np.flatnonzero(np.diff(whole.group[order])) + 1) if len(order) else []:
        own = weighted[rows]
        without = information - (whole.jacobian[rows].T @ own).toarray()
        moved = np.linalg.solve(without, own.T @ error[rows])
        found += np.outer(moved, moved)
    return found


class _Whole(NamedTuple):
    """All equations; columns as in `Block`."""

    residual: Floats
    jacobian: csr_array
    group: Ints
    alike: Floats


def _together(blocks: Sequence[Block]) -> _Whole:
    """Return all blocks as one."""
    return _Whole(
        np.concatenate([each.residual for each in blocks]),
        csr_array(vstack([each.jacobian for each in blocks])),
        np.concatenate([each.group for each in blocks]),
        np.repeat([each.alike for each in blocks], [len(each.residual) for each in blocks]),
    )


def _weighted(whole: _Whole, x: Floats) -> csr_array:
    """Return the Jacobian (m, unknowns), each row times its weight by how well it fits at x (unknowns,)."""
    error = whole.residual + whole.jacobian @ x
    factor = 1.0 / (1.0 + (error / CAUCHY) ** 2) / whole.alike
    rows = whole.jacobian
    return csr_array((rows.data * np.repeat(factor, np.diff(rows.indptr)), rows.indices, rows.indptr), rows.shape)
