"""What can be wrong with a site's video cameras beyond single values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from perception.video.view import CameraView, NoViewError
from rsu.core.errors import Finding
from rsu.site.model import Site
from rsu.site.reading import OfSite
from rsu.site.rules.shapes import area, crosses_itself
from rsu.site.source import ParsedFile, Path_
from rsu.site.video import VideoSettings

KIND = "video"  # of devices
_PORTS = {"rtsp": (80, 443, 8080), "rtsps": (80, 443, 8080, 554), "http": (554, 8554, 443), "https": (554, 8554, 80)}
_RATIO = (0.95, 1.05)  # of the two scales of a picture
_SMALL = 0.01  # of the picture


def findings(of: OfSite) -> Iterator[Finding]:
    """Find devices and sensors that do not go together, and cameras that cannot see what they should."""
    source, site = of.source, of.site
    for name, device in site.devices.items():
        place = ("devices", name)
        if device.kind == KIND and device.video is None:
            yield source.finding((*place, "video"), "is missing: where the pictures come from")
        elif device.kind != KIND and device.video is not None:
            yield source.finding((*place, "video"), f"only devices of kind {KIND} have it, this is a {device.kind}")
        elif device.video is not None:
            yield from _camera(source, site, name, device.video)


def _camera(source: ParsedFile, site: Site, name: str, video: VideoSettings) -> Iterator[Finding]:
    width, height = video.image_px
    for index, (x, y) in enumerate(video.region_px):
        if not (0 <= x <= width and 0 <= y <= height):
            text = f"({x:g}, {y:g}) is outside the picture of {width} x {height}"
            yield source.finding(("devices", name, "video", "region_px", index), text)
    row = next((row for row, sensor in enumerate(site.sensors) if sensor.device == name), None)
    if row is None:
        yield source.finding(("devices", name), f'no sensor has device "{name}": where does the camera stand?')
        return
    sensor, place = site.sensors[row], ("sensors", row)
    if sensor.camera is None:
        yield source.finding((*place, "camera"), "is missing: the camera's model (fx ...) or its homography")
        return
    try:
        view = CameraView(sensor.camera, sensor.mount, video.image_px)
    except (NoViewError, np.linalg.LinAlgError) as error:
        yield source.finding((*place, "camera"), str(error))
        return
    seen = view.outline(sensor.field_of_view, 0.0)
    if not len(seen) or (seen.max(axis=0) <= 0).any() or (seen.min(axis=0) >= [width, height]).any():
        yield source.finding(
            (*place, "field_of_view"), "is not in the picture: check mount.pitch_deg (down is +), fx, image_px"
        )


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
            text = f"expected other pictures than those of {seen[place]}, got {place} again"
            yield of.source.warning(at, text)
        seen[place] = name
        if source.stream:
            yield from _stream(of.source, (*at, "stream"), source.stream)
        if source.file:
            yield from _film(of.source, (*at, "file"), source.file, device.video.image_px)
        yield from _region(of.source, ("devices", name, "video", "region_px"), device.video)


def _stream(source: ParsedFile, at: Path_, stream: str) -> Iterator[Finding]:
    parts = urlsplit(stream)
    if parts.password:
        text = "expected a stream without a password, or a camera's own guest user: this file is read by many"
        yield source.warning(at, f"{text}, and is part of every recording")
    if parts.port in _PORTS[parts.scheme]:
        yield source.warning(at, f"expected a usual port of {parts.scheme}, got {parts.port}")
    if parts.hostname in ("0.0.0.0", "255.255.255.255"):
        yield source.warning(at, f"expected the address of the camera, got {parts.hostname}")


def _film(source: ParsedFile, at: Path_, film: Path, size: tuple[int, int]) -> Iterator[Finding]:
    import cv2  # only where there is a film

    capture = cv2.VideoCapture(str(film))
    shape = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    capture.release()
    if min(shape) <= 0:
        yield source.warning(at, f"expected a film, got {film.name}, which cannot be read as one")
    elif not _RATIO[0] <= (size[0] / shape[0]) / (size[1] / shape[1]) <= _RATIO[1]:
        text = f"expected a film of the shape of image_px, {size[0]} x {size[1]}, got {shape[0]:.0f} x {shape[1]:.0f}"
        yield source.warning(at, text)


def _region(source: ParsedFile, at: Path_, video: VideoSettings) -> Iterator[Finding]:
    width, height = video.image_px
    if not video.region_px:
        return
    if crosses_itself(video.region_px):
        yield source.warning(at, "expected the corners in their order around it, got edges that cross")
    elif area(video.region_px) < _SMALL * width * height:
        share = area(video.region_px) / (width * height)
        yield source.warning(at, f"expected a part of the picture to look at, got {share:.2%} of it (in shares of 1?)")
