"""Blobs of foreground to road users: one where a single body explains the blob, several where it takes more.

Road users that touch in the picture are one blob. First those are looked for in it who were seen there in the picture
before. The rest is taken apart from the front: the nearest one hides others but is hidden by none, so the body is
looked for that stands at the lowest point and covers most of the blob and little else. What a body covers is explained,
and the rest is looked at again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, RoadUser
from perception.video.boxes import Bodies, Boxes, Grey, Mask
from perception.video.builds import KIND, outline
from perception.video.canvas import Blob, blobs
from perception.video.fit import Fitter, Guess
from perception.video.memory import NEAR, Memory

SINGLE_MISFIT = 16.0  # of one body to a whole blob
BLOB_COVERED = 0.75  # by that body
SINGLE_FILLED = 0.65  # mean worth of its pixels
NEW = 0.3  # of a body's pixels that must not be explained yet
FILLED, REMEMBERED_FILLED = 0.15, 0.3  # mean worth of these
FAR = 0.15  # worth that a metre from the expected place costs
TRIES = 8  # to find another body in one blob
SIDEWAYS = np.array([-0.5, -0.25, 0.0, 0.25, 0.5])  # where the lowest point may be under a body, in widths
HIDDEN_M = np.array([0.0, 2.0])  # how far nearer than the lowest point that is seen a hidden foot may be
SINGLE_CONFIDENCE, PART_CONFIDENCE = 0.7, 0.5  # of the kind: by its outline, by what is left of it


class Part(NamedTuple):
    """One body that a blob was taken apart into."""

    guess: Guess  # one row
    hidden: bool  # its foot
    remembered: bool


class Cutter:
    """Takes the blobs of one camera's foreground apart."""

    def __init__(self, fitter: Fitter, corner: tuple[int, int], scale: float) -> None:
        """`corner`: left and top of the foreground, `scale`: its pixels' size, in pixels of the full picture."""
        self._fitter = fitter
        self._corner, self._scale = np.array(corner), scale
        self._memory = Memory()

    def bodies(self, solid: Grey) -> Bodies:
        """Return the road users in a foreground (height, width), 255 or 0; those that its edges cut are left out."""
        found = blobs(solid)
        size = np.array(solid.shape[::-1])
        whole = self._fitter.fit(self._boxes(found, size))
        expected = self._outlines(self._memory.states, self._memory.headings)
        middle = expected.mean(axis=1)
        inside = [[row for row in range(len(middle)) if blob.holds(middle[row])] for blob in found]
        single = np.array(
            [len(inside[n]) < 2 and self._explains(whole.of(np.array([n])), blob) for n, blob in enumerate(found)],
            dtype=np.bool_,
        )
        parts = [part for n in np.flatnonzero(~single) for part in self._cut(found[n], inside[n])]
        bodies, sure = whole.of(single), np.ones(np.count_nonzero(single), np.bool_)
        if parts:
            bodies = Bodies(*(np.concatenate(pair) for pair in zip(bodies, self._joined(parts), strict=True)))
            sure = np.concatenate([sure, [part.remembered for part in parts]])
        complete = self._complete(bodies.box, size)
        self._memory.keep(bodies.of(sure & complete))
        return bodies.of(complete)

    def _boxes(self, found: list[Blob], size: Floats) -> Boxes:
        box = np.array([blob.box for blob in found]).reshape(-1, 4)
        seen = np.concatenate([box[:, :2] > 0, box[:, 2:] < size], axis=1)
        full = self._full(box.reshape(-1, 2, 2)).reshape(-1, 4)
        return Boxes(full, seen, np.full(len(box), RoadUser.UNKNOWN), np.full(len(box), SINGLE_CONFIDENCE))

    def _full(self, pixels: Floats) -> Floats:
        """Return pixels of the foreground as those of the full picture."""
        full: Floats = (pixels + self._corner) * self._scale - 0.5
        return full

    def _own(self, pixels: Floats) -> Floats:
        own: Floats = (pixels + 0.5) / self._scale - self._corner
        return own

    def _outlines(self, state: Floats, heading: Floats) -> Floats:
        """Return the corners (n, 8, 2) px of bodies (n, 5) in the foreground."""
        return self._own(outline(self._fitter.view, state, heading))

    def _complete(self, box: Floats, size: Floats) -> Mask:
        """Return which bodies are not cut by the left, right or lower edge."""
        left_top, right_bottom = np.moveaxis(self._own(box.reshape(-1, 2, 2)), 1, 0)
        complete: Mask = (left_top[:, 0] > -2) & (right_bottom < size + 2).all(axis=1)
        return complete

    def _explains(self, body: Bodies, blob: Blob) -> bool:
        """Tell whether a single body explains a blob."""
        if not body.misfit[0] < SINGLE_MISFIT:
            return False
        drawn = self._outlines(np.concatenate([body.position, body.size], axis=1), body.heading)
        return blob.common(drawn[0]) > BLOB_COVERED * blob.area and float(blob.worths(drawn).mean()) > SINGLE_FILLED

    def _cut(self, blob: Blob, expected: list[int]) -> list[Part]:
        """Return the bodies of a blob; `expected`: rows of the memory."""
        parts = []
        for row in sorted(expected, key=lambda row: float(np.hypot(*self._memory.states[row, :2]))):
            if (part := self._again(blob, row)) is not None:
                parts.append(part)
        for _ in range(TRIES):
            if (lowest := blob.lowest()) is None:
                break
            if (part := self._front(blob, *lowest)) is not None:
                blob.explain(self._outlines(part.guess.state, part.guess.heading)[0])
                parts.append(part)
            blob.dismiss(lowest[0], 1 if part is not None else 3)
        return parts

    def _again(self, blob: Blob, row: int) -> Part | None:
        """Return one of the memory if it is still there."""
        states = self._memory.tries(row)
        heading = np.full(len(states), self._memory.headings[row])
        outlines = self._outlines(states, heading)
        worths = blob.worths(outlines)
        best = int(np.argmax(worths.mean(axis=1) - FAR * NEAR))
        new = worths[best][worths[best] != 0]
        if len(new) < NEW * worths.shape[1] or new.mean() < REMEMBERED_FILLED:
            return None
        blob.explain(outlines[best])
        build = np.flatnonzero(self._memory.kinds[row] == KIND)[:1]
        return Part(Guess(build, heading[:1], states[best : best + 1]), False, True)

    def _front(self, blob: Blob, lowest: Floats, hidden: bool) -> Part | None:
        """Return the body that stands at the lowest point that is left, None when there is none."""
        guess, corners, area = self._fitter.standing(self._full(lowest), SIDEWAYS, HIDDEN_M if hidden else HIDDEN_M[:1])
        worths = blob.worths(self._own(corners))
        best = int(np.argmax(np.nan_to_num(area * worths.mean(axis=1), nan=-np.inf)))
        new = worths[best][worths[best] != 0]
        if len(new) < NEW * worths.shape[1] or new.mean() < FILLED or not np.isfinite(area[best]):
            return None
        return Part(guess.at(np.array([best])), hidden, False)

    def _joined(self, parts: list[Part]) -> Bodies:
        guess = Guess(*(np.concatenate(column) for column in zip(*(part.guess for part in parts), strict=True)))
        seen = np.array([(True, part.hidden, True, not part.hidden) for part in parts])
        return self._fitter.told(guess, seen, np.full(len(parts), PART_CONFIDENCE))
