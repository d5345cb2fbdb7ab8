"""Whole messages: record <-> octets."""

from __future__ import annotations

from functools import cache
from typing import TypeAlias

from v2x.layout import Converter, converter
from v2x.profiles import DEFAULT_PROFILE, Profile
from v2x.records.bsm import BasicSafetyMessage
from v2x.records.roadmap import MapData
from v2x.records.rsi import RoadSideInformation
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.spat import SignalPhaseAndTiming
from v2x.schema import decode_value, encode_value

Message: TypeAlias = BasicSafetyMessage | MapData | RoadsideSafetyMessage | SignalPhaseAndTiming | RoadSideInformation


def encode(message: Message, profile: Profile = DEFAULT_PROFILE) -> bytes:
    """Return the MessageFrame of a record.

    Measurements beyond what the wire holds are clamped; EncodeError names the field that cannot be sent at all.
    """
    return encode_value(_layout(profile).to_wire(message, None), profile)


def decode(data: bytes, profile: Profile = DEFAULT_PROFILE) -> Message:
    """Return the record of a MessageFrame; DecodeError for everything else, UnknownMessageError for later editions."""
    message: Message = _layout(profile).from_wire(decode_value(data, profile), None)
    return message


@cache
def _layout(profile: Profile) -> Converter:
    return converter(Message, profile)
