"""Values in wire units <-> octets (UPER: ITU-T X.691, unaligned, basic), by the types of a profile.

One intermediate form (`engine.types`) of the ASN.1 modules, two machines made from it: an interpreter of the rules
(`engine.plain`), and the C extension (`engine.native`) where it was built. C takes regular input only;
the rules decide about the rest, so that both accept and refuse the same, with the same errors.

Values are those of asn1tools: int, bool, str for enumerators and text, bytes, (octets, number of bits),
(alternative, value), list, dict without absent members; an open type is (type, value), or octets: of an unknown type,
or encoded already.

Decoding accepts the one encoding that encoding the value gives back, and nothing else. So it refuses: an octet too few
or too many, padding that is not zero, a number or size beyond its range, an index without a name or alternative, a
value of the root sent as an extension, a length in more octets than it takes or in fragments, extension additions
announced but all absent.

Additions of a later edition behind an extension marker are no error but skipped and reported (`SchemaReading.skipped`):
an unknown addition is left out, an unknown enumerator is None, an unknown alternative (None, None). Only then the value
does not encode to the same octets. Extended integers, octet strings and bit strings keep their value.

Encoding accepts values that have the types above and keep the ranges; members that the type does not have are ignored,
bits behind the last of a bit string as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from v2x.engine.definitions import Definition, definitions
from v2x.engine.engines import DEFAULT_ENGINE, Engine, EngineName, make_engine
from v2x.engine.pair import IRREGULAR, Pair
from v2x.engine.plain import reading, writing
from v2x.engine.plain.reader import Skipped
from v2x.engine.types import Builder, Choice, Member, Type
from v2x.errors import CodecError, UnknownMessageError
from v2x.fields import WireValue
from v2x.profiles import DEFAULT_PROFILE, Profile

FRAME = "MessageFrame"  # the type that is sent; every other type is encoded alone only in tests and by single vendors

_EXTENSION_BIT = 0x80  # first bit of a MessageFrame


class SchemaReading(NamedTuple):
    """A decoded value, and the parts left out of it because only a later edition knows them."""

    value: WireValue
    skipped: tuple[Skipped, ...]


class Schema:
    """The types of a profile by name, and one engine for them.

    `definitions`: the types as asn1tools parsed them, see `v2x.engine.definitions`.
    """

    def __init__(self, definitions: Mapping[str, Definition], engine: Engine) -> None:
        self.definitions = definitions
        self.types = Builder(definitions)
        self.engine = engine
        self._pairs: dict[str, Pair] = {}

    def pair(self, pdu: str) -> Pair:
        """Return the engine's functions for a type; CodecError when there is no such type."""
        if pdu not in self._pairs:
            if pdu not in self.definitions:
                raise CodecError(f"no type {pdu}")
            self._pairs[pdu] = self.engine.values(self.types.named(pdu))
        return self._pairs[pdu]

    def encode(self, value: WireValue, pdu: str = FRAME) -> bytes:
        """Return the octets of a value of type `pdu`; EncodeError with the path to the offending member."""
        pair = self._pairs.get(pdu) or self.pair(pdu)
        try:
            return pair.encode(value)
        except IRREGULAR:
            pass
        return writing.encode(value, Member(pdu, self.types.named(pdu)))

    def decode(self, data: bytes, pdu: str = FRAME) -> WireValue:
        """Return the value of type `pdu`; DecodeError with path and bit of the error."""
        pair = self._pairs.get(pdu) or self.pair(pdu)
        try:
            return pair.decode(data)
        except IRREGULAR:
            pass
        return _read(data, Member(pdu, self.types.named(pdu))).value

    def read(self, data: bytes, pdu: str = FRAME) -> SchemaReading:
        """Return the value of type `pdu` and the skipped parts; DecodeError with path and bit of the error."""
        pair = self._pairs.get(pdu) or self.pair(pdu)
        try:
            return SchemaReading(pair.decode(data), ())
        except IRREGULAR:
            pass
        return _read(data, Member(pdu, self.types.named(pdu)))


@cache
def schema(profile: Profile, engine: EngineName = DEFAULT_ENGINE) -> Schema:
    """Return the schema of one of PROFILES; ValueError for another name."""
    return Schema(definitions(profile), make_engine(engine))


def encode_value(value: WireValue, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> bytes:
    """Return the octets of a value in wire units; that of a MessageFrame is (frame name, message)."""
    return schema(profile).encode(value, pdu)


def decode_value(data: bytes, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> WireValue:
    """Return the value in wire units.

    UnknownMessageError for a MessageFrame of a later edition, DecodeError for all else that is not of the profile.
    """
    return schema(profile).decode(data, pdu)


def _read(data: bytes, member: Member) -> SchemaReading:
    if member.name == FRAME and data and not _is_known(data[0], member.type):
        raise UnknownMessageError(f"unknown message: first octet {data[0]:02x} is that of a later edition")
    value, skipped = reading.decode(data, member)
    return SchemaReading(value, tuple(skipped))


def _is_known(octet: int, frame: Type) -> bool:
    """Return whether a frame's first octet names an alternative; those behind the extension marker fill the octet."""
    return not octet & _EXTENSION_BIT or (isinstance(frame, Choice) and octet & ~_EXTENSION_BIT < len(frame.additions))
