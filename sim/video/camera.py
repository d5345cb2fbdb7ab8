"""The emulated video camera: pictures of the bench world as JPEG, over HTTP (`sim/video/mjpeg.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import cv2

from sim.bench import Bench, VideoSpec
from sim.damage import TURNED, turned
from sim.emulator import Emulator, Write
from sim.frames import WorldFrame
from sim.video.ground import Picture
from sim.video.picture import Painter

QUALITY = 85  # of the JPEGs, per cent


class VideoCamera(Emulator):
    """One camera."""

    FAULTS: ClassVar[Mapping[str, str]] = TURNED | {
        "frozen": "sends the same picture again",
        "dark": "sees nothing by night",
        "bright": "is dazzled",
        "dirty": "has dirt on its glass",
        "other-shape": "sends the middle of its picture, 4:3",
    }

    def __init__(self, name: str, spec: VideoSpec, bench: Bench) -> None:
        cv2.setNumThreads(1)
        self.period_ns = round(1e9 / spec.rate_hz)
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._latency_ns = round(spec.latency_ms * 1e6)
        self._spec, self._painter = spec, Painter(spec.camera, spec.mount, *spec.image_px)
        self._turned: Painter | None = None  # made when it is needed: it takes seconds
        self._frozen: Picture | None = None

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the picture of one moment."""
        picture = self._faulty(self._looks().paint(frame, number))
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        return [Write("http", packed.tobytes(), self._latency_ns)]

    def _looks(self) -> Painter:
        if self.fault != "turned":
            return self._painter
        if self._turned is None:
            self._turned = Painter(self._spec.camera, turned(self._spec).mount, *self._spec.image_px)
        return self._turned

    def _faulty(self, picture: Picture) -> Picture:
        """Return a picture as the camera's present fault changes it."""
        if self.fault == "frozen":
            self._frozen = picture if self._frozen is None else self._frozen
            return self._frozen
        self._frozen = None
        if self.fault in ("dark", "bright"):
            gain, level = (0.05, 0) if self.fault == "dark" else (0.5, 240)
            return cv2.convertScaleAbs(picture, alpha=gain, beta=level)
        if self.fault == "dirty":
            return cv2.convertScaleAbs(cv2.blur(picture, (161, 161)), alpha=0.05, beta=110)
        if self.fault == "other-shape":
            width, across = picture.shape[1], picture.shape[0] * 4 // 3
            return picture[:, (width - across) // 2 : (width + across) // 2]
        return picture

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Ignore all that the host says."""
        return []
