"""The ASN.1 schema of a profile, compiled by asn1tools, and its UPER codec.

The modules in `asn1/` are those of YD/T 3709-2020; the files whose name begins with another profile's hold only the
types that it adds or defines differently. The names of types are unique over all modules, so a profile is one table of
types, and another profile the same table with some rows changed. Compiled at first use, then kept.

An open type (the message in a frame of phase II) is compiled as octets; here they become (type, value) by the message
id beside them, and stay octets when the profile has no message of that id.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import asn1tools
from asn1tools.codecs import ErrorWithLocation

from v2x.errors import CodecError, DecodeError, EncodeError, UnknownMessageError
from v2x.fields import WireValue
from v2x.profiles import DEFAULT_PROFILE, PROFILES, Profile

FRAME = "MessageFrame"  # what is sent; every other type is encoded alone only in tests and by single vendors

Definition: TypeAlias = dict[str, Any]  # a type as asn1tools parsed it: "type", "members", "element", "size", ...

_EXTENSION_BIT = 0x80  # first bit of a MessageFrame
_EXTENDED = "msgFrameExt"  # the alternative whose messages are open types


class Schema:
    """One compiled profile.

    `definitions`: its types by name, as asn1tools parsed them. An open type is {"type": "OpenType", "selector": the
    member that tells what is inside, "types": type by that member's value}.
    """

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self.definitions = definitions
        # compiling changes what it is given
        self._specification = asn1tools.compile_dict({"V2X": _module(deepcopy(dict(definitions)))}, "uper")
        self.messages: Mapping[int, str] = _messages(definitions)  # type by message id, of those in open types

    def encode(self, value: WireValue, pdu: str) -> bytes:
        """Return the octets of a value of type `pdu`; EncodeError with the path to the offending member."""
        return self._encode(value, pdu, check_types=True)

    def decode(self, data: bytes, pdu: str) -> WireValue:
        """Return the value of type `pdu`; DecodeError unless `data` is its one canonical encoding and nothing else.

        asn1tools checks neither ranges nor the end of the data, and takes extensions for None: encoding the value again
        finds all of it.
        """
        try:
            value = self._opened(self._specification.decode(pdu, data), pdu)
            again = self._encode(value, pdu, check_types=False)
        except EncodeError as error:
            raise DecodeError(error.reason, error.path) from error
        except Exception as error:  # asn1tools lets more than its own errors escape
            raise _translated(DecodeError, error) from error
        if again != data:
            trailing = data.startswith(again)
            raise DecodeError("octets behind the end of the message" if trailing else "not a canonical encoding")
        return value

    def _encode(self, value: WireValue, pdu: str, check_types: bool) -> bytes:
        try:
            closed = self._closed(value, pdu, check_types)
            return bytes(self._specification.encode(pdu, closed, check_types=check_types, check_constraints=True))
        except CodecError:
            raise
        except Exception as error:  # asn1tools lets more than its own errors escape
            raise _translated(EncodeError, error) from error

    def _opened(self, value: WireValue, pdu: str) -> WireValue:
        """Return a frame with the octets of its open type decoded."""
        if pdu != FRAME or value[0] != _EXTENDED:
            return value
        extended = value[1]
        name = self.messages.get(extended["messageId"])
        if name is None:
            return value
        return _EXTENDED, {**extended, "value": (name, self._specification.decode(name, extended["value"]))}

    def _closed(self, value: WireValue, pdu: str, check_types: bool) -> WireValue:
        """Return a frame with its open type as octets."""
        if pdu != FRAME or value[0] != _EXTENDED or isinstance(value[1]["value"], bytes):
            return value
        name, message = value[1]["value"]
        if name != self.messages.get(value[1]["messageId"]):
            raise EncodeError(f"{name} is not the message of id {value[1]['messageId']}", f"{FRAME}.{_EXTENDED}.value")
        try:
            return _EXTENDED, {**value[1], "value": self._encode(message, name, check_types)}
        except CodecError as error:
            raise error.inside(f"{FRAME}.{_EXTENDED}") from None


@cache
def schema(profile: Profile) -> Schema:
    """Return the schema of one of PROFILES; ValueError for another name."""
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}, expected one of {', '.join(PROFILES)}")
    return Schema({**_types(DEFAULT_PROFILE), **(_types(profile) if profile != DEFAULT_PROFILE else {})})


def encode_value(value: WireValue, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> bytes:
    """Return the octets of a value in wire units; that of a MessageFrame is (frame name, message)."""
    return schema(profile).encode(value, pdu)


def decode_value(data: bytes, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> WireValue:
    """Return the value in wire units.

    UnknownMessageError for a MessageFrame of a later edition, DecodeError for all else that is not of the profile.
    """
    known = schema(profile)
    later = data and data[0] & _EXTENSION_BIT and not (known.messages and data[0] == _EXTENSION_BIT)
    if pdu == FRAME and later:
        raise UnknownMessageError(f"unknown message: first octet {data[0]:02x} is that of a later edition")
    return known.decode(data, pdu)


@cache
def _types(profile: Profile) -> dict[str, Definition]:
    """Return the types that a profile adds or defines differently; all of them for the default profile."""
    modules = asn1tools.parse_string("\n".join(_texts(profile)))
    types: dict[str, Definition] = {}
    for module in modules.values():
        types |= module["types"]
        for definition in module["types"].values():
            _resolve_open_types(definition, module)
    return types


def _texts(profile: Profile) -> list[str]:
    folder = files(__package__).joinpath("asn1")
    names = sorted(entry.name for entry in folder.iterdir())
    if profile == DEFAULT_PROFILE:
        names = [name for name in names if not name.startswith(PROFILES)]
    else:
        names = [name for name in names if name.startswith(profile)]
    return [folder.joinpath(name).read_text(encoding="ascii") for name in names]


def _resolve_open_types(definition: Definition, module: Definition) -> None:
    """Replace the members that are fields of an object class by what the class and the object set say of them."""
    for member in definition.get("members", ()):
        if member and "table" in member:
            table = member.pop("table")
            name, selector = (table["type"], None) if isinstance(table, dict) else (table[0], table[1][0].lstrip("."))
            object_class, field = member["type"].split(".")
            (member["type"],) = (
                entry["type"] for entry in module["object-classes"][object_class]["members"] if entry["name"] == field
            )
            if selector:
                rows = [row for row in module["object-sets"][name]["members"] if isinstance(row, dict)]  # else: "..."
                member |= {"selector": selector, "types": {row["&id"]: row[field]["type"] for row in rows}}


def _messages(definitions: Mapping[str, Definition]) -> Mapping[int, str]:
    if "MessageFrameExt" not in definitions:
        return {}
    types: Mapping[int, str]
    (types,) = (member["types"] for member in definitions["MessageFrameExt"]["members"] if member and "types" in member)
    return types


def _module(types: dict[str, Definition]) -> Definition:
    return {
        "imports": {},
        "types": types,
        "values": {},
        "object-classes": {},
        "object-sets": {},
        "extensibility-implied": False,
        "tags": "AUTOMATIC",
    }


def _translated(kind: type[CodecError], error: Exception) -> CodecError:
    if isinstance(error, ErrorWithLocation):
        return kind(_short(error.message), error.location_str)
    if isinstance(error, NotImplementedError) and "BIT STRING" in str(error):
        return kind("extended bit string: more bits than the profile names")
    return kind(_short(str(error)) or type(error).__name__)


def _short(reason: str) -> str:
    # asn1tools prints the whole value behind some messages
    return reason if len(reason) <= 200 else f"{reason[:200]}..."
