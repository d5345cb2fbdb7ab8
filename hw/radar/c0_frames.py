"""Messages of track radars that frame them by C0, as CitRadar's do. Little endian, in frames as of GA/T 1743.

0   2  link
2   7  sender: region u24, type u16, number u16
9   7  receiver, the same
16  1  version, 0x10
17  1  operation: 82 report, 85 acknowledgement; 80, 81, 83, 84, 86, 87, 88 others
18  2  object: 0101 register, 0102 heartbeat, 02xx settings, 0301 targets, 0302 passages, 0303 status, 0304 flow,
       0305 events, 0306 points
20  .. content, then CRC-16 of Modbus, low octet first

0301: seconds u32 and milliseconds u32 of UTC, number u16, then 44 octets for each target: id u16, type u8, length,
width and height u8 0.1 m (255 unknown), longitude and latitude f64, height f32, lane u8, heading f32 deg, speed f32,
acceleration f32, RCS u32, confidence u8 %.

No source says in which order the octets of the object stand: both are taken, no object is another one read backwards.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from hw.radar.geographic import GeoTarget

VERSION = 0x10
REPORT, ACKNOWLEDGEMENT = 0x82, 0x85
REGISTER, HEARTBEAT, TARGETS = 0x0101, 0x0102, 0x0301
OBJECTS = {REGISTER, HEARTBEAT, *range(0x0204, 0x0209), *range(TARGETS, 0x0307)}
_HEADER = struct.Struct("<2s7s7sBB2s")
_LIST = struct.Struct("<IIH")
_TARGET = struct.Struct("<H4B2dfB3fIB")
_UNKNOWN_SIZE = 255


class C0Message(NamedTuple):
    """One message."""

    link: bytes
    sender: bytes
    receiver: bytes
    operation: int
    object: int
    content: bytes


def crc16(data: bytes) -> int:
    """Return the CRC of a body before escaping: polynomial 8005, reflected, begins with FFFF (Modbus)."""
    crc = 0xFFFF
    for octet in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ octet) & 0xFF]
    return crc


def _table_entry(octet: int) -> int:
    for _ in range(8):
        octet = octet >> 1 ^ (0xA001 if octet & 1 else 0)
    return octet


_TABLE = tuple(_table_entry(octet) for octet in range(256))


def parse(body: bytes) -> C0Message:
    """Return the message in the body of a frame. ValueError: in words why there is none."""
    if len(body) < _HEADER.size:
        raise ValueError("shorter than a header")
    link, sender, receiver, version, operation, item = _HEADER.unpack_from(body)
    if version != VERSION:
        raise ValueError(f"version {version:#04x}")
    orders = (int.from_bytes(item, "big"), int.from_bytes(item, "little"))
    number = next((each for each in orders if each in OBJECTS), orders[0])
    return C0Message(link, sender, receiver, operation, number, body[_HEADER.size :])


def acknowledgement(message: C0Message, item: bytes) -> bytes:
    """Return the body that acknowledges a report; `item`: its object as it came."""
    return _HEADER.pack(message.link, message.receiver, message.sender, VERSION, ACKNOWLEDGEMENT, item)


def object_octets(body: bytes) -> bytes:
    """Return the two octets of a body's object."""
    return body[_HEADER.size - 2 : _HEADER.size]


def targets(content: bytes, mps: float) -> tuple[int, list[GeoTarget]]:
    """Return UTC in ns and the targets of a list; `mps`: m/s of the radar's unit of speed. ValueError: it is none."""
    if len(content) < _LIST.size:
        raise ValueError("shorter than a list")
    seconds, milliseconds, count = _LIST.unpack_from(content)
    if len(content) != _LIST.size + count * _TARGET.size or milliseconds > 999:
        raise ValueError(f"{count} targets in {len(content)} octets, {milliseconds} ms")
    found = [_target(row, mps) for row in _TARGET.iter_unpack(content[_LIST.size :])]
    return (seconds * 1000 + milliseconds) * 1_000_000, found


def _target(row: tuple[float, ...], mps: float) -> GeoTarget:
    number, kind, length, width, height, longitude, latitude, _, _, heading, speed, _, _, confidence = row
    length, width, height = (0.0 if each == _UNKNOWN_SIZE else each / 10 for each in (length, width, height))
    place = longitude, latitude
    return GeoTarget(int(number), int(kind), *place, heading, speed * mps, length, width, height, confidence / 100)
