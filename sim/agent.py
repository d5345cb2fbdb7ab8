"""The agent protocol as the emulated modem's host speaks it: the bench's own transcription, big endian.

"PC", version 1, type, octets that follow u16; then
1 hello     time u64
2 transmit  AID u32, priority u8, frame
3 received  AID u32, layer-2 id u32, time u64, RSSI i8 (-128 unknown), frame
4 status    time u64, state u8 (2 ready), busy u8 % (255 unknown), sent u32, refused u32, received u32
"""

from __future__ import annotations

from typing import NamedTuple

LONGEST = 1400  # octets of a frame
_HEAD = b"PC\x01"
_HELLO, _TRANSMIT, _RECEIVED, _STATUS = 1, 2, 3, 4
_READY = 2
_UNKNOWN_RSSI = -128


class AgentOctetsError(ValueError):
    """A datagram that is no message of the protocol."""


class Request(NamedTuple):
    """A frame that the host wants on air."""

    aid: int
    priority: int  # DSM priority
    frame: bytes  # adaptation layer, DSMP header and message


def _body(datagram: bytes, kind: int) -> bytes:
    """Return the octets behind the header of a message of one type."""
    if datagram[:3] != _HEAD or datagram[3:4] != bytes([kind]):
        raise AgentOctetsError(f"begins with {datagram[:4].hex()}")
    if int.from_bytes(datagram[4:6], "big") != len(datagram) - 6:
        raise AgentOctetsError(f"{len(datagram)} octets, the header says otherwise")
    return datagram[6:]


def is_hello(datagram: bytes) -> bool:
    """Tell whether the host says that it is there."""
    return datagram[:4] == _HEAD + bytes([_HELLO]) and len(_body(datagram, _HELLO)) == 8


def request(datagram: bytes) -> Request:
    """Return the frame that a datagram of the host wants on air; AgentOctetsError: it is none."""
    body = _body(datagram, _TRANSMIT)
    if not 5 < len(body) <= 5 + LONGEST:
        raise AgentOctetsError(f"a frame of {len(body) - 5} octets")
    return Request(int.from_bytes(body[:4], "big"), body[4], body[5:])


def transmit(aid: int, priority: int, frame: bytes) -> bytes:
    """Return the datagram of a host that wants a frame on air."""
    return _message(_TRANSMIT, aid.to_bytes(4, "big") + bytes([priority]) + frame)


def received(aid: int, source: int, time_ns: int, rssi_dbm: int | None, frame: bytes) -> bytes:
    """Return the datagram of a frame that came over the air. `source`: layer-2 id; `time_ns`: UTC."""
    rssi = (_UNKNOWN_RSSI if rssi_dbm is None else rssi_dbm).to_bytes(1, "big", signed=True)
    numbers = aid.to_bytes(4, "big") + source.to_bytes(4, "big") + time_ns.to_bytes(8, "big")
    return _message(_RECEIVED, numbers + rssi + frame)


def status(time_ns: int, busy_percent: int, sent: int, refused: int, heard: int) -> bytes:
    """Return the datagram of a modem that is ready. `time_ns`: UTC; counts since its start."""
    counts = b"".join(count.to_bytes(4, "big") for count in (sent, refused, heard))
    return _message(_STATUS, time_ns.to_bytes(8, "big") + bytes([_READY, busy_percent]) + counts)


def _message(kind: int, body: bytes) -> bytes:
    return _HEAD + bytes([kind]) + len(body).to_bytes(2, "big") + body
