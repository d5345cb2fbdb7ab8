"""Whole messages: record <-> octets.

A message of phase II travels inside the frame's extension: ("msgFrameExt", {"messageId": .., "value": (type, value)}).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from v2x.errors import UnknownMessageError
from v2x.fields import WireValue
from v2x.layout import Converter, choice
from v2x.plain import Skipped
from v2x.profiles import DEFAULT_PROFILE, Profile
from v2x.records.messages import MESSAGES, Message
from v2x.schema import encode_value, schema

__all__ = ["MESSAGES", "Decoded", "Message", "decode", "encode", "read"]

_EXTENDED = "msgFrameExt"


class Decoded(NamedTuple):
    """A message, and what was left out of it because only a later edition knows it."""

    message: Message
    skipped: tuple[Skipped, ...]


def encode(message: Message, profile: Profile = DEFAULT_PROFILE) -> bytes:
    """Return the MessageFrame of a record.

    Measurements beyond what the wire holds are clamped (`adjust` tells which); EncodeError names the field that cannot
    be sent at all.
    """
    name, value = _layout(profile).to_wire(message, None)
    message_id = _message_ids(profile).get(name)
    frame = (name, value) if message_id is None else (_EXTENDED, {"messageId": message_id, "value": (name, value)})
    return encode_value(frame, profile)


def decode(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Message:
    """Return the record of a MessageFrame; DecodeError for everything else, UnknownMessageError for later editions."""
    return read(data, profile).message


def read(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Decoded:
    """Return the record of a MessageFrame and what had to be skipped; errors as with `decode`."""
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
def _layout(profile: Profile) -> Converter:
    return choice(MESSAGES[profile], profile)


@cache
def _message_ids(profile: Profile) -> Mapping[str, int]:
    """Return the ids of the messages in the frame's extension, by type."""
    extension = schema(profile).definitions.get("MessageFrameExt", {"members": []})
    (types,) = [member["types"] for member in extension["members"] if member and "types" in member] or [{}]
    return {name: message_id for message_id, name in types.items()}
