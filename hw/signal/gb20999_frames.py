"""Frames of GB/T 20999-2017, by which a host reads a signal controller. Big endian.

    7E | length u16 | version u16 | host u8 | controller u32 | crossing u8 | sequence u8 | type u8 | values u8 | ... |
    CRC u16 | 7D

`length` counts the frame without four octets. The CRC (polynomial 1005, initial value 0, most significant bit first)
covers all from `length` to the last value. A value: index u8, octets of the rest u8, class u8, object u8, attribute
u8, element u8, data. Of one vendor's controller 354 frames agree; on streams 5C stands before 7E, 7D and 5C, on UDP it
does not.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import NamedTuple

from hw.errors import DeviceError
from hw.intake import refuse

BEGIN, END, ESCAPE = 0x7E, 0x7D, 0x5C
VERSIONS = (0x0100, 0x0102)
LONGEST = 2048  # octets of a frame
_HEAD = struct.Struct(">HHBIBBBB")
_ADDRESS_OCTETS = 4
_LEAST = 1 + _HEAD.size + 2 + 1
_POLYNOMIAL = 0x1005
_ESCAPED = {octet: bytes((ESCAPE, octet)) for octet in (BEGIN, END, ESCAPE)}


class Gb20999Error(DeviceError, ValueError):
    """A frame that is none; `reason`: length, checksum, version, values."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FrameType(IntEnum):
    """Purpose of a frame."""

    QUERY = 0x10
    QUERY_REPLY = 0x20
    QUERY_ERROR = 0x21
    HEARTBEAT = 0x70


class ObjectAddress(NamedTuple):
    """Address of one figure of a controller."""

    group: int  # class of objects
    object: int
    attribute: int
    element: int

    def __str__(self) -> str:
        return ".".join(map(str, self))


class ControllerFrame(NamedTuple):
    """One frame without its seal."""

    type: int
    values: list[tuple[ObjectAddress, bytes]]
    host: int
    controller: int
    crossing: int
    sequence: int
    version: int = VERSIONS[0]


def crc(data: bytes) -> int:
    """Return the checksum of octets."""
    value = 0
    for octet in data:
        value = (value << 8 & 0xFFFF) ^ _TABLE[value >> 8 ^ octet]
    return value


def _row(octet: int) -> int:
    value = octet << 8
    for _ in range(8):
        value = (value << 1 ^ _POLYNOMIAL if value & 0x8000 else value << 1) & 0xFFFF
    return value


_TABLE = [_row(octet) for octet in range(256)]


def encode(frame: ControllerFrame) -> bytes:
    """Return the octets of a frame, without escapes."""
    values = b"".join(
        bytes((index, _ADDRESS_OCTETS + len(data), *item)) + data
        for index, (item, data) in enumerate(frame.values, start=1)
    )
    length = _LEAST + len(values) - 4
    head = _HEAD.pack(
        length,
        frame.version,
        frame.host,
        frame.controller,
        frame.crossing,
        frame.sequence,
        frame.type,
        len(frame.values),
    )
    body = head + values
    return bytes((BEGIN,)) + body + crc(body).to_bytes(2, "big") + bytes((END,))


def parse(octets: bytes) -> ControllerFrame:
    """Return the frame of octets without escapes. Gb20999Error: they are none."""
    if len(octets) < _LEAST or octets[0] != BEGIN or octets[-1] != END:
        raise Gb20999Error("length")
    length, version, host, controller, crossing, sequence, kind, count = _HEAD.unpack_from(octets, 1)
    if length != len(octets) - 4:
        raise Gb20999Error("length")
    if crc(octets[1:-3]) != int.from_bytes(octets[-3:-1], "big"):
        raise Gb20999Error("checksum")
    if version not in VERSIONS:
        raise Gb20999Error("version")
    values = list(_values(octets[1 + _HEAD.size : -3], count))
    return ControllerFrame(kind, values, host, controller, crossing, sequence, version)


def _values(data: bytes, count: int) -> Iterator[tuple[ObjectAddress, bytes]]:
    at = 0
    for _ in range(count):
        octets = data[at + 1] if len(data) > at + 1 else 0
        end = at + 2 + octets
        if octets < _ADDRESS_OCTETS or end > len(data):
            raise Gb20999Error("values")
        yield ObjectAddress(*data[at + 2 : at + 6]), data[at + 6 : end]
        at = end
    if at != len(data):
        raise Gb20999Error("values")


def escaped(octets: bytes) -> bytes:
    """Return a frame as it goes over a stream."""
    inner = b"".join(_ESCAPED.get(octet, bytes((octet,))) for octet in octets[1:-1])
    return octets[:1] + inner + octets[-1:]


class FrameStream:
    """Frames out of a stream in any chunking.

    Counters: `noise` (octets between frames), `length` (frames that do not end).
    """

    def __init__(self, counters: Counter[str]) -> None:
        self._counters = counters
        self.reset()

    def reset(self) -> None:
        """Forget the half-read frame."""
        self._frame: bytearray | None = None
        self._after_escape = False

    def feed(self, data: Iterable[int]) -> list[bytes]:
        """Take the next octets; return the frames that are complete, without escapes."""
        found = []
        for octet in data:
            if self._after_escape and self._frame is not None:
                self._frame.append(octet)
                self._after_escape = False
            elif octet == BEGIN:
                self._frame, self._after_escape = bytearray((BEGIN,)), False
            elif self._frame is None:
                self._counters["noise"] += 1
            elif octet == ESCAPE:
                self._after_escape = True
            else:
                self._frame.append(octet)
                if octet == END:
                    found.append(bytes(self._frame))
                    self._frame = None
            if self._frame is not None and len(self._frame) > LONGEST:
                refuse(self._counters, "length", bytes(self._frame))
                self._frame = None
        return found
