"""Messages of GA/T 1743-2020: reports of a signal controller to a roadside unit. Little endian.

0   2  link, bits: 0 RSU, 1 platform, 2 other roadside unit, 3 signal controller
2   7  sender: region u24 (GB/T 2260, decimal), type u16 bits, number u16 (FFFF: all)
9   7  receiver, the same
16  6  time, UTC: seconds u32, milliseconds u16
22  1  time to live, s
23  1  version, 0x10
24  1  operation
25  2  object
27  4  signature flag u8, reserved
31  .. content (`hw/signal/contents.py`)
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

from hw.errors import DeviceError

VERSION = 0x10
TIME_TO_LIVE_S = 60
_HEADER = struct.Struct("<H 3sHH 3sHH IH B BB H B3x")
_NS_PER_MS = 1_000_000


class MessageError(DeviceError, ValueError):
    """A body with a good checksum that is no message."""


class Operation(IntEnum):
    """The sender's request or action on the object."""

    QUERY = 0x80
    SET = 0x81
    REPORT = 0x82
    QUERY_REPLY = 0x83
    SET_REPLY = 0x84
    REPORT_REPLY = 0x85
    ERROR = 0x86
    BROADCAST = 0x87


class Object(IntEnum):
    """The subject of the message; only the objects used here."""

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
