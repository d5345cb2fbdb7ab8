"""Frames on the data port of TI mmWave radars, both directions.

Of SDK 2 and 3, the Radar Toolbox and the xWRL6432; those of other firmware begin otherwise (`hw/radar/ti_headers.py`):

    0   magic 02 01 04 03 06 05 08 07      24  time, CPU cycles
    8   version, e.g. 03030002 = 3.3.0.2   28  number of detected points
    12  length with padding                32  number of TLVs
    16  platform, e.g. 000A6843            36  sub-frame number
    20  frame number                       40  TLVs: type, length of the payload, payload

All u32, little endian; padded to a multiple of 32 bytes. An xWRL6432 has types of its own (`hw/radar/ti_types.py`); its
lists become those of the other radars. There is no checksum: a frame is taken when its lengths agree
with each other and no other frame begins inside it.

TI's axes: x right, y forward, z up; m, m/s. Doppler: away from the sensor +.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hw.intake import NOISE, note, refuse
from hw.radar import ti_area, ti_points
from hw.radar.ti_headers import MAGIC, MAX_LENGTH, PADDING, SDK3, Header
from hw.radar.ti_types import (
    AREA_TARGETS,
    HARMLESS,
    OTHER_LISTS,
    POINT_KINDS,
    POINTS,
    SAME,
    SIDE_INFO,
    STATS,
    TARGET_INDEX,
    TARGETS,
)
from perception.objects import Floats

HEADER = SDK3.struct
TLV_HEADER = struct.Struct("<2I")
MOST_FALSE = 64  # headers that are none, in bytes that came at once, that are looked at more closely
SAMPLE = 256  # octets of refused input that are kept

LAYOUTS: dict[int, np.dtype[Any]] = {
    POINTS: ti_points.CLOUD,
    STATS: np.dtype(
        [
            ("processing", "<u4"),  # us, all times
            ("transmission", "<u4"),
            ("frame_margin", "<u4"),
            ("chirp_margin", "<u4"),
            ("active_load", "<u4"),  # % of the CPU
            ("idle_load", "<u4"),
        ]
    ),
    SIDE_INFO: ti_points.BESIDE,  # one for each point
    TARGETS: np.dtype(
        [
            ("tid", "<u4"),
            ("position", "<f4", 3),
            ("velocity", "<f4", 3),
            ("acceleration", "<f4", 3),
            ("ec", "<f4", (4, 4)),  # error covariance of range m, azimuth rad, elevation rad, doppler m/s
            ("g", "<f4"),  # gain of the gating function
            ("confidence", "<f4"),  # 0..1
        ]
    ),
    TARGET_INDEX: np.dtype("u1"),  # tid for each point of the frame before; 253 weak, 254 out of bounds, 255 noise
}

Table = NDArray[Any]  # rows of one of LAYOUTS
# where a target's fields are among its numbers: all but the tid
PLACE = {
    name: slice(offset // 4 - 1, (offset + dtype.itemsize) // 4 - 1)
    for name, (dtype, offset, *_) in (LAYOUTS[TARGETS].fields or {}).items()
    if name != "tid"
}


def target_numbers(targets: Table) -> Floats:
    """Return the numbers of targets (n, 27), as PLACE says: a few columns of one array cost less than many fields."""
    return targets.view(np.float32).reshape(len(targets), targets.itemsize // 4)[:, 1:].astype(np.float64)


class TiFrame(NamedTuple):
    """One frame: its number, its length on the wire and the TLVs that we know, by type; and those that we do not."""

    number: int
    length: int
    tlvs: dict[int, Table]
    version: int = 0x03060000
    platform: int = 0x000A6843
    cycles: int = 0
    points: int = 0  # detected, as the header says
    others: Mapping[int, bytes] = MappingProxyType(
        {}
    )  # type -> TLV, header included: of unknown type, or no whole number of rows


def encode(frame: TiFrame) -> bytes:
    """Return the bytes of a frame; its length is set here."""
    body = b"".join(TLV_HEADER.pack(kind, rows.nbytes) + rows.tobytes() for kind, rows in frame.tlvs.items())
    body += b"".join(frame.others.values())
    padding = -(HEADER.size + len(body)) % PADDING
    points = frame.points or len(frame.tlvs.get(POINTS, ()))
    length = HEADER.size + len(body) + padding
    words = (
        frame.version,
        length,
        frame.platform,
        frame.number,
        frame.cycles,
        points,
        len(frame.tlvs) + len(frame.others),
        0,
    )
    return HEADER.pack(MAGIC, *words) + body + bytes(padding)


def decode(data: bytes, counters: Counter[str], header: Header = SDK3) -> TiFrame | None:
    """Return the frame that these bytes are, None when its lengths disagree; unknown TLVs are skipped."""
    version, length, platform, number, cycles, points, count = header.read(data)
    tlvs: dict[int, Table] = {}
    others: dict[int, bytes] = {}
    at = header.struct.size
    for _ in range(count):
        if at + TLV_HEADER.size > length:
            return None
        kind, size = TLV_HEADER.unpack_from(data, at)
        end, kind = at + TLV_HEADER.size + size - header.own, header.same.get(kind, kind)
        if not at + TLV_HEADER.size <= end <= length:
            return None
        read = _read(kind, data[at + TLV_HEADER.size : end])
        if not read:
            _count_other(kind, data[at:end], counters)
            others[kind] = data[at:end]
        tlvs |= read
        at = end
    if length - at >= header.padding:
        return None
    return TiFrame(number, length, tlvs, version, platform, cycles, points, others)


def _read(kind: int, payload: bytes) -> dict[int, Table]:
    """Return the tables in a TLV, by the type that the rest of the driver knows; none when it cannot be read."""
    if kind in POINT_KINDS:
        cloud, beside = ti_points.unpacked(kind, payload) or (None, None)
        return {key: rows for key, rows in ((POINTS, cloud), (SIDE_INFO, beside)) if rows is not None}
    if kind == AREA_TARGETS:
        targets = ti_area.converted(payload, LAYOUTS[TARGETS])
        return {} if targets is None else {TARGETS: targets}
    kind = SAME.get(kind, kind)
    layout = LAYOUTS.get(kind)
    if layout is None or len(payload) % layout.itemsize:
        return {}
    return {kind: np.frombuffer(payload, layout)}


def _count_other(kind: int, tlv: bytes, counters: Counter[str]) -> None:
    if kind in HARMLESS or kind in OTHER_LISTS:
        counters["unused-tlv"] += 1
    elif kind in LAYOUTS or kind in SAME or kind in POINT_KINDS or kind == AREA_TARGETS:
        counters["tlv-length"] += 1
    else:
        note(counters, "unknown-tlv", tlv[:SAMPLE])


class FrameParser:
    """Bytes in any chunking to frames. `text`: where bytes between frames go; without it they are noise.

    Counters: `noise` (bytes between frames), `torn` (another frame began inside), `length` (lengths that disagree),
    `unused-tlv`, `unknown-tlv`, `tlv-length`.
    """

    def __init__(self, counters: Counter[str], text: bytearray | None = None, header: Header = SDK3) -> None:
        self._header = header
        self._counters = counters
        self._text = text
        self._buffer = bytearray()
        self._false = 0  # headers of the newest bytes that were none

    def reset(self) -> None:
        """Forget the half-read frame."""
        self._buffer.clear()

    def feed(self, data: bytes) -> list[TiFrame]:
        """Take the next bytes and return the frames that are complete."""
        self._buffer += data
        frames: list[TiFrame] = []
        self._false = 0
        while self._synchronise():
            length = self._header.read(self._buffer).length
            if not self._header.struct.size <= length <= MAX_LENGTH:
                self._drop("length")
            elif self._buffer.find(MAGIC, 1, length) > 0:
                self._drop("torn")
            elif len(self._buffer) < length:
                break
            elif frame := decode(bytes(self._buffer[:length]), self._counters, self._header):
                frames.append(frame)
                del self._buffer[: length - _magic_begun(self._buffer[:length])]
            else:
                self._drop("length")
        return frames

    def _synchronise(self) -> bool:
        """Drop the octets before the next magic; return whether a whole header follows it."""
        start = self._buffer.find(MAGIC)
        if start < 0:
            start = len(self._buffer) - _magic_begun(self._buffer)
        if start and self._text is None:
            note(self._counters, NOISE, bytes(self._buffer[:SAMPLE]), start)
        elif start and self._text is not None:
            self._text += self._buffer[:start]
        del self._buffer[:start]
        return len(self._buffer) >= self._header.struct.size

    def _drop(self, reason: str) -> None:
        """Give up the frame at the start; the search goes on behind its magic."""
        self._false += 1
        if self._false <= MOST_FALSE:
            refuse(self._counters, reason, bytes(self._buffer[:SAMPLE]))
        else:
            self._counters[reason] += 1
        del self._buffer[: len(MAGIC)]


def _magic_begun(data: bytes | bytearray) -> int:
    """Return how many bytes at the end may be the first of a magic, so that a torn frame does not cost the next."""
    return next((size for size in range(len(MAGIC) - 1, 0, -1) if data.endswith(MAGIC[:size])), 0)
