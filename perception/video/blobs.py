"""Blobs of foreground to road users: one where a single body explains the blob, several where it takes more.

Road users that touch in the picture are one blob. It is taken apart from the front: the nearest one hides others but is
hidden by none, so the body is looked for that stands at the blob's lowest point and covers most of it; what it covers is
explained, and the rest is looked at again.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, RoadUser
from perception.video.boxes import Boxes, Grey
from perception.video.fit import Bodies, Fitter, Guess, outline
from perception.video.view import View

SMALLEST_PX = 12  # of a blob
SINGLE_MISFIT = 25.0
EMPTY = -2.0  # worth of a pixel of a body's box where nothing is; one of the blob is worth 1
ENOUGH = 0.35  # of a body's box that must be left to explain
MOST = 8  # bodies in one blob
SIDEWAYS = np.array([-0.5, -0.25, 0.0, 0.25, 0.5])  # where the lowest point may be under a body, in widths
HIDDEN_M = np.array([0.0, 1.5, 3.0, 4.5])  # how far nearer than the lowest point that is seen a hidden foot may be
_SHARES = [
    (a, b, c) for a in (0.04, 0.35, 0.65, 0.96) for b in (0.05, 0.35, 0.65, 0.95) for c in (0.04, 0.35, 0.65, 0.96)
]
# points spread over a body (k, 8), as shares of its corners
LATTICE = np.array([[(a, 1 - a)[i] * (b, 1 - b)[j] * (1 - c, c)[k] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
                    for a, b, c in _SHARES])  # fmt: skip


class Part(NamedTuple):
    """One body that a blob was taken apart into."""

    guess: Guess  # one row
    seen: tuple[bool, bool, bool, bool]


class Cutter:
    """Takes the blobs of one camera's foreground apart."""

    def __init__(self, view: View, fitter: Fitter, corner: tuple[int, int], scale: float) -> None:
        """`corner`: left and top of the foreground, `scale`: its pixels' size, in pixels of the full picture."""
        self._view, self._fitter = view, fitter
        self._corner, self._scale = np.array(corner), scale

    def bodies(self, solid: Grey) -> Bodies:
        """Return the road users in a foreground."""
        _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
        rows = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] >= SMALLEST_PX)
        rows = rows[rows > 0]
        boxes = self._boxes(stats[rows], solid.shape)
        whole = self._fitter.fit(boxes)
        inside = boxes.seen[:, [0, 2, 3]].all(axis=1)  # who is cut by the picture's edge is not in it
        good = [bool(inside[n]) and self._single(whole, n, labels, stats[row], row) for n, row in enumerate(rows)]
        parts = [part for n, row in enumerate(rows) if not good[n] for part in self._cut(labels, stats[row], row)]
        keep = np.array(good, dtype=bool)
        single = Bodies(*(column[keep] for column in whole))
        if not parts:
            return single
        return Bodies(*(np.concatenate(pair) for pair in zip(single, self._joined(parts), strict=True)))

    def _boxes(self, stats: np.ndarray, shape: tuple[int, ...]) -> Boxes:
        left, top, width, height = stats[:, :4].T
        box = np.column_stack([left, top, left + width, top + height])
        seen = np.column_stack([left > 0, top > 0, left + width < shape[1], top + height < shape[0]])
        n = len(box)
        return Boxes(self._full(box.reshape(-1, 2, 2)).reshape(-1, 4), seen, np.zeros(n, np.int64), np.ones(n))

    def _full(self, pixels: Floats) -> Floats:
        return (pixels + self._corner) * self._scale - 0.5

    def _own(self, pixels: Floats) -> Floats:
        return (pixels + 0.5) / self._scale - self._corner

    def _hull(self, guess_state: Floats, heading: Floats) -> Floats:
        return self._own(outline(self._view, guess_state, heading))

    def _single(self, whole: Bodies, n: int, labels: np.ndarray, stat: np.ndarray, label: int) -> bool:
        if not (np.isfinite(whole.position[n]).all() and whole.misfit[n] < SINGLE_MISFIT):
            return False
        left, top, width, height, area = stat
        hull = self._hull(np.concatenate([whole.position[n], whole.size[n]]), whole.heading[n]) - [left, top]
        body = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(body, cv2.convexHull(np.round(hull).astype(np.int32)), 1)
        blob = labels[top : top + height, left : left + width] == label
        common = int((blob & (body > 0)).sum())
        return common > 0.75 * area and common > 0.55 * int(body.sum())

    def _cut(self, labels: np.ndarray, stat: np.ndarray, label: int) -> list[Part]:
        left, top, width, height, _ = stat
        pad = 4
        worth = np.full((height + 2 * pad, width + 2 * pad), EMPTY, np.float32)
        worth[pad:-pad, pad:-pad][labels[top : top + height, left : left + width] == label] = 1.0
        origin = np.array([left - pad, top - pad])
        parts: list[Part] = []
        while len(parts) < MOST and (part := self._front(worth, origin)) is not None:
            parts.append(part)
        return parts

    def _front(self, worth: Grey, origin: Floats) -> Part | None:
        """Find the body at the lowest point that is left, and mark as explained what it covers."""
        left = worth > 0
        lines = np.flatnonzero(left.any(axis=1))
        if not len(lines):
            return None
        low = lines[-1]
        row = np.flatnonzero(left[low])
        column = (row[0] + row[-1]) / 2
        hidden = bool((worth[min(low + 2, len(worth) - 1), row[0] : row[-1] + 1] == 0).any())
        foot = self._full(origin + np.array([column + 0.5, low + 1.0]))
        guess, corners, area = self._fitter.standing(foot, SIDEWAYS, HIDDEN_M if hidden else HIDDEN_M[:1])
        points = np.nan_to_num(LATTICE @ self._own(corners) - origin, nan=-1.0).astype(int)
        limit = np.array(worth.shape[::-1]) - 1
        at = np.clip(points, 0, limit)
        sampled = worth[at[..., 1], at[..., 0]]
        score = np.nan_to_num(area / self._scale**2 * sampled.mean(axis=1), nan=-np.inf)
        best = int(np.argmax(score))
        new = sampled[best] != 0
        if not (score[best] > 0 and new.mean() > 0.25 and sampled[best][new].mean() > ENOUGH):
            worth[max(0, low - 2) :, row[0] : row[-1] + 1] = EMPTY  # nobody stands here
            return self._front(worth, origin) if left.sum() > 3 * SMALLEST_PX else None
        found = Guess(*(column[best : best + 1] for column in guess))
        hull = cv2.convexHull(np.round(self._hull(found.state, found.heading)[0] - origin).astype(np.int32))
        cv2.fillConvexPoly(worth, hull, 0.0)
        worth[low:, row[0] : row[-1] + 1][worth[low:, row[0] : row[-1] + 1] > 0] = 0.0
        return Part(found, (True, hidden, True, not hidden))

    def _joined(self, parts: list[Part]) -> Bodies:
        guess = Guess(*(np.concatenate(column) for column in zip(*(part.guess for part in parts), strict=True)))
        return self._fitter.told(guess, np.array([part.seen for part in parts]))
