"""Whether motion can be told from a picture of the road: by night, dazzled, or while the picture is restless it cannot.

By night headlights run over the road and the unlit is lost; a low sun saturates the sensor; rain, snow, a mast that
shakes, and light that changes faster than it is learned leave thin foreground everywhere, whereas bodies are thick.
Measured shares of thin foreground: real films by day 0.002 to 0.014; steady rain 0.03 to 0.09; a view that shakes by a
pixel or two 0.04 to 0.1.
"""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Mask
from perception.video.boxes import Grey, Picture
from perception.video.health import STRIDE
from perception.video.sight import Sight

DARK = 45.0  # grey level, median of the region; by day exposure control holds about 100
SATURATED, DAZZLED = 250, 0.2  # grey level; share of the region that is so bright
RESTLESS = 0.025  # share of the region that is thin foreground
SETTLE_S = 1.0  # time constant of that share
SOLID = 255  # of the foreground
_CORE = np.ones((3, 3), np.uint8)


class Brightness:
    """Judges whether the light in one camera's region is enough, and not too much."""

    def __init__(self, region: Mask) -> None:
        """`region` (height, width): where road users can be seen."""
        self._sampled = region[::STRIDE, ::STRIDE]

    def judge(self, picture: Picture) -> Sight:
        """Return SEES, DARK or DAZZLED for a picture (height, width, 3)."""
        sample = picture[::STRIDE, ::STRIDE, 1][self._sampled]
        if len(sample) and np.median(sample) < DARK:
            return Sight.DARK
        dazzled = len(sample) and np.count_nonzero(sample >= SATURATED) > DAZZLED * len(sample)
        return Sight.DAZZLED if dazzled else Sight.SEES


class Clarity:
    """Judges the pictures of one camera's region, one after another."""

    def __init__(self, region: Mask) -> None:
        """`region` (height, width): where road users can be seen."""
        self._brightness = Brightness(region)
        self._size = max(1, int(np.count_nonzero(region)))
        self._thin = 0.0

    def judge(self, picture: Picture, found: Grey, after_s: float) -> Sight:
        """Return SEES, or why motion cannot be told.

        `picture` (height, width, 3); `found` (height, width): its foreground, 255, with shadows, 127; `after_s`: time
        since the picture before.
        """
        solid = cv2.threshold(found, SOLID - 1, 1, cv2.THRESH_BINARY)[1]
        thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _CORE)
        thin = (cv2.countNonZero(solid) - cv2.countNonZero(thick)) / self._size
        self._thin += (thin - self._thin) * (1.0 - float(np.exp(-after_s / SETTLE_S)))
        light = self._brightness.judge(picture)
        return Sight.RESTLESS if light is Sight.SEES and self._thin > RESTLESS else light
