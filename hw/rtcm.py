"""RTCM 10403 version 3 frames, as far as it takes to step over them: a payload may hold anything, sync octets too.

D3 | 6 reserved bits 0, length 10 bits | payload | CRC-24Q over all before, big endian
"""

from __future__ import annotations

PREAMBLE = 0xD3
MESSAGES = {*range(1001, 1305), *range(4001, 4096)}  # numbers in use; others are no reason to compute a CRC
_POLYNOMIAL = 0x1864CFB  # CRC-24Q, init 0, not reflected


def _table_entry(octet: int) -> int:
    crc = octet << 16
    for _ in range(8):
        crc = crc << 1 ^ (_POLYNOMIAL if crc & 0x800000 else 0)
    return crc


_TABLE = tuple(_table_entry(octet) for octet in range(256))


def crc24q(data: bytes) -> int:
    """Return the CRC-24Q of the bytes; 0 over a whole good frame."""
    crc = 0
    for octet in data:
        crc = crc << 8 & 0xFFFFFF ^ _TABLE[crc >> 16 ^ octet]
    return crc


def measure(data: bytes) -> int | str:
    """Measure the frame that the bytes begin with (see `hw.splitter.Measure`)."""
    if len(data) > 1 and data[1] & 0xFC:
        return "noise"
    if len(data) < 5:
        return 0
    if int.from_bytes(data[3:5], "big") >> 4 not in MESSAGES:
        return "noise"
    size = int.from_bytes(data[1:3], "big") + 6
    if len(data) < size:
        return 0
    return "checksum" if crc24q(data[:size]) else size
