"""Algebra of many small matrices at once, in closed forms: no BLAS, so that the same input gives the same bits.

The last axis counts the matrices: vectors (2, n), matrices (2, 2, n).
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats

UNIT: Floats = np.eye(2)[:, :, None]
_ADJUGATE_SIGN: Floats = np.array([[1.0, -1.0], [-1.0, 1.0]])[:, :, None]


def apply(matrix: Floats, vector: Floats) -> Floats:
    """Return matrices (2, 2, n) times vectors (2, n), (2, n)."""
    product: Floats = matrix[:, 0] * vector[0] + matrix[:, 1] * vector[1]
    return product


def times(first: Floats, second: Floats) -> Floats:
    """Return the products (2, 2, n) of matrices (2, 2, n)."""
    product: Floats = first[:, 0, None] * second[0] + first[:, 1, None] * second[1]
    return product


def transposed(matrix: Floats) -> Floats:
    """Return the transposes (2, 2, n), a view."""
    return matrix.transpose(1, 0, 2)


def determinant(matrix: Floats) -> Floats:
    """Return the determinants (n,)."""
    value: Floats = matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0]
    return value


def adjugate(matrix: Floats) -> Floats:
    """Return the adjugates (2, 2, n): divided by the determinants they are the inverses."""
    value: Floats = transposed(matrix[::-1, ::-1]) * _ADJUGATE_SIGN
    return value


def inverse(matrix: Floats) -> Floats:
    """Return the inverses (2, 2, n)."""
    return adjugate(matrix) / determinant(matrix)


def form(matrix: Floats, vector: Floats) -> Floats:
    """Return the quadratic form (n,) vector^T matrix vector."""
    image = apply(matrix, vector) * vector
    value: Floats = image[0] + image[1]
    return value


def along_and_across(ray: Floats, along: Floats, across: Floats) -> Floats:
    """Return the symmetric matrices with these eigenvalues (n,) along and across the unit vectors `ray` (2, n)."""
    value: Floats = UNIT * across + ray[:, None] * (ray * (along - across))
    return value


def symmetric(matrix: Floats) -> Floats:
    """Return the symmetric parts (2, 2, n): rounding errors off it would grow."""
    value: Floats = (matrix + transposed(matrix)) / 2.0
    return value


def most_variance(covariance: Floats) -> Floats:
    """Return a bound (n,) of the variance in any direction (Gershgorin)."""
    bound: Floats = np.maximum(covariance[0, 0], covariance[1, 1]) + np.abs(covariance[0, 1])
    return bound


def block_inverse(place: Floats, mixed: Floats, speed: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the blocks (2, 2, n) of the inverses of symmetric 4 x 4 matrices [[place, mixed], [mixed^T, speed]]."""
    inner = inverse(place)
    slope = times(inner, mixed)
    outer = inverse(speed - times(transposed(mixed), slope))
    mixed = -times(slope, outer)
    return symmetric(inner - times(mixed, transposed(slope))), mixed, symmetric(outer)
