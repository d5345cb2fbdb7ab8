"""CAN frames as gateways carry them over TCP and UDP, 13 octets each (USR-CANET200, ZLG CANET and their like).

    0   b7 29-bit id, b6 remote request, b3-0 number of data octets
    1   id, u32, big endian
    5   8 data octets, those beyond the number are fill

There is no mark where a frame begins and no checksum: a TCP stream is counted in thirteens from its beginning, and
looked for anew where a frame cannot be. A datagram holds whole frames.
"""

from __future__ import annotations

import struct
from collections import Counter
from typing import NamedTuple

from hw.intake import NOISE, note

FRAME = struct.Struct(">BI8s")
EXTENDED, REMOTE = 0x80, 0x40
LONGEST = 8  # data octets
LAST_ID, LAST_EXTENDED_ID = 0x7FF, 0x1FFFFFFF
SURE = 5  # frames in a row that a beginning is believed by


class CanFrame(NamedTuple):
    """One frame of a bus."""

    id: int
    data: bytes
    extended: bool = False


def encode(frame: CanFrame) -> bytes:
    """Return the 13 octets of a frame."""
    head = len(frame.data) | EXTENDED * frame.extended
    return FRAME.pack(head, frame.id, frame.data)


def decode(octets: bytes) -> CanFrame | None:
    """Return the frame in 13 octets; None: they cannot be one."""
    head, number, data = FRAME.unpack(octets)
    extended, size = bool(head & EXTENDED), head & 0x0F
    if head & 0x30 or size > LONGEST or number > (LAST_EXTENDED_ID if extended else LAST_ID):
        return None
    return CanFrame(number, b"" if head & REMOTE else data[:size], extended)


class GatewayStream:
    """Octets in any chunking to frames.

    Counters: `noise` (octets that begin no frame).
    """

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self._rest = b""
        self._sure = True  # a connection begins with a frame

    def reset(self) -> None:
        """Begin with a new connection."""
        self._rest, self._sure = b"", True

    def feed(self, data: bytes) -> list[CanFrame]:
        """Take the next octets and return the frames that are complete."""
        frames: list[CanFrame] = []
        octets, at = self._rest + data, 0
        while at + FRAME.size <= len(octets):
            if not self._sure:
                start = _beginning(octets, at)
                note(self._counters, NOISE, octets[at:start], start - at)
                self._sure, at = start + SURE * FRAME.size <= len(octets), start
                if not self._sure:
                    break
            frame = decode(octets[at : at + FRAME.size])
            self._sure = frame is not None
            if frame is not None:
                frames.append(frame)
                at += FRAME.size
        self._rest = octets[at:]
        return frames


def _beginning(octets: bytes, at: int) -> int:
    """Return from where on octets can be frames of 11-bit ids, as many in a row as are there and SURE at most."""
    while not all(_is_plain(octets[start : start + 4]) for start in _starts(octets, at)):
        at += 1
    return at


def _starts(octets: bytes, at: int) -> range:
    return range(at, min(at + SURE * FRAME.size, len(octets) - 3), FRAME.size)


def _is_plain(head: bytes) -> bool:
    return head[0] <= LONGEST and head[1:3] == b"\0\0" and head[3] <= LAST_ID >> 8
