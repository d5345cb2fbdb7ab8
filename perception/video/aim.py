"""Whether a camera still looks where it looked: features of its picture against those of a picture that it first saw.

Road users, shadows and rain match nothing in it, or here and there only; the mast, the kerbs and the marks outvote
them. A view that matches nowhere, by night or in snow, says nothing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats
from perception.video.boxes import Picture

CHECK_NS = 5_000_000_000
CHECKS = 3  # the median of so many counts: a truck before the camera does not
WIDTH = 640  # px to which pictures are shrunk before features are sought
FEATURES = 800
NEAR_PX = 1.5  # of the shrunk picture: features that agree on a movement
LEAST, LEAST_SHARE = 30, 0.2  # features that agree, and their share of all that match
MOVED_SHARE = 0.01  # of the picture's width: farther off, places are wrong by a metre far away
FOLLOWED_SHARE = 0.05  # of it: a view that moved farther shows another road


class ViewShift(NamedTuple):
    """How the view has moved; in shares of the picture's width, so that streams of other sizes compare."""

    matrix: Floats  # (2, 3) first picture -> present one, px of pictures that are WIDTH wide
    moved_share: float  # of the picture's middle
    turn_deg: float  # clockwise, in the picture

    def is_beyond(self, share: float) -> bool:
        """Return whether some place of the picture moved by more than a share of its width."""
        return self.moved_share + abs(math.radians(self.turn_deg)) / 2 > share


class Aim:
    """The watch on one camera's view."""

    def __init__(self, first: Picture | None = None) -> None:
        """`first`: the picture that the camera saw first with this calibration."""
        self.first = first
        self._orb = cv2.ORB.create(FEATURES)
        self._matcher = cv2.BFMatcher.create(cv2.NORM_HAMMING, True)
        self._learned = None if first is None else self._features(first)
        self._checked_ns = 0
        self._found: list[Floats] = []
        self.shift: ViewShift | None = None  # the last that was sure; None: not known yet

    def learn(self, picture: Picture) -> None:
        """Take a picture (height, width, 3) for that which the view must show, unless there is one."""
        if self._learned is None:
            self.first = picture.copy()
            self._learned = self._features(picture)

    def check(self, picture: Picture, stamp_ns: int) -> ViewShift | None:
        """Return how the view of a picture (height, width, 3) has moved; None: not known."""
        if self._learned is None or abs(stamp_ns - self._checked_ns) < CHECK_NS:
            return self.shift
        self._checked_ns = stamp_ns
        found = self._moved(picture)
        self._found = [] if found is None else [*self._found, found][-CHECKS:]
        if len(self._found) == CHECKS:
            self.shift = _shift(np.median(self._found, axis=0), picture.shape[0] / picture.shape[1])
        return self.shift

    def _features(self, picture: Picture) -> tuple[Floats, Picture]:
        """Return places (n, 2) px of the shrunk picture, and descriptors (n, 32), of its features."""
        height = round(picture.shape[0] * WIDTH / picture.shape[1])
        small = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
        points, described = self._orb.detectAndCompute(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), None)
        return np.array([point.pt for point in points]).reshape(-1, 2), described

    def _moved(self, picture: Picture) -> Floats | None:
        """Return the movement (2, 3) of the view; None: too few features agree on one."""
        assert self._learned is not None
        (then, of_then), (now, of_now) = self._learned, self._features(picture)
        if len(then) < LEAST or len(now) < LEAST:
            return None
        pairs = np.array([(each.queryIdx, each.trainIdx) for each in self._matcher.match(of_then, of_now)])
        matrix, agreed = cv2.estimateAffinePartial2D(
            then[pairs[:, 0]], now[pairs[:, 1]], method=cv2.RANSAC, ransacReprojThreshold=NEAR_PX
        )
        count = 0 if agreed is None else int(np.count_nonzero(agreed))
        enough = count >= max(LEAST, LEAST_SHARE * len(pairs))
        return np.asarray(matrix, np.float64) if enough and matrix is not None else None


def followed(picture: Picture, shift: ViewShift) -> Picture:
    """Return a picture moved back to where the first one was."""
    size = picture.shape[1], picture.shape[0]
    matrix = shift.matrix * [1.0, 1.0, size[0] / WIDTH]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _shift(matrix: Floats, ratio: float) -> ViewShift:
    """Return a movement (2, 3) px of a picture that is WIDTH wide in figures; `ratio`: its height by its width."""
    middle = np.array([WIDTH / 2, ratio * WIDTH / 2])
    apart = matrix[:, :2] @ middle + matrix[:, 2] - middle
    turn = math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))
    return ViewShift(matrix, float(np.hypot(apart[0], apart[1])) / WIDTH, turn)
