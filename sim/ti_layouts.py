"""Frames of TI mmWave radars on their data port, as TI's firmware writes them: the bench's own transcription.

    sdk3     40 octets of header; lists 1 points, 7 SNR and noise, 1010 targets of 112 octets, 1011 target of each point
             of the frame before, 6 statistics
    sdk1     36 octets: without the sub-frame
    area     44 octets; list 10, targets of 40 octets
    traffic  52 octets; list 7, targets of 112 octets
    people   48 octets; list 7; a list's length counts its own 8 octets, nothing is padded

Little endian; TI's axes: x right, y forward, z up.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.low_power import MAGIC

VERSION, PLATFORM = 0x03060000, 0x000A6843
OLDER = {"area": 0x03050004, "traffic": 0x03050004, "people": 0x03050004, "sdk1": 0x01020000}
SIZES = {"sdk3": 40, "sdk1": 36, "area": 44, "traffic": 52, "people": 48}
# number, place, velocity, acceleration, covariance (range, azimuth, elevation, doppler), gate's gain, confidence
TARGET = np.dtype([(name, kind, size) for name, kind, size in (
    ("tid", "<u4", ()), ("position", "<f4", 3), ("velocity", "<f4", 3), ("acceleration", "<f4", 3),
    ("ec", "<f4", (4, 4)), ("g", "<f4", ()), ("confidence", "<f4", ()),
)])  # fmt: skip
POINT = np.dtype([("position", "<f4", 3), ("doppler", "<f4")])
SIDE = np.dtype([("snr", "<i2"), ("noise", "<i2")])  # 0.1 dB
INDEX = np.dtype("u1")
STATISTICS = np.dtype("<6u4")  # us of processing, sending, frame margin, chirp margin; % of load, active and idle
KINDS = {"points": 1, "side": 7, "targets": 1010, "index": 1011, "statistics": 6}

Table = NDArray[Any]


def tlv(kind: int, payload: bytes, own: int = 0) -> bytes:
    """Return a list; `own`: octets of its header that its length counts."""
    return struct.pack("<2I", kind, len(payload) + own) + payload


def frame(layout: str, number: int, cycles: int, lists: Mapping[str, Table], others: tuple[bytes, ...] = ()) -> bytes:
    """Return a frame with lists, by KINDS, and TLVs of other firmware; older firmware is given its targets alone."""
    if layout in ("sdk3", "sdk1"):
        parts = [tlv(KINDS[name], rows.tobytes()) for name, rows in lists.items()]
    else:
        parts = [_targets(layout, lists["targets"])] if "targets" in lists else []
    parts += others
    size = SIZES[layout] + sum(map(len, parts))
    length = size if layout == "people" else -(-size // 32) * 32
    head = _header(layout, length, number, cycles, len(lists.get("points", ())), len(parts))
    return b"".join([MAGIC, head, *parts]).ljust(length, b"\0")


def _targets(layout: str, rows: Table) -> bytes:
    if layout == "people":
        return tlv(7, rows.tobytes(), 8)
    if layout == "traffic":
        return tlv(7, rows.tobytes())
    flat = [(row["tid"], *row["position"], *row["velocity"], *row["acceleration"]) for row in rows]
    order = (0, 1, 2, 4, 5, 7, 8, 3, 6, 9)  # x and y of place, velocity and acceleration, then their z
    return tlv(10, b"".join(struct.pack("<I9f", *(row[at] for at in order)) for row in flat))


def _header(layout: str, length: int, number: int, cycles: int, points: int, count: int) -> bytes:
    """Return the octets behind the magic word."""
    version = OLDER.get(layout, VERSION)
    if layout == "traffic":
        return _sealed(struct.pack("<10I", version, PLATFORM, cycles, length, number, 0, 1, 2, 3, 4), count)
    if layout == "people":
        return _sealed(struct.pack("<9I", version, length, PLATFORM, number, 0, 1, 2, 3, 4), count)
    rest = {"area": (count, 0, 0), "sdk1": (count,), "sdk3": (count, 0)}[layout]
    return struct.pack(f"<{6 + len(rest)}I", version, length, PLATFORM, number, cycles, points, *rest)


def _sealed(words: bytes, count: int) -> bytes:
    """Return a header with its number of lists and its checksum, 16 bits in one's complement over the magic as well."""
    head = words + struct.pack("<H", count)
    total = sum(struct.unpack(f"<{(len(MAGIC) + len(head)) // 2}H", MAGIC + head))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return head + struct.pack("<H", ~total & 0xFFFF)
