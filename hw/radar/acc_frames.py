"""Frames of wide-area tracking radars of the ACC7320 class, both directions. Big endian.

DB | type, length, content, checksum | DC; inside DB -> 21 FA, DC -> 21 FB, 21 -> 21 FC. The length counts all octets of
the frame before escaping: u8 in frames of the login, else u16. The checksum is the sum of type, length and content.

A1 host asks to log in       AC nonce, 8 octets, and the name of the digest
AD host answers, 32 octets   A2 result: 0 in, 1 wrong, 2 locked; failures u8, seconds of lock u16; or it alone
A4 too many clients          A7 logged out
80 targets: radar u32, time u64, frame u8, then 20 octets each: id u32, lateral i16 0.1 m, longitudinal i16 0.1 m,
   speeds along and across i16 0.01 km/h, accelerations i16, lane u8, RCS i16, flags u8 (b6 measured, b5 stopped,
   b3-0 class)
B1 to B5 statistics, D0 events

Source: a maker's document as published by others. It does not say the unit of the time (taken for ms), the sign of
lateral places and whether the later rounds of the digest take octets or text.
"""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

from perception.objects import RoadUser

START, END, ESCAPE = 0xDB, 0xDC, 0x21
ASK, NONCE, ANSWER, RESULT, CROWDED, LEFT, TARGETS = 0xA1, 0xAC, 0xAD, 0xA2, 0xA4, 0xA7, 0x80
LONG = {TARGETS, 0xB1, 0xB2, 0xB3, 0xB4, 0xB5, 0xD0}  # types with a length of two octets
LONGEST = 8192  # octets on the wire
ROUNDS = 1000
NONCE_SIZE = 8
_LIST = struct.Struct(">IQB")
_TARGET = struct.Struct(">I6hBhB")
_MEASURED = 0x40
KINDS = {
    0: RoadUser.CAR, 1: RoadUser.TRUCK, 2: RoadUser.TRUCK, 3: RoadUser.PEDESTRIAN, 4: RoadUser.MOTORCYCLE,
    5: RoadUser.BICYCLE,
}  # fmt: skip


class AccFrame(NamedTuple):
    """One frame."""

    type: int
    content: bytes


class AccTarget(NamedTuple):
    """One target: m and m/s, lateral as the radar counts it."""

    id: int
    lateral_m: float
    along_m: float
    along_mps: float
    lateral_mps: float
    kind: RoadUser
    is_measured: bool


def encode(frame: AccFrame) -> bytes:
    """Return a frame on the wire."""
    width = 2 if frame.type in LONG else 1
    length = 4 + width + len(frame.content)
    inside = bytes([frame.type]) + length.to_bytes(width, "big") + frame.content
    inside += bytes([sum(inside) & 0xFF])
    for octet, code in ((ESCAPE, 0xFC), (START, 0xFA), (END, 0xFB)):
        inside = inside.replace(bytes([octet]), bytes([ESCAPE, code]))
    return bytes([START]) + inside + bytes([END])


def measure(data: bytes) -> int | str:
    """Return the octets of the frame that the bytes begin with (`hw/splitter.py`)."""
    end = data.find(END)
    inside = data[1 : end if end >= 0 else len(data)]
    if START in inside:
        return "torn"
    if end < 0:
        return 0 if len(data) < LONGEST else "length"
    return end + 1 if isinstance(found := _unpacked(inside), AccFrame) else found


def decode(octets: bytes) -> AccFrame:
    """Return the frame that measured octets are."""
    found = _unpacked(octets[1:-1])
    assert isinstance(found, AccFrame)
    return found


def _unpacked(inside: bytes) -> AccFrame | str:
    for octet, code in ((END, 0xFB), (START, 0xFA), (ESCAPE, 0xFC)):
        inside = inside.replace(bytes([ESCAPE, code]), bytes([octet]))
    width = 2 if inside[:1] and inside[0] in LONG else 1
    if len(inside) < 2 + width or int.from_bytes(inside[1 : 1 + width], "big") != len(inside) + 2:
        return "length"
    if sum(inside[:-1]) & 0xFF != inside[-1]:
        return "checksum"
    return AccFrame(inside[0], inside[1 + width : -1])


def digest(user: str, password: str, nonce: bytes, as_text: bool) -> bytes:
    """Return the answer to a nonce; `as_text`: later rounds take the digest in hexadecimal digits."""
    value = hashlib.sha256(f"{user}:{password}:".encode() + nonce).digest()
    for _ in range(ROUNDS - 1):
        value = hashlib.sha256(value.hex().encode() if as_text else value).digest()
    return value


def targets(content: bytes) -> tuple[int, int, list[AccTarget]]:
    """Return the time in ms, the frame's number and the targets of a list. ValueError: it is none."""
    if len(content) < _LIST.size or (len(content) - _LIST.size) % _TARGET.size:
        raise ValueError("no whole number of targets")
    _, time_ms, number = _LIST.unpack_from(content)
    return time_ms, number, [_target(row) for row in _TARGET.iter_unpack(content[_LIST.size :])]


def _target(row: tuple[int, ...]) -> AccTarget:
    number, lateral, along, speed, across, _, _, _, _, flags = row
    kind = KINDS.get(flags & 0x0F, RoadUser.UNKNOWN)
    return AccTarget(number, lateral / 10, along / 10, speed / 360, across / 360, kind, bool(flags & _MEASURED))
