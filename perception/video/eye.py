"""One camera's pictures to road users on the road: health, region, detector, field of view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, Mask
from perception.sensor import FieldOfView
from perception.video.boxes import Bodies, Detector, Picture
from perception.video.health import Health
from perception.video.sight import Sight
from perception.video.view import CameraView

TALLEST_M = 3.6  # bodies on the road reach so far above it


class Glance(NamedTuple):
    """The result of one picture; `bodies` is None where the camera sees nothing, else those that it sees."""

    sight: Sight
    bodies: Bodies | None
    doubtful: bool = False  # some of the bodies may be false


class Eye:
    """Judges the pictures of one camera and finds the road users in them."""

    def __init__(self, detector: Detector, field: FieldOfView) -> None:
        self._detector = detector
        self._field = field
        self._health = Health()

    def look(self, picture: Picture, stamp_ns: int) -> Glance:
        """Return the road users that are in the picture and in the field of view."""
        sight = self._health.judge(picture, stamp_ns)
        if sight is not Sight.SEES:
            return Glance(sight, None)
        bodies = self._detector.look(picture, stamp_ns)
        if bodies is None:
            return Glance(self._detector.sight, None)
        return Glance(self._detector.sight, bodies.of(self._in_field(bodies)), self._detector.doubtful)

    def _in_field(self, bodies: Bodies) -> Mask:
        """Return which bodies (n,) have a known place that lies in the field of view."""
        x, y = bodies.position_m.T
        known = np.isfinite(bodies.position_m).all(axis=1) & np.isfinite(bodies.covariance_m2).all(axis=(1, 2))
        away = np.hypot(x, y)
        inside = (away >= self._field.near_m) & (away <= self._field.range_m)
        return np.asarray(known & inside & (np.abs(np.degrees(np.arctan2(y, x))) <= self._field.width_deg / 2))


def region_of(
    view: CameraView, field: FieldOfView, polygon: Sequence[tuple[float, float]], width: int, height: int
) -> Mask:
    """Return the pixels (height, width) of a picture in which road users of a field of view can be seen.

    `polygon`: px of `view`, limits the pixels; empty: no limit.
    """
    scale = width / view.size[0]
    drawn = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(drawn, cv2.convexHull(_fixed(view.outline(field, TALLEST_M) * scale)), 1)
    if polygon:
        wanted = np.zeros_like(drawn)
        cv2.fillPoly(wanted, [_fixed(np.array(polygon) * scale)], 1)
        drawn &= wanted
    return drawn > 0


def _fixed(points: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    """Return points (n, 2) px as the whole pixels that OpenCV draws with."""
    return np.round(points).astype(np.int32)
