"""How boxes move from one picture to the next: the median of sparse optical flow (Lucas-Kanade, pyramids) inside each.

Kalal, "Forward-backward error: automatic detection of tracking failures", 2010, without the backward half: a network
corrects the boxes a few pictures later.
"""

from __future__ import annotations

import cv2
import numpy as np

from perception.objects import Floats, Mask
from perception.video.boxes import Grey

ACROSS = np.linspace(0.25, 0.75, 4)  # where in a box points are followed, shares of its width: a body fills its middle
DOWN = np.linspace(0.12, 0.85, 6)
_GRID = np.stack(np.meshgrid(ACROSS, DOWN), axis=-1).reshape(-1, 2)
_WINDOW, _LEVELS = (13, 13), 2
LEAST = 0.5  # of a box's points that must be found again


def shifts(before: Grey, now: Grey, box: Floats) -> tuple[Floats, Mask]:
    """Return how boxes (n, 4) px have moved, (n, 2) px, and for which of them that could be seen."""
    if not len(box):
        return np.zeros((0, 2)), np.zeros(0, dtype=np.bool_)
    points = box[:, None, :2] + _GRID * (box[:, None, 2:] - box[:, None, :2])  # (n, points, 2)
    given = np.ascontiguousarray(points.reshape(-1, 1, 2), dtype=np.float32)
    found, status, _ = cv2.calcOpticalFlowPyrLK(before, now, given, given.copy(), winSize=_WINDOW, maxLevel=_LEVELS)
    good = np.asarray(status).reshape(len(box), -1) > 0
    moved = np.where(good[..., None], np.asarray(found).reshape(points.shape) - points, np.nan)
    seen = good.mean(axis=1) >= LEAST
    moved[~seen] = 0.0
    return np.nanmedian(moved, axis=1), seen
