"""States of road users and their covariances, as columns: state (4, n) of east, north, east speed, north speed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.algebra import UNIT, apply, block_inverse, determinant, inverse, times, transposed
from perception.corridor.shared import SharedTracks
from perception.objects import Floats, Ints
from perception.results import Tracks
from perception.state import filter
from perception.tracking.motion import AGILITY


class TrackStates(NamedTuple):
    """n road users at one time."""

    state: Floats  # (4, n) m, m/s
    covariance: Floats  # (4, 4, n)

    def take(self, rows: Ints) -> TrackStates:
        """Return the estimates of some rows (k,)."""
        return TrackStates(self.state[:, rows], self.covariance[:, :, rows])


def at(tracks: Tracks | SharedTracks, now_ns: int) -> TrackStates:
    """Return the estimates of tracks, moved on to a time."""
    state = np.ascontiguousarray(np.hstack([tracks.position_m, tracks.velocity_mps]).T)
    covariance = np.ascontiguousarray(np.moveaxis(tracks.covariance, 0, -1))
    ahead_s = ((now_ns - tracks.stamp_ns) * 1e-9).astype(np.float64)
    filter.predict(state, covariance, ahead_s, AGILITY[tracks.kind] * UNIT)
    return TrackStates(state, covariance)


def inverted(covariance: Floats) -> Floats:
    """Return the inverses (4, 4, n) of covariances (4, 4, n)."""
    place, mixed, speed = block_inverse(covariance[:2, :2], covariance[:2, 2:], covariance[2:, 2:])
    return np.concatenate(
        [np.concatenate([place, mixed], axis=1), np.concatenate([transposed(mixed), speed], axis=1)], axis=0
    )


def log_determinant(matrix: Floats) -> Floats:
    """Return the logarithms (n,) of the determinants of symmetric positive matrices (4, 4, n)."""
    place, mixed, speed = matrix[:2, :2], matrix[:2, 2:], matrix[2:, 2:]
    rest = speed - times(transposed(mixed), times(inverse(place), mixed))
    return np.log(determinant(place)) + np.log(determinant(rest))


def image(matrix: Floats, vector: Floats) -> Floats:
    """Return matrices (4, 4, n) times vectors (4, n), (4, n)."""
    upper = apply(matrix[:2, :2], vector[:2]) + apply(matrix[:2, 2:], vector[2:])
    lower = apply(matrix[2:, :2], vector[:2]) + apply(matrix[2:, 2:], vector[2:])
    return np.concatenate([upper, lower])
