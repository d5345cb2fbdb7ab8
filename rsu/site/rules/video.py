"""Mistakes in a site's video cameras beyond single values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from hw.detail import Detail
from perception.video.view import CameraView, NoViewError
from rsu.core.errors import Finding
from rsu.site.foreign import known
from rsu.site.model import Site
from rsu.site.reading import OfSite
from rsu.site.rules.shapes import area, crosses_itself
from rsu.site.source import ParsedFile, Path_
from rsu.site.video import VideoSettings

KIND = "video"  # of devices
_PORTS = {"rtsp": (80, 443, 8080), "rtsps": (80, 443, 8080, 554), "http": (554, 8554, 443), "https": (554, 8554, 80)}
_RATIO = (0.95, 1.05)  # of the two scales of a picture
_SMALL = 0.01  # of the picture

_NO_VIDEO = Detail(
    "is missing: where the pictures come from",
    "缺失：图像来源",
)
_VIDEO_OF_OTHER = Detail(
    "only devices of kind {wanted} have it, this is a {kind}",
    "只有 {wanted} 类设备才有此项，本设备为 {kind}",
)
_OUTSIDE = Detail(
    "({x:g}, {y:g}) is outside the picture of {width} x {height}",
    "({x:g}, {y:g}) 超出 {width} x {height} 的图像",
)
_NO_SENSOR = Detail(
    'no sensor has device "{name}": where does the camera stand?',
    '没有传感器使用设备 "{name}"：摄像机安装在何处？',
)
_NO_MODEL = Detail(
    "is missing: the camera's model (fx ...) or its homography",
    "缺失：摄像机模型（fx ...）或其单应矩阵",
)
_NOT_SEEN = Detail(
    "is not in the picture: check mount.pitch_deg (down is +), fx, image_px",
    "不在画面内：请检查 mount.pitch_deg（向下为正）、fx、image_px",
)
_SAME_SOURCE = Detail(
    "expected other pictures than those of {device}, got {place} again",
    "图像来源应与 {device} 的不同，实际 {place} 重复",
)
_PASSWORD = Detail(
    "expected a stream without a password, or a camera's own guest user: this file is read by many, and is "
    "part of every recording",
    "视频流地址应不含密码，或使用摄像机的访客用户：本文件有多人阅读，并包含在每份录制中",
)
_PORT = Detail(
    "expected a usual port of {scheme}, got {port}",
    "应为 {scheme} 的常用端口，实为 {port}",
)
_HOST = Detail(
    "expected the address of the camera, got {host}",
    "应为摄像机的地址，实为 {host}",
)
_NO_FILM = Detail(
    "expected a film, got {name}, which cannot be read as one",
    "应为视频文件，实为 {name}，无法按视频读取",
)
_OTHER_SHAPE = Detail(
    "expected a film of the shape of image_px, {width} x {height}, got {got_width:.0f} x {got_height:.0f}",
    "视频的宽高比应与 image_px 一致，即 {width} x {height}，实为 {got_width:.0f} x {got_height:.0f}",
)
_REGION_CROSSED = Detail(
    "expected the corners in their order around it, got edges that cross",
    "角点应沿边界依次排列，实际有边相交",
)
_SMALL_REGION = Detail(
    "expected a part of the picture to look at, got {share:.2%} of it (in shares of 1?)",
    "应为图像中需要检测的部分，实际只占 {share:.2%}（坐标是否误用 0 至 1 的比例？）",
)


def findings(of: OfSite) -> Iterator[Finding]:
    """Find devices and sensors that do not go together, and cameras that cannot see their lanes."""
    source, site = of.source, of.site
    for name, device in site.devices.items():
        place = ("devices", name)
        if device.kind == KIND and device.video is None:
            yield source.finding((*place, "video"), _NO_VIDEO)
        elif device.kind != KIND and device.video is not None:
            yield source.finding((*place, "video"), _VIDEO_OF_OTHER.of(wanted=KIND, kind=device.kind))
        elif device.video is not None:
            yield from _camera(source, site, name, device.video)


def _camera(source: ParsedFile, site: Site, name: str, video: VideoSettings) -> Iterator[Finding]:
    width, height = video.image_px
    for index, (x, y) in enumerate(video.region_px):
        if not (0 <= x <= width and 0 <= y <= height):
            yield source.finding(
                ("devices", name, "video", "region_px", index), _OUTSIDE.of(x=x, y=y, width=width, height=height)
            )
    row = next((row for row, sensor in enumerate(site.sensors) if sensor.device == name), None)
    if row is None:
        yield source.finding(("devices", name), _NO_SENSOR.of(name=name))
        return
    sensor, place = site.sensors[row], ("sensors", row)
    if sensor.camera is None:
        yield source.finding((*place, "camera"), _NO_MODEL)
        return
    try:
        view = CameraView(sensor.camera, sensor.mount, video.image_px)
    except (NoViewError, np.linalg.LinAlgError) as error:
        yield source.finding((*place, "camera"), known(str(error)))
        return
    seen = view.outline(sensor.field_of_view, 0.0)
    if not len(seen) or (seen.max(axis=0) <= 0).any() or (seen.min(axis=0) >= [width, height]).any():
        yield source.finding((*place, "field_of_view"), _NOT_SEEN)


def sources(of: OfSite) -> Iterator[Finding]:
    """Find pictures from elsewhere, or of another shape, and regions that are none. Warnings."""
    seen: dict[object, str] = {}
    for name, device in of.site.devices.items():
        if device.video is None:
            continue
        at: Path_ = ("devices", name, "video", "source")
        source = device.video.source
        place = source.stream or source.device or source.file
        if place in seen:
            yield of.source.warning(at, _SAME_SOURCE.of(device=seen[place], place=place))
        seen[place] = name
        if source.stream:
            yield from _stream(of.source, (*at, "stream"), source.stream)
        if source.file:
            yield from _film(of.source, (*at, "file"), source.file, device.video.image_px)
        yield from _region(of.source, ("devices", name, "video", "region_px"), device.video)


def _stream(source: ParsedFile, at: Path_, stream: str) -> Iterator[Finding]:
    parts = urlsplit(stream)
    if parts.password:
        yield source.warning(at, _PASSWORD)
    if parts.port in _PORTS[parts.scheme]:
        yield source.warning(at, _PORT.of(scheme=parts.scheme, port=parts.port))
    if parts.hostname in ("0.0.0.0", "255.255.255.255"):
        yield source.warning(at, _HOST.of(host=parts.hostname))


def _film(source: ParsedFile, at: Path_, film: Path, size: tuple[int, int]) -> Iterator[Finding]:
    import cv2  # only where there is a film

    capture = cv2.VideoCapture(str(film))
    shape = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    capture.release()
    if min(shape) <= 0:
        yield source.warning(at, _NO_FILM.of(name=film.name))
    elif not _RATIO[0] <= (size[0] / shape[0]) / (size[1] / shape[1]) <= _RATIO[1]:
        yield source.warning(
            at, _OTHER_SHAPE.of(width=size[0], height=size[1], got_width=shape[0], got_height=shape[1])
        )


def _region(source: ParsedFile, at: Path_, video: VideoSettings) -> Iterator[Finding]:
    width, height = video.image_px
    if not video.region_px:
        return
    if crosses_itself(video.region_px):
        yield source.warning(at, _REGION_CROSSED)
    elif area(video.region_px) < _SMALL * width * height:
        share = area(video.region_px) / (width * height)
        yield source.warning(at, _SMALL_REGION.of(share=share))
