"""Bytes of scans as devices send them, by kind of driver, so that drivers can be timed without devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec
import numpy as np

from hw import video
from hw.radar import ti_frames
from hw.radar.ti_types import TARGETS
from perception.objects import Detections

RANGE_VARIANCE, AZIMUTH_VARIANCE = 0.09, 1e-4  # m2, rad2: as radars state of their targets

BOX_PX = 100.0, 100.0, 200.0, 200.0


class SampleBytes(NamedTuple):
    """How a kind of device speaks."""

    ports: tuple[str, ...]  # the first of these that the device has
    bytes_of: Callable[[Detections, int], bytes]  # of a scan and its number


def _camera_line(scan: Detections, number: int) -> bytes:
    columns = scan.source_id, scan.position_m, scan.velocity_mps, scan.size_m
    objects = [
        {"id": n, "class": "car", "confidence": 0.9, "position": place, "velocity": velocity, "size": size}
        for n, place, velocity, size in zip(*(column.tolist() for column in columns), strict=True)
    ]
    line = {"v": 1, "seq": number, "time": scan.stamp_ns, "objects": objects}
    return msgspec.json.encode(line) + b"\n"


def _ti_frame(scan: Detections, number: int) -> bytes:
    rows = np.zeros(len(scan.kind), ti_frames.LAYOUTS[TARGETS])
    rows["tid"], rows["confidence"], rows["g"] = scan.source_id, scan.confidence, 1.0
    for name, told in (("position", scan.position_m), ("velocity", scan.velocity_mps)):  # right, forward
        rows[name][:, 0], rows[name][:, 1] = -told[:, 1], told[:, 0]
    rows["ec"][:, 0, 0], rows["ec"][:, 1, 1] = RANGE_VARIANCE, AZIMUTH_VARIANCE
    return ti_frames.encode(ti_frames.TiFrame(number, 0, {TARGETS: rows}))


def _video_view(scan: Detections, number: int) -> bytes:
    fields = ("stamp_ns", "kind", "confidence", "position_m", "covariance_m2", "size_m")
    told = {name: getattr(scan, name) for name in fields} | {"box_px": np.tile(BOX_PX, (len(scan.kind), 1))}
    return video.encode(video.VideoView(sequence=number, number=scan.source_id + 1, **told))


SAMPLES: Mapping[str, SampleBytes] = {
    "camera-json": SampleBytes(("link",), _camera_line),
    "ti-mmwave": SampleBytes(("data", "cli"), _ti_frame),
    "video": SampleBytes(("pictures",), _video_view),
}
