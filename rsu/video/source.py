"""Pictures from a camera, the newest only: a thread that reads, and a mailbox with one slot.

Whatever takes too long sees fewer pictures, never older ones. A source that fails is opened again with back-off. JPEG
pictures are kept packed, so that those that nobody looks at cost nothing and the others can be unpacked at half size.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import structlog
from cv2.typing import MatLike

from perception.video.boxes import Picture
from rsu.video.settings import SourceSettings

OPEN_MS, READ_MS = 5000, 3000  # how long a stream may take
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
HALF_FROM_PX = 900  # pictures at least this wide are looked at in half their size
QUICK = "fflags;nobuffer|flags;low_delay|rtsp_transport;tcp|probesize;65536|analyzeduration;500000"
_MJPG = cv2.VideoWriter.fourcc(*"MJPG")
_log = structlog.get_logger()


class Shot(NamedTuple):
    """One picture as it came."""

    stamp_ns: int  # UTC, of exposure
    data: MatLike  # a picture (height, width, 3), or a packed one (n,)

    def picture(self) -> Picture | None:
        """Return the picture, at half size where it is large; None where it cannot be unpacked."""
        if self.data.ndim == 3:
            return half(self.data)
        width = _jpeg_width(self.data)
        mode = cv2.IMREAD_REDUCED_COLOR_2 if width >= HALF_FROM_PX else cv2.IMREAD_COLOR
        return cv2.imdecode(self.data, mode)


def half(picture: Picture) -> Picture:
    """Return a picture at half size where it is large."""
    if picture.shape[1] < HALF_FROM_PX:
        return picture
    size = picture.shape[1] // 2, picture.shape[0] // 2
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _jpeg_width(data: MatLike) -> int:
    """Return the width that a JPEG's start-of-frame segment tells (ITU-T T.81, B.2.2); 0: there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind = int(data[at + 1])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return int(data[at + 7]) << 8 | int(data[at + 8])
        at += 2 + (int(data[at + 2]) << 8 | int(data[at + 3]))
    return 0


class Mailbox:
    """One slot between the thread that reads and whoever looks: what is not taken is replaced, and counted."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._shot: Shot | None = None
        self.passed_over = 0

    def put(self, shot: Shot) -> None:
        """Leave a picture."""
        with self._ready:
            self.passed_over += self._shot is not None
            self._shot = shot
            self._ready.notify()

    def take(self, timeout_s: float) -> Shot | None:
        """Return the newest picture, once; None when none came within `timeout_s`."""
        with self._ready:
            if self._shot is None:
                self._ready.wait(timeout_s)
            shot, self._shot = self._shot, None
            return shot


class Reader(threading.Thread):
    """Reads a source for ever, into a mailbox."""

    def __init__(self, settings: SourceSettings, mailbox: Mailbox) -> None:
        super().__init__(name="reader", daemon=True)
        self._settings = settings
        self._mailbox = mailbox
        self._ended = threading.Event()
        self.error: str | None = "not opened yet"

    def run(self) -> None:
        """Open, read, and open again."""
        os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", QUICK)
        wait_s = FIRST_WAIT_S
        while not self._ended.is_set():
            capture = self._open()
            if capture.isOpened():
                self.error, wait_s = None, FIRST_WAIT_S
                self._read(capture)
                self.error = self.error or "the stream has ended"
            else:
                self.error = self._refused()
            capture.release()
            if self._settings.file is None:
                _log.warning("camera", error=self.error, again_s=wait_s)
                self._ended.wait(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def stop(self) -> None:
        """End at the next picture."""
        self._ended.set()

    def _refused(self) -> str:
        """Return why the source could not be opened, as far as that is known; addresses may hold a password."""
        device = self._settings.device
        if device is not None and not Path(device).exists():
            return f"there is no {device}"
        return f"{device or self._settings.file or 'the stream'} cannot be opened"

    def _open(self) -> cv2.VideoCapture:
        settings = self._settings
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
        if settings.device is not None:
            capture = cv2.VideoCapture(settings.device, cv2.CAP_V4L2)
            capture.set(cv2.CAP_PROP_FOURCC, _MJPG)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            capture.set(cv2.CAP_PROP_CONVERT_RGB, 0 if int(capture.get(cv2.CAP_PROP_FOURCC)) == _MJPG else 1)
            return capture
        place = str(settings.file) if settings.file is not None else settings.stream or ""
        limits = [] if settings.file is not None else limits
        capture = cv2.VideoCapture(place, cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1, *limits])
        if capture.isOpened() and int(capture.get(cv2.CAP_PROP_FOURCC)) != _MJPG:
            capture.release()
            capture = cv2.VideoCapture(place, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1, *limits])
        return capture

    def _read(self, capture: cv2.VideoCapture) -> None:
        stamp = self._stamps(capture)
        while not self._ended.is_set():
            good, data = capture.read()
            if not good or data is None:
                return
            stamp_ns = stamp()
            packed = data.ndim == 2 and 1 in data.shape
            self._mailbox.put(Shot(stamp_ns, data.ravel() if packed else data))

    def _stamps(self, capture: cv2.VideoCapture) -> Callable[[], int]:
        """Return what tells when the picture that was just read was exposed, ns UTC."""
        if self._settings.file is not None:
            return self._paced(capture.get(cv2.CAP_PROP_FPS) or 25.0)
        latency_ns = round(self._settings.latency_ms * 1e6)
        if self._settings.device is None:
            return lambda: time.time_ns() - latency_ns

        def driver() -> int:
            """The driver's own time stamp (monotonic) where it gives one."""
            age_ns = time.monotonic_ns() - round(capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
            return time.time_ns() - (age_ns if 0 <= age_ns < 1_000_000_000 else latency_ns)

        return driver

    def _paced(self, rate_hz: float) -> Callable[[], int]:
        """Let a file's pictures come when they would have come."""
        begin_ns, count = time.time_ns(), 0

        def due() -> int:
            nonlocal count
            due_ns = begin_ns + round(count * 1e9 / rate_hz)
            count += 1
            self._ended.wait(max(0.0, (due_ns - time.time_ns()) / 1e9))
            return due_ns

        return due
