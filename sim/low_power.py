"""Frames as an xWRL6432 writes them, by the structures of TI's MMWAVE-L-SDK: the emulator's own transcription.

Header of 40 octets, then TLVs: 301 points as integers in stated units, 308 targets, 309 the target of each point of the
frame before, 306 statistics. Little endian; the whole padded with zeros to a multiple of 32 octets.
"""

from __future__ import annotations

import struct

import numpy as np

from perception.objects import Floats

MAGIC = b"\x02\x01\x04\x03\x06\x05\x08\x07"
VERSION, PLATFORM = 0x05050100, 0x000A6432
METRES, METRES_PER_SECOND, DECIBELS = 0.005, 0.01, 0.25  # units of the points
STATISTICS = struct.pack("<2I4H4h", 21_000, 9_000, 1200, 3100, 900, 1500, 41, 42, 43, 40)  # us, 100 uW, deg C


def points(position: Floats, doppler: Floats, snr_db: Floats) -> bytes:
    """Return TLV 301: points (n, 3) m right, forward, up; doppler m/s; SNR dB. All of them of major motion."""
    units = struct.pack("<4f2H", METRES, METRES_PER_SECOND, DECIBELS, DECIBELS, len(position), 0)
    rows = zip(_steps(position, METRES), _steps(doppler, METRES_PER_SECOND), snr_db / DECIBELS, strict=True)
    each = (struct.pack("<4h2B", *place, speed, min(max(round(snr), 0), 255), 48) for place, speed, snr in rows)
    return _tlv(301, units + b"".join(each))


def targets(rows: list[tuple[int, list[float], float]]) -> bytes:
    """Return TLV 308 of rows of number, 26 numbers (place, velocity, acceleration, covariance, gain), confidence."""
    return _tlv(308, b"".join(struct.pack("<I27f", number, *values, sure) for number, values, sure in rows))


def owners(numbers: list[int]) -> bytes:
    """Return TLV 309: the target of each point of the frame before."""
    return _tlv(309, bytes(numbers))


def frame(number: int, cycles: int, count: int, tlvs: list[bytes]) -> bytes:
    """Return a whole frame; `count` of points."""
    body = b"".join([*tlvs, _tlv(306, STATISTICS)])
    length = -(-(40 + len(body)) // 32) * 32
    words = VERSION, length, PLATFORM, number, cycles, count, len(tlvs) + 1, 0
    return (MAGIC + struct.pack("<8I", *words) + body).ljust(length, b"\0")


def _tlv(kind: int, payload: bytes) -> bytes:
    return struct.pack("<2I", kind, len(payload)) + payload


def _steps(values: Floats, unit: float) -> Floats:
    steps: Floats = np.rint(values / unit).clip(-32768, 32767).astype(int)
    return steps
