"""How much of a body's outline the foreground of this camera fills, learned from bodies that stand alone.

No outline of two boxes is a person's, and real foreground is ragged: clothes as grey as the road, shadow and
compression take pixels away. Drawn pictures fill 0.9 of an outline, real ones 0.6 to 0.8. The cost of a pixel
without foreground in a body depends on that share.
"""

from __future__ import annotations

import numpy as np

from perception.objects import Floats
from perception.video.canvas import PRICE

FIRST = 0.85  # before a road user was seen
LEAST, MOST = 0.5, 0.93
STEP = 0.004  # a body, towards the median
POOREST = 0.72  # of the usual share: a body that fills so much just pays its price
AGAIN, WELL = 0.6, 0.88  # least share of the usual share: for a known body; for one body that explains a whole blob


class Fullness:
    """The usual share, 0..1, of one camera."""

    def __init__(self) -> None:
        self._share = FIRST

    def saw(self, filled: Floats) -> None:
        """Learn from the shares (n,) that bodies which stand alone fill of their outlines."""
        for each in filled.tolist():
            self._share = float(np.clip(self._share + np.copysign(STEP, each - self._share), LEAST, MOST))

    @property
    def empty(self) -> float:
        """Cost of a pixel that a body covers and that is no foreground; one that is gives 1."""
        poorest = POOREST * self._share
        return (poorest - PRICE) / (1.0 - poorest)

    @property
    def again(self) -> float:
        """The least share of its outline that a body known before must fill to be seen again."""
        return AGAIN * self._share

    @property
    def well(self) -> float:
        """The least worth, as a share of a blob's pixels, of a single body that explains the blob."""
        return WELL * self._share
