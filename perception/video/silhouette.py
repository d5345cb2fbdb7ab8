"""The pixels that bodies cover, as columns: the top and the bottom of each.

The outline of a box is made of edges of the box, so that the highest and the lowest edge that cross a column bound
its covered part; a body's two parts stand one on the other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats
from perception.video.builds import EDGES

COLUMNS = 12
FAR_AWAY = -1e5  # px, where nothing can be gained
_SHARES = ((np.arange(COLUMNS) + 0.5) / COLUMNS).astype(np.float32)


class Silhouettes(NamedTuple):
    """m bodies in the picture, px."""

    x_px: Floats  # (m, COLUMNS)
    top_px: Floats  # (m, COLUMNS)
    bottom_px: Floats  # (m, COLUMNS)
    width_px: Floats  # (m,) of a column

    @property
    def area(self) -> Floats:
        """The covered areas (m,) px2."""
        covered: Floats = (self.bottom_px - self.top_px).sum(axis=1) * self.width_px
        return covered

    def at(self, row: int) -> Silhouettes:
        """Return the silhouette of one body."""
        return Silhouettes(*(column[row : row + 1] for column in self))

    def moved(self, moves: Floats) -> Silhouettes:
        """Return the silhouette of a single body at k places: moved by (k, 2) px."""
        moves = moves.astype(np.float32)
        return Silhouettes(
            self.x_px + moves[:, :1], self.top_px + moves[:, 1:], self.bottom_px + moves[:, 1:], self.width_px
        )


def silhouettes(corners: Floats) -> Silhouettes:
    """Return the silhouettes of bodies with corners (m, 16, 2) px; NaN corners: the body is behind the camera."""
    corners = np.where(np.isfinite(corners).all(axis=(1, 2), keepdims=True), corners, FAR_AWAY).astype(np.float32)
    left, right = corners[..., 0].min(axis=1), corners[..., 0].max(axis=1)
    x = left[:, None] + (right - left)[:, None] * _SHARES
    begin, end = corners[:, EDGES[:, 0]], corners[:, EDGES[:, 1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = 1 / (end[..., 0] - begin[..., 0])
        share = (x[:, None] - begin[..., 0, None]) * slope[..., None]  # (m, 24, COLUMNS)
        y = begin[..., 1, None] + share * (end[..., 1] - begin[..., 1])[..., None]
        crosses = (share >= 0) & (share <= 1)
    top = np.where(crosses, y, np.inf).min(axis=1)
    bottom = np.where(crosses, y, -np.inf).max(axis=1)
    nowhere = right <= left
    top[nowhere] = bottom[nowhere] = FAR_AWAY
    return Silhouettes(x, top, bottom, (right - left) / COLUMNS)
