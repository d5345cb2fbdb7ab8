"""UPER (ITU-T X.691, unaligned, basic) rule by rule over the intermediate form, encoding: slow, with the
path of every error.

The C engine takes regular input; all other input comes here, to be refused with its path, or written
where it needs the rules for extended values. So this module alone decides which values are accepted (see `schema`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from v2x.engine import types
from v2x.errors import EncodeError
from v2x.fields import WireValue

_LONGEST = 1 << 14  # a general length from here on is sent in fragments; no message of the set is that long


@dataclass(slots=True)
class Writer:
    """Bits, and the path of the value that is written. A one stands in front of the bits to keep their number."""

    path: list[str]
    number: int = 1

    def bits(self, value: int, count: int) -> None:
        """Write a number of `count` bits."""
        self.number = self.number << count | value

    def refuse(self, reason: str) -> NoReturn:
        """Raise EncodeError for the present field."""
        raise EncodeError(reason, ".".join(self.path))

    def inside(self, name: str, type_: types.Type, value: WireValue) -> None:
        """Write a part."""
        self.path.append(name)
        _WRITE[type(type_)](self, type_, value)
        self.path.pop()

    def octets(self) -> bytes:
        """Return the bits, padded with zeros to an octet."""
        count = self.number.bit_length() - 1
        return ((self.number ^ 1 << count) << -count % 8).to_bytes((count + 7) // 8)


def encode(value: WireValue, member: types.Member) -> bytes:
    """Return the octets of a value; EncodeError."""
    writer = Writer([])
    writer.inside(member.name, member.type, value)
    return writer.octets()


def _write_length(writer: Writer, length: int) -> None:
    if length < 128:
        writer.bits(length, 8)
    elif length < _LONGEST:
        writer.bits(0x8000 | length, 16)
    else:
        writer.refuse(f"too long: {length}, expected less than {_LONGEST}")


def _write_open(writer: Writer, name: str, type_: types.Type, value: WireValue) -> None:
    inner = Writer(writer.path)
    inner.inside(name, type_, value)
    _write_octets(writer, inner.octets())


def _write_octets(writer: Writer, octets: bytes) -> None:
    _write_length(writer, len(octets))
    writer.bits(int.from_bytes(octets), 8 * len(octets))


def _write_size(writer: Writer, type_: types.Sized, size: int) -> None:
    if type_.high is None:
        _write_length(writer, size)
        return
    within = type_.low <= size <= type_.high
    if not within and not type_.extensible:
        writer.refuse(f"expected a size between {type_.low} and {type_.high}, got {size}")
    if type_.extensible:
        writer.bits(not within, 1)
    if within:
        writer.bits(size - type_.low, type_.bits)
    else:
        _write_length(writer, size)


def _write_integer(writer: Writer, type_: types.Integer, value: WireValue) -> None:
    _check(writer, value, int)
    within = type_.low <= value <= type_.high
    if not within and not type_.extensible:
        writer.refuse(f"expected an integer between {type_.low} and {type_.high}, got {_shown(value)}")
    if type_.extensible:
        writer.bits(not within, 1)
    if within:
        writer.bits(value - type_.low, type_.bits)
    else:
        octets = types.signed_octets(value)
        _write_length(writer, octets)
        writer.bits(value & (1 << 8 * octets) - 1, 8 * octets)


def _write_boolean(writer: Writer, type_: types.Boolean, value: WireValue) -> None:
    _check(writer, value, bool)
    writer.bits(value, 1)


def _write_enumerated(writer: Writer, type_: types.Enumerated, value: WireValue) -> None:
    _check(writer, value, str)
    if value in type_.names:
        writer.bits(type_.names.index(value), type_.extensible + (len(type_.names) - 1).bit_length())
    elif value in type_.additions:
        _write_small(writer, type_.additions.index(value))
    else:
        writer.refuse(f"{_shown(value)} is none of {', '.join(type_.names + type_.additions)}")


def _write_small(writer: Writer, number: int) -> None:
    """Write the extension bit and a normally small number."""
    writer.bits(1, 1)
    writer.bits(number, 7)  # no type of the set has more than 64 additions


def _write_bit_string(writer: Writer, type_: types.BitString, value: WireValue) -> None:
    match value:
        case (bytes() | bytearray() as octets, int(size)) if isinstance(value, tuple) and 0 <= size <= 8 * len(octets):
            _write_size(writer, type_, size)
            writer.bits(int.from_bytes(octets) >> 8 * len(octets) - size, size)
        case _:
            writer.refuse(f"expected (octets, number of bits), got {_shown(value)}")


def _write_octet_string(writer: Writer, type_: types.OctetString, value: WireValue) -> None:
    if not isinstance(value, bytes | bytearray):
        writer.refuse(f"expected bytes, got {_shown(value)}")
    _write_size(writer, type_, len(value))
    writer.bits(int.from_bytes(value), 8 * len(value))


def _write_text(writer: Writer, type_: types.Text, value: WireValue) -> None:
    _check(writer, value, str)
    if not value.isascii():
        writer.refuse(f"expected ASCII, got {_shown(value)}")
    _write_size(writer, type_, len(value))
    for character in value.encode():
        writer.bits(character, 7)


def _write_sequence_of(writer: Writer, type_: types.SequenceOf, value: WireValue) -> None:
    _check(writer, value, list)
    _write_size(writer, type_, len(value))
    for index, item in enumerate(value):
        writer.inside(str(index), type_.element, item)


def _write_sequence(writer: Writer, type_: types.Sequence, value: WireValue) -> None:
    _check(writer, value, dict)
    additions = [member for member in type_.additions if member.name in value]
    if type_.extensible:
        writer.bits(bool(additions), 1)
    for member in type_.optional:
        writer.bits(member.name in value, 1)
    for member in type_.members:
        if member.name in value:
            _write_member(writer, member, value)
        elif not member.optional:
            writer.path.append(member.name)
            writer.refuse("missing")
    if additions:
        writer.bits(len(type_.additions) - 1, 7)
        for member in type_.additions:
            writer.bits(member.name in value, 1)
        for member in additions:
            _write_open(writer, member.name, member.type, value[member.name])


def _write_member(writer: Writer, member: types.Member, value: dict[str, WireValue]) -> None:
    content = value[member.name]
    if not isinstance(member.type, types.Open):
        writer.inside(member.name, member.type, content)
        return
    writer.path.append(member.name)
    known = member.type.types.get(value[member.type.selector])
    match content:
        case bytes():  # encoded already
            _write_octets(writer, content)
        case (str(name), inner) if known is not None and known.name == name:
            _write_open(writer, name, known.type, inner)
        case _:
            expected = f"({known.name!r}, value)" if known else "octets"
            writer.refuse(f"expected {expected} beside {value[member.type.selector]}, got {_shown(content)}")
    writer.path.pop()


def _write_choice(writer: Writer, type_: types.Choice, value: WireValue) -> None:
    if not isinstance(value, tuple) or len(value) != 2:
        writer.refuse(f"expected (alternative, value), got {_shown(value)}")
    name, inner = value
    for index, member in enumerate(type_.members):
        if member.name == name:
            writer.bits(index, type_.extensible + type_.bits)
            writer.inside(name, member.type, inner)
            return
    for index, member in enumerate(type_.additions):
        if member.name == name:
            _write_small(writer, index)
            _write_open(writer, name, member.type, inner)
            return
    writer.refuse(f"{_shown(name)} is none of {', '.join(m.name for m in type_.members + type_.additions)}")


def _check(writer: Writer, value: WireValue, kind: type) -> None:
    if not isinstance(value, kind):
        writer.refuse(f"expected {kind.__name__}, got {_shown(value)}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


_WRITE: dict[type, Callable[[Writer, Any, WireValue], None]] = {
    types.Integer: _write_integer,
    types.Boolean: _write_boolean,
    types.Enumerated: _write_enumerated,
    types.BitString: _write_bit_string,
    types.OctetString: _write_octet_string,
    types.Text: _write_text,
    types.SequenceOf: _write_sequence_of,
    types.Sequence: _write_sequence,
    types.Choice: _write_choice,
}
