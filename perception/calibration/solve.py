"""The camera that fits points and straight edges best, by robust least squares over px."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from scipy.optimize import least_squares

from perception.calibration.pairs import CalibrationError, Lines, PointPairs
from perception.calibration.unknowns import CameraModel
from perception.objects import Floats
from perception.sensor import Homography, Intrinsics, Mount

FINGER_PX = 1.5  # errors beyond it count less and less: a point that was picked wrong
MOST_STEPS = 200


class CameraSolution(NamedTuple):
    """A camera, and how firmly the points hold it."""

    camera: Homography | Intrinsics
    mount: Mount
    x: Floats  # (u,) the unknowns
    sd: Floats  # (u,) their standard deviations
    condition: float  # largest by smallest singular value of the equations, unknowns in units of equal effect
    cost: float


def solve(model: CameraModel, begins: Sequence[Floats], pairs: PointPairs, lines: Lines = ()) -> CameraSolution:
    """Return the best camera over all begins (u,). CalibrationError: the points hold it from no side.

    Edges are straight with any aim, pose or road: they count where the lens is searched.
    """
    lines = lines if "k1" in model.names else ()
    if not begins:
        raise CalibrationError(0)
    if 2 * len(pairs.pixel_px) + sum(len(line) - 2 for line in lines) < len(model.names):
        raise CalibrationError((len(model.names) + 1) // 2)

    def error(x: Floats) -> Floats:
        """Return the errors (m,) px of all points."""
        apart = (model.picture(x, pairs.place_m) - pairs.pixel_px).ravel()
        camera, _ = model.camera(x)
        return np.concatenate([apart, *(bent(line, camera) for line in lines)])

    search = partial(least_squares, error, jac="3-point", x_scale="jac", f_scale=FINGER_PX, max_nfev=MOST_STEPS)
    found = min((search(x, loss="soft_l1") for x in begins), key=lambda each: float(each.cost))
    best = search(found.x, loss="cauchy")  # from near by: a point that is far off counts next to nothing
    slope = np.asarray(best.jac)
    scale = np.linalg.norm(slope, axis=0)
    if not (np.isfinite(scale).all() and scale.all()):
        raise CalibrationError(0)
    _, singular, axes = np.linalg.svd(slope / scale, full_matrices=False)
    if singular[-1] < 1e-9:
        raise CalibrationError(0)
    left = max(1, len(best.fun) - 2 * len(lines) - len(best.x))  # each edge's line is found, too
    finger = max(0.3, float(np.sqrt((np.asarray(best.fun) ** 2).sum() / left)))  # px
    spread = np.linalg.norm(axes.T / singular, axis=1) / scale  # per px: never of squares, which lose half the digits
    return CameraSolution(*model.camera(best.x), best.x, finger * spread, float(singular[0] / singular[-1]), best.cost)


def bent(line: Floats, camera: Homography | Intrinsics) -> Floats:
    """Return how far points (k, 2) px of a straight edge are from the line through them once the lens is put right."""
    if isinstance(camera, Homography):
        return np.zeros(len(line))
    matrix = np.array([[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]])
    ideal = np.asarray(cv2.undistortPoints(line[:, None], matrix, np.array(camera.distortion), P=matrix))[:, 0]
    about = ideal - ideal.mean(axis=0)
    normal = np.linalg.svd(about)[2][1]
    chord = ideal[-1] - ideal[0]
    off: Floats = about @ normal * np.copysign(1.0, normal @ [-chord[1], chord[0]])  # the same side in every step
    return off
