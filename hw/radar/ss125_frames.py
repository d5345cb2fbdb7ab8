"""Packets of the Wavetronix SmartSensor HD (SS125, protocol "Z1"), both directions.

    0   5A 31                       10  CRC-8 of the ten octets before
    2   destination: sub-id u8, id u16   11  body: message, sub-id, type (0 read, 1 write, 2 result), data
    5   source: sub-id u8, id u16        ..  CRC-8 of the body
    8   sequence number u8
    9   octets of the body u8, without its CRC

Big endian. An answer has the ids exchanged, and the number of its request plus 1. CRC-8: polynomial 1C, begins with 0.

Active event (67), 23 octets: sub-id 1 an event, 0 none waits; stamp u32 + u32, lane u8, range 8.8, duration u24 ms,
speed 24 bits (the first: it is valid; then 15.8, signed), class u8, length 8.8. Stamp: year 23 bits, month 4, day 5;
hour 10 bits, minute 6, second 6, ms 10.

Result, 5 octets: type 2, code u16 (0: no error).

Sources: the open traffic management system IRIS, whose unit tests hold real bodies.
"""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

from hw.utc import Utc, to_ns
from perception.objects import RoadUser

SYNC = b"Z1"
HEADER = struct.Struct(">2sBHBHBBB")
ACTIVE_EVENT = 0x67
READ, RESULT = 0, 2
EVENT = struct.Struct(">3B2IBHBHBHBH")
CODE = struct.Struct(">3BH")
KINDS = {0: RoadUser.MOTORCYCLE, 1: RoadUser.CAR, 2: RoadUser.TRUCK, 3: RoadUser.TRUCK}


def _crc_table() -> bytes:
    table = bytearray()
    for value in range(256):
        for _ in range(8):
            value = (value << 1 ^ 0x1C if value & 0x80 else value << 1) & 0xFF
        table.append(value)
    return bytes(table)


_CRC = _crc_table()


def crc8(data: bytes) -> int:
    """Return the checksum of octets."""
    value = 0
    for octet in data:
        value = _CRC[value ^ octet]
    return value


class Vehicle(NamedTuple):
    """One vehicle that passed, in the sensor's unit of length and speed."""

    utc_ns: int  # by the sensor's own clock
    lane: int
    speed: float  # NaN: not measured
    kind: RoadUser
    length: float


def request(sensor: int, sequence: int, message: int) -> bytes:
    """Return the packet that asks for a message; our own id is 0."""
    body = bytes([message, 0, READ])
    head = HEADER.pack(SYNC, 0, sensor, 0, 0, sequence, len(body), 0)[:-1]
    return head + bytes([crc8(head)]) + body + bytes([crc8(body)])


def measure(data: bytes) -> int | str:
    """Return the octets of the packet that the bytes begin with (`hw/splitter.py`)."""
    if len(data) < HEADER.size:
        return 0 if data[:2] == SYNC[: len(data[:2])] else "noise"
    if data[:2] != SYNC:
        return "noise"
    if crc8(data[:10]) != data[10]:
        return "checksum"
    size = HEADER.size + data[9] + 1
    if len(data) < size:
        return 0
    return size if crc8(data[HEADER.size : size - 1]) == data[size - 1] else "checksum"


def source(packet: bytes) -> int:
    """Return the id of the sensor that sent a packet."""
    return int(HEADER.unpack_from(packet)[4])


def vehicle(body: bytes) -> Vehicle | None:
    """Return the vehicle of an active event; None: none waits. ValueError: it is no active event, or has no time."""
    if len(body) != EVENT.size or body[0] != ACTIVE_EVENT:
        raise ValueError("no active event")
    _, event, _, date, time, lane, _, _, _, high, low, kind, length = EVENT.unpack(body)
    if event != 1:
        return None
    day = date >> 9, date >> 5 & 15, date & 31
    stamp = Utc(*day, time >> 22, time >> 16 & 63, time >> 10 & 63, (time & 1023) * 1_000_000)
    return Vehicle(to_ns(stamp), lane, fixed24(high << 16 | low), KINDS.get(kind, RoadUser.UNKNOWN), length / 256)


def code(body: bytes) -> int:
    """Return the code of a result, 0: no error. ValueError: it is none."""
    if len(body) != CODE.size or body[2] != RESULT:
        raise ValueError("no result")
    return int(CODE.unpack(body)[3])


def fixed24(value: int) -> float:
    """Return a number of 24 bits: b23 valid (else NaN), b22-8 whole part, signed, b7-0 256ths with its sign."""
    if not value & 0x800000:
        return math.nan
    whole = (value >> 8 & 0x7FFF) - (0x8000 if value & 0x400000 else 0)
    return whole + math.copysign((value & 0xFF) / 256, whole)
