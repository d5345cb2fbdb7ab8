"""The calibration of one camera of a site: from its site file to values for the site file, and reasons for doubt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from hw.detail import Detail
from perception.calibration import calibrate
from perception.calibration.calibrate import Calibration, CameraTask
from perception.calibration.pairs import CalibrationError, Lines
from perception.sensor import Homography, Intrinsics, Mount, Sensor
from rsu.calibration.errors import CalibrateError
from rsu.calibration.table import Picked
from rsu.site.config import Config

GOOD_M, FAR_SD_M, COVERED = 0.5, 1.0, 0.1
ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")
_PLACES, _LENS_PLACES, _BEND_PLACES, _SIGNIFICANT = 3, 2, 5, 9  # decimal places of m and deg, px, distortion; digits

_NO_CAMERA = Detail(
    'no sensor "{name}" in the site file; there are {there}', '站点文件中没有传感器 "{name}"，有 {there}'
)
_NO_SIZE = Detail(
    "the size of the picture is not known: name a picture of the camera with --picture",
    "图像尺寸未知：请用 --picture 给出该摄像机的图像",
)
_FEW = Detail("{find} needs {needed} points or more, got {got}", "{find} 至少需要 {needed} 个点，实为 {got} 个")
_UNHELD = Detail(
    "the points do not hold the camera: pick points that are not on one line, near and far, left and right; `aim` and "
    "`pose` need fx, fy, cx, cy in the site file",
    "这些点不足以确定摄像机：请选取不共线、远近左右均有的点；`aim` 与 `pose` 需要站点文件中的 fx、fy、cx、cy",
)
_LINES = Detail(
    "straight edges (--lines) tell the distortion, which {find} does not search: use --find lens",
    "直边（--lines）用于确定畸变，而 {find} 不求解畸变：请用 --find lens",
)
_RAISED = Detail(
    "a homography takes points on the road, height_m 0; above it: {names}",
    "单应矩阵只用路面上的点（height_m 为 0）；不在路面上的点：{names}",
)
_SUSPECT = Detail(
    "{name} does not fit the others by {m:.2f} m ({px:.0f} px): pick it again or take it out",
    "{name} 与其他点相差 {m:.2f} m（{px:.0f} px）：请重新选取或删除",
)
_OFF = Detail(
    "points left out are found with a median error of {m:.2f} m, more than {limit} m",
    "逐点剔除后的中位误差为 {m:.2f} m，超过 {limit} m",
)
_FAR = Detail(
    "far places are uncertain by {m:.2f} m (1 sigma), more than {limit} m: pick points farther away",
    "远处位置的不确定度为 {m:.2f} m（1 sigma），超过 {limit} m：请选取更远的点",
)
_NARROW = Detail(
    "the points cover {share:.0%} of the watched road, less than {limit:.0%}: pick points near its edges",
    "所选点只覆盖被监视路面的 {share:.0%}，不足 {limit:.0%}：请在其边缘附近选点",
)


class CameraResult(NamedTuple):
    """The calibration of one camera, with the names of its points."""

    camera: str
    names: list[str]
    picked: Picked
    found: Calibration
    values: dict[str, Any]  # for the site file, by dotted key
    doubts: list[Detail]  # reasons not to trust it; empty: it may be applied


def run(
    site: Config, name: str, picked: Picked, lines: Lines, find: str | None, picture: tuple[int, int] | None
) -> CameraResult:
    """Calibrate a camera. `picture`: width and height in which the points were picked, None: those of its model.

    CalibrateError: no such camera, too few points, or points or edges that do not hold these unknowns.
    """
    sensor = sensor_of(site, name)
    size = size_of(site, sensor, picture)
    scale = np.array(size) / (picture or size)
    pairs = picked.pairs._replace(pixel_px=picked.pairs.pixel_px * scale)
    wanted = find or calibrate.usual(sensor.camera, len(pairs.pixel_px))
    _suited(wanted, picked, lines)
    task = CameraTask(wanted, sensor.camera, sensor.mount, size, sensor.field_of_view)
    try:
        found = calibrate.calibrate(task, pairs, [line * scale for line in lines])
    except CalibrationError as error:
        few = 0 < len(pairs.pixel_px) < error.needed
        raise CalibrateError(
            _FEW.of(find=wanted, needed=error.needed, got=len(pairs.pixel_px)) if few else _UNHELD
        ) from error
    kept = Picked(picked.names, pairs)
    return CameraResult(name, picked.names, kept, found, values(sensor, found), list(_doubts(picked.names, found)))


def _suited(find: str, picked: Picked, lines: Lines) -> None:
    """CalibrateError: edges or points that say nothing of the unknowns."""
    if lines and find != "lens":
        raise CalibrateError(_LINES.of(find=find))
    raised = np.flatnonzero(picked.pairs.place_m[:, 2])
    if find == "homography" and len(raised):
        raise CalibrateError(_RAISED.of(names=", ".join(picked.names[row] for row in raised)))


def sensor_of(site: Config, name: str) -> Sensor:
    """Return the sensor of a device. CalibrateError."""
    for sensor in site.site.sensors:
        if sensor.device == name:
            return sensor
    there = ", ".join(sensor.device for sensor in site.site.sensors)
    raise CalibrateError(_NO_CAMERA.of(name=name, there=there))


def size_of(site: Config, sensor: Sensor, picture: tuple[int, int] | None) -> tuple[int, int]:
    """Return the size, px, of the picture that a camera's model is for. CalibrateError: it is not known."""
    device = site.site.devices[sensor.device]
    stated = (
        device.video.image_px if device.video is not None else getattr(site.drivers[sensor.device], "image_px", None)
    )
    if stated is not None:
        return int(stated[0]), int(stated[1])
    if picture is not None:
        return picture
    if isinstance(sensor.camera, Intrinsics):
        return round(2 * sensor.camera.cx), round(2 * sensor.camera.cy)
    raise CalibrateError(_NO_SIZE)


def values(sensor: Sensor, found: Calibration) -> dict[str, Any]:
    """Return the changed values of the site file, by dotted key."""
    key = f"sensors.{sensor.device}"
    mount = {
        f"{key}.mount.{name}": round(_turned(name, getattr(found.found.mount, name)), _PLACES)
        for name in Mount.model_fields
        if name in found.names
    }
    camera = found.found.camera
    if isinstance(camera, Homography):
        rows = [[float(f"{value:.{_SIGNIFICANT}g}") for value in row] for row in camera.homography]
        return mount | {f"{key}.camera": {"homography": rows, "pixel_sd": camera.pixel_sd}}
    if camera == sensor.camera:
        return mount
    lens: dict[str, Any] = {name: round(getattr(camera, name), _LENS_PLACES) for name in ("fx", "fy", "cx", "cy")}
    lens["distortion"] = [round(value, _BEND_PLACES) for value in camera.distortion]
    return mount | {f"{key}.camera": lens | {"pixel_sd": camera.pixel_sd}}


def _turned(name: str, value: float) -> float:
    """Return an angle as a site file has it: yaw from 0 to 360."""
    return value % 360.0 if name == "yaw_deg" else value


def _doubts(names: list[str], found: Calibration) -> Iterator[Detail]:
    off_m, off_px = found.after.m, found.after.px
    for row in np.flatnonzero(found.suspects):
        yield _SUSPECT.of(name=names[row], m=off_m[row], px=off_px[row])
    if (median := float(np.median(found.left_out.m))) > GOOD_M:
        yield _OFF.of(m=median, limit=GOOD_M)
    if found.task.find == "aim":
        return  # the lens and the place are as they were
    if found.far_sd_m > FAR_SD_M:
        yield _FAR.of(m=found.far_sd_m, limit=FAR_SD_M)
    if found.covered_share < COVERED:
        yield _NARROW.of(share=found.covered_share, limit=COVERED)
