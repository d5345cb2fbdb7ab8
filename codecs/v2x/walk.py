"""Where every field of a message lies: a walk over the octets that keeps each field's first bit and length.

Reads UPER (ITU-T X.691, unaligned, basic) by the parsed definitions alone, apart from the codec, so that each can check
the other. It goes on where it can: a value out of range is noted in its field, and of a message that is cut off the
fields before the cut remain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeVar

from v2x.engine.definitions import Definition
from v2x.errors import DecodeError
from v2x.profiles import Profile
from v2x.schema import FRAME, schema
from v2x.wire.fields import WireValue

T = TypeVar("T")

_OPEN = "open type"  # an extension that the profile does not know
_PRESENCE = "presence bits"  # of extensions: how many there may be, which there are
_GENERAL = 1 << 16  # sizes from here on travel with a general length


@dataclass(slots=True)
class Field:
    """One field as it lies in the message.

    Attributes:
        name: its identifier; the index in a list.
        type: the ASN.1 name of its type, as in `Speed`.
        kind: the built-in type behind that name, as in `INTEGER`; "open type" for an unknown extension, "presence bits"
            for those of extensions.
        first: its first bit, counted from the first bit of the message.
        bits: its length, what it holds included.
        header: how many of these bits come before its first part: presence bits, alternative, number of elements.
        value: what it says in wire units; None for what consists of parts.
        parts: the fields inside; the single alternative of a CHOICE.
        problem: why no sender should send this, None when all is well.
        later: what a later edition brought and this profile does not know; receivers skip it.
        named: the names of a bit string's bits.

    """

    name: str
    type: str
    kind: str = ""
    first: int = 0
    bits: int = 0
    header: int = 0
    value: WireValue = None
    parts: list[Field] = field(default_factory=list)
    problem: str | None = None
    later: str | None = None
    named: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """A message field by field.

    `rest`: bits behind its end (padding is among them); `error`: why the walk ended early.
    """

    root: Field
    rest: int
    error: DecodeError | None


def walk(data: bytes, profile: Profile, pdu: str = FRAME) -> Walk:
    """Return the fields of the octets taken for a value of type `pdu`. Raises nothing, whatever the octets are."""
    walker = _Walker(data, schema(profile).definitions)
    root = Field(pdu, pdu)
    try:
        walker.read(root, {"type": pdu})
    except DecodeError as error:
        return Walk(root, 0, error)
    return Walk(root, len(data) * 8 - walker.at, None)


def value_of(found: Field) -> WireValue:
    """Return the value in wire units, as `decode_value` gives it: without what only a later edition knows."""
    match found.kind:
        case "SEQUENCE":
            return {part.name: value_of(part) for part in found.parts if part.kind not in (_OPEN, _PRESENCE)}
        case "SEQUENCE OF":
            return [value_of(part) for part in found.parts]
        case "CHOICE" if found.parts:
            (part,) = found.parts
            return (None, None) if part.kind == _OPEN else (part.name, value_of(part))
    return found.value


class _Walker:
    """Reads bits from `at` on; each method reads one kind of type."""

    def __init__(self, data: bytes, definitions: Mapping[str, Definition]) -> None:
        self.at = 0
        self._number = int.from_bytes(data)
        self._end = self._size = len(data) * 8
        self._definitions = definitions
        self._readers = {
            "INTEGER": self._integer,
            "ENUMERATED": self._enumerated,
            "BOOLEAN": self._boolean,
            "BIT STRING": self._bit_string,
            "OCTET STRING": self._octet_string,
            "IA5String": self._text,
            "SEQUENCE": self._sequence,
            "SEQUENCE OF": self._sequence_of,
            "CHOICE": self._choice,
        }

    def read(self, found: Field, definition: Definition) -> None:
        """Read one field; what was read of it stays in `found` when DecodeError ends the walk."""
        definition = self._resolved(definition)
        found.kind, found.first = definition["type"], self.at
        try:
            self._readers[found.kind](found, definition)
        except DecodeError as error:
            raise error.inside(found.name) from None
        finally:
            found.bits = self.at - found.first

    def _resolved(self, definition: Definition) -> Definition:
        """Return the built-in type behind a name; constraints at the place of use come before its own."""
        while definition["type"] not in self._readers:
            definition = {**self._definitions[definition["type"]], **_constraints(definition)}
        return definition

    def _bits(self, count: int) -> int:
        if self.at + count > self._end:
            raise DecodeError(f"cut off: {count} bits wanted at bit {self.at}, {self._end - self.at} left")
        self.at += count
        return self._number >> (self._size - self.at) & ((1 << count) - 1)

    def _integer(self, found: Field, definition: Definition) -> None:
        low, high, extensible = _bounds(definition.get("restricted-to"))
        if (extensible and self._bits(1)) or low is None or high is None:
            octets = self._general_length()
            number = self._bits(8 * octets)
            found.value = number - (number >> (8 * octets - 1) << 8 * octets) if octets else 0
            return
        found.value = low + self._bits((high - low).bit_length())
        if found.value > high:
            found.problem = f"{found.value} is outside of {low}..{high}"

    def _enumerated(self, found: Field, definition: Definition) -> None:
        values: Sequence[tuple[str, int] | None] = definition["values"]
        root, additions, extensible = _split(values)
        extended = bool(extensible and self._bits(1))
        names = [name for name, _ in (additions if extended else sorted(root, key=itemgetter(1)))]
        index = self._small_number() if extended else self._bits((len(names) - 1).bit_length())
        if index < len(names):
            found.value = names[index]
        elif extended:
            found.later = f"extended code {index}"
        else:
            found.value, found.problem = index, f"code {index} has no name"

    def _boolean(self, found: Field, definition: Definition) -> None:
        found.value = bool(self._bits(1))

    def _bit_string(self, found: Field, definition: Definition) -> None:
        count = self._length(found, definition)
        found.value = ((self._bits(count) << -count % 8).to_bytes((count + 7) // 8), count)
        found.named = tuple((name, int(bit)) for name, bit in definition.get("named-bits", ()))

    def _octet_string(self, found: Field, definition: Definition) -> None:
        count = self._length(found, definition)
        found.value = self._bits(8 * count).to_bytes(count)

    def _text(self, found: Field, definition: Definition) -> None:
        count = self._length(found, definition)
        found.value = "".join(chr(self._bits(7)) for _ in range(count))

    def _sequence(self, found: Field, definition: Definition) -> None:
        root, additions, extensible = _split(definition["members"])
        extended = bool(extensible and self._bits(1))
        present = [not member.get("optional") or bool(self._bits(1)) for member in root]
        found.header = self.at - found.first
        for member, there in zip(root, present, strict=True):
            if there and "selector" in member:
                self._selected(_part(found, member["name"], member), member, value_of(found))
            elif there:
                self.read(_part(found, member["name"], member), member)
        if extended:
            self._additions(found, additions)

    def _selected(self, found: Field, member: Definition, before: Mapping[str, WireValue]) -> None:
        """Read an open type whose content a member before it tells: a choice among the types there may be."""
        name = member["types"].get(before[member["selector"]])
        if name is None:
            self._open_type(found, None)
            found.kind = "OCTET STRING"
        else:
            found.kind, found.first = "CHOICE", self.at
            self._open_type(_part(found, name, {"type": name}), {"type": name})
            found.bits = self.at - found.first

    def _additions(self, found: Field, additions: list[Definition]) -> None:
        """Read the members behind the extension marker: how many there may be, which there are, each an open type."""
        bits = _part(found, "extensions", {"type": _PRESENCE})
        bits.kind, bits.first = _PRESENCE, self.at
        count = self._bits(6) + 1 if not self._bits(1) else self._general_length()
        present = [self._bits(1) for _ in range(count)]
        bits.bits = self.at - bits.first
        if not any(present):
            found.problem = "announces extensions and holds none"
        for index, there in enumerate(present):
            if there and index < len(additions):
                self._open_type(_part(found, additions[index]["name"], additions[index]), additions[index])
            elif there:
                self._open_type(_part(found, f"extension {index}", {"type": _OPEN}), None)

    def _sequence_of(self, found: Field, definition: Definition) -> None:
        count = self._length(found, definition)
        found.header = self.at - found.first
        for index in range(count):
            self.read(_part(found, str(index), definition["element"]), definition["element"])

    def _choice(self, found: Field, definition: Definition) -> None:
        root, additions, extensible = _split(definition["members"])
        if extensible and self._bits(1):
            index = self._small_number()
            found.header = self.at - found.first
            member = additions[index] if index < len(additions) else None
            name = member["name"] if member else f"extension {index}"
            self._open_type(_part(found, name, member or {"type": _OPEN}), member)
            return
        index = self._bits((len(root) - 1).bit_length())
        found.header = self.at - found.first
        if index >= len(root):
            raise DecodeError(f"alternative {index}, there are {len(root)}")
        self.read(_part(found, root[index]["name"], root[index]), root[index])

    def _open_type(self, found: Field, definition: Definition | None) -> None:
        """Read a length and so many octets; what is inside when the profile knows it."""
        found.kind, found.first = _OPEN, self.at
        octets = self._general_length()
        found.header = self.at - found.first
        if definition is None:
            found.value = self._bits(8 * octets).to_bytes(octets)
            found.later = f"unknown extension of {octets} octets"
        else:
            self._inside(found, definition, octets)
        found.bits = self.at - found.first

    def _inside(self, found: Field, definition: Definition, octets: int) -> None:
        """Read an extension that the profile knows; what follows it inside the octets is left to padding."""
        first, header, outer, end = found.first, found.header, self._end, self.at + 8 * octets
        if end > outer:
            raise DecodeError(f"cut off: {octets} octets wanted at bit {self.at}").inside(found.name)
        self._end = end
        self.read(found, definition)
        found.first, found.header = first, header + found.header
        padding = end - self.at
        if self._bits(padding) or padding > 7:
            found.problem = f"{padding} bits behind its end, not all of them padding"
        self._end = outer

    def _length(self, found: Field, definition: Definition) -> int:
        low, high, extensible = _bounds(definition.get("size"))
        if (extensible and self._bits(1)) or low is None or high is None or high >= _GENERAL:
            count = self._general_length()
            if extensible and high is not None:
                found.later = f"extended to {count}"
            return count
        count = low + self._bits((high - low).bit_length())
        if count > high:
            found.problem = f"{count} of them, expected {low}..{high}"
        return count

    def _general_length(self) -> int:
        """Read a length determinant (X.691, 11.9.3.6 and 7)."""
        if not self._bits(1):
            return self._bits(7)
        if self._bits(1):
            raise DecodeError(f"fragmented at bit {self.at}: no message of the set is that long")
        return self._bits(14)

    def _small_number(self) -> int:
        """Read a normally small number (X.691, 11.6)."""
        return self._bits(8 * self._general_length()) if self._bits(1) else self._bits(6)


def _part(parent: Field, name: str, definition: Definition) -> Field:
    part = Field(name, definition["type"])
    parent.parts.append(part)
    return part


def _constraints(definition: Definition) -> Definition:
    return {key: definition[key] for key in ("restricted-to", "size") if key in definition}


def _split(items: Sequence[T | None]) -> tuple[list[T], list[T], bool]:
    """Return what stands before the extension marker, what stands behind it, and whether there is one."""
    marker = items.index(None) if None in items else len(items)
    before, behind = ([item for item in part if item is not None] for part in (items[:marker], items[marker:]))
    return before, behind, marker < len(items)


def _bounds(constraint: list[object] | None) -> tuple[int | None, int | None, bool]:
    """Return the least, the greatest (None: unbounded) and whether there may be more, of what asn1tools parsed."""
    match constraint:
        case [(int(low), int(high)), *more]:
            return low, high, None in more
        case [int(only), *more]:
            return only, only, None in more
    return None, None, False
