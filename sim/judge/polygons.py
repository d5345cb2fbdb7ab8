"""Which places lie in any of some polygons, by the edges east of a place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints

Mask = NDArray[np.bool_]


class Polygons:
    """Some polygons, their e edges laid out as rows once: a world of a minute asks thousands of times."""

    def __init__(self, polygons: list[Floats]) -> None:
        """Take polygons of (n, 2) corners, m."""
        self._first: Floats = np.concatenate(polygons)  # (e, 2)
        self._last: Floats = np.concatenate([np.roll(each, -1, axis=0) for each in polygons])
        self._begin: Ints = np.cumsum([0] + [len(each) for each in polygons[:-1]])
        step = self._last - self._first
        self._slope: Floats = step[:, 0] / np.where(step[:, 1] == 0.0, 1.0, step[:, 1])  # a level edge is never crossed

    def hold(self, position: Floats) -> Mask:
        """Return which places (n, 2) m are inside a polygon: an odd number of its edges is east of them."""
        east, north = position[:, :1], position[:, 1:]
        spans = (self._first[:, 1] > north) != (self._last[:, 1] > north)
        crossed = spans & (east < self._first[:, 0] + (north - self._first[:, 1]) * self._slope)
        counts = np.add.reduceat(crossed, self._begin, axis=1, dtype=np.int64)
        return np.asarray((counts % 2 == 1).any(axis=1))
