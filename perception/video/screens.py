"""Screens: things before the road, such as signs, poles and trunks, that hide parts of road users behind them.

A pixel of a screen is never foreground, whichever road user passes. A road user counts by the widths that its box
moves: one that stands and looks like the road is no sign, ten that walk through the same place are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from perception.objects import Floats, Ints, Mask
from perception.video.boxes import Grey

Screened = Callable[[Floats], Mask]  # pixels (..., 2) -> (...): at which of them a screen is

ACROSS, DOWN = (0.3, 0.7), (0.1, 0.9)  # part of a box that a body nearly fills, shares of its width and height
PASSED = 1.5  # road users that must have passed a pixel
SEEN = 0.25  # share of them that were seen there, at most, where a screen is
MEMORY = 12.0  # road users that are remembered, about


class Screens:
    """The screens before one camera's road."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        """`shape`: height and width of the pictures, px."""
        self._passed, self._seen = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.mask = np.zeros(shape, np.uint8)  # (height, width): 1 where a screen is

    def learn(self, ones: Grey, place: Ints, moved: Floats) -> None:
        """Let road users pass. `ones` (height, width): 1 where foreground is.

        `place` (n, 2, 2) px: boxes of road users that surely are there and that no other hides, left and top, right
        and bottom; `moved` (n,): by how many widths of the box each has moved since the picture before.
        """
        for ((left, top), (right, bottom)), weight in zip(place.tolist(), moved.tolist(), strict=True):
            width, height = right - left, bottom - top
            rows = slice(top + round(DOWN[0] * height), top + round(DOWN[1] * height))
            columns = slice(left + round(ACROSS[0] * width), left + round(ACROSS[1] * width))
            self._pass(ones, (rows, columns), min(weight / (ACROSS[1] - ACROSS[0]), 1.0))

    def _pass(self, ones: Grey, part: tuple[slice, slice], weight: float) -> None:
        passed, seen = self._passed[part], self._seen[part]
        passed += weight
        seen += weight * ones[part]
        fade = np.where(passed > MEMORY, 0.5, 1.0).astype(np.float32)
        passed *= fade
        seen *= fade
        self.mask[part] = (passed > PASSED) & (seen < SEEN * passed)
