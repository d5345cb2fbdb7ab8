"""The foreground that bodies are laid over, and what of it is explained by them.

Every pixel has a worth for whoever covers it: 1 where the foreground is not explained yet, less than 0 where there is
none, 0 where somebody who is nearer hides what is behind. Sums over silhouettes are differences of column sums, with
shares of pixels at both ends, so that they change smoothly when a body moves.
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
# what a body must explain to be there: of its own pixels in sight, and hidden, in square metres, and as it is odd
PRICE, HIDDEN_PRICE, EACH_M2, ODD_PRICE = 0.28, 0.12, 0.2, 0.015
NEIGHBOUR = 2  # px around a body's silhouette in which its own edge is looked for
BLOCKED = 0.3  # share of an edge beside which somebody else is, from which on it is not its own
_CORE = np.ones((3, 3), np.uint8)
_AROUND = np.ones((2 * NEIGHBOUR + 1, 2 * NEIGHBOUR + 1), np.uint8)

Worth = NDArray[np.float32]
Place = tuple[slice, slice]


class Undo(NamedTuple):
    """What was there before an explanation."""

    place: Place
    worth: Worth
    open: Worth


class LeftOver(NamedTuple):
    """What is not explained of some part of the foreground."""

    box: Floats  # (4,) px around it
    seen: Mask  # (4,) beside which edges nobody else is
    area: int  # px2
    foot: Floats  # (2,) px, its lowest point
    foot_hidden: bool  # what is below it is explained


class Region:
    """Where in the foreground road users can be seen."""

    def __init__(self, seen: Mask) -> None:
        self.seen = seen
        self.open: Worth = seen.astype(np.float32)
        self.sums: Worth = np.concatenate([np.zeros((1, seen.shape[1]), np.float32), np.cumsum(self.open, axis=0)])

    def inside(self, box: Floats) -> Mask:
        """Return which edges (4,) of a box (4,) are not the region's."""
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
        """`shade`: where shadow or road user is, 255 or less; what is outside of the region is hidden.

        `empty`: cost of a pixel that a body covers and that is road.
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
        self._sums = worth_sums, region.sums.copy()  # of worth and of what is open

    def gain(self, bodies: Silhouettes) -> Floats:
        """Return the worth (m,) of what bodies cover."""
        return self._sum(bodies, (self._worth, self._sums[0]))[0]

    def filled(self, bodies: Silhouettes) -> Floats:
        """Return which share (m,) of what nobody hides of bodies is foreground; NaN where all is hidden."""
        with np.errstate(divide="ignore", invalid="ignore"):
            filled: Floats = (self.gain(bodies) / self.open(bodies) + self._empty) / (1.0 + self._empty)
        return filled

    def open(self, bodies: Silhouettes) -> Floats:
        """Return how much (m,) px2 of bodies nobody hides."""
        return self._sum(bodies, (self._open, self._sums[1]))[0]

    def score(self, bodies: Silhouettes, square: Floats, oddity: Floats) -> Floats:
        """Return what bodies (m,) explain, less the price that each of them costs, px2.

        `square`: pixels of a square metre, `oddity`: squared sigmas by which their sizes differ from the usual ones.
        """
        ours = (self._worth, self._sums[0]), (self._open, self._sums[1])
        gain, opened, whole = self._sum(bodies, *ours, (self._region.open, self._region.sums))
        return gain - EACH_M2 * square - (PRICE + ODD_PRICE * oddity) * opened - HIDDEN_PRICE * (whole - opened)

    def explain(self, corners: Floats) -> Undo:
        """Mark what a body with these corners (16, 2) covers as explained."""
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
        """Return the foreground in a box (4,) that is not explained, 1 or 0, without slivers."""
        return cv2.morphologyEx((self._worth[_slices(box)] > 0).astype(np.uint8), cv2.MORPH_OPEN, _CORE)

    def unexplained(self, place: Place, blob: Mask) -> int:
        """Return how many pixels of a blob at a place are not explained."""
        return int(np.count_nonzero(self._worth[place][blob] > 0))

    def edges(self, corners: Floats) -> tuple[Floats, Mask] | None:
        """Return the box (4,) of what a body (16, 2) covers, and which edges are its own; None: it covers nothing."""
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
        """Return what is not explained in a box (4,); None: nothing."""
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
        """Return the box of what is somebody's own in a part of the foreground, and which edges nobody is beside."""
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
        """Tell whether nobody else is beside an edge of what is somebody's own."""
        taken = self._worth[beside] >= 0
        if min(beside[0].start, beside[1].start) < 0 or taken.shape[axis] < 2:
            return False
        blocked = np.asarray(taken.any(axis=axis))
        ours = np.asarray(band.any(axis=axis))
        return bool(blocked[ours].mean() < BLOCKED)

    def _add_up(self, rows: slice, columns: slice) -> None:
        """Bring the sums up to date where pixels have changed, and shift those below."""
        if rows.start >= rows.stop:
            return
        for total, canvas in zip(self._sums, (self._worth, self._open), strict=True):
            changed = total[rows.start, columns] + np.cumsum(canvas[rows, columns], axis=0)
            total[rows.stop + 1 :, columns] += changed[-1] - total[rows.stop, columns]
            total[rows.start + 1 : rows.stop + 1, columns] = changed

    def _sum(self, bodies: Silhouettes, *canvases: tuple[Worth, Worth]) -> list[Floats]:
        """Return the sums (m,) of canvases over bodies; with each canvas those of its columns, from the top."""
        height, width = self._worth.shape
        column = bodies.x.clip(0, width - 1).astype(np.intp)
        top, bottom = bodies.top.clip(0, height), bodies.bottom.clip(0, height)
        first, last = (np.minimum(end.astype(np.intp), height - 1) for end in (top, bottom))
        above, below = first * width + column, last * width + column
        top, bottom = top - first, bottom - last
        weight = np.where((bodies.x >= 0) & (bodies.x < width), bodies.width[:, None], 0)
        return [
            (
                (total.take(below) + bottom * canvas.take(below) - total.take(above) - top * canvas.take(above))
                * weight
            ).sum(axis=1)
            for canvas, total in canvases
        ]


def _worths(empty: float) -> Worth:
    """Return the worth (256,) of a pixel by what is seen of it: 1 road user, 2 shade, 4 in the region."""
    worths = np.zeros(256, np.float32)
    worths[4:8] = -empty, 1, -SHADED * empty, 1
    return worths


def _slices(box: Floats) -> Place:
    left, top, right, bottom = box.astype(int).tolist()
    return slice(top, bottom), slice(left, right)


def _fill(canvas: Grey | Worth, corners: Floats, value: float) -> None:
    """Fill what a body's two parts (16, 2) cover."""
    for part in (corners[:8], corners[8:]):
        cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(part - 0.5).astype(np.int32)), value)
