"""The ASN.1 schema of a profile, compiled by asn1tools, and its UPER codec.

The modules in `asn1/` are those of YD/T 3709-2020; `asn1/<other profile>.asn` holds only the types that another profile
defines differently. Compiled at first use: about 0.2 s, then kept.
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
_VARIANTS = tuple(profile for profile in PROFILES if profile != DEFAULT_PROFILE)


class Schema:
    """One compiled profile."""

    def __init__(self, modules: dict[str, Definition]) -> None:
        self._specification = asn1tools.compile_dict(modules, "uper")
        # the names of types are unique over all modules
        self.definitions: Mapping[str, Definition] = {
            name: definition for module in modules.values() for name, definition in module["types"].items()
        }

    def encode(self, value: WireValue, pdu: str) -> bytes:
        """Return the octets of a value of type `pdu`; EncodeError with the path to the offending member."""
        try:
            return bytes(self._specification.encode(pdu, value, check_constraints=True))
        except Exception as error:  # asn1tools lets more than its own errors escape
            raise _translated(EncodeError, error) from error

    def decode(self, data: bytes, pdu: str) -> WireValue:
        """Return the value of type `pdu`; DecodeError unless `data` is its one canonical encoding and nothing else.

        asn1tools checks neither ranges nor the end of the data, and takes extensions for None: encoding the value again
        finds all of it.
        """
        try:
            value = self._specification.decode(pdu, data)
            again = self._specification.encode(pdu, value, check_types=False, check_constraints=True)
        except Exception as error:  # asn1tools lets more than its own errors escape
            raise _translated(DecodeError, error) from error
        if again != data:
            trailing = data.startswith(again)
            raise DecodeError("octets behind the end of the message" if trailing else "not a canonical encoding")
        return value


@cache
def schema(profile: Profile) -> Schema:
    """Return the schema of one of PROFILES; ValueError for another name."""
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}, expected one of {', '.join(PROFILES)}")
    modules = deepcopy(_modules())  # compiling changes them
    if profile != DEFAULT_PROFILE:
        _redefine(modules, asn1tools.parse_string(_text(f"{profile}.asn")))
    return Schema(modules)


def encode_value(value: WireValue, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> bytes:
    """Return the octets of a value in wire units; that of a MessageFrame is (frame name, message)."""
    return schema(profile).encode(value, pdu)


def decode_value(data: bytes, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> WireValue:
    """Return the value in wire units.

    UnknownMessageError for a MessageFrame of a later edition, DecodeError for all else that is not of the profile.
    """
    if pdu == FRAME and data and data[0] & _EXTENSION_BIT:
        raise UnknownMessageError(f"unknown message: first octet {data[0]:02x} is that of a later edition (phase II)")
    return schema(profile).decode(data, pdu)


@cache
def _modules() -> dict[str, Definition]:
    names = sorted(entry.name for entry in files(__package__).joinpath("asn1").iterdir())
    variants = {f"{profile}.asn" for profile in _VARIANTS}
    texts = [_text(name) for name in names if name not in variants]
    modules: dict[str, Definition] = asn1tools.parse_string("\n".join(texts))
    return modules


def _text(name: str) -> str:
    return files(__package__).joinpath("asn1", name).read_text(encoding="ascii")


def _redefine(modules: dict[str, Definition], variant: dict[str, Definition]) -> None:
    """Put the types of `variant` in the place of those with the same name."""
    for changes in variant.values():
        for name, definition in changes["types"].items():
            (home,) = (module for module in modules.values() if name in module["types"])
            home["types"][name] = definition


def _translated(kind: type[CodecError], error: Exception) -> CodecError:
    if isinstance(error, ErrorWithLocation):
        return kind(_short(error.message), error.location_str)
    if isinstance(error, NotImplementedError) and "BIT STRING" in str(error):
        return kind("extended bit string: more bits than the profile names")
    return kind(_short(str(error)) or type(error).__name__)


def _short(reason: str) -> str:
    # asn1tools prints the whole value behind some messages
    return reason if len(reason) <= 200 else f"{reason[:200]}..."
