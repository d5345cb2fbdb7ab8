"""Messages of GA/T 1743-2020: what a signal controller tells a roadside unit. Little endian.

    0   2  link, bits: 0 RSU, 1 platform, 2 other roadside unit, 3 signal controller
    2   7  sender: region u24 (GB/T 2260, decimal), type u16 bits, number u16 (FFFF: all)
    9   7  receiver, the same
    16  6  time, UTC: seconds u32, milliseconds u16
    22  1  time to live, s
    23  1  version, 0x10
    24  1  operation
    25  2  object
    27  4  signature flag u8, reserved
    31  .. content

    lamp colours (0103)                                       current plan (0301)
    length u16 of what follows; longitude, latitude u32 1e-7 deg; altitude u16
    approaches u8, each:                                      lamps in all u8, approaches u8, each:
        angle u16 deg clockwise from north, lamps u8, each:       angle u16, lamps u8, each:
            number, type, colour, seconds left u8                     number, type, steps u8, each: colour u8, s u16

The unit of the altitude is not known: it is neither read nor sent (0).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable
from enum import IntEnum
from itertools import groupby
from typing import NamedTuple, TypeVar

from perception.objects import Lamp, LampPlan

VERSION = 0x10
TIME_TO_LIVE_S = 60
_HEADER = struct.Struct("<H 3sHH 3sHH IH B BB H B3x")
_LENGTH = struct.Struct("<H")
_PLACE = struct.Struct("<IIH")
_APPROACH = struct.Struct("<HB")
_LAMP = struct.Struct("<BBBB")
_LAMP_PLAN = struct.Struct("<BBB")
_STEP = struct.Struct("<BH")
_COUNT = struct.Struct("<B")
_LONGEST_COUNTDOWN = 254  # s; 255 says "more", 0 "unknown"
_NS_PER_MS = 1_000_000


class MessageError(ValueError):
    """A body with a good checksum that is no message."""


class Operation(IntEnum):
    """What the sender wants or does with the object."""

    QUERY = 0x80
    SET = 0x81
    REPORT = 0x82
    QUERY_REPLY = 0x83
    SET_REPLY = 0x84
    REPORT_REPLY = 0x85
    ERROR = 0x86
    BROADCAST = 0x87


class Object(IntEnum):
    """What the message is about; the objects used here."""

    LAMP_COLOURS = 0x0103
    CURRENT_PLAN = 0x0301


class Kind(IntEnum):
    """Type bits of an address."""

    SIGNAL_CONTROLLER = 0x1000
    ROADSIDE_UNIT = 0x2000


LINK_TO_ROADSIDE_UNIT, LINK_TO_CONTROLLER = 0x0004, 0x0008
EVERY_NUMBER = 0xFFFF


class Address(NamedTuple):
    """One party."""

    region: int  # GB/T 2260, 6 decimal digits
    type: int
    number: int


class Message(NamedTuple):
    """One message; its content as on the wire."""

    sender: Address
    receiver: Address
    time_ns: int  # ns UTC, in whole ms on the wire
    operation: int
    object: int
    content: bytes = b""


def encode(message: Message) -> bytes:
    """Return the body of a frame."""
    seconds, milliseconds = divmod(message.time_ns // _NS_PER_MS, 1000)
    sender, receiver = message.sender, message.receiver
    header = _HEADER.pack(
        LINK_TO_CONTROLLER if receiver.type & Kind.SIGNAL_CONTROLLER else LINK_TO_ROADSIDE_UNIT,
        *(sender.region.to_bytes(3, "little"), sender.type, sender.number),
        *(receiver.region.to_bytes(3, "little"), receiver.type, receiver.number),
        *(seconds, milliseconds),
        *(TIME_TO_LIVE_S, VERSION, message.operation, message.object, 0),
    )
    return header + message.content


def parse(body: bytes) -> Message:
    """Return the message in a frame's body; raise `MessageError` when there is none."""
    if len(body) < _HEADER.size:
        raise MessageError("shorter than a header")
    fields = _HEADER.unpack_from(body)
    _, region, kind, number, to_region, to_kind, to_number, seconds, milliseconds, _, version, operation, item, _ = (
        fields
    )
    if version != VERSION:
        raise MessageError(f"version {version:#x}, not {VERSION:#x}")
    if milliseconds > 999:
        raise MessageError(f"{milliseconds} milliseconds")
    return Message(
        sender=Address(int.from_bytes(region, "little"), kind, number),
        receiver=Address(int.from_bytes(to_region, "little"), to_kind, to_number),
        time_ns=(seconds * 1000 + milliseconds) * _NS_PER_MS,
        operation=operation,
        object=item,
        content=body[_HEADER.size :],
    )


class Place(NamedTuple):
    """Where the junction is, WGS-84."""

    latitude: float  # deg
    longitude: float  # deg


# Colour octet: bits 1-0 red, 3-2 yellow, 5-4 green; 0 not fitted, 1 off, 2 on, 3 flashing.
_LIT = {2: "", 3: "flashing-"}
_COLOUR_OCTETS = {
    "unknown": 0x00,
    "dark": 0x15,
    "red": 0x16,
    "yellow": 0x19,
    "green": 0x25,
    "flashing-red": 0x17,
    "flashing-yellow": 0x1D,
    "flashing-green": 0x35,
}


def colour_of(octet: int) -> str:
    """Return one of `perception.objects.COLOURS`; two lamps lit at once have no name there and are unknown."""
    lamps = {"red": octet & 3, "yellow": octet >> 2 & 3, "green": octet >> 4 & 3}
    lit = [_LIT[state] + name for name, state in lamps.items() if state in _LIT]
    if octet >> 6 or octet == 0 or len(lit) > 1:
        return "unknown"
    return lit[0] if lit else "dark"


def encode_lamp_colours(place: Place, lamps: Iterable[Lamp]) -> bytes:
    """Return the content of object 0103; lamps of one approach follow each other. Seconds are rounded up."""
    groups = [(angle, list(group)) for angle, group in groupby(lamps, key=lambda lamp: lamp.angle)]
    body = _encode_place(place) + _COUNT.pack(len(groups))
    for angle, group in groups:
        body += _APPROACH.pack(angle, len(group))
        for lamp in group:
            seconds = 0 if lamp.countdown is None else min(math.ceil(lamp.countdown), _LONGEST_COUNTDOWN + 1)
            body += _LAMP.pack(lamp.number, lamp.type, _COLOUR_OCTETS[lamp.colour], seconds)
    return _LENGTH.pack(len(body)) + body


def parse_lamp_colours(content: bytes) -> list[Lamp]:
    """Return the lamps in the content of object 0103; raise `MessageError` when it is not that."""
    reader = _Reader(content)
    (approaches,) = reader.take(_COUNT)
    lamps = [lamp for _ in range(approaches) for lamp in _parse_approach(reader, _parse_lamp)]
    reader.finish()
    return lamps


def _parse_lamp(reader: _Reader, angle: int) -> Lamp:
    number, kind, colour, seconds = reader.take(_LAMP)
    countdown = float(seconds) if 0 < seconds <= _LONGEST_COUNTDOWN else None
    return Lamp(number, angle, kind, colour_of(colour), countdown)


def encode_plan(place: Place, lamps: Iterable[LampPlan]) -> bytes:
    """Return the content of object 0301; lamps of one approach follow each other. Durations in whole seconds."""
    groups = [(angle, list(group)) for angle, group in groupby(lamps, key=lambda lamp: lamp.angle)]
    body = _encode_place(place) + _COUNT.pack(sum(len(group) for _, group in groups)) + _COUNT.pack(len(groups))
    for angle, group in groups:
        body += _APPROACH.pack(angle, len(group))
        for lamp in group:
            body += _LAMP_PLAN.pack(lamp.number, lamp.type, len(lamp.steps))
            body += b"".join(_STEP.pack(_COLOUR_OCTETS[colour], round(duration)) for colour, duration in lamp.steps)
    return _LENGTH.pack(len(body)) + body


def parse_plan(content: bytes) -> list[LampPlan]:
    """Return the lamps in the content of object 0301; raise `MessageError` when it is not that."""
    reader = _Reader(content)
    total, approaches = *reader.take(_COUNT), *reader.take(_COUNT)
    lamps = [lamp for _ in range(approaches) for lamp in _parse_approach(reader, _parse_lamp_plan)]
    reader.finish()
    if len(lamps) != total:
        raise MessageError(f"{total} lamps announced, {len(lamps)} came")
    return lamps


def _parse_lamp_plan(reader: _Reader, angle: int) -> LampPlan:
    number, kind, steps = reader.take(_LAMP_PLAN)
    parsed = (reader.take(_STEP) for _ in range(steps))
    return LampPlan(number, angle, kind, [(colour_of(colour), float(seconds)) for colour, seconds in parsed])


def _encode_place(place: Place) -> bytes:
    return _PLACE.pack(round(place.longitude * 1e7), round(place.latitude * 1e7), 0)


class _Reader:
    """Takes fields off a content, which begins with its length and a place."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        (length,) = self.take(_LENGTH)
        if length != len(content) - _LENGTH.size:
            raise MessageError(f"{length} octets of content announced, {len(content) - _LENGTH.size} came")
        self.take(_PLACE)

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


def _parse_approach(reader: _Reader, parse_one: Callable[[_Reader, int], T]) -> list[T]:
    angle, lamps = reader.take(_APPROACH)
    return [parse_one(reader, angle) for _ in range(lamps)]
