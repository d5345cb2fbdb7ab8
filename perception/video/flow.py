"""How boxes move from one picture to the next: the median of sparse optical flow (Lucas-Kanade, pyramids) inside each.

Kalal, "Forward-backward error: automatic detection of tracking failures", 2010, without the backward half: a network
corrects the boxes a few pictures later.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from perception.objects import Floats, Mask
from perception.video.boxes import Grey

Shows = Callable[[Floats, Floats], Mask]  # pixels (..., 2) in the picture before and now -> (...)
ACROSS = np.linspace(0.25, 0.75, 4)  # where in a box points are followed, shares of its width: a body fills its middle
DOWN = np.linspace(0.12, 0.85, 6)
_GRID = np.stack(np.meshgrid(ACROSS, DOWN), axis=-1).reshape(-1, 2)
_WINDOW, _LEVELS = (13, 13), 2
ASTRAY_PX, ASTRAY = 1.5, 0.5  # px, and share of the shift: median distance from it beyond which the points disagree
LEAST = 0.3  # of a box's points that must be found again


def shifts(before: Grey, now: Grey, box: Floats, shows: Shows) -> tuple[Floats, Mask]:
    """Return how boxes (n, 4) px have moved, (n, 2) px, and for which of them that could be seen.

    `shows`: which pixels can show road users, in both pictures.
    """
    if not len(box):
        return np.zeros((0, 2)), np.zeros(0, dtype=np.bool_)
    points = box[:, None, :2] + _GRID * (box[:, None, 2:] - box[:, None, :2])  # (n, points, 2)
    given = np.ascontiguousarray(points.reshape(-1, 1, 2), dtype=np.float32)
    found, status, _ = cv2.calcOpticalFlowPyrLK(before, now, given, given.copy(), winSize=_WINDOW, maxLevel=_LEVELS)
    end = np.asarray(found, dtype=np.float64).reshape(points.shape)
    good = (np.asarray(status).reshape(len(box), -1) > 0) & shows(points, end)
    seen = good.mean(axis=1) >= LEAST
    moved = np.where(good[..., None] & seen[:, None, None], end - points, np.nan)
    moved[~seen] = 0.0
    shift = np.nanmedian(moved, axis=1)
    astray = np.nanmedian(np.abs(moved - shift[:, None]).max(axis=2), axis=1)
    return shift, seen & (astray < ASTRAY_PX + ASTRAY * np.hypot(*shift.T))
