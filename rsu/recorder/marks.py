"""Which files a mark keeps: those around the time it tells of, before and after."""

from __future__ import annotations

import time
from collections import deque

from rsu.recorder.shelf import KeepMark, Shelf
from rsu.recording.writer import PART
from rsu.site.recording import RecordingSettings

_NEWEST = 8  # files of this run that are remembered, a minute each at least


class Marks:
    """Remembers the newest marks, which may reach into the next file, and the files that ended last."""

    def __init__(self, shelf: Shelf, settings: RecordingSettings) -> None:
        self._shelf = shelf
        self._before_s = settings.keep_before_s
        self._reach_ns = round(settings.keep_after_s * 1e9)
        self._files: deque[tuple[str, float]] = deque(maxlen=_NEWEST)  # and monotonic s of their end
        self._marks: list[tuple[KeepMark, int]] = []  # and when, steady ns

    def keep(self, now_ns: int, mark: KeepMark) -> list[str]:
        """Keep the newest files and the open one; return their names."""
        self._marks.append((mark, now_ns))
        since_s = time.monotonic() - self._before_s
        recent = [file for file, ended_s in self._files if ended_s >= since_s]
        return [path.name.removesuffix(PART) for path in self._shelf.mark(mark, recent)]

    def finished(self, file: str) -> None:
        """Note that a file has ended now."""
        self._files.append((file, time.monotonic()))

    def carry(self, file: str, now_ns: int) -> None:
        """Keep a file that begins now for the marks that reach into it."""
        self._marks = [(mark, at_ns) for mark, at_ns in self._marks if 0 <= now_ns - at_ns < self._reach_ns]
        for mark, _ in self._marks:
            self._shelf.mark(mark, [file + PART])
