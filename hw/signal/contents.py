"""Contents of GA/T 1743-2020 messages: lamp colours and the current plan. Little endian.

    both      length u16 of the rest; longitude, latitude u32 1e-7 deg; altitude u16
    0103      approaches u8, each: angle u16 deg clockwise from north; lamps u8, each:
                  number, type, colour, seconds left u8
    0301      lamps in all u8; approaches u8, each: angle u16; lamps u8, each:
                  number, type, steps u8, each: colour u8, duration u16 s

The unit of the altitude is not known: it is not read.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from hw.signal.messages import MessageError
from perception.objects import Lamp, LampPlan

_LENGTH = struct.Struct("<H")
_PLACE = struct.Struct("<IIH")
_APPROACH = struct.Struct("<HB")
_LAMP = struct.Struct("<BBBB")
_LAMP_PLAN = struct.Struct("<BBB")
_STEP = struct.Struct("<BH")
_COUNT = struct.Struct("<B")
_LONGEST_COUNTDOWN = 254  # s; 255 says "more", 0 "unknown"


class JunctionPlace(NamedTuple):
    """Where the junction is, WGS-84."""

    latitude_deg: float
    longitude_deg: float


# Colour octet: bits 1-0 red, 3-2 yellow, 5-4 green; 0 not fitted, 1 off, 2 on, 3 flashing.
_LIT = {2: "", 3: "flashing-"}


def colour_of(octet: int) -> str:
    """Return one of `perception.objects.COLOURS`; two lamps lit at once have no name there and are unknown."""
    lamps = {"red": octet & 3, "yellow": octet >> 2 & 3, "green": octet >> 4 & 3}
    lit = [_LIT[state] + name for name, state in lamps.items() if state in _LIT]
    if octet >> 6 or octet == 0 or len(lit) > 1:
        return "unknown"
    return lit[0] if lit else "dark"


def parse_place(content: bytes) -> JunctionPlace:
    """Return where a content says that the junction is; raise `MessageError` when it is too short."""
    return _ContentReader(content).place


def parse_lamp_colours(content: bytes) -> list[Lamp]:
    """Return the lamps in the content of object 0103; raise `MessageError` when it is not that."""
    reader = _ContentReader(content)
    (approaches,) = reader.take(_COUNT)
    lamps = [lamp for _ in range(approaches) for lamp in _parse_approach(reader, _parse_lamp)]
    reader.finish()
    return lamps


def _parse_lamp(reader: _ContentReader, angle: int) -> Lamp:
    number, kind, colour, seconds = reader.take(_LAMP)
    countdown = float(seconds) if 0 < seconds <= _LONGEST_COUNTDOWN else None
    return Lamp(number, angle, kind, colour_of(colour), countdown)


def parse_plan(content: bytes) -> list[LampPlan]:
    """Return the lamps in the content of object 0301; raise `MessageError` when it is not that."""
    reader = _ContentReader(content)
    total, approaches = *reader.take(_COUNT), *reader.take(_COUNT)
    lamps = [lamp for _ in range(approaches) for lamp in _parse_approach(reader, _parse_lamp_plan)]
    reader.finish()
    if len(lamps) != total:
        raise MessageError(f"{total} lamps announced, {len(lamps)} came")
    return lamps


def _parse_lamp_plan(reader: _ContentReader, angle: int) -> LampPlan:
    number, kind, steps = reader.take(_LAMP_PLAN)
    parsed = (reader.take(_STEP) for _ in range(steps))
    return LampPlan(number, angle, kind, [(colour_of(colour), float(seconds)) for colour, seconds in parsed])


class _ContentReader:
    """Takes fields off a content, which begins with its length and a place."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        (length,) = self.take(_LENGTH)
        if length != len(content) - _LENGTH.size:
            raise MessageError(f"{length} octets of content announced, {len(content) - _LENGTH.size} came")
        longitude, latitude, _ = self.take(_PLACE)
        self.place = JunctionPlace(latitude / 1e7, longitude / 1e7)

    def take(self, layout: struct.Struct) -> tuple[int, ...]:
        """Return the next fields."""
        if self._at + layout.size > len(self._content):
            raise MessageError("content ends too early")
        self._at += layout.size
        return layout.unpack_from(self._content, self._at - layout.size)

    def finish(self) -> None:
        """Check that nothing is left."""
        if self._at != len(self._content):
            raise MessageError(f"{len(self._content) - self._at} octets behind the content")


T = TypeVar("T")


def _parse_approach(reader: _ContentReader, parse_one: Callable[[_ContentReader, int], T]) -> list[T]:
    angle, lamps = reader.take(_APPROACH)
    return [parse_one(reader, angle) for _ in range(lamps)]
