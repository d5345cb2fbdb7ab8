"""Whole messages: record <-> octets.

The C engine goes straight from one to the other; input that it does not take, or all where it was not built, goes
through values in wire units (`layout`, `schema`), which either find the error or skip the parts that a later edition
added.

A message of phase II travels inside the frame's extension: ("msgFrameExt", {"messageId": .., "value": (type, value)}).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from v2x.engine.engines import DEFAULT_ENGINE, EngineName
from v2x.engine.pair import IRREGULAR, IrregularError, Pair
from v2x.engine.plain.reader import Skipped
from v2x.engine.types import Choice, Member, Open, Sequence, Type
from v2x.errors import CodecError, UnknownMessageError
from v2x.fields import WireValue
from v2x.profiles import DEFAULT_PROFILE, Profile
from v2x.records.messages import MESSAGES, Message
from v2x.schema import FRAME, Schema, schema
from v2x.wire.converters import OneOf
from v2x.wire.layout import choice

__all__ = ["MESSAGES", "Decoded", "Message", "decode", "encode", "read"]

_EXTENDED = "msgFrameExt"
_EXTENSION_BIT = 0x80  # first bit of a MessageFrame


class Decoded(NamedTuple):
    """A message, and the parts left out of it because only a later edition knows them."""

    message: Message
    skipped: tuple[Skipped, ...]


def encode(message: Message, profile: Profile = DEFAULT_PROFILE) -> bytes:
    """Return the MessageFrame of a record.

    Measurements beyond the range on the wire are clamped (`adjust` tells which); EncodeError names the field that
    cannot be sent at all.
    """
    return messages(profile).encode(message)


def decode(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Message:
    """Return the record of a MessageFrame; DecodeError for everything else, UnknownMessageError for later editions."""
    return messages(profile).decode(data)


def read(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Decoded:
    """Return the record of a MessageFrame and the skipped parts; errors as with `decode`."""
    return messages(profile).read(data)


class Messages:
    """The messages of a profile by one engine."""

    def __init__(self, known: Schema, layout: OneOf, ids: Mapping[str, int]) -> None:
        frame = known.types.named(FRAME)
        self.layout = layout
        self._schema = known
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
        try:
            if message_id is None:
                return self._frame.encode(message)
            octets = self._extended[message_id].encode(message)
            return self._envelope.encode((_EXTENDED, {"messageId": message_id, "value": octets}))
        except (CodecError, *IRREGULAR):
            pass
        return self._schema.encode(self.frame_of(message), FRAME)

    def decode(self, data: bytes) -> Message:
        """Return the record of a MessageFrame."""
        try:
            return self._regular(data)
        except IRREGULAR:
            pass
        return self._read(data).message

    def read(self, data: bytes) -> Decoded:
        """Return the record of a MessageFrame and the skipped parts."""
        try:
            return Decoded(self._regular(data), ())
        except IRREGULAR:
            pass
        return self._read(data)

    def frame_of(self, message: Message) -> WireValue:
        """Return the MessageFrame of a record in wire units."""
        name, value = self.layout.to_wire(message, None)
        message_id = self._ids.get(type(message))
        return (name, value) if message_id is None else (_EXTENDED, {"messageId": message_id, "value": (name, value)})

    def record_of(self, frame: WireValue) -> Message:
        """Return the record of a MessageFrame in wire units; None for a message that only a later edition knows."""
        message: Message = self.layout.from_wire(_opened(frame), None)
        return message

    def _regular(self, data: bytes) -> Message:
        """Return the record if the engine takes the octets."""
        if not data or not data[0] & _EXTENSION_BIT:
            message: Message = self._frame.decode(data)
            return message
        name, value = self._envelope.decode(data)
        if name != _EXTENDED:
            raise IrregularError
        inner: Message = self._extended[value["messageId"]].decode(value["value"])
        return inner

    def _read(self, data: bytes) -> Decoded:
        frame, skipped = self._schema.read(data)
        return Decoded(self.record_of(frame), skipped)


def _closed(type_: Type) -> Type:
    """Return the frame's type with open types left as octets."""
    if isinstance(type_, Choice):
        additions = tuple(Member(member.name, _closed(member.type)) for member in type_.additions)
        return Choice(type_.members, type_.extensible, additions)
    if isinstance(type_, Sequence):
        members = tuple(Member(member.name, _closed(member.type), member.optional) for member in type_.members)
        return Sequence(members, type_.extensible, type_.additions)
    return Open(type_.selector, {}) if isinstance(type_, Open) else type_


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
    known = schema(profile, engine)
    return Messages(known, choice(MESSAGES[profile], profile), _message_ids(known))


def _message_ids(known: Schema) -> Mapping[str, int]:
    """Return the ids of the messages in the frame's extension, by type."""
    extension = known.definitions.get("MessageFrameExt", {"members": []})
    (types,) = [member["types"] for member in extension["members"] if member and "types" in member] or [{}]
    return {name: message_id for message_id, name in types.items()}
