"""The intermediate form of a profile's types: plain data, all that UPER needs to know and nothing else.

Built once from the modules that asn1tools parsed; the interpreter (`plain`) walks it, the table of the C extension
(`native`) is made from it. Types that another type names are shared, not copied.

A constraint with an extension marker has `extensible` set: its values travel behind a zero bit, others behind a one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Definition: TypeAlias = Mapping[str, Any]  # a type as asn1tools parsed it: "type", "members", "element", "size", ...


@dataclass(frozen=True, slots=True, eq=False)
class Integer:
    """INTEGER (low..high)."""

    low: int
    high: int
    extensible: bool = False

    @property
    def bits(self) -> int:
        """Width of a value of the root."""
        return width(self.high - self.low)


@dataclass(frozen=True, slots=True, eq=False)
class Boolean:
    """BOOLEAN."""


@dataclass(frozen=True, slots=True, eq=False)
class Enumerated:
    """ENUMERATED: the names of the root by code, and those behind the marker."""

    names: tuple[str, ...]
    extensible: bool = False
    additions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sized:
    """A type with low..high elements; `high` None: any number, behind a general length."""

    low: int
    high: int | None
    extensible: bool

    @property
    def bits(self) -> int:
        """Width of the number of elements of the root."""
        return 0 if self.high is None else width(self.high - self.low)


class BitString(Sized):
    """BIT STRING; values are (octets, number of bits)."""

    __slots__ = ()


class OctetString(Sized):
    """OCTET STRING."""

    __slots__ = ()


class Text(Sized):
    """IA5String: 7 bits a character."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class SequenceOf(Sized):
    """SEQUENCE OF."""

    element: Type


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A member of a SEQUENCE or an alternative of a CHOICE."""

    name: str
    type: Type
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """SEQUENCE; each of the additions travels as an open type and may be absent."""

    members: tuple[Member, ...]
    extensible: bool = False
    additions: tuple[Member, ...] = ()

    @property
    def optional(self) -> tuple[Member, ...]:
        """The members that have a bit in the preamble."""
        return tuple(member for member in self.members if member.optional)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """CHOICE; values are (name of the alternative, value), the additions travel as open types."""

    members: tuple[Member, ...]
    extensible: bool = False
    additions: tuple[Member, ...] = ()

    @property
    def bits(self) -> int:
        """Width of the index of a root alternative."""
        return width(len(self.members) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """A member of a SEQUENCE whose type another member tells; values are (type, value), octets for an unknown type.

    Attributes:
        selector: the member that tells the type; it comes before this one.
        types: the known types by its value.

    """

    selector: str
    types: Mapping[int, Member]


Type: TypeAlias = (
    Integer | Boolean | Enumerated | BitString | OctetString | Text | SequenceOf | Sequence | Choice | Open
)


def width(largest: int) -> int:
    """Return how many bits a number of 0..largest takes."""
    return largest.bit_length()


def signed_octets(number: int) -> int:
    """Return how many octets a number takes in two's complement."""
    return (number if number >= 0 else ~number).bit_length() // 8 + 1


class Builder:
    """Turns definitions into types; every named type once. `names`: those of the types that were asked for so far."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        self._definitions = definitions
        self._types: dict[str, Type] = {}
        self.names: dict[Type, str] = {}

    def named(self, name: str) -> Type:
        """Return the type with this name; KeyError when there is none."""
        if name not in self._types:
            self._types[name] = self.build(self._definitions[name])
            self.names[self._types[name]] = name
        return self._types[name]

    def build(self, definition: Definition) -> Type:
        """Return the type that a definition describes."""
        match definition["type"]:
            case "INTEGER":
                low, high, extensible = _range(definition["restricted-to"])
                assert high is not None
                return Integer(low, high, extensible)
            case "BOOLEAN":
                return Boolean()
            case "ENUMERATED":
                root, additions, extensible = _split(definition["values"])
                names = tuple(name for name, _ in sorted(root, key=lambda pair: pair[1]))
                return Enumerated(names, extensible, tuple(name for name, _ in additions))
            case "BIT STRING":
                return BitString(*_range(definition["size"]))
            case "OCTET STRING":
                return OctetString(*_range(definition.get("size")))
            case "IA5String":
                return Text(*_range(definition["size"]))
            case "SEQUENCE OF":
                return SequenceOf(*_range(definition.get("size")), self.build(definition["element"]))
            case "SEQUENCE":
                return Sequence(*self._members(definition["members"]))
            case "CHOICE":
                return Choice(*self._members(definition["members"]))
            case "OpenType":
                types = definition["types"].items()
                return Open(definition["selector"], {key: Member(name, self.named(name)) for key, name in types})
            case name:
                return self.named(name)

    def _members(self, members: list[Definition | None]) -> tuple[tuple[Member, ...], bool, tuple[Member, ...]]:
        root, additions, extensible = _split(members)
        return tuple(map(self._member, root)), extensible, tuple(map(self._member, additions))

    def _member(self, definition: Definition) -> Member:
        return Member(definition["name"], self.build(definition), definition.get("optional", False))


def _range(constraint: list[Any] | None) -> tuple[int, int | None, bool]:
    """Return lowest, highest (None: unbounded) and whether others may come, of [(low, high)], [size] or [..., None]."""
    if constraint is None:
        return 0, None, False
    root = constraint[0]
    low, high = root if isinstance(root, tuple) else (root, root)
    return low, high, constraint[-1] is None


def _split(items: list[Any]) -> tuple[list[Any], list[Any], bool]:
    """Return the members before and behind the extension marker, and whether there is a marker."""
    if None not in items:
        return items, [], False
    marker = items.index(None)
    return items[:marker], [item for item in items[marker + 1 :] if item is not None], True
