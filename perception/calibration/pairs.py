"""The measurements of a calibration: points of a picture whose places are known, and edges that are straight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.sensing.scan import rotation_of
from perception.sensor import Mount


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


def away(place_m: Floats, mount: Mount) -> Floats:
    """Return places (..., 3) of the site frame in the frame of a sensor: forward, left, up."""
    level = (place_m[..., :2] - [mount.east_m, mount.north_m]) @ rotation_of(mount)
    return np.concatenate([level, place_m[..., 2:]], axis=-1)


def corners(points: Floats) -> Ints:
    """Return the rows (k,) of points (n, 2) that span their convex hull; all where they are on one line."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        found = ConvexHull(points).vertices
    except QhullError:
        return np.arange(len(points))
    return found.astype(np.int64)
