"""GA/T 1743-2020 as a signal controller writes it, from a transcription of the standard apart from the driver's.

The checksum is taken bit by bit, fields stand by their places, all little endian.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from perception.objects import Lamp, LampPlan

REGION = 440304  # GB/T 2260: Futian, Shenzhen
LAMP_COLOURS, CURRENT_PLAN = 0x0103, 0x0301  # objects
QUERY, QUERY_REPLY, BROADCAST = 0x80, 0x83, 0x87  # operations
_LINK_TO_ROADSIDE = 1 << 2
_CONTROLLER, _ROADSIDE, _ALL = 1 << 12, 1 << 13, 0xFFFF  # types of addresses, and every number
_LIVES_S, _VERSION = 60, 0x10
_HEADER = 31  # octets before the content
_LAMP_AT = {"red": 0, "yellow": 2, "green": 4}  # bit of a lamp's state in the octet of colours
_OFF, _ON, _FLASHING = 1, 2, 3

Place = tuple[float, float]  # latitude, longitude, deg


def datagram(region: int, operation: int, item: int, content: bytes, time_ns: int) -> bytes:
    """Return the frame of a message from the controller of a region to all roadside units."""
    milliseconds = time_ns // 1_000_000
    head = _number(_LINK_TO_ROADSIDE, 2) + _address(region, _CONTROLLER) + _address(REGION, _ROADSIDE)
    head += _number(milliseconds // 1000, 4) + _number(milliseconds % 1000, 2)
    head += bytes([_LIVES_S, _VERSION, operation]) + _number(item, 2) + bytes(4)
    return framed(head + content)


def framed(body: bytes) -> bytes:
    """Return a body with its checksum between delimiters, which are written otherwise inside it."""
    other = {0xC0: b"\xdb\xdc", 0xDB: b"\xdb\xdd"}
    inside = b"".join(other.get(octet, bytes([octet])) for octet in body + _number(checksum(body), 2))
    return b"\xc0" + inside + b"\xc0"


def asked(data: bytes) -> list[int]:
    """Return the objects that the good frames in a datagram query."""
    found = []
    for inside in data.split(b"\xc0"):
        whole = inside.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        body, crc = whole[:-2], whole[-2:]
        good = len(body) >= _HEADER and crc == _number(checksum(body), 2) and body[23] == _VERSION
        if good and body[24] == QUERY:
            found.append(body[25] + 256 * body[26])
    return found


def checksum(body: bytes) -> int:
    """Return the CRC of 16 bits: polynomial 8005, begun with FFFF, the highest bit first."""
    crc = 0xFFFF
    for octet in body:
        for place in range(7, -1, -1):
            crc, top = crc << 1 & 0xFFFF, (crc >> 15) ^ (octet >> place & 1)
            crc ^= 0x8005 * top
    return crc


def encode_lamp_colours(place: Place, lamps: Iterable[Lamp]) -> bytes:
    """Return the content of object 0103. Countdowns in whole seconds, rounded up; 255: more, 0: unknown."""
    return _content(place, b"", [(lamp.angle_deg, _lamp(lamp)) for lamp in lamps])


def _lamp(lamp: Lamp) -> bytes:
    left = 0 if lamp.countdown_s is None else min(255, math.ceil(lamp.countdown_s))
    return bytes([lamp.number, lamp.type, colours(lamp.colour), left])


def encode_plan(place: Place, lamps: Sequence[LampPlan]) -> bytes:
    """Return the content of object 0301. Durations in whole seconds."""
    return _content(place, bytes([len(lamps)]), [(lamp.angle_deg, _steps(lamp)) for lamp in lamps])


def _steps(lamp: LampPlan) -> bytes:
    steps = b"".join(bytes([colours(colour)]) + _number(round(duration_s), 2) for colour, duration_s in lamp.steps)
    return bytes([lamp.number, lamp.type, len(lamp.steps)]) + steps


def colours(name: str) -> int:
    """Return the octet of colours: two bits for each of red, yellow and green; 0: not told."""
    if name == "unknown":
        return 0
    lit, state = name.removeprefix("flashing-"), _FLASHING if name.startswith("flashing-") else _ON
    return sum((state if lamp == lit else _OFF) << at for lamp, at in _LAMP_AT.items())


def _content(place: Place, before: bytes, lamps: Sequence[tuple[int, bytes]]) -> bytes:
    """Return length, place and the approaches, each with its angle and the octets of its lamps."""
    groups = [(angle, [octets for _, octets in group]) for angle, group in groupby(lamps, key=lambda lamp: lamp[0])]
    approaches = [_number(angle, 2) + bytes([len(group)]) + b"".join(group) for angle, group in groups]
    latitude, longitude = (_number(round(each * 1e7), 4) for each in place)
    rest = longitude + latitude + bytes(2) + before + bytes([len(groups)]) + b"".join(approaches)
    return _number(len(rest), 2) + rest


def _address(region: int, kind: int) -> bytes:
    return _number(region, 3) + _number(kind, 2) + _number(_ALL, 2)


def _number(value: int, octets: int) -> bytes:
    return value.to_bytes(octets, "little")
