"""Calibration of a camera: solve, and judge by leaving out one point after another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.calibration import begin, quality
from perception.calibration.pairs import CalibrationError, Lines, PointPairs
from perception.calibration.quality import PointErrors
from perception.calibration.solve import CameraSolution, solve
from perception.calibration.unknowns import (
    AIM,
    LEAST_POINTS,
    LENS,
    POSE,
    CameraModel,
    HomographyModel,
    PinholeModel,
    seen,
)
from perception.objects import Floats, Mask
from perception.sensor import FieldOfView, Homography, Intrinsics, Mount

NAMES = {"aim": AIM, "pose": POSE, "lens": LENS}
USUAL_PIXEL_SD = 2.0


class CameraTask(NamedTuple):
    """The present state of a camera, and the unknowns to find (`unknowns.LEAST_POINTS`)."""

    find: str
    camera: Homography | Intrinsics | None
    mount: Mount
    size: tuple[int, int]  # px
    view: FieldOfView


class Calibration(NamedTuple):
    """The result."""

    task: CameraTask
    found: CameraSolution
    names: tuple[str, ...]  # of the unknowns
    before: PointErrors | None  # with the present camera; None: it has no model yet
    after: PointErrors
    left_out: PointErrors  # of each point with the camera that the others give
    suspects: Mask  # (n,) points that were probably picked wrong
    covered_share: float  # share of the watched road that lies between the points
    far_sd_m: float  # 1 sigma of places at four fifths of the range, by leaving points out


def usual(camera: Homography | Intrinsics | None, points: int) -> str:
    """Return the unknowns to find where none are named."""
    if isinstance(camera, Intrinsics):
        return "pose" if points >= LEAST_POINTS["pose"] else "aim"
    return "lens" if points >= LEAST_POINTS["lens"] else "homography"


def calibrate(task: CameraTask, pairs: PointPairs, lines: Lines = ()) -> Calibration:
    """Find the camera. CalibrationError: too few points, all on one line, or no lens to keep."""
    if len(pairs.pixel_px) < LEAST_POINTS[task.find]:
        raise CalibrationError(LEAST_POINTS[task.find])
    model, begins = _begun(task, pairs)
    found = solve(model, begins, pairs, lines)
    others = [_without(model, found.x, pairs, row, lines) for row in range(len(pairs.pixel_px))]
    left_out = [
        quality.errors(
            _one(pairs, row), model.picture(other.x, pairs.place_m[row : row + 1]), other.camera, other.mount
        )
        for row, other in enumerate(others)
    ]
    away = PointErrors(*(np.concatenate([getattr(each, name) for each in left_out]) for name in PointErrors._fields))
    after = quality.errors(pairs, model.picture(found.x, pairs.place_m), found.camera, found.mount)
    return Calibration(
        task=task,
        found=found,
        names=model.names,
        before=_before(task, pairs),
        after=after,
        left_out=away,
        suspects=quality.suspects(after.px),
        covered_share=quality.coverage(pairs.pixel_px, found.camera, found.mount, task.size, task.view),
        far_sd_m=_far_sd(task, model, found, others),
    )


def _begun(task: CameraTask, pairs: PointPairs) -> tuple[CameraModel, list[Floats]]:
    """Return the model and the vectors (u,) from which to search."""
    camera = task.camera
    if task.find == "homography":
        spread = USUAL_PIXEL_SD if camera is None else camera.pixel_sd
        plane = HomographyModel(pairs, task.mount, task.size, spread)
        return plane, [plane.start()]
    known = camera if isinstance(camera, Intrinsics) else None
    if known is None and task.find != "lens":
        raise CalibrationError(0)
    spread = USUAL_PIXEL_SD if camera is None else camera.pixel_sd
    lens = known or begin.lens(task.size, spread)
    names = NAMES[task.find]
    model = PinholeModel(names, lens, task.mount, task.size)
    begins = [] if known is None else [model.start()]
    if task.find == "pose":
        begins += [PinholeModel(names, lens, mount, task.size).start() for mount in begin.mounts(pairs, lens)]
    if task.find == "lens":
        begins += _lenses(task, pairs, lens)
    return model, begins


def _lenses(task: CameraTask, pairs: PointPairs, lens: Intrinsics) -> list[Floats]:
    """Return the vectors (u,) of the two focal lengths that fit best without distortion."""
    tried: list[tuple[float, Floats]] = []
    for focal in begin.FOCALS:
        fx = focal * task.size[0]
        plain = lens.model_copy(update={"fx": fx, "fy": fx, "distortion": (0.0,) * 5})
        for mount in begin.mounts(pairs, plain):
            pose = PinholeModel(POSE, plain, mount, task.size).start()
            off = PinholeModel(POSE, plain, mount, task.size).picture(pose, pairs.place_m) - pairs.pixel_px
            tried.append((float((off**2).sum()), np.append(pose, [fx / lens.fx, 0.0, 0.0])))
    return [x for _, x in sorted(tried, key=lambda each: each[0])[:2]]


def _one(pairs: PointPairs, row: int) -> PointPairs:
    return PointPairs(pairs.pixel_px[row : row + 1], pairs.place_m[row : row + 1])


def _without(model: CameraModel, x: Floats, pairs: PointPairs, row: int, lines: Lines) -> CameraSolution:
    """Return the camera without one point, searched from x (u,)."""
    return solve(model, [x], pairs.without(row), lines)


def _before(task: CameraTask, pairs: PointPairs) -> PointErrors | None:
    if task.camera is None:
        return None
    picture = seen(pairs.place_m, task.camera, task.mount, task.size)
    return quality.errors(pairs, picture, task.camera, task.mount)


def _far_sd(task: CameraTask, model: CameraModel, found: CameraSolution, others: list[CameraSolution]) -> float:
    """Return the jackknife's standard deviation, m, of places far away."""
    pixel = model.picture(found.x, quality.far_places(found.mount, task.view))
    level = np.zeros(len(pixel))
    places = np.array([quality.to_site(pixel, level, other.camera, other.mount) for other in others])
    count = len(others)
    spread = (count - 1) / count * ((places - places.mean(axis=0)) ** 2).sum(axis=0).sum(axis=-1)
    return float(np.sqrt(np.nan_to_num(spread, nan=np.inf).max()))
