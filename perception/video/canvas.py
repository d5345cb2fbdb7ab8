"""The foreground over which bodies are laid, and the part of it that they explain.

Every pixel has a worth for the body that covers it: 1 where the foreground is not explained yet, below 0 where there
is no foreground, 0 where a nearer body hides the bodies behind it. Sums over silhouettes are differences of column
sums, with shares of pixels at both ends, so that they change smoothly when a body moves.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Mask
from perception.video.boxes import Grey
from perception.video.silhouette import Silhouettes

SHADED = 0.25  # of the cost of a pixel that is road: it is perhaps a shadow on the road
# price of a body, in pixels that it must explain: share of its visible pixels, of its hidden pixels, of a square metre,
# of its visible pixels for each squared sigma by which its size is odd
PRICE, HIDDEN_PRICE, EACH_M2, ODD_PRICE = 0.28, 0.12, 0.2, 0.015
NEIGHBOUR = 2  # px around a body's silhouette in which its own edge is looked for
BLOCKED = 0.3  # share of an edge beside which another body is, from which on the edge is not the body's own
_CORE = np.ones((3, 3), np.uint8)
_AROUND = np.ones((2 * NEIGHBOUR + 1, 2 * NEIGHBOUR + 1), np.uint8)

Worth = NDArray[np.float32]
Place = tuple[slice, slice]


class Undo(NamedTuple):
    """A part of the canvas (height, width) before an explanation."""

    place: Place
    worth: Worth
    open: Worth


class LeftOver(NamedTuple):
    """The foreground pixels of a part of the picture that no body explains yet."""

    box_px: Floats  # (4,) px around it
    seen: Mask  # (4,) edges beside which no other body is
    area: int  # px2
    foot_px: Floats  # (2,) px, its lowest point
    foot_hidden: bool  # pixels below the foot belong to a nearer body or lie outside of the region


class Region:
    """The pixels of the foreground in which road users can be seen."""

    def __init__(self, seen: Mask) -> None:
        """`seen` (height, width)."""
        self.seen = seen
        self.open: Worth = seen.astype(np.float32)
        self.sums: Worth = np.concatenate([np.zeros((1, seen.shape[1]), np.float32), np.cumsum(self.open, axis=0)])

    def inside(self, box: Floats) -> Mask:
        """Return which edges (4,) of a box (4,) px lie inside the region, not on its border."""
        left, top, right, bottom = box.astype(int).tolist()
        height, width = self.seen.shape
        across, down = slice(left, right), slice(top, bottom)
        return np.array(
            [
                left >= 2 and self.seen[down, left - 2].all(),
                top >= 2 and self.seen[top - 2, across].all(),
                right <= width - 2 and self.seen[down, right + 1].all(),
                bottom <= height - 2 and self.seen[bottom + 1, across].all(),
            ]
        )


class Canvas:
    """One picture's foreground (height, width)."""

    def __init__(self, solid: Grey, shade: Grey, region: Region, empty: float) -> None:
        """`solid`, `shade` (height, width): above 0 where a road user is, and where a road user or its shadow is.

        Pixels outside of the region count as hidden. `empty`: cost of a pixel of road that a body covers.
        """
        self._empty = empty
        self._region = region
        seen = (solid > 0).view(np.uint8) | (shade > 0).view(np.uint8) << 1 | region.seen.view(np.uint8) << 2
        self._worth: Worth = np.asarray(cv2.LUT(seen, _worths(empty)), dtype=np.float32)
        self._open = region.open.copy()
        height, width = solid.shape
        worth_sums: Worth = np.zeros((height + 1, width), np.float32)
        for row, worth in enumerate(self._worth):  # three times as fast as cumsum along the columns
            np.add(worth_sums[row], worth, out=worth_sums[row + 1])
        self._sums = worth_sums, region.sums.copy()  # of worth and of open pixels

    def gain(self, bodies: Silhouettes) -> Floats:
        """Return the worth (m,) px2 of the pixels that bodies cover."""
        return self._sum(bodies, (self._worth, self._sums[0]))[0]

    def filled(self, bodies: Silhouettes) -> Floats:
        """Return the share (m,) of the bodies' open pixels that is foreground; NaN where all pixels are hidden."""
        with np.errstate(divide="ignore", invalid="ignore"):
            filled: Floats = (self.gain(bodies) / self.open(bodies) + self._empty) / (1.0 + self._empty)
        return filled

    def open(self, bodies: Silhouettes) -> Floats:
        """Return the open area (m,) px2 of bodies, which no other body hides."""
        return self._sum(bodies, (self._open, self._sums[1]))[0]

    def score(self, bodies: Silhouettes, square: Floats, oddity: Floats) -> Floats:
        """Return the foreground (m,) px2 that bodies explain, less their prices.

        `square` (m,): pixels of a square metre; `oddity` (m,): squared sigmas by which sizes differ from usual ones.
        """
        ours = (self._worth, self._sums[0]), (self._open, self._sums[1])
        gain, opened, whole = self._sum(bodies, *ours, (self._region.open, self._region.sums))
        return gain - EACH_M2 * square - (PRICE + ODD_PRICE * oddity) * opened - HIDDEN_PRICE * (whole - opened)

    def explain(self, corners: Floats) -> Undo:
        """Mark the pixels that a body with these corners (16, 2) px covers as explained."""
        limit = np.array(self._worth.shape[::-1])
        left, top = np.clip(corners.min(axis=0) - 2, 0, limit).astype(int).tolist()
        right, bottom = np.clip(corners.max(axis=0) + 3, 0, limit).astype(int).tolist()
        place = slice(top, bottom), slice(left, right)
        undo = Undo(place, self._worth[place].copy(), self._open[place].copy())
        for canvas in (self._worth, self._open):
            _fill(canvas[place], corners - [left, top], 0)
        self._add_up(*place)
        return undo

    def restore(self, undo: Undo) -> None:
        """Take back an explanation, the last one first."""
        self._worth[undo.place], self._open[undo.place] = undo.worth, undo.open
        self._add_up(*undo.place)

    def restore_all(self, undos: list[Undo], begin: int) -> None:
        """Take back the explanations from the `begin`-th on, and forget them."""
        while len(undos) > begin:
            self.restore(undos.pop())

    def rest(self, box: Floats) -> Grey:
        """Return the foreground in a box (4,) px that is not explained, 1 or 0, without slivers."""
        return cv2.morphologyEx((self._worth[_slices(box)] > 0).astype(np.uint8), cv2.MORPH_OPEN, _CORE)

    def unexplained(self, place: Place, blob: Mask) -> int:
        """Return how many pixels of a blob (height, width) at a place are not explained."""
        return int(np.count_nonzero(self._worth[place][blob] > 0))

    def edges(self, corners: Floats) -> tuple[Floats, Mask] | None:
        """Return the box (4,) of the own pixels of a body (16, 2) and its own edges (4,); None: it has no pixels."""
        limit = np.array(self._worth.shape[::-1])
        low = np.clip(np.floor(corners.min(axis=0)) - NEIGHBOUR - 1, 0, limit)
        high = np.clip(np.ceil(corners.max(axis=0)) + NEIGHBOUR + 1, 0, limit)
        worth = self._worth[_slices(np.concatenate([low, high]))]
        if not worth.size:
            return None
        mask = np.zeros(worth.shape, np.uint8)
        _fill(mask, corners - low, 1)
        own = (worth > 0) & (cv2.dilate(mask, _AROUND) > 0)
        return self._edges(own, low.astype(int)) if own.any() else None

    def left_over(self, box: Floats) -> LeftOver | None:
        """Return the foreground in a box (4,) px that is not explained; None: all is explained."""
        left, top = box[:2].astype(int)
        own = self._worth[_slices(box)] > 0
        if not own.any():
            return None
        low = np.flatnonzero(own.any(axis=1))[-1]
        at = np.flatnonzero(own[low])
        below = self._worth[top + low + 1 : top + low + 3, left + at[0] : left + at[-1] + 1]
        foot = np.array([left + (at[0] + at[-1] + 1) / 2, top + low + 1.0])
        return LeftOver(
            *self._edges(own, np.array([left, top])), int(np.count_nonzero(own)), foot, bool((below == 0).any())
        )

    def _edges(self, own: Mask, corner: NDArray[np.int64]) -> tuple[Floats, Mask]:
        """Return the box (4,) px around own pixels, and beside which of its edges (4,) no other body is.

        own (height, width): a body's pixels in a part of the picture; corner (2,) px: upper left of that part.
        """
        columns, rows = np.flatnonzero(own.any(axis=0)), np.flatnonzero(own.any(axis=1))
        left, right = (corner[0] + columns[[0, -1]] + [0, 1]).tolist()
        top, bottom = (corner[1] + rows[[0, -1]] + [0, 1]).tolist()
        own = own[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        across, down = slice(left, right), slice(top, bottom)
        seen = [
            self._free(own[:, :2], (down, slice(left - 2, left)), 1),
            self._free(own[:2], (slice(top - 2, top), across), 0),
            self._free(own[:, -2:], (down, slice(right, right + 2)), 1),
            self._free(own[-2:], (slice(bottom, bottom + 2), across), 0),
        ]
        return np.array([left, top, right, bottom], dtype=np.float64), np.array(seen)

    def _free(self, band: Mask, beside: Place, axis: int) -> bool:
        """Tell whether no other body is beside an edge.

        band (k, 2) or (2, k): a body's own pixels along the edge; `beside`: the pixels across the edge, over `axis`.
        """
        taken = self._worth[beside] >= 0
        if min(beside[0].start, beside[1].start) < 0 or taken.shape[axis] < 2:
            return False
        blocked = np.asarray(taken.any(axis=axis))
        ours = np.asarray(band.any(axis=axis))
        return bool(blocked[ours].mean() < BLOCKED)

    def _add_up(self, rows: slice, columns: slice) -> None:
        """Bring the column sums up to date where pixels have changed, and in the rows below."""
        if rows.start >= rows.stop:
            return
        for total, canvas in zip(self._sums, (self._worth, self._open), strict=True):
            changed = total[rows.start, columns] + np.cumsum(canvas[rows, columns], axis=0)
            total[rows.stop + 1 :, columns] += changed[-1] - total[rows.stop, columns]
            total[rows.start + 1 : rows.stop + 1, columns] = changed

    def _sum(self, bodies: Silhouettes, *canvases: tuple[Worth, Worth]) -> list[Floats]:
        """Return the sums (m,) of canvases over bodies; each canvas comes with its column sums from the top."""
        height, width = self._worth.shape
        column = bodies.x_px.clip(0, width - 1).astype(np.intp)
        top, bottom = bodies.top_px.clip(0, height), bodies.bottom_px.clip(0, height)
        first, last = (np.minimum(end.astype(np.intp), height - 1) for end in (top, bottom))
        above, below = first * width + column, last * width + column
        top, bottom = top - first, bottom - last
        weight = np.where((bodies.x_px >= 0) & (bodies.x_px < width), bodies.width_px[:, None], 0)
        return [
            (
                (total.take(below) + bottom * canvas.take(below) - total.take(above) - top * canvas.take(above))
                * weight
            ).sum(axis=1)
            for canvas, total in canvases
        ]


def _worths(empty: float) -> Worth:
    """Return the worth (256,) of a pixel by the sum of its flags: 1 road user, 2 shade, 4 in the region."""
    worths = np.zeros(256, np.float32)
    worths[4:8] = -empty, 1, -SHADED * empty, 1
    return worths


def _slices(box: Floats) -> Place:
    """Return the rows and columns of a box (4,) px."""
    left, top, right, bottom = box.astype(int).tolist()
    return slice(top, bottom), slice(left, right)


def _fill(canvas: Grey | Worth, corners: Floats, value: float) -> None:
    """Fill the pixels that a body's two parts, corners (16, 2) px, cover."""
    for part in (corners[:8], corners[8:]):
        cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(part - 0.5).astype(np.int32)), value)
