"""Pictures from a camera, the newest only: a thread that reads, and a mailbox with one slot.

Whatever takes too long sees fewer pictures, never older ones. A source that fails is opened again with back-off. JPEG
pictures are kept packed, so that those that are not looked at cost nothing and the others can be unpacked at half size.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import structlog
from cv2.typing import MatLike

from hw import video
from perception.video.boxes import Picture
from rsu.site.video import SourceSettings
from rsu.video.capture import Opener, stamps

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
STEADY_S = 1.0  # a source that gave pictures for so long is opened again at once
HALF_FROM_PX = 900  # pictures at least this wide are looked at in half their size
_log = structlog.get_logger()


class Shot(NamedTuple):
    """One picture as it came."""

    stamp_ns: int  # UTC, of exposure
    data: MatLike  # a picture (height, width, 3), or a packed one (n,)

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height of the whole picture, px; 0 where a packed one does not say."""
        return _jpeg_size(self.data) if self.data.ndim == 1 else (self.data.shape[1], self.data.shape[0])

    def picture(self) -> Picture | None:
        """Return the picture, at half size where it is large; None where it cannot be unpacked."""
        if self.data.ndim == 3:
            return half(self.data)
        mode = cv2.IMREAD_REDUCED_COLOR_2 if self.size[0] >= HALF_FROM_PX else cv2.IMREAD_COLOR
        return cv2.imdecode(self.data, mode)

    def jpeg(self) -> bytes:
        """Return the picture packed, at its whole size; of none nothing."""
        if self.data.ndim == 1:
            return self.data.tobytes()
        _, octets = cv2.imencode(".jpg", self.data)
        return octets.tobytes()


def half(picture: Picture) -> Picture:
    """Return a picture at half size where it is large."""
    if picture.shape[1] < HALF_FROM_PX:
        return picture
    size = picture.shape[1] // 2, picture.shape[0] // 2
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _jpeg_size(data: MatLike) -> tuple[int, int]:
    """Return width and height that a JPEG's start-of-frame segment tells (ITU-T T.81, B.2.2); 0, 0: there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind = int(data[at + 1])
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            return int(data[at + 7]) << 8 | int(data[at + 8]), int(data[at + 5]) << 8 | int(data[at + 6])
        at += 2 + (int(data[at + 2]) << 8 | int(data[at + 3]))
    return 0, 0


class Mailbox:
    """One slot between the reading and the looking thread: a picture that is not taken is replaced, and counted."""

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


class SourceReader(threading.Thread):
    """Reads a source for ever, into a mailbox. `error`: why no pictures come now, None while they do."""

    def __init__(self, settings: SourceSettings, mailbox: Mailbox) -> None:
        super().__init__(name="reader", daemon=True)
        self._settings = settings
        self._mailbox = mailbox
        self._ended = threading.Event()
        self.error: str | None = video.NOT_OPENED.en

    def run(self) -> None:
        """Open, read, and open again: at once where it worked, with back-off where it did not."""
        opener, failures = Opener(self._settings), 0
        while not self._ended.is_set():
            self.error = video.WAITS.en if opener.patient else self.error
            capture = opener.open()
            opened = capture.isOpened()
            self.error = video.WAITS.en if opened else self._refused()
            began_s = time.monotonic()
            count = self._read(capture) if opened else 0
            capture.release()
            opener.patient = opened and (not count or opener.patient)
            steady = count > 1 and time.monotonic() - began_s >= STEADY_S
            failures = 0 if steady else failures + 1
            if opened:
                self.error = video.ENDED_SOON.en if count == 1 else video.ENDED.say(count)
            if not (steady and self._settings.file is not None):
                self._rest(failures)

    def stop(self) -> None:
        """End at the next picture."""
        self._ended.set()

    def _rest(self, failures: int) -> None:
        """Wait before the source is opened again."""
        wait_s = min(FIRST_WAIT_S * 2 ** min(max(failures - 1, 0), 16), LONGEST_WAIT_S)
        _log.warning("camera", error=self.error, again_s=wait_s)
        self._ended.wait(wait_s)

    def _refused(self) -> str:
        """Return why the source could not be opened, as far as that is known; addresses may hold a password."""
        device = self._settings.device
        if device is not None and not Path(device).exists():
            return video.NO_SUCH.say(device)
        named = device or self._settings.file
        return video.NOT_OPENABLE.say(named) if named else video.NO_STREAM.en

    def _read(self, capture: cv2.VideoCapture) -> int:
        """Leave pictures in the mailbox until there are no more; return how many there were."""
        stamp, count = stamps(self._settings, capture, self._ended.wait), 0
        while not self._ended.is_set():
            good, data = capture.read()
            if not good or data is None:
                break
            stamp_ns = stamp()
            packed = data.ndim == 2 and 1 in data.shape
            self._mailbox.put(Shot(stamp_ns, data.ravel() if packed else data))
            self.error = None
            count += 1
        return count
