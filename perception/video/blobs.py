"""Blobs of foreground to road users: one where a single body explains the blob, several where it takes more.

Road users that touch in the picture are one blob. It is taken apart from the front: the nearest one hides others but is
hidden by none, so the body is looked for that stands at the blob's lowest point and covers most of it and little else;
what it covers is explained, and the rest is looked at again.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, RoadUser
from perception.video.boxes import Bodies, Boxes, Grey
from perception.video.builds import LATTICE, outline
from perception.video.fit import Fitter, Guess

SMALLEST_PX = 12  # of a blob
SINGLE_MISFIT = 25.0  # of one body to a whole blob
BLOB_COVERED, BODY_FILLED = 0.75, 0.55  # by that body, and by the blob
EMPTY = -8.0  # worth of a pixel of a body where nothing is; one of the blob is worth 1, an explained one 0
NEW = 0.25  # of a body's pixels that must not be explained yet
FILLED = 0.0  # mean worth of these
MOST = 10  # bodies in one blob
SIDEWAYS = np.array([-0.5, -0.25, 0.0, 0.25, 0.5])  # where the lowest point may be under a body, in widths
HIDDEN_M = np.array([0.0, 1.5, 3.0])  # how far nearer than the lowest point that is seen a hidden foot may be
SINGLE_CONFIDENCE, PART_CONFIDENCE = 0.7, 0.5  # of the kind: by its outline, by what is left of it
MARGIN = 4  # px around a blob

Worth = NDArray[np.float32]


class Part(NamedTuple):
    """One body that a blob was taken apart into."""

    guess: Guess  # one row
    hidden: bool  # its foot


class Blob(NamedTuple):
    """One connected piece of the foreground."""

    corner: Floats  # (2,) px of the foreground: left, top
    pixels: NDArray[np.bool_]  # (height, width)


class Cutter:
    """Takes the blobs of one camera's foreground apart."""

    def __init__(self, fitter: Fitter, corner: tuple[int, int], scale: float) -> None:
        """`corner`: left and top of the foreground, `scale`: its pixels' size, in pixels of the full picture."""
        self._fitter = fitter
        self._corner, self._scale = np.array(corner), scale

    def bodies(self, solid: Grey) -> Bodies:
        """Return the road users in a foreground (height, width), 255 or 0; those that its edges cut are left out."""
        blobs = _blobs(solid)
        boxes = self._boxes(blobs, solid.shape[1], solid.shape[0])
        whole = self._fitter.fit(boxes)
        single = np.array([self._explains(whole.of(np.array([n])), blob) for n, blob in enumerate(blobs)], dtype=bool)
        parts = [part for n in np.flatnonzero(~single) for part in self._cut(blobs[n])]
        found = [whole.of(single), *([self._joined(parts)] if parts else [])]
        bodies = Bodies(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
        return bodies.of(self._inside(bodies.box, solid.shape[1], solid.shape[0]))

    def _boxes(self, blobs: list[Blob], width: int, height: int) -> Boxes:
        corner = np.array([blob.corner for blob in blobs]).reshape(-1, 2)
        size = np.array([blob.pixels.shape[::-1] for blob in blobs]).reshape(-1, 2)
        box = self._full(np.stack([corner, corner + size], axis=1)).reshape(-1, 4)
        seen = np.concatenate([corner > 0, corner + size < [width, height]], axis=1)
        count = len(blobs)
        return Boxes(box, seen, np.full(count, RoadUser.UNKNOWN), np.full(count, SINGLE_CONFIDENCE))

    def _full(self, pixels: Floats) -> Floats:
        """Return pixels of the foreground as those of the full picture."""
        return (pixels + self._corner) * self._scale - 0.5

    def _own(self, pixels: Floats) -> Floats:
        return (pixels + 0.5) / self._scale - self._corner

    def _inside(self, box: Floats, width: int, height: int) -> NDArray[np.bool_]:
        own = self._own(box.reshape(-1, 2, 2)).reshape(-1, 4)
        margin = np.array([-2.0, -np.inf, -2.0, -2.0])  # far ones may reach above what is looked at
        inside: NDArray[np.bool_] = (own * [1, 1, -1, -1] > margin - [0, 0, width, height]).all(axis=1)
        return inside

    def _explains(self, body: Bodies, blob: Blob) -> bool:
        """Tell whether a single body explains a blob."""
        if not body.misfit[0] < SINGLE_MISFIT:
            return False
        drawn = np.zeros(blob.pixels.shape, np.uint8)
        _draw(drawn, self._outline(np.concatenate([body.position, body.size], axis=1), body.heading, blob.corner), 1)
        common = np.count_nonzero(drawn[blob.pixels])
        return common > BLOB_COVERED * np.count_nonzero(blob.pixels) and common > BODY_FILLED * drawn.sum()

    def _outline(self, state: Floats, heading: Floats, corner: Floats) -> Floats:
        """Return the corners (8, 2) of one body, px from `corner` of the foreground."""
        return self._own(outline(self._fitter.view, state, heading)[0]) - corner

    def _cut(self, blob: Blob) -> list[Part]:
        worth = np.pad(np.where(blob.pixels, np.float32(1), np.float32(EMPTY)), MARGIN, constant_values=EMPTY)
        corner = blob.corner - MARGIN
        parts: list[Part] = []
        while len(parts) < MOST and np.count_nonzero(worth > 0) >= SMALLEST_PX:
            low = np.flatnonzero((worth > 0).any(axis=1))[-1]
            columns = np.flatnonzero(worth[low] > 0)
            part = self._front(worth, corner, low, columns)
            if part is None:
                worth[max(0, low - 2) : low + 1, columns[0] : columns[-1] + 1] = EMPTY  # nobody stands here
                continue
            _draw(worth, self._outline(part.guess.state, part.guess.heading, corner), 0)
            worth[low, columns] = 0
            parts.append(part)
        return parts

    def _front(self, worth: Worth, corner: Floats, low: int, columns: NDArray[np.intp]) -> Part | None:
        """Return the body that stands at the lowest pixels that are left, None when there is none."""
        hidden = bool((worth[low + 1 : low + 3, columns[0] : columns[-1] + 1] == 0).any())
        foot = self._full(corner + [(columns[0] + columns[-1] + 1) / 2, low + 1.0])
        guess, corners, area = self._fitter.standing(foot, SIDEWAYS, HIDDEN_M if hidden else HIDDEN_M[:1])
        points = np.nan_to_num(LATTICE @ self._own(corners) - corner, nan=-1.0).astype(np.intp)
        columns, lines = np.moveaxis(np.clip(points, 0, np.array(worth.shape[::-1]) - 1), -1, 0)
        worths = worth[lines, columns]  # (hypotheses, points)
        best = int(np.argmax(np.nan_to_num(area * worths.mean(axis=1), nan=-np.inf)))
        new = worths[best][worths[best] != 0]
        if len(new) < NEW * len(LATTICE) or new.mean() < FILLED or not np.isfinite(area[best]):
            return None
        return Part(guess.at(np.array([best])), hidden)

    def _joined(self, parts: list[Part]) -> Bodies:
        guess = Guess(*(np.concatenate(column) for column in zip(*(part.guess for part in parts), strict=True)))
        seen = np.array([(True, part.hidden, True, not part.hidden) for part in parts])
        return self._fitter.told(guess, seen, np.full(len(parts), PART_CONFIDENCE))


def _blobs(solid: Grey) -> list[Blob]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    return [
        Blob(np.array([left, top]), labels[top : top + height, left : left + width] == label)
        for label, (left, top, width, height, area) in enumerate(stats)
        if label > 0 and area >= SMALLEST_PX
    ]


def _draw(canvas: Grey | Worth, corners: Floats, value: float) -> None:
    """Fill the outline of a body."""
    cv2.fillConvexPoly(canvas, cv2.convexHull(np.round(corners).astype(np.int32)), value)
