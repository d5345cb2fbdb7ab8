"""Sparse weighted equations, and their robust least squares solution (iteratively reweighted, Cauchy's weights)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, vstack

from perception.objects import Floats, Ints

REWEIGHTINGS = 4
CAUCHY = 2.4  # standard deviations at which an equation counts half as much


class Block(NamedTuple):
    """m equations in whitened form: residual + jacobian @ x is about 0 with variance 1."""

    residual: Floats  # (m,)
    jacobian: csr_array  # (m, unknowns)
    group: Ints  # (m,) equations that err alike have the same number, within the block
    alike: float = 1.0  # so many equations in a row tell as much as one, because they err alike


class Solution(NamedTuple):
    """The unknowns and how sure they are."""

    x: Floats  # (unknowns,)
    covariance: Floats  # (unknowns, unknowns), from how the groups really scatter


def sparse(columns: Ints, values: Floats, unknowns: int) -> csr_array:
    """Return m rows of w entries each: `columns` and `values` (m, w)."""
    m, width = columns.shape
    return csr_array((values.ravel(), columns.ravel(), np.arange(0, m * width + 1, width)), shape=(m, unknowns))


def joined(blocks: list[Block]) -> Block:
    """Return blocks as one, whose groups go through all of them; the first says how far they err alike."""
    return Block(
        np.concatenate([each.residual for each in blocks]),
        csr_array(vstack([each.jacobian for each in blocks])),
        np.concatenate([each.group for each in blocks]),
        blocks[0].alike,
    )


def solve(blocks: list[Block]) -> Solution:
    """Return what fits the equations best; they must determine every unknown."""
    residual = np.concatenate([each.residual for each in blocks])
    jacobian = csr_array(vstack([each.jacobian for each in blocks]))
    alike = np.repeat([each.alike for each in blocks], [len(each.residual) for each in blocks])
    x = np.zeros(jacobian.shape[1])
    for _ in range(REWEIGHTINGS):
        error = residual + jacobian @ x
        weighted = _scaled(jacobian, 1.0 / (1.0 + (error / CAUCHY) ** 2) / alike)
        information = (jacobian.T @ weighted).toarray()
        x = np.linalg.solve(information, -(weighted.T @ residual))
    return Solution(x, _sandwich(information, weighted, residual + jacobian @ x, _distinct(blocks)))


def _scaled(rows: csr_array, factor: Floats) -> csr_array:
    """Multiply every row by its factor."""
    return csr_array((rows.data * np.repeat(factor, np.diff(rows.indptr)), rows.indices, rows.indptr), rows.shape)


def _sandwich(information: Floats, weighted: csr_array, error: Floats, group: Ints) -> Floats:
    """Return the covariance by the scatter of the groups' sums (cluster-robust, Liang and Zeger 1986)."""
    score = _scaled(weighted, error)
    sums = csr_array((np.ones(len(group)), (group, np.arange(len(group))))) @ score
    inverse = np.linalg.inv(information)
    covariance: Floats = inverse @ (sums.T @ sums).toarray() @ inverse
    return covariance


def _distinct(blocks: list[Block]) -> Ints:
    """Number the groups of all blocks through."""
    counts = [int(each.group.max(initial=-1)) + 1 for each in blocks]
    starts = np.cumsum([0, *counts[:-1]])
    return np.concatenate([each.group + start for each, start in zip(blocks, starts, strict=True)])
