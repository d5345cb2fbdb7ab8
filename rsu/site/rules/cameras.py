"""Camera models that are possible and hardly meant so: of other pictures, in other units, looking elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from hw import registry
from hw.modality import CAMERA, OTHER
from perception.sensor import Homography, Intrinsics, Sensor
from rsu.core.errors import Finding
from rsu.site.reading import OfSite
from rsu.site.source import ParsedFile, Path_

_FOCAL_PX = (100.0, 20_000.0)
_SQUARE = (0.8, 1.25)  # of fx to fy
_LENS = 2.0  # distortion beyond is none of OpenCV's parameters
_ERROR_PX = 50.0
_MIDDLE = (0.7, 1.3)  # of cx, cy to the middle of the picture
_WORST_CONDITION = 1e12


def models(of: OfSite) -> Iterator[Finding]:
    """Find camera models on other devices, and such that no camera has."""
    for index, sensor in enumerate(of.site.sensors):
        at: Path_ = ("sensors", index, "camera")
        kind = of.site.devices[sensor.device].kind if sensor.device in of.site.devices else ""
        if sensor.camera is None:
            continue
        if kind and (modality := registry.modality(kind)) not in (CAMERA, OTHER):
            text = f"expected none for {sensor.device}, a {modality.en} (is `device` the right one?)"
            yield of.source.warning(at, text)
        if sensor.camera.pixel_sd > _ERROR_PX:
            text = f"expected the error of an edge, 1 to {_ERROR_PX:g} pixels, got {sensor.camera.pixel_sd:g}"
            yield of.source.warning((*at, "pixel_sd"), text)
        if isinstance(sensor.camera, Homography):
            if not np.linalg.cond(np.array(sensor.camera.homography)) < _WORST_CONDITION:
                text = "expected a matrix that can be inverted (three rows of pixels to metres), got one that cannot"
                yield of.source.warning((*at, "homography"), text)
        else:
            yield from _lens(of.source, at, sensor.camera)
            yield from _aim(of.source, index, sensor, sensor.camera)


def _lens(source: ParsedFile, at: Path_, lens: Intrinsics) -> Iterator[Finding]:
    least, most = _FOCAL_PX
    for key, focal in (("fx", lens.fx), ("fy", lens.fy)):
        if not least <= focal <= most:
            text = f"expected the focal length in pixels, {least:g} to {most:g}, got {focal:g} (in millimetres?)"
            yield source.warning((*at, key), text)
            return
    if not _SQUARE[0] <= lens.fx / lens.fy <= _SQUARE[1]:
        yield source.warning((*at, "fy"), f"expected about fx, {lens.fx:g}, got {lens.fy:g}: pixels are square")
    for key, middle in (("cx", lens.cx), ("cy", lens.cy)):
        if middle <= 1.0:
            yield source.warning((*at, key), f"expected the middle of the picture in pixels, got {middle:g}")
    if max(map(abs, lens.distortion)) > _LENS:
        text = f"expected k1 k2 p1 p2 k3, each within {_LENS:g}, got {list(lens.distortion)} (of another model?)"
        yield source.warning((*at, "distortion"), text)


def _aim(source: ParsedFile, index: int, sensor: Sensor, lens: Intrinsics) -> Iterator[Finding]:
    """Find fields of view that the picture does not show, by the angles of its borders."""
    view, height, pitch = sensor.field_of_view, sensor.mount.height_m, sensor.mount.pitch_deg
    opening = 2.0 * math.degrees(math.atan2(max(lens.cx, 1.0), lens.fx))
    if view.width_deg > 1.3 * opening + 5.0:
        text = f"expected at most the {opening:.0f} degrees that cx and fx give, got {view.width_deg:g}"
        yield source.warning(("sensors", index, "field_of_view", "width_deg"), text)
    half = math.degrees(math.atan2(max(lens.cy, 1.0), lens.fy))
    at: Path_ = ("sensors", index, "mount")
    at = (*at, "pitch_deg") if source.mark((*at, "pitch_deg")) else at
    bottom, top = pitch + half, pitch - half
    nearest = height / math.tan(math.radians(bottom)) if 0.1 < bottom < 89.9 else math.inf if bottom <= 0.1 else 0.0
    farthest = height / math.tan(math.radians(top)) if 0.1 < top < 89.9 else math.inf
    if nearest > max(1.5 * view.near_m, 0.3 * view.range_m):
        text = f"expected a picture of the road from {max(view.near_m, 1):g} m on, got pitch {pitch:g}"
        yield source.warning(at, f"{text}: it begins at {nearest:.0f} m (down is +; in radians?)")
    elif farthest < 0.5 * view.range_m:
        text = f"expected a picture of the road up to {view.range_m:g} m, got pitch {pitch:g}"
        yield source.warning(at, f"{text}: it ends at {farthest:.0f} m")


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
            text = f"expected width and height, got {width} x {height}, upright (swapped?)"
            yield of.source.warning(at, text)
        elif isinstance(lens, Intrinsics):
            for size, middle, key in ((width, lens.cx, "cx"), (height, lens.cy, "cy")):
                if not _MIDDLE[0] <= middle / (size / 2) <= _MIDDLE[1]:
                    text = f"expected the picture that the camera's model is for ({key} {middle:g}: about "
                    yield of.source.warning(at, f"{text}{2 * middle:.0f} px), got {width} x {height}")
                    break
