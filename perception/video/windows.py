"""Which parts of a picture a network looks at: where road users can be, and tiles in which far lanes are enlarged.

A network finds no car that is smaller than some 15 px of its input. Lanes on which cars are smaller than `SMALL_PX` are
looked at again, enlarged.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Mask
from perception.video.builds import BUILDS
from perception.video.lanes import Lanes
from perception.video.view import CameraView

SMALL_PX = 20.0  # width of a car in the network's input
LARGER = 2.0  # how much larger a tile shows it
TILES = 2  # side by side, at most
_CAR = BUILDS[0].size_m


class PictureWindow(NamedTuple):
    """A part of a picture, px; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int
    tile: bool = False  # of a window that shows more


def bounds(region: Mask) -> tuple[slice, slice]:
    """Return the rows and columns in which a region (height, width) is."""
    rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def windows_of(region: Mask, view: CameraView, lanes: Lanes, size: tuple[int, int]) -> list[PictureWindow]:
    """Return the windows of a picture: first all of the region (height, width), then tiles for its far lanes.

    `size`: width and height of the network's input, px.
    """
    rows, columns = bounds(region)
    whole = PictureWindow(columns.start, rows.start, columns.stop, rows.stop)
    scale = min(size[0] / (whole.right - whole.left), size[1] / (whole.bottom - whole.top))
    far = _far(region, view, lanes, SMALL_PX / scale)
    if not len(far):
        return [whole]
    return [whole, *_tiles(far, np.array(size) / (LARGER * scale), whole)]


def _far(region: Mask, view: CameraView, lanes: Lanes, small_px: float) -> Floats:
    """Return the pixels (n, 2) of the picture where lanes are on which cars are small."""
    place = lanes.places()
    share = region.shape[1] / view.size[0]
    pixel = view.to_picture(np.column_stack([place, np.zeros(len(place))])) * share
    away = np.hypot(np.hypot(*place.T), view.place[2])
    small = np.isfinite(pixel).all(axis=1) & (view.focal * share * _CAR[1] / away < small_px)
    inside = small & (pixel >= 0).all(axis=1) & (pixel < region.shape[::-1]).all(axis=1)
    column, row = np.where(inside[:, None], pixel, 0).astype(int).T
    return np.asarray(pixel[inside & region[row, column]])


def _tiles(far: Floats, side: Floats, whole: PictureWindow) -> list[PictureWindow]:
    """Return tiles of width and height `side` (2,) px around the farthest pixels."""
    low, high = far.min(axis=0) - side / 16, far.max(axis=0) + side / 16
    lefts = [(low[0] + high[0] - side[0]) / 2] if high[0] - low[0] <= side[0] else [low[0], high[0] - side[0]]
    top = int(np.clip(low[1] - side[1] / 8, whole.top, max(whole.top, whole.bottom - side[1])))
    made = []
    for left in lefts[:TILES]:
        begin = int(np.clip(left, whole.left, max(whole.left, whole.right - side[0])))
        right, bottom = min(whole.right, begin + int(side[0])), min(whole.bottom, top + int(side[1]))
        made.append(PictureWindow(begin, top, right, bottom, tile=True))
    return made
