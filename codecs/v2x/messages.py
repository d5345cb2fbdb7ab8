"""Whole messages: record <-> octets.

The engine in use goes straight from one to the other; what is irregular goes through values in wire units (`layout`,
`schema`), which either find out what is wrong or skip what a later edition added.

A message of phase II travels inside the frame's extension: ("msgFrameExt", {"messageId": .., "value": (type, value)}).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from v2x.engine.coding import IRREGULAR, IrregularError, Pair
from v2x.engine.engines import DEFAULT_ENGINE, EngineName
from v2x.engine.ir import Choice, Member, Open, Sequence, Type
from v2x.engine.plain_reading import Skipped
from v2x.errors import CodecError, UnknownMessageError
from v2x.profiles import DEFAULT_PROFILE, Profile
from v2x.records.messages import MESSAGES, Message
from v2x.schema import FRAME, Schema, encode_value, schema
from v2x.wire.fields import WireValue
from v2x.wire.layout import OneOf, choice

__all__ = ["MESSAGES", "Decoded", "Message", "decode", "encode", "read"]

_EXTENDED = "msgFrameExt"
_EXTENSION_BIT = 0x80  # first bit of a MessageFrame


class Decoded(NamedTuple):
    """A message, and what was left out of it because only a later edition knows it."""

    message: Message
    skipped: tuple[Skipped, ...]


def encode(message: Message, profile: Profile = DEFAULT_PROFILE) -> bytes:
    """Return the MessageFrame of a record.

    Measurements beyond what the wire holds are clamped (`adjust` tells which); EncodeError names the field that cannot
    be sent at all.
    """
    try:
        return messages(profile).encode(message)
    except (CodecError, *IRREGULAR):
        pass
    name, value = _layout(profile).to_wire(message, None)
    message_id = _message_ids(profile).get(name)
    frame = (name, value) if message_id is None else (_EXTENDED, {"messageId": message_id, "value": (name, value)})
    return encode_value(frame, profile)


def decode(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Message:
    """Return the record of a MessageFrame; DecodeError for everything else, UnknownMessageError for later editions."""
    try:
        return messages(profile).decode(data)
    except IRREGULAR:
        pass
    return _read(data, profile).message


def read(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Decoded:
    """Return the record of a MessageFrame and what had to be skipped; errors as with `decode`."""
    try:
        return Decoded(messages(profile).decode(data), ())
    except IRREGULAR:
        pass
    return _read(data, profile)


class Messages:
    """The messages of a profile by one engine; like the engine, for what is regular only."""

    def __init__(self, known: Schema, layout: OneOf, ids: Mapping[str, int]) -> None:
        frame = known.types.named(FRAME)
        self._frame = known.engine.records(layout, frame)
        self._envelope = known.engine.values(_closed(frame))
        self._ids = {layout.alternatives[name].record: message_id for name, message_id in ids.items()}
        self._extended: Mapping[int, Pair] = {
            message_id: known.engine.records(layout.alternatives[name], known.types.named(name))
            for name, message_id in ids.items()
        }

    def encode(self, message: Message) -> bytes:
        """Return the MessageFrame of a record."""
        message_id = self._ids.get(type(message))
        if message_id is None:
            return self._frame.encode(message)
        octets = self._extended[message_id].encode(message)
        return self._envelope.encode((_EXTENDED, {"messageId": message_id, "value": octets}))

    def decode(self, data: bytes) -> Message:
        """Return the record of a MessageFrame."""
        if not data or not data[0] & _EXTENSION_BIT:
            message: Message = self._frame.decode(data)
            return message
        name, value = self._envelope.decode(data)
        if name != _EXTENDED:
            raise IrregularError
        inner: Message = self._extended[value["messageId"]].decode(value["value"])
        return inner


def _closed(type_: Type) -> Type:
    """Return the frame's type with open types left as octets."""
    if isinstance(type_, Choice):
        additions = tuple(Member(member.name, _closed(member.type)) for member in type_.additions)
        return Choice(type_.members, type_.extensible, additions)
    if isinstance(type_, Sequence):
        members = tuple(Member(member.name, _closed(member.type), member.optional) for member in type_.members)
        return Sequence(members, type_.extensible, type_.additions)
    return Open(type_.selector, {}) if isinstance(type_, Open) else type_


def _read(data: bytes, profile: Profile) -> Decoded:
    frame, skipped = schema(profile).read(data)
    message: Message = _layout(profile).from_wire(_opened(frame), None)
    return Decoded(message, skipped)


def _opened(frame: WireValue) -> WireValue:
    """Return (type, value) of a message in the frame's extension."""
    name, value = frame
    if name != _EXTENDED:
        return frame
    if isinstance(value["value"], bytes):
        raise UnknownMessageError(f"unknown message: id {value['messageId']}")
    return value["value"]


@cache
def messages(profile: Profile, engine: EngineName = DEFAULT_ENGINE) -> Messages:
    """Return the messages of a profile by an engine."""
    return Messages(schema(profile, engine), _layout(profile), _message_ids(profile))


@cache
def _layout(profile: Profile) -> OneOf:
    return choice(MESSAGES[profile], profile)


@cache
def _message_ids(profile: Profile) -> Mapping[str, int]:
    """Return the ids of the messages in the frame's extension, by type."""
    extension = schema(profile).definitions.get("MessageFrameExt", {"members": []})
    (types,) = [member["types"] for member in extension["members"] if member and "types" in member] or [{}]
    return {name: message_id for message_id, name in types.items()}
