"""The emulated video camera: pictures of the bench world as JPEG, over HTTP (`sim/video/mjpeg.py`)."""

from __future__ import annotations

import cv2

from sim.bench import Bench, VideoSpec
from sim.emulator import Emulator, Write
from sim.frames import WorldFrame
from sim.video.picture import Painter

QUALITY = 85  # of the JPEGs, per cent


class VideoCamera(Emulator):
    """One camera."""

    def __init__(self, name: str, spec: VideoSpec, bench: Bench) -> None:
        cv2.setNumThreads(1)
        self.period_ns = round(1e9 / spec.rate_hz)
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._latency_ns = round(spec.latency_ms * 1e6)
        self._painter = Painter(spec.camera, spec.mount, *spec.image_px)

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the picture of one moment."""
        _, packed = cv2.imencode(".jpg", self._painter.paint(frame, number), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        return [Write("http", packed.tobytes(), self._latency_ns)]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Ignore whatever the host says."""
        return []
