"""The agent protocol: frames for the air and back between this box and the modem's host, over UDP.

The sockets of a PC5 modem exist only on the computer it is part of; the agent there hands messages over. Payloads are
whole adaptation layer + DSMP frames (YD/T 3707, GB/T 31024.3), opaque to the agent; the AID stands beside them because
the agent keeps one transmit flow per AID. One message per datagram, no checksum of its own (UDP has one). Every
number is big endian.

    header
    0   2  magic, ASCII "PC"
    2   1  version, 1
    3   1  type
    4   2  octets after this header

    hello (1), host -> agent, once a second: "I am here, send to me"
    6   8  time, ns UTC

    transmit (2), host -> agent
    6   4  AID
    10  1  DSM priority, 0..255, 255 the highest
    11  .. payload, 1..1400 octets

    received (3), agent -> host
    6   4  AID
    10  4  source layer-2 id
    14  8  time of receipt, ns UTC
    22  1  RSSI, dBm, two's complement; -128 unknown
    23  .. payload, 1..1400 octets

    status (4), agent -> host, once a second and in answer to every hello
    6   8  time, ns UTC
    14  1  state: 0 starting, 1 no synchronisation, 2 ready, 3 fault
    15  1  channel busy ratio, 0..100 %; 255 unknown
    16  4  frames transmitted since the agent started
    20  4  frames refused
    24  4  frames received

The agent sends to where the newest hello came from. Either side takes the other for gone after 3 s of silence.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from typing import NamedTuple

from hw.errors import DeviceError

MAGIC = b"PC"
VERSION = 1
MAX_PAYLOAD = 1400  # octets, header and data of a DSM together (YD/T 3708)
_HEADER = struct.Struct(">2sBBH")
_NO_RSSI = -128
_NO_BUSY_RATIO = 255


class AgentError(DeviceError, ValueError):
    """A datagram or a payload that the protocol does not allow."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason  # magic, version, type, length, state, busy, size


class AgentState(IntEnum):
    """The state of the modem, as the agent reports it."""

    STARTING = 0
    NO_SYNC = 1
    READY = 2
    FAULT = 3


class Hello(NamedTuple):
    """The host is alive and wants to be sent to."""

    time_ns: int


class Transmit(NamedTuple):
    """Please send this over the air."""

    aid: int
    priority: int
    payload: bytes


class ReceivedFrame(NamedTuple):
    """This came in over the air."""

    aid: int
    source: int
    time_ns: int
    rssi: int | None  # dBm
    payload: bytes


class Status(NamedTuple):
    """The agent is alive, and how its modem does."""

    time_ns: int
    state: AgentState
    busy_percent: int | None  # channel busy ratio
    transmitted: int
    refused: int
    received: int


class MessageType(IntEnum):
    """Second octet of the header."""

    HELLO = 1
    TRANSMIT = 2
    RECEIVED = 3
    STATUS = 4


_FIELDS = {
    MessageType.HELLO: struct.Struct(">Q"),
    MessageType.TRANSMIT: struct.Struct(">IB"),
    MessageType.RECEIVED: struct.Struct(">IIQb"),
    MessageType.STATUS: struct.Struct(">QBBIII"),
}
_CARRIES_PAYLOAD = frozenset({MessageType.TRANSMIT, MessageType.RECEIVED})


def _encode(kind: MessageType, *fields: int, payload: bytes = b"") -> bytes:
    body = _FIELDS[kind].pack(*fields) + payload
    return _HEADER.pack(MAGIC, VERSION, kind, len(body)) + body


def _parse(kind: MessageType, datagram: bytes) -> tuple[tuple[int, ...], bytes]:
    """Return the fixed fields and the payload of a datagram that must be of one type."""
    if message_type(datagram) is not kind:
        raise AgentError("type", f"not a {kind.name.lower()} message")
    body = datagram[_HEADER.size :]
    fields = _FIELDS[kind]
    payload = body[fields.size :]
    if len(body) < fields.size or bool(payload) != (kind in _CARRIES_PAYLOAD) or len(payload) > MAX_PAYLOAD:
        raise AgentError("length", f"{len(body)} octets cannot be the body of a {kind.name.lower()} message")
    return fields.unpack_from(body), payload


def message_type(datagram: bytes) -> MessageType:
    """Return the type of a datagram after checking its header; raise `AgentError` when it has no good one."""
    if len(datagram) < _HEADER.size:
        raise AgentError("length", "shorter than a header")
    magic, version, kind, length = _HEADER.unpack_from(datagram)
    if magic != MAGIC:
        raise AgentError("magic", f"does not begin with {MAGIC.decode()}")
    if version != VERSION:
        raise AgentError("version", f"version {version}, not {VERSION}")
    if length != len(datagram) - _HEADER.size:
        raise AgentError("length", f"{length} octets announced, {len(datagram) - _HEADER.size} came")
    if kind not in _FIELDS:
        raise AgentError("type", f"unknown message type {kind}")
    return MessageType(kind)


def encode_hello(message: Hello) -> bytes:
    """Return the datagram that keeps the agent sending to us."""
    return _encode(MessageType.HELLO, message.time_ns)


def parse_hello(datagram: bytes) -> Hello:
    """Return the hello in a datagram; raise `AgentError` when there is none."""
    return Hello(*_parse(MessageType.HELLO, datagram)[0])


def encode_transmit(message: Transmit) -> bytes:
    """Return the datagram that asks for a transmission; raise `AgentError` when its size is not allowed."""
    if not 0 < len(message.payload) <= MAX_PAYLOAD:
        raise AgentError("size", f"payload of {len(message.payload)} octets; 1 to {MAX_PAYLOAD} can be sent")
    return _encode(MessageType.TRANSMIT, message.aid, message.priority, payload=message.payload)


def parse_transmit(datagram: bytes) -> Transmit:
    """Return the request in a datagram; raise `AgentError` when there is none."""
    (aid, priority), payload = _parse(MessageType.TRANSMIT, datagram)
    return Transmit(aid, priority, payload)


def encode_received(message: ReceivedFrame) -> bytes:
    """Return the datagram that hands over a frame from the air."""
    rssi = _NO_RSSI if message.rssi is None else message.rssi
    return _encode(MessageType.RECEIVED, message.aid, message.source, message.time_ns, rssi, payload=message.payload)


def parse_received(datagram: bytes) -> ReceivedFrame:
    """Return the frame from the air in a datagram; raise `AgentError` when there is none."""
    (aid, source, time_ns, rssi), payload = _parse(MessageType.RECEIVED, datagram)
    return ReceivedFrame(aid, source, time_ns, None if rssi == _NO_RSSI else rssi, payload)


def encode_status(message: Status) -> bytes:
    """Return the datagram that says how the modem does."""
    busy = _NO_BUSY_RATIO if message.busy_percent is None else message.busy_percent
    counts = (message.transmitted, message.refused, message.received)
    return _encode(MessageType.STATUS, message.time_ns, message.state, busy, *(count & 0xFFFFFFFF for count in counts))


def parse_status(datagram: bytes) -> Status:
    """Return the status in a datagram; raise `AgentError` when there is none."""
    (time_ns, state, busy, *counts), _ = _parse(MessageType.STATUS, datagram)
    if state not in frozenset(AgentState):
        raise AgentError("state", f"unknown state {state}")
    if busy > 100 and busy != _NO_BUSY_RATIO:
        raise AgentError("busy", f"a channel that is busy to {busy} %")
    return Status(time_ns, AgentState(state), None if busy == _NO_BUSY_RATIO else busy, *counts)
