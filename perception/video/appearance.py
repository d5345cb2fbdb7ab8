"""Looks of road users: the colours of the upper and the lower half of their bodies."""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Floats
from perception.video.boxes import Grey, Picture

ACROSS = 0.25, 0.75  # part of a box that is looked at, shares of its width
HALVES = (0.08, 0.5), (0.5, 0.92)  # and of its height
BINS = (8, 8, 8)  # of hue, saturation, value
LENGTH = len(HALVES) * 8**3
_RANGES = [0.0, 180.0, 0.0, 256.0, 0.0, 256.0]


def looks(picture: Picture, box: Floats, shown: Grey) -> Floats:
    """Return the looks (n, LENGTH) of boxes (n, 4) px of a picture: roots of shares of colours, length 1.

    `shown` (height, width): not 0 where road users can be seen.
    """
    found = np.zeros((len(box), LENGTH))
    size = np.tile(picture.shape[1::-1], 2)
    for row, (left, top, right, bottom) in enumerate(np.clip(box, 0, size).tolist()):
        columns = slice(int(left + ACROSS[0] * (right - left)), int(left + ACROSS[1] * (right - left)) + 1)
        for half, (above, below) in enumerate(HALVES):
            rows = slice(int(top + above * (bottom - top)), int(top + below * (bottom - top)) + 1)
            found[row].reshape(len(HALVES), -1)[half] = _colours(picture[rows, columns], shown[rows, columns])
    return np.asarray(found / np.sqrt(len(HALVES)))


def _colours(part: Picture, shown: Grey) -> Floats:
    """Return the roots (bins,) of the shares of colours in the pixels `shown` (height, width); 0 where none is."""
    count = cv2.countNonZero(shown) if shown.size else 0
    if not count:
        return np.zeros(LENGTH // len(HALVES))
    amount = cv2.calcHist([cv2.cvtColor(part, cv2.COLOR_BGR2HSV)], [0, 1, 2], shown, list(BINS), _RANGES)
    return np.sqrt(amount.ravel() / count)


def mixed(old: Floats, new: Floats, share: float) -> Floats:
    """Return looks (n, LENGTH) in which new ones (n, LENGTH) have a share."""
    both = (1.0 - share) * old**2 + share * new**2
    return np.sqrt(both)


def unlike(first: Floats, second: Floats) -> Floats:
    """Return how little looks (n, LENGTH) and (m, LENGTH) have in common, (n, m): 0 all, 1 nothing (Bhattacharyya)."""
    return np.asarray(1.0 - first @ second.T)
