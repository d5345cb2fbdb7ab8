"""What can be wrong with a site's video cameras beyond single values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from perception.video.view import NoViewError, View
from rsu.errors import Finding
from rsu.site.model import Site
from rsu.site.reading import OfSite
from rsu.site.source import Source
from rsu.video.settings import VideoSettings

KIND = "video"  # of devices


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


def _camera(source: Source, site: Site, name: str, video: VideoSettings) -> Iterator[Finding]:
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
        view = View(sensor.camera, sensor.mount, video.image_px)
    except (NoViewError, np.linalg.LinAlgError) as error:
        yield source.finding((*place, "camera"), str(error))
        return
    seen = view.outline(sensor.field_of_view, 0.0)
    if not len(seen) or (seen.max(axis=0) <= 0).any() or (seen.min(axis=0) >= [width, height]).any():
        yield source.finding(
            (*place, "field_of_view"), "is not in the picture: check mount.pitch_deg (down is +), fx, image_px"
        )
