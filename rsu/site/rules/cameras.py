"""Camera models that are possible and hardly meant so: of other pictures, in other units, looking elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hw import registry
from hw.detail import Detail
from hw.modality import CAMERA, OTHER
from perception.sensor import Homography, Intrinsics, Sensor
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import ParsedFile, Path_

_FOCAL_PX = (100.0, 20_000.0)
_SQUARE = (0.8, 1.25)  # of fx to fy
_LENS = 2.0  # distortion beyond is none of OpenCV's parameters
_ERROR_PX = 50.0
_SHAPE = 1.2  # times that of cx to cy: 4:3 and 16:9 are farther apart
_MIDDLE = (0.7, 1.3)  # of cx, cy to the middle of the picture
_WORST_CONDITION = 1e12

_NO_CAMERA = Detail(
    "expected none for {device}, a {kind} (is `device` the right one?)",
    "{device} 为{kind}，不应有此项（`device` 是否写错？）",
)
_ERROR = Detail(
    "expected the error of an edge, 1 to {most:g} pixels, got {got:g}",
    "应为轮廓边缘的误差，1 至 {most:g} 像素，实为 {got:g}",
)
_NOT_INVERTIBLE = Detail(
    "expected a matrix that can be inverted (three rows of pixels to metres), got one that cannot",
    "应为可逆矩阵（像素到米，三行），实际不可逆",
)
_FOCAL = Detail(
    "expected the focal length in pixels, {least:g} to {most:g}, got {got:g} (in millimetres?)",
    "焦距应以像素计，{least:g} 至 {most:g}，实为 {got:g}（是否误用毫米？）",
)
_NOT_SQUARE = Detail(
    "expected about fx, {fx:g}, got {fy:g}: pixels are square",
    "应约等于 fx，即 {fx:g}，实为 {fy:g}：像素为正方形",
)
_CENTRE = Detail(
    "expected the middle of the picture in pixels, got {got:g}",
    "应为图像中心的像素坐标，实为 {got:g}",
)
_LENS_MODEL = Detail(
    "expected k1 k2 p1 p2 k3, each within {most:g}, got {got} (of another model?)",
    "应为 k1 k2 p1 p2 k3，各不超过 {most:g}，实为 {got}（是否为其他畸变模型？）",
)
_TOO_WIDE = Detail(
    "expected at most the {opening:.0f} degrees that cx and fx give, got {got:g}",
    "应不超过 cx 与 fx 给出的 {opening:.0f} 度，实为 {got:g}",
)
_BEGINS_LATE = Detail(
    "expected a picture of the road from {near:g} m on, got pitch {pitch:g}: it begins at {begin:.0f} m (down "
    "is +; in radians?)",
    "画面应从 {near:g} m 处的道路开始，俯仰角为 {pitch:g} 时从 {begin:.0f} m 开始（向下为正；是否误用弧度？）",
)
_ENDS_EARLY = Detail(
    "expected a picture of the road up to {far:g} m, got pitch {pitch:g}: it ends at {end:.0f} m",
    "画面应能看到 {far:g} m 处的道路，俯仰角为 {pitch:g} 时到 {end:.0f} m 为止",
)
_UPRIGHT = Detail(
    "expected width and height, got {width} x {height}, upright (swapped?)",
    "应为宽与高，实为 {width} x {height}，是竖幅（是否颠倒？）",
)
_OTHER_SHAPE = Detail(
    "expected the shape of the picture that the camera's model is for (cx, cy: about {shape:.2f} to 1), got {width} "
    "x {height}",
    "画面比例应与摄像机模型一致（按 cx、cy 约为 {shape:.2f} : 1），实为 {width} x {height}",
)
_OTHER_PICTURE = Detail(
    "expected the picture that the camera's model is for ({key} {middle:g}: about {size:.0f} px), got {width} "
    "x {height}",
    "应为摄像机模型所对应的图像（{key} {middle:g}：约 {size:.0f} px），实为 {width} x {height}",
)


def models(of: OfSite) -> Iterator[Finding]:
    """Find camera models on other devices, and such that no camera has."""
    for index, sensor in enumerate(of.site.sensors):
        at: Path_ = ("sensors", index, "camera")
        kind = of.site.devices[sensor.device].kind if sensor.device in of.site.devices else ""
        if sensor.camera is None:
            continue
        if kind and (modality := registry.modality(kind)) not in (CAMERA, OTHER):
            yield of.source.warning(at, _NO_CAMERA.of(device=sensor.device, kind=Detail(modality.en, modality.zh)))
        if sensor.camera.pixel_sd > _ERROR_PX:
            yield of.source.warning((*at, "pixel_sd"), _ERROR.of(most=_ERROR_PX, got=sensor.camera.pixel_sd))
        if isinstance(sensor.camera, Homography):
            if not np.linalg.cond(np.array(sensor.camera.homography)) < _WORST_CONDITION:
                yield of.source.warning((*at, "homography"), _NOT_INVERTIBLE)
        else:
            yield from _lens(of.source, at, sensor.camera)
            yield from _aim(of.source, index, sensor, sensor.camera)


def _lens(source: ParsedFile, at: Path_, lens: Intrinsics) -> Iterator[Finding]:
    least, most = _FOCAL_PX
    for key, focal in (("fx", lens.fx), ("fy", lens.fy)):
        if not least <= focal <= most:
            yield source.warning((*at, key), _FOCAL.of(least=least, most=most, got=focal))
            return
    if not _SQUARE[0] <= lens.fx / lens.fy <= _SQUARE[1]:
        yield source.warning((*at, "fy"), _NOT_SQUARE.of(fx=lens.fx, fy=lens.fy))
    for key, middle in (("cx", lens.cx), ("cy", lens.cy)):
        if middle <= 1.0:
            yield source.warning((*at, key), _CENTRE.of(got=middle))
    if max(map(abs, lens.distortion)) > _LENS:
        yield source.warning((*at, "distortion"), _LENS_MODEL.of(most=_LENS, got=list(lens.distortion)))


def _aim(source: ParsedFile, index: int, sensor: Sensor, lens: Intrinsics) -> Iterator[Finding]:
    """Find fields of view that the picture does not show, by the angles of its borders."""
    view, height, pitch = sensor.field_of_view, sensor.mount.height_m, sensor.mount.pitch_deg
    opening = 2.0 * math.degrees(math.atan2(max(lens.cx, 1.0), lens.fx))
    if view.width_deg > 1.3 * opening + 5.0:
        yield source.warning(
            ("sensors", index, "field_of_view", "width_deg"), _TOO_WIDE.of(opening=opening, got=view.width_deg)
        )
    half = math.degrees(math.atan2(max(lens.cy, 1.0), lens.fy))
    at: Path_ = ("sensors", index, "mount")
    at = (*at, "pitch_deg") if source.mark((*at, "pitch_deg")) else at
    bottom, top = pitch + half, pitch - half
    nearest = height / math.tan(math.radians(bottom)) if 0.1 < bottom < 89.9 else math.inf if bottom <= 0.1 else 0.0
    farthest = height / math.tan(math.radians(top)) if 0.1 < top < 89.9 else math.inf
    if nearest > max(1.5 * view.near_m, 0.3 * view.range_m):
        yield source.warning(at, _BEGINS_LATE.of(near=max(view.near_m, 1), pitch=pitch, begin=nearest))
    elif farthest < 0.5 * view.range_m:
        yield source.warning(at, _ENDS_EARLY.of(far=view.range_m, pitch=pitch, end=farthest))


def pictures(of: OfSite) -> Iterator[Finding]:
    """Find pictures of another size than the camera's model is for, and regions without a proper shape."""
    models_of = {sensor.device: sensor.camera for sensor in of.site.sensors}
    for name, device in of.site.devices.items():
        lens = models_of.get(name)
        if device.video is None:
            continue
        at: Path_ = ("devices", name, "video", "image_px")
        width, height = device.video.image_px
        if height > width:
            yield of.source.warning(at, _UPRIGHT.of(width=width, height=height))
        elif isinstance(lens, Intrinsics):
            for size, middle, key in ((width, lens.cx, "cx"), (height, lens.cy, "cy")):
                if not _MIDDLE[0] <= middle / (size / 2) <= _MIDDLE[1]:
                    yield of.source.warning(
                        at, _OTHER_PICTURE.of(key=key, middle=middle, size=2 * middle, width=width, height=height)
                    )
                    break
            else:
                shape = max(lens.cx, 1.0) / max(lens.cy, 1.0)
                if not 1 / _SHAPE < shape / (width / height) < _SHAPE:
                    yield of.source.warning(at, _OTHER_SHAPE.of(shape=shape, width=width, height=height))
