"""A blob of foreground that bodies are laid over, and what of it is explained by them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats
from perception.video.boxes import Grey
from perception.video.builds import LATTICE

SMALLEST_PX = 12  # of a blob, or of what is left of one
EMPTY = -2.0  # worth of a pixel where nothing is; one of the blob is worth 1, an explained one 0
MARGIN = 4  # px around a blob

Worth = NDArray[np.float32]


class Blob:
    """One connected piece of the foreground."""

    def __init__(self, corner: tuple[int, int], pixels: NDArray[np.bool_]) -> None:
        """`corner`: left and top in the foreground, px."""
        self.corner = np.array(corner)
        self.pixels = pixels
        self.area = int(np.count_nonzero(pixels))
        self._worth: Worth = np.pad(
            np.where(pixels, np.float32(1), np.float32(EMPTY)), MARGIN, constant_values=np.float32(EMPTY)
        )

    @property
    def box(self) -> Floats:
        """Left, top, right, bottom px."""
        return np.concatenate([self.corner, self.corner + self.pixels.shape[::-1]]).astype(np.float64)

    def holds(self, point: Floats) -> bool:
        """Tell whether a point (2,) px lies in its box."""
        return bool((point >= self.box[:2]).all() and (point <= self.box[2:]).all())

    def common(self, outline: Floats) -> int:
        """Return how many pixels an outline (8, 2) has in common with the blob."""
        drawn = np.zeros(self.pixels.shape, np.uint8)
        fill(drawn, outline - self.corner, 1)
        return int(np.count_nonzero(drawn[self.pixels]))

    def lowest(self) -> tuple[Floats, bool] | None:
        """Return the lowest point that is left, px, and whether what is below is explained; None: too little."""
        left = self._worth > 0
        if np.count_nonzero(left) < SMALLEST_PX:
            return None
        low = np.flatnonzero(left.any(axis=1))[-1]
        columns = np.flatnonzero(left[low])
        below = self._worth[low + 1 : low + 3, columns[0] : columns[-1] + 1]
        middle = (columns[0] + columns[-1] + 1) / 2
        return self.corner - MARGIN + np.array([middle, low + 1.0]), bool((below == 0).any())

    def worths(self, outlines: Floats) -> Worth:
        """Return what is at the inner points (m, k) of outlines (m, 8, 2)."""
        points = np.nan_to_num(LATTICE @ (outlines - self.corner + MARGIN), nan=-1.0).astype(np.intp)
        limit = np.array(self._worth.shape[::-1]) - 1
        columns, lines = np.moveaxis(np.clip(points, 0, limit), -1, 0)
        found: Worth = self._worth[lines, columns]
        return found

    def explain(self, outline: Floats) -> None:
        """Mark what an outline (8, 2) covers as explained."""
        fill(self._worth, outline - self.corner + MARGIN, 0)

    def dismiss(self, lowest: Floats, lines: int) -> None:
        """Give up what is left in the lines above a lowest point: nobody else stands there."""
        end = round(float(lowest[1] - self.corner[1] + MARGIN))
        given_up = self._worth[max(0, end - lines) : end]
        given_up[given_up > 0] = EMPTY


def blobs(solid: Grey) -> list[Blob]:
    """Return the blobs of a foreground (height, width), 255 or 0."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    return [
        Blob((left, top), labels[top : top + height, left : left + width] == label)
        for label, (left, top, width, height, area) in enumerate(stats.tolist())
        if label > 0 and area >= SMALLEST_PX
    ]


def fill(canvas: Grey | Worth, outline: Floats, value: float) -> None:
    """Fill the convex hull of an outline (8, 2)."""
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(outline).astype(np.int32)), value)
