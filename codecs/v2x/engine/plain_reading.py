"""UPER (ITU-T X.691, unaligned, basic) rule by rule over the intermediate form, decoding: slow, and exact about
what is wrong.

The fast engines take what is regular; whatever they do not take comes here, to be refused with path and bit offset, or
read with the parts of a later edition skipped. So this module alone decides what is accepted (see `schema`).

Work and memory are bounded by the octets: each element of a list takes a bit at least, and the first bit that is not
there ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from v2x.engine import ir
from v2x.errors import DecodeError
from v2x.wire.fields import WireValue


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was left out of a decoded value because the profile does not know it.

    Attributes:
        path: the field that holds it.
        bit: its first bit, counted from the first bit of the message.
        what: what it is.

    """

    path: str
    bit: int
    what: str


@dataclass(slots=True)
class Reader:
    """Octets, and how far and along which path they are read."""

    data: bytes
    path: list[str]
    at: int = 0
    end: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    number: int = 0

    def __post_init__(self) -> None:
        self.end = len(self.data) * 8
        self.number = int.from_bytes(self.data)

    def bits(self, count: int) -> int:
        """Read a number of `count` bits."""
        if self.at + count > self.end:
            self.refuse("out of data")
        self.at += count
        return self.number >> (len(self.data) * 8 - self.at) & ((1 << count) - 1)

    def refuse(self, reason: str, at: int | None = None) -> NoReturn:
        """Raise DecodeError for the present field, or for the bit `at`."""
        raise DecodeError(reason, ".".join(self.path), self.at if at is None else at)

    def skip(self, at: int, what: str) -> None:
        """Note that something that began at bit `at` is left out."""
        self.skipped.append(Skipped(".".join(self.path), at, what))

    def inside(self, name: str, type_: ir.Type) -> WireValue:
        """Read a part."""
        self.path.append(name)
        value = _READ[type(type_)](self, type_)
        self.path.pop()
        return value


def decode(data: bytes, member: ir.Member) -> tuple[WireValue, list[Skipped]]:
    """Return the value of a whole encoding, and what was left out of it; DecodeError."""
    reader = Reader(data, [])
    value = reader.inside(member.name, member.type)
    reader.path.append(member.name)
    _finish(reader)
    return value, reader.skipped


def _finish(reader: Reader) -> None:
    """Read the padding."""
    left = reader.end - reader.at
    if left > 7:
        reader.refuse("octets behind the end of the message")
    if reader.bits(left):
        reader.refuse("not a canonical encoding: padding is not zero", reader.at - left)


def _read_length(reader: Reader) -> int:
    at = reader.at
    if not reader.bits(1):
        return reader.bits(7)
    if reader.bits(1):
        reader.refuse("fragmented: no message of the set is that long", at)
    length = reader.bits(14)
    if length < 128:
        reader.refuse("not a canonical encoding: short length in two octets", at)
    return length


def _read_small(reader: Reader) -> int:
    if not reader.bits(1):
        return reader.bits(6)
    at = reader.at
    length = _read_length(reader)
    number = reader.bits(8 * length)
    if number < 64 or number.bit_length() <= 8 * (length - 1):
        reader.refuse("not a canonical encoding: small number in more octets than it needs", at)
    return number


def _read_open(reader: Reader, name: str, type_: ir.Type | None) -> WireValue:
    """Read an open type: octets that hold a whole encoding; None when the type is not known."""
    if type_ is not None:
        reader.path.append(name)
    octets = _read_length(reader)
    end, outer = reader.at + 8 * octets, reader.end
    if end > outer:
        reader.refuse("out of data")
    if type_ is None:
        reader.at = end
        return None
    reader.end = end
    value = _READ[type(type_)](reader, type_)
    _finish(reader)
    reader.end = outer
    reader.path.pop()
    return value


def _read_size(reader: Reader, type_: ir.Sized) -> int:
    at = reader.at
    if type_.high is None:
        return _read_length(reader)
    if type_.extensible and reader.bits(1):
        size = _read_length(reader)
        if type_.low <= size <= type_.high:
            reader.refuse("not a canonical encoding: a size of the root as an extension", at)
        return size
    size = type_.low + reader.bits(type_.bits)
    if size > type_.high:
        reader.refuse(f"expected a size between {type_.low} and {type_.high}, got {size}", at)
    return size


def _read_integer(reader: Reader, type_: ir.Integer) -> int:
    at = reader.at
    if type_.extensible and reader.bits(1):
        octets = _read_length(reader)
        number = reader.bits(8 * octets)
        number -= (number >> max(8 * octets - 1, 0) & 1) << 8 * octets
        if type_.low <= number <= type_.high or octets != ir.signed_octets(number):
            reader.refuse("not a canonical encoding: an extended integer in another form than its own", at)
        return number
    number = type_.low + reader.bits(type_.bits)
    if number > type_.high:
        reader.refuse(f"expected an integer between {type_.low} and {type_.high}, got {number}", at)
    return number


def _read_boolean(reader: Reader, type_: ir.Boolean) -> bool:
    return bool(reader.bits(1))


def _read_enumerated(reader: Reader, type_: ir.Enumerated) -> str | None:
    at = reader.at
    if type_.extensible and reader.bits(1):
        code = _read_small(reader)
        if code < len(type_.additions):
            return type_.additions[code]
        reader.skip(at, f"unknown enumerator {code} behind the extension marker")
        return None
    code = reader.bits((len(type_.names) - 1).bit_length())
    if code >= len(type_.names):
        reader.refuse(f"expected an enumerator between 0 and {len(type_.names) - 1}, got {code}", at)
    return type_.names[code]


def _read_bit_string(reader: Reader, type_: ir.BitString) -> tuple[bytes, int]:
    size = _read_size(reader, type_)
    return (reader.bits(size) << -size % 8).to_bytes((size + 7) // 8), size


def _read_octet_string(reader: Reader, type_: ir.OctetString) -> bytes:
    size = _read_size(reader, type_)
    return reader.bits(8 * size).to_bytes(size)


def _read_text(reader: Reader, type_: ir.Text) -> str:
    return "".join([chr(reader.bits(7)) for _ in range(_read_size(reader, type_))])


def _read_sequence_of(reader: Reader, type_: ir.SequenceOf) -> list[WireValue]:
    element = type_.element
    return [reader.inside(str(index), element) for index in range(_read_size(reader, type_))]


def _read_sequence(reader: Reader, type_: ir.Sequence) -> dict[str, WireValue]:
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


def _read_member(reader: Reader, member: ir.Member, value: dict[str, WireValue]) -> WireValue:
    if not isinstance(member.type, ir.Open):
        return reader.inside(member.name, member.type)
    known = member.type.types.get(value[member.type.selector])
    if known is not None:
        reader.path.append(member.name)
        found = known.name, _read_open(reader, known.name, known.type)
        reader.path.pop()
        return found
    at, octets = reader.at, _read_length(reader)
    content = reader.bits(8 * octets).to_bytes(octets)
    reader.skip(at, f"unknown type {value[member.type.selector]} of {octets} octets")
    return content


def _read_additions(reader: Reader, type_: ir.Sequence, value: dict[str, WireValue]) -> None:
    at = reader.at
    if reader.bits(1):
        reader.refuse("more than 64 extension additions", at)
    count = reader.bits(6) + 1
    present = reader.bits(count)
    if count < len(type_.additions) or not present:
        reader.refuse("not a canonical encoding: extension additions that are all absent, or not all announced", at)
    if count > len(type_.additions):
        reader.skip(at, f"{count - len(type_.additions)} extension additions of a later edition")
    for index in range(count):
        if present >> count - 1 - index & 1:
            if index < len(type_.additions):
                member = type_.additions[index]
                value[member.name] = _read_open(reader, member.name, member.type)
            else:
                at = reader.at
                _read_open(reader, "", None)
                reader.skip(at, f"unknown extension addition {index}")


def _read_choice(reader: Reader, type_: ir.Choice) -> tuple[str | None, WireValue]:
    at = reader.at
    if type_.extensible and reader.bits(1):
        index = _read_small(reader)
        if index < len(type_.additions):
            member = type_.additions[index]
            return member.name, _read_open(reader, member.name, member.type)
        _read_open(reader, "", None)
        reader.skip(at, f"unknown alternative {index} behind the extension marker")
        return None, None
    index = reader.bits(type_.bits)
    if index >= len(type_.members):
        reader.refuse(f"expected choice between 0 and {len(type_.members) - 1}, got {index}", at)
    member = type_.members[index]
    return member.name, reader.inside(member.name, member.type)


_READ: dict[type, Callable[[Reader, Any], WireValue]] = {
    ir.Integer: _read_integer,
    ir.Boolean: _read_boolean,
    ir.Enumerated: _read_enumerated,
    ir.BitString: _read_bit_string,
    ir.OctetString: _read_octet_string,
    ir.Text: _read_text,
    ir.SequenceOf: _read_sequence_of,
    ir.Sequence: _read_sequence,
    ir.Choice: _read_choice,
}
