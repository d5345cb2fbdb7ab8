"""A source of pictures, opened once: stream, V4L2 device or file, through OpenCV.

JPEG streams and files are read packed (`CAP_PROP_FORMAT` -1), so that pictures that are not looked at cost nothing. A
stream of other coding gives its first picture at its next key picture, as late as its group of pictures is long:
until then its bytes flow, and it is not given up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import cv2

from rsu.site.video import SourceSettings

OPEN_MS, READ_MS = 5000, 3000  # how long a stream may take to begin, and be silent
KEY_MS = 20_000  # from one picture to the next: the longest group of pictures that cameras can be set to, and more
STEP_NS = 50_000_000  # a larger change of UTC against the steady clock is a step
_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"  # OpenCV's only way to hand options to FFmpeg
_STREAM = "flags;low_delay|rtsp_transport;tcp|fpsprobesize;0"
_QUICK = "probesize;65536|analyzeduration;500000"
_PATIENT = f"probesize;20000000|analyzeduration;{KEY_MS * 1000}"  # where only a key picture tells the stream's format
USUAL_HZ, LONGEST_STEP_NS = 25.0, 5_000_000_000  # of a film without a rate, or with an impossible one
_MJPG = cv2.VideoWriter.fourcc(*"MJPG")


class Opener:
    """Opens one source again and again, and remembers its format."""

    def __init__(self, settings: SourceSettings) -> None:
        self._settings = settings
        self._packed = False  # its pictures are JPEGs
        self.patient = False  # probe the stream's format for longer: it opened and gave no picture

    def open(self) -> cv2.VideoCapture:
        """Return the source, which may not be opened."""
        if self._settings.device is not None:
            return _device(self._settings.device)
        capture = self._captured()
        if capture.isOpened() and _is_packed(capture) != self._packed:
            self._packed = not self._packed
            capture.release()
            capture = self._captured()
        return capture

    def _captured(self) -> cv2.VideoCapture:
        settings = self._settings
        parameters = [cv2.CAP_PROP_FORMAT, -1] if self._packed else [cv2.CAP_PROP_N_THREADS, 1]
        if settings.file is not None:
            os.environ.pop(_OPTIONS, None)  # a file has no delay to save, and loses its first pictures by them
            return cv2.VideoCapture(str(settings.file), cv2.CAP_FFMPEG, parameters)
        os.environ[_OPTIONS] = f"{_STREAM}|timeout;{READ_MS * 1000}|{_PATIENT if self.patient else _QUICK}"
        parameters += [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, KEY_MS if self.patient else OPEN_MS]
        parameters += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS if self._packed else KEY_MS]
        return cv2.VideoCapture(settings.stream or "", cv2.CAP_FFMPEG, parameters)


def _device(path: str) -> cv2.VideoCapture:
    capture = cv2.VideoCapture(path, cv2.CAP_V4L2)
    capture.set(cv2.CAP_PROP_FOURCC, _MJPG)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    capture.set(cv2.CAP_PROP_CONVERT_RGB, 0 if _is_packed(capture) else 1)
    return capture


def _is_packed(capture: cv2.VideoCapture) -> bool:
    """Return whether pictures are JPEGs that may stay packed: those of a film that is to be turned may not."""
    turned = capture.get(cv2.CAP_PROP_ORIENTATION_META) > 0
    return int(capture.get(cv2.CAP_PROP_FOURCC)) == _MJPG and not turned


def stamps(settings: SourceSettings, capture: cv2.VideoCapture, wait: Callable[[float], object]) -> Callable[[], int]:
    """Return the function that tells the exposure of the picture just read, ns UTC.

    Pictures of a file are held back, by `wait` (s), until they are due.
    """
    latency_ns = round(settings.latency_ms * 1e6)
    if settings.file is not None:
        return _Paced(capture, wait).stamp
    if settings.device is None:
        return lambda: time.time_ns() - latency_ns

    def driver() -> int:
        """The driver's own time stamp (monotonic) where it gives one."""
        age_ns = time.monotonic_ns() - round(capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        return time.time_ns() - (age_ns if 0 <= age_ns < 1_000_000_000 else latency_ns)

    return driver


class _Paced:
    """Lets a film's pictures come when they would have come, as the film says or else at its rate."""

    def __init__(self, capture: cv2.VideoCapture, wait: Callable[[float], object]) -> None:
        self._capture, self._wait = capture, wait
        self._interval_ns = round(1e9 / (capture.get(cv2.CAP_PROP_FPS) or USUAL_HZ))
        self._begin_ns = time.monotonic_ns()
        self._utc_ns = time.time_ns() - self._begin_ns  # of the steady clock's zero
        self._film_ns = -self._interval_ns  # place of the newest picture in the film

    def stamp(self) -> int:
        """Wait until the newest picture is due, and return when that was."""
        step_ns = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6) - self._film_ns
        self._film_ns += step_ns if 0 < step_ns < LONGEST_STEP_NS else self._interval_ns
        due_ns = self._begin_ns + self._film_ns
        self._wait(max(0.0, (due_ns - time.monotonic_ns()) / 1e9))
        utc_ns = time.time_ns() - time.monotonic_ns()
        if abs(utc_ns - self._utc_ns) > STEP_NS:
            self._utc_ns = utc_ns
        return due_ns + self._utc_ns
