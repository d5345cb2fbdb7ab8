"""What a detector finds in a picture, and what a detector is."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from perception.objects import Floats, Ints

Picture = NDArray[np.uint8]  # (height, width, 3): blue, green, red
Grey = NDArray[np.uint8]  # (height, width)
Mask = NDArray[np.bool_]


class Boxes(NamedTuple):
    """n road users in one picture, rows aligned. Pixels of the full picture, edges at the outer side of its pixels."""

    box: Floats  # (n, 4) px: left, top, right, bottom; y down
    seen: Mask  # (n, 4) whether an edge is the road user's own, not the picture's or of somebody before it
    kind: Ints  # (n,) perception.objects.RoadUser, UNKNOWN where the detector cannot tell
    confidence: Floats  # (n,) 0..1

    @classmethod
    def none(cls) -> Boxes:
        """Return no boxes."""
        return cls(np.zeros((0, 4)), np.zeros((0, 4), np.bool_), np.zeros(0, np.int64), np.zeros(0))


class Detector(Protocol):
    """Finds road users in the pictures of one camera, given one after another."""

    def detect(self, picture: Picture) -> Boxes:
        """Return who is in the picture, which may be smaller than the full one by a whole factor."""
