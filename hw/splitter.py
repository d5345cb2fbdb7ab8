"""Cuts a byte stream in which frames of several protocols follow each other, with damage between them.

Each protocol is one function, found by the first octet of its frames, that measures a frame. Damage costs one octet:
the search goes on behind it, so that a good frame is found wherever a damaged one was thought to reach.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from hw.intake import NOISE, note, refuse
from hw.utc import NS

Measure = Callable[[bytes], int | str]
"""Octets of the frame that the bytes begin with; 0 while more must come; or the reason why it is none."""

MAX_FRAME = 8192  # octets; no measure takes a frame for longer
MOST_FALSE = 64  # beginnings of frames that are none, in bytes that came at once; then they are noise and cost no more
PATIENCE_NS = 3 * NS // 10  # a frame that is not complete by then was torn


class Splitter:
    """Bytes in any chunking to whole frames.

    Counters: `noise` (octets that begin no frame), `torn` (frames whose end did not come), and the reasons that the
    measures return.
    """

    def __init__(self, measures: Mapping[int, Measure], counters: Counter[str]) -> None:
        self._measures = measures
        self._starts = re.compile(b"[" + b"".join(re.escape(bytes([start])) for start in measures) + b"]")
        self._counters = counters
        self._rest = b""  # begins with the frame that is waited for
        self._since_ns = 0  # when its first octet came
        self._fed_ns = 0  # when its last octet came

    def reset(self) -> None:
        """Forget the half-read frame."""
        self._rest = b""

    def feed(self, data: bytes, receipt_ns: int) -> list[bytes]:
        """Take the next bytes and return the frames that are complete."""
        frames: list[bytes] = []
        buffer, at, false = self._rest + data, 0, 0
        while (at := self._seek(buffer, at)) < len(buffer):
            since_ns = self._came_ns(at, receipt_ns)
            found = self._measures[buffer[at]](buffer[at : at + MAX_FRAME])
            if found == 0 and receipt_ns - since_ns <= PATIENCE_NS:
                self._since_ns = since_ns
                break
            if isinstance(found, int) and found > 0:
                frames.append(buffer[at : at + found])
                at += found
            else:
                refuse(self._counters, str(found or "torn"), buffer[at : at + MAX_FRAME])
                at, false = at + 1, false + 1
                if false > MOST_FALSE:
                    note(self._counters, NOISE, buffer[at:], len(buffer) - at)
                    at = len(buffer)
        self._rest, self._fed_ns = buffer[at:], receipt_ns
        return frames

    def _came_ns(self, at: int, receipt_ns: int) -> int:
        """Return when the octet at an index of the buffer came, at the latest."""
        if at >= len(self._rest):
            return receipt_ns
        return self._fed_ns if at else self._since_ns

    def _seek(self, buffer: bytes, at: int) -> int:
        """Return where the next frame may begin, or the end."""
        found = self._starts.search(buffer, at)
        start = found.start() if found else len(buffer)
        if start > at:
            note(self._counters, NOISE, buffer[at : at + MAX_FRAME], start - at)
        return start
