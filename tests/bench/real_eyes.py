"""The detectors of road users in the pictures of `make bench-real`: the product's detectors, and MOG2 with components.

The peer is the method of tutorials: OpenCV's MOG2 with its usual settings, shadows dropped, opened and closed, one box
for every component of a person's size. Detectors that learn the road see the film twice and are judged the second time:
a camera on a road has run for hours.
"""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import cv2
import numpy as np

from hw.video import Video, VideoInboxSettings
from perception.camera import locate
from perception.objects import Detections, Floats, RoadUser
from perception.sensor import Sensor
from perception.video.boxes import Picture
from perception.video.lanes import Lanes
from perception.video.settings import MotionSettings
from rsu.site.video import OnnxSettings, SourceSettings, VideoSettings
from rsu.video.camera import CameraPipeline
from rsu.video.source import Shot
from tests.bench.real_film import RATE_HZ, SIZE, RealFilm, pictures, stamp_ns

LEAST_PX, TALLEST = 250, 1.2  # of a component: pixels; width over height, at most
USUAL_VARIANCE = 16  # OpenCV's own


class Eyes(Protocol):
    """One detector of the comparison."""

    def look(self, picture: Picture, stamp_ns: int) -> Detections | None:
        """Return the road users in a picture; None while the detector is not ready."""


class ProductEyes:
    """The product: from the picture to its driver's reading of the camera's datagram."""

    def __init__(
        self,
        sensor: Sensor,
        onnx: OnnxSettings | None,
        road: Picture | None = None,
        motion: MotionSettings | None = None,
    ) -> None:
        """`onnx` and `motion`: both together."""
        source = SourceSettings(stream="http://127.0.0.1/", rate_hz=RATE_HZ)
        settings = VideoSettings(source=source, image_px=SIZE, onnx=onnx, motion=motion)
        self.camera = CameraPipeline(settings, sensor, Lanes([]), road)
        self._driver = Video(sensor.device, VideoInboxSettings(inbox="video"))

    def look(self, picture: Picture, stamp_ns: int) -> Detections | None:
        """Return the road users in a picture."""
        datagram = self.camera.datagram(self.camera.view(Shot(stamp_ns, picture), None))
        found = self._driver.received("pictures", datagram, stamp_ns)
        return found[0] if found and isinstance(found[0], Detections) else None


class Components:
    """MOG2 and connected components."""

    def __init__(self, sensor: Sensor) -> None:
        assert sensor.camera is not None
        self._sensor, self._camera = sensor, sensor.camera
        self._model = cv2.createBackgroundSubtractorMOG2(500, USUAL_VARIANCE, True)
        self._kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)), np.ones((9, 5), np.uint8)

    def look(self, picture: Picture, stamp_ns: int) -> Detections:
        """Return the road users in a picture."""
        solid = cv2.threshold(self._model.apply(picture), 200, 255, cv2.THRESH_BINARY)[1]
        solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, self._kernel[0])
        solid = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, self._kernel[1])
        stats = cv2.connectedComponentsWithStats(solid, connectivity=8)[2][1:]
        box = np.column_stack([stats[:, :2], stats[:, :2] + stats[:, 2:4]]).astype(np.float64) - 0.5
        box = box[(stats[:, 4] >= LEAST_PX) & (stats[:, 2] <= TALLEST * stats[:, 3])]
        position, covariance = locate(box, np.zeros(len(box)), self._camera, self._sensor.mount)
        good = np.isfinite(position).all(axis=1)
        return _pedestrians(self._sensor.device, stamp_ns, position[good], covariance[good], box[good])


def _pedestrians(device: str, stamp_ns: int, position: Floats, covariance: Floats, box: Floats) -> Detections:
    count = len(box)
    return Detections(
        device=device,
        stamp_ns=stamp_ns,
        receipt_ns=stamp_ns,
        position_m=position,
        covariance_m2=covariance,
        velocity_mps=np.full((count, 2), np.nan),
        velocity_variance_m2ps2=np.full(count, np.nan),
        box_px=box,
        size_m=np.tile([0.5, 0.5, 1.7], (count, 1)),
        kind=np.full(count, int(RoadUser.PEDESTRIAN)),
        confidence=np.full(count, 0.7),
        source_id=np.full(count, -1),
    )


class Seen(NamedTuple):
    """The detections of one detector in a film."""

    found: dict[int, Detections]  # by picture from 0
    cpu_ms: float  # a picture


def watched(eyes: Eyes, film: RealFilm, learns: bool) -> Seen:
    """Return the detections in a film; a detector that learns the road sees it once before."""
    last = max(film.truth)
    for number, picture in enumerate(pictures(film.path) if learns else ()):
        eyes.look(picture, stamp_ns(number))
    found, began = {}, time.process_time()
    for number, picture in enumerate(islice(pictures(film.path), last + 1)):
        if (seen := eyes.look(picture, stamp_ns(last + 1 + number))) is not None:
            found[number] = seen
    return Seen(found, (time.process_time() - began) * 1e3 / (last + 1))


def network(model: Path) -> OnnxSettings:
    """Return the settings of a network; parked vehicles are not in the truth, which is of people."""
    return OnnxSettings.model_validate({"model": model.resolve(), "classes": {0: "pedestrian"}})
