"""How far from the middle of its lane a path runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.geo import heading_difference, heading_of
from perception.objects import Floats, Ints
from perception.registration.paths import Paths
from perception.traffic.lanes import LaneLine

MOVING_MPS = 3.0
ALONG_DEG = 15.0  # with another heading a vehicle changes lanes or turns
ASIDE_M = 1.3  # farther from the middle than this it may be another lane's
LEAST_PLACES = 5


class Ride(NamedTuple):
    """n paths on lanes, each with means over its places there."""

    aside_m: Floats  # (n,) m right of the middle
    normal: Floats  # (n, 2) unit vector to the right
    position_m: Floats  # (n, 2) m
    lane: Ints  # (n,)
    path: Ints  # (n,)


class Beside(NamedTuple):
    """k places on lanes."""

    row: Ints  # (k,) of the places
    piece: Ints  # (k,) straight piece of a lane
    lane: Ints  # (k,)
    aside_m: Floats  # (k,) m right of the middle
    along_m: Floats  # (k,) m from the lane's beginning


class Verges:
    """The straight pieces of all lanes."""

    def __init__(self, lanes: Sequence[LaneLine]) -> None:
        points = [np.asarray(lane.points_m, dtype=np.float64) for lane in lanes]
        self._start = np.concatenate([np.zeros((0, 2)), *[line[:-1] for line in points]])
        step = np.concatenate([np.zeros((0, 2)), *[np.diff(line, axis=0) for line in points]])
        self._length = np.hypot(step[:, 0], step[:, 1])
        self._ahead = step / self._length[:, None]
        self._heading = heading_of(self._ahead)
        self._from_m = np.concatenate([np.zeros(0), *[_before(line) for line in points]])
        self._lane = np.repeat(np.arange(len(points)), [len(line) - 1 for line in points])
        self.count = len(points)

    def ride(self, paths: Paths) -> Ride:
        """Return the paths that run along lanes."""
        if not len(paths) or not self.count:
            return Ride(np.zeros(0), np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, np.int64))
        found = self.beside(paths.position_m, paths.velocity_mps)
        return self._means(paths, found.row, found.piece, found.aside_m)

    def beside(self, position: Floats, velocity: Floats) -> Beside:
        """Return which of n places, position (n, 2) m and velocity (n, 2) m/s, are on lanes, driving along them."""
        rows = np.flatnonzero(np.hypot(velocity[:, 0], velocity[:, 1]) > MOVING_MPS)
        offset = position[rows, None] - self._start
        along = (offset * self._ahead).sum(axis=2)
        aside = offset[:, :, 0] * self._ahead[:, 1] - offset[:, :, 1] * self._ahead[:, 0]
        turned = np.abs(heading_difference(heading_of(velocity[rows])[:, None], self._heading))
        fits = (along >= 0) & (along <= self._length) & (turned < ALONG_DEG) & (np.abs(aside) < ASIDE_M)
        nearest = np.where(fits, np.abs(aside), np.inf).argmin(axis=1)
        on, each = fits[np.arange(len(rows)), nearest], np.arange(len(rows))
        piece = nearest[on]
        return Beside(
            rows[on], piece, self._lane[piece], aside[each, nearest][on], self._from_m[piece] + along[each, nearest][on]
        )

    def _means(self, paths: Paths, rows: Ints, piece: Ints, aside: Floats) -> Ride:
        """Average over the places of each path on each piece of a lane.

        rows (k,) of the paths, with the piece (k,) and the distance (k,) m right of its middle.
        """
        _, first, of, count = np.unique(
            paths.path[rows] * len(self._lane) + piece, return_index=True, return_inverse=True, return_counts=True
        )

        def mean(values: Floats) -> Floats:
            """Return the means (n,) of values (k,)."""
            means: Floats = np.bincount(of, values, minlength=len(count)) / count
            return means

        position = np.column_stack([mean(paths.position_m[rows, 0]), mean(paths.position_m[rows, 1])])
        enough = count >= LEAST_PLACES
        ahead = self._ahead[piece[first]]
        right = np.column_stack([ahead[:, 1], -ahead[:, 0]])
        return Ride(
            mean(aside)[enough],
            right[enough],
            position[enough],
            self._lane[piece[first]][enough],
            paths.path[rows][first][enough],
        )


def _before(line: Floats) -> Floats:
    """Return the length (k - 1,) m of a line (k, 2) m before each of its pieces."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))[:-1]])
