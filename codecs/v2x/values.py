"""JSON form of values in wire units.

Octets as hex, bit strings as [hex, bits], choices as [name, value], sequences as objects (absent members left out),
enumerators by name. An open type is [type, value] like a choice, or the hex of its octets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from v2x.engine.definitions import Definition
from v2x.errors import EncodeError
from v2x.fields import WireValue
from v2x.profiles import DEFAULT_PROFILE, Profile
from v2x.schema import FRAME, schema

Json: TypeAlias = Any  # a result of json.loads


def to_json(value: WireValue) -> Json:
    """Return the JSON form of a decoded value."""
    match value:
        case bytes():
            return value.hex()
        case (bytes(octets), int(bits)):
            return [octets.hex(), bits]
        case (str(name), inner):
            return [name, to_json(inner)]
        case list():
            return [to_json(item) for item in value]
        case dict():
            return {name: to_json(item) for name, item in value.items()}
    return value


def from_json(value: Json, profile: Profile = DEFAULT_PROFILE, pdu: str = FRAME) -> WireValue:
    """Return the value of type `pdu` that `value` describes.

    EncodeError, with the path to the member, for a value without the form of the type. Ranges are checked by encoding.
    """
    return _ValueWalker(schema(profile).definitions).read({"type": pdu}, value)


class _ValueWalker:
    """Walks a value and its type side by side."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions
        self._readers: dict[str, Callable[[Definition, Json], WireValue]] = {
            "SEQUENCE": self._sequence,
            "SEQUENCE OF": self._sequence_of,
            "CHOICE": self._choice,
            "OpenType": self._open_type,
            "OCTET STRING": lambda _, value: _octets(value),
            "BIT STRING": lambda _, value: _bits(value),
            "INTEGER": lambda _, value: _checked(value, int),
            "ENUMERATED": _enumerator,
            "IA5String": lambda _, value: _checked(value, str),
            "BOOLEAN": lambda _, value: _truth(value),
        }

    def read(self, definition: Definition, value: Json) -> WireValue:
        reader = self._readers.get(definition["type"])
        return reader(definition, value) if reader else self.read(self._definitions[definition["type"]], value)

    def _sequence(self, definition: Definition, value: Json) -> WireValue:
        _checked(value, dict)
        members = {member["name"]: member for member in definition["members"] if member}
        for name in value:
            if name not in members:
                raise EncodeError("no such member", str(name))
        for name, member in members.items():
            if name not in value and not member.get("optional"):
                raise EncodeError("missing", name)
        for member in members.values():
            if "selector" in member:  # the type inside depends on another member
                members[member["name"]] = {**member, "name": member["types"].get(value[member["selector"]])}
        return {name: self._inside(name, members[name], inner) for name, inner in value.items()}

    def _sequence_of(self, definition: Definition, value: Json) -> WireValue:
        _checked(value, list)
        return [self._inside(str(index), definition["element"], item) for index, item in enumerate(value)]

    def _choice(self, definition: Definition, value: Json) -> WireValue:
        alternatives = {member["name"]: member for member in definition["members"] if member}
        match value:
            case [str(name), inner] if name in alternatives:
                return name, self._inside(name, alternatives[name], inner)
        raise EncodeError(f"expected [name, value], name one of {', '.join(alternatives)}")

    def _open_type(self, definition: Definition, value: Json) -> WireValue:
        known = definition["name"]
        match value:
            case [str(name), inner] if name == known:
                return name, self._inside(name, {"type": name}, inner)
            case str():  # not looked into
                return _octets(value)
        raise EncodeError(f"expected [{known!r}, value] or octets in hex")

    def _inside(self, name: str, definition: Definition, value: Json) -> WireValue:
        try:
            return self.read(definition, value)
        except EncodeError as error:
            raise error.inside(name) from None


def _enumerator(definition: Definition, value: Json) -> str:
    names = [pair[0] for pair in definition["values"] if pair]
    if value not in names:
        raise EncodeError(f"{value!r} is none of {', '.join(names)}")
    return str(value)


def _checked(value: Json, kind: type) -> Json:
    # bool is an int to Python, not to ASN.1
    if not isinstance(value, kind) or isinstance(value, bool):
        raise EncodeError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _truth(value: Json) -> bool:
    if not isinstance(value, bool):
        raise EncodeError(f"expected true or false, got {type(value).__name__}")
    return value


def _octets(value: Json) -> bytes:
    try:
        return bytes.fromhex(_checked(value, str))
    except ValueError:
        raise EncodeError("expected octets in hex") from None


def _bits(value: Json) -> tuple[bytes, int]:
    match value:
        case [str(octets), int(bits)] if len(data := _octets(octets)) == (bits + 7) // 8:
            if int.from_bytes(data) & ((1 << -bits % 8) - 1):
                raise EncodeError(f"bits set behind the first {bits}")
            return data, bits
    raise EncodeError("expected [hex, number of bits]")
