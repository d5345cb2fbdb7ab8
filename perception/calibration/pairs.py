"""The measurements of a calibration: points of a picture whose places are known, and edges that are straight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints


class PointPairs(NamedTuple):
    """n points of a picture and their places."""

    pixel_px: Floats  # (n, 2) px of `image_px`, u right, v down
    place_m: Floats  # (n, 3) m, site frame: east, north, and height above the road

    def without(self, row: int) -> PointPairs:
        """Return all pairs but one."""
        return PointPairs(np.delete(self.pixel_px, row, axis=0), np.delete(self.place_m, row, axis=0))


Lines = Sequence[Floats]  # each (k, 2) px, k >= 3: points of one edge that is straight in the world


class CalibrationError(ValueError):
    """Points from which a camera cannot be found; `needed`: the least number of them, 0 where more do not help."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


def away(place_m: Floats, east_m: float, north_m: float, yaw_deg: float) -> Floats:
    """Return places (..., 3) of the site frame in the frame of a sensor: forward, left, up."""
    yaw = np.radians(yaw_deg)
    forward = np.array([np.sin(yaw), np.cos(yaw), 0.0])
    axes = np.array([forward, [-forward[1], forward[0], 0.0], [0.0, 0.0, 1.0]])
    moved: Floats = (place_m - [east_m, north_m, 0.0]) @ axes.T
    return moved


def corners(points: Floats) -> Ints:
    """Return the rows (k,) of points (n, 2) that span their convex hull; all where they are on one line."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        found = ConvexHull(points).vertices
    except QhullError:
        return np.arange(len(points))
    return found.astype(np.int64)
