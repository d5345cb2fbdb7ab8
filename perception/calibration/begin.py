"""Cameras with which a search may begin: the site file's own, and those that OpenCV finds from the points alone."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from perception.calibration.pairs import PointPairs
from perception.camera import mounted
from perception.sensor import Intrinsics, Mount

FOCALS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)  # of the picture's width: from 90 to 19 degrees
LEAST_POINTS = 4  # for a place without a first guess


def lens(size: tuple[int, int], pixel_sd: float, focal: float = 1.0) -> Intrinsics:
    """Return a lens without distortion; `focal`: in widths of the picture."""
    width, height = size
    return Intrinsics(fx=focal * width, fy=focal * width, cx=width / 2, cy=height / 2, pixel_sd=pixel_sd)


def mounts(pairs: PointPairs, camera: Intrinsics) -> Iterator[Mount]:
    """Yield the mounts above the road from which a camera of known lens would see the points so."""
    if len(pairs.pixel_px) < LEAST_POINTS:
        return
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    middle = pairs.place_m.mean(axis=0)
    try:
        count, turns, moves, _ = cv2.solvePnPGeneric(
            pairs.place_m - middle, pairs.pixel_px, matrix, np.array(camera.distortion), flags=cv2.SOLVEPNP_SQPNP
        )
    except cv2.error:
        return  # all points on one line
    for turned, moved in zip(turns[:count], moves[:count], strict=True):
        turn = np.asarray(cv2.Rodrigues(turned)[0], dtype=np.float64)
        place = middle - turn.T @ np.asarray(moved, dtype=np.float64)[:, 0]
        if place[2] > 0:
            yield mounted(turn, place)
