"""UPER (ITU-T X.691, unaligned, basic) rule by rule over the intermediate form, decoding: slow, with the
path and bit of every error.

The C engine takes regular input; all other input comes here, to be refused with path and bit offset, or
read with the parts of a later edition skipped. So this module alone decides which encodings are accepted (see
`schema`). `walk` listens to the same reader to tell where every field lies.

Work and memory are bounded by the octets: each element of a list takes a bit at least, and the first bit that is not
there ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from v2x.engine import types
from v2x.engine.plain.reader import Bits, Skipped
from v2x.fields import WireValue


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An open type: a length, and so many octets that hold a whole encoding."""

    content: types.Type


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """An open type whose selector has told the type inside; values are (type, value)."""

    content: types.Member


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """The bits that tell which extension additions there are; values are (how many may be there, which are)."""

    known: int  # of them, by the profile


Part: TypeAlias = types.Type | Opened | Selected | Presence

UNSELECTED = types.OctetString(0, None, False)  # an open type whose selector tells nothing: octets
UNKNOWN = types.OctetString(0, None, False)  # an extension of a later edition: octets that are skipped


class Reader(Bits):
    """Reads the parts of a value."""

    def inside(self, name: str, type_: Part) -> WireValue:
        """Read a part."""
        self.path.append(name)
        value = _READ[type(type_)](self, type_)
        self.path.pop()
        return value


def decode(data: bytes, member: types.Member) -> tuple[WireValue, list[Skipped]]:
    """Return the value of a whole encoding, and the parts left out of it; DecodeError."""
    reader = Reader(data)
    value = reader.inside(member.name, member.type)
    reader.path.append(member.name)
    reader.padding()
    return value, reader.skipped


def _read_size(reader: Reader, type_: types.Sized) -> int:
    at = reader.at
    if type_.high is None:
        return reader.length()
    if type_.extensible and reader.bits(1):
        size = reader.length()
        reader.extended(f"extended to {size}")
        if type_.low <= size <= type_.high:
            reader.violation("not a canonical encoding: a size of the root as an extension", at)
        return size
    size = type_.low + reader.bits(type_.bits)
    if size > type_.high:
        reader.violation(f"expected a size between {type_.low} and {type_.high}, got {size}", at)
    return size


def _read_integer(reader: Reader, type_: types.Integer) -> int:
    at = reader.at
    if type_.extensible and reader.bits(1):
        octets = reader.length()
        number = reader.bits(8 * octets)
        number -= (number >> max(8 * octets - 1, 0) & 1) << 8 * octets
        if type_.low <= number <= type_.high or octets != types.signed_octets(number):
            reader.violation("not a canonical encoding: an extended integer in another form than its own", at)
        return number
    number = type_.low + reader.bits(type_.bits)
    if number > type_.high:
        reader.violation(f"expected an integer between {type_.low} and {type_.high}, got {number}", at)
    return number


def _read_boolean(reader: Reader, type_: types.Boolean) -> bool:
    return bool(reader.bits(1))


def _read_enumerated(reader: Reader, type_: types.Enumerated) -> str | int | None:
    at = reader.at
    if type_.extensible and reader.bits(1):
        code = reader.small_number()
        if code < len(type_.additions):
            return type_.additions[code]
        reader.skip(at, f"unknown enumerator {code} behind the extension marker")
        return None
    code = reader.bits((len(type_.names) - 1).bit_length())
    if code >= len(type_.names):
        reader.violation(f"expected an enumerator between 0 and {len(type_.names) - 1}, got {code}", at)
        return code
    return type_.names[code]


def _read_bit_string(reader: Reader, type_: types.BitString) -> tuple[bytes, int]:
    size = _read_size(reader, type_)
    return (reader.bits(size) << -size % 8).to_bytes((size + 7) // 8), size


def _read_octet_string(reader: Reader, type_: types.OctetString) -> bytes:
    size = _read_size(reader, type_)
    return reader.bits(8 * size).to_bytes(size)


def _read_text(reader: Reader, type_: types.Text) -> str:
    return "".join([chr(reader.bits(7)) for _ in range(_read_size(reader, type_))])


def _read_sequence_of(reader: Reader, type_: types.SequenceOf) -> list[WireValue]:
    element = type_.element
    return [reader.inside(str(index), element) for index in range(_read_size(reader, type_))]


def _read_sequence(reader: Reader, type_: types.Sequence) -> dict[str, WireValue]:
    extended = type_.extensible and reader.bits(1)
    optional = type_.optional
    preamble = reader.bits(len(optional))
    absent = {member.name for place, member in enumerate(reversed(optional)) if not preamble >> place & 1}
    value: dict[str, WireValue] = {}
    for member in type_.members:
        if member.name not in absent:
            value[member.name] = _read_member(reader, member, value)
    if extended:
        _read_additions(reader, type_, value)
    return value


def _read_member(reader: Reader, member: types.Member, value: dict[str, WireValue]) -> WireValue:
    if not isinstance(member.type, types.Open):
        return reader.inside(member.name, member.type)
    selector = value[member.type.selector]
    known = member.type.types.get(selector)
    if known is not None:
        return reader.inside(member.name, Selected(known))
    at = reader.at
    octets = reader.inside(member.name, UNSELECTED)
    reader.skip(at, f"unknown type {selector} of {len(octets)} octets")
    return octets


def _read_selected(reader: Reader, type_: Selected) -> tuple[str, WireValue]:
    return type_.content.name, reader.inside(type_.content.name, Opened(type_.content.type))


def _read_opened(reader: Reader, type_: Opened) -> WireValue:
    octets = reader.length()
    outer, reader.end = reader.end, reader.at + 8 * octets
    if reader.end > outer:
        reader.refuse("out of data")
    value = _READ[type(type_.content)](reader, type_.content)
    reader.padding()
    reader.end = outer
    return value


def _read_additions(reader: Reader, type_: types.Sequence, value: dict[str, WireValue]) -> None:
    at = reader.at
    count, present = reader.inside("extensions", Presence(len(type_.additions)))
    if count > len(type_.additions):
        reader.skip(at, f"{count - len(type_.additions)} extension additions of a later edition")
    for index in range(count):
        if not present >> count - 1 - index & 1:
            continue
        if index < len(type_.additions):
            member = type_.additions[index]
            value[member.name] = reader.inside(member.name, Opened(member.type))
        else:
            _skip_extension(reader, index, f"unknown extension addition {index}", reader.at)


def _read_presence(reader: Reader, type_: Presence) -> tuple[int, int]:
    at = reader.at
    if reader.bits(1):
        reader.refuse("more than 64 extension additions", at)
    count = reader.bits(6) + 1
    present = reader.bits(count)
    if count < type_.known or not present:
        reader.violation("not a canonical encoding: extension additions that are all absent, or not all announced", at)
    return count, present


def _skip_extension(reader: Reader, index: int, what: str, at: int) -> None:
    reader.inside(f"extension {index}", UNKNOWN)
    reader.skip(at, what)


def _read_choice(reader: Reader, type_: types.Choice) -> tuple[str | None, WireValue]:
    at = reader.at
    if type_.extensible and reader.bits(1):
        index = reader.small_number()
        if index < len(type_.additions):
            member = type_.additions[index]
            return member.name, reader.inside(member.name, Opened(member.type))
        _skip_extension(reader, index, f"unknown alternative {index} behind the extension marker", at)
        return None, None
    index = reader.bits(type_.bits)
    if index >= len(type_.members):
        reader.refuse(f"expected choice between 0 and {len(type_.members) - 1}, got {index}", at)
    member = type_.members[index]
    return member.name, reader.inside(member.name, member.type)


_READ: dict[type, Callable[[Reader, Any], WireValue]] = {
    types.Integer: _read_integer,
    types.Boolean: _read_boolean,
    types.Enumerated: _read_enumerated,
    types.BitString: _read_bit_string,
    types.OctetString: _read_octet_string,
    types.Text: _read_text,
    types.SequenceOf: _read_sequence_of,
    types.Sequence: _read_sequence,
    types.Choice: _read_choice,
    Opened: _read_opened,
    Selected: _read_selected,
    Presence: _read_presence,
}
