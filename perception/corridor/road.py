"""The road of a corridor: how far along it and how far aside of its axis a place is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.objects import Floats


class RoadPlace(NamedTuple):
    """n places on the road."""

    along_m: Floats  # (n,) m along the axis from its first point
    aside_m: Floats  # (n,) m to the right of the axis
    ahead: Floats  # (n, 2) unit vectors along the axis there


class RoadAxis:
    """The axis of a road: a line of points, east and north in the site frame, from one end of the corridor on."""

    def __init__(self, axis_m: Sequence[tuple[float, float]]) -> None:
        """`axis_m`: at least two points that differ."""
        points = np.array(axis_m, dtype=np.float64)
        steps = np.diff(points, axis=0)
        self._length = np.hypot(*steps.T)
        self._start, self._ahead = points[:-1], steps / self._length[:, None]
        self._begin = np.cumsum(self._length) - self._length

    def place(self, position_m: Floats) -> RoadPlace:
        """Return where places (n, 2) m, site frame, are: beside the nearest piece of the axis."""
        offset = position_m[:, None, :] - self._start
        along = (offset * self._ahead).sum(axis=2)
        aside = offset[:, :, 0] * self._ahead[:, 1] - offset[:, :, 1] * self._ahead[:, 0]
        beyond = along - np.clip(along, 0.0, self._length)
        piece = np.hypot(aside, beyond).argmin(axis=1)
        row = np.arange(len(position_m))
        return RoadPlace(self._begin[piece] + along[row, piece], aside[row, piece], self._ahead[piece])
