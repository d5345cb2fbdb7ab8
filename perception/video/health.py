"""Whether a camera sees: pictures that stand still, are dark, blinded or covered."""

from __future__ import annotations

import numpy as np

from perception.video.boxes import Grey, Picture
from perception.video.sight import Sight

FROZEN_S = 1.0  # no two pictures of a living sensor are equal
DARK, BRIGHT = 14.0, 243.0  # mean grey level
FLAT = 5.0  # grey levels, 1 sigma over the picture: fog on the lens, a bag over it
STRIDE = 8  # px between the samples that are looked at


class Health:
    """Judges the pictures of one camera, one after another."""

    def __init__(self) -> None:
        self._before: Grey | None = None
        self._changed_ns = 0

    def judge(self, picture: Picture, stamp_ns: int) -> Sight:
        """Return whether the camera sees."""
        sample = picture[::STRIDE, ::STRIDE, 1]
        if self._before is None or not np.array_equal(sample, self._before):
            self._before, self._changed_ns = sample.copy(), stamp_ns
        mean, spread = float(sample.mean()), float(sample.std())
        if not (DARK <= mean <= BRIGHT and spread >= FLAT):
            return Sight.BLIND  # also where nothing changes: pictures that are all black or all white are equal
        return Sight.FROZEN if stamp_ns - self._changed_ns > FROZEN_S * 1e9 else Sight.SEES
