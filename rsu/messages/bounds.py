"""95 % bounds of the tracks' values, from their covariances."""

from __future__ import annotations

import numpy as np

from perception.objects import CIRCLE_95, NORMAL_95, Floats
from perception.results import Tracks


def position_95(tracks: Tracks) -> Floats:
    """Return the semi-major axis of each track's 95 % ellipse in metres, (n,)."""
    return CIRCLE_95 * np.sqrt(_largest(tracks.covariance[:, :2, :2]))


def speed_95(tracks: Tracks) -> Floats:
    """Return the 95 % bound of each track's speed in m/s, in its least known direction, (n,)."""
    return NORMAL_95 * np.sqrt(_largest(tracks.covariance[:, 2:, 2:]))


def ellipses_95(tracks: Tracks) -> Floats:
    """Return semi-major m, semi-minor m, orientation of the major axis in deg from north, (n, 3)."""
    values, vectors = np.linalg.eigh(tracks.covariance[:, :2, :2])
    axes = CIRCLE_95 * np.sqrt(np.maximum(values[:, ::-1], 0.0))
    orientation = np.degrees(np.arctan2(vectors[:, 0, 1], vectors[:, 1, 1])) % 180.0
    return np.column_stack([axes, orientation])


def _largest(covariance: Floats) -> Floats:
    """Return the largest eigenvalue of each symmetric 2x2 matrix."""
    a, b, c = covariance[:, 0, 0], covariance[:, 0, 1], covariance[:, 1, 1]
    largest: Floats = (a + c) / 2 + np.sqrt(((a - c) / 2) ** 2 + b**2)
    return largest
