"""Where a record's fields lie on the wire, and the one engine that walks them, both ways.

A record says with `Annotated[type, Wire(...)]` under which name and in which unit a field travels; its type says how:

    Struct                      SEQUENCE
    tuple[T, ...]               SEQUENCE OF; empty = absent
    union of tagged Structs     CHOICE; the tag is the alternative (also when there is but one)
    Literal                     ENUMERATED
    everything else             as it is, or through the unit of its Wire

A field with a default is OPTIONAL on the wire and absent while it holds that default, None or (), or NaN; a field
without is always sent, None and NaN as the unit's code for unavailable.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from math import isfinite
from operator import or_
from typing import Any, Literal, Protocol, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec

from v2x.errors import EncodeError
from v2x.fields import Field, WireValue
from v2x.profiles import PROFILES, Profile
from v2x.wire.positions import Position, Reference, from_offset, to_offset

Hint: TypeAlias = Any  # a type as it stands in an annotation

_UNIONS = (Union, types.UnionType)  # Union[A, B], A | B


@dataclass(frozen=True)
class Wire:
    """How a field travels.

    Attributes:
        name: its ASN.1 identifier.
        unit: step, range and codes; None where record and wire hold the same value.
        relative: the field is a position that travels as an offset from the reference.
        reference: gives the position that the offsets in the fields behind this one are relative to.
        bare: the one alternative of a choice in a profile that has no choice: it travels without its name.
        differs: how it travels in the profiles where it does otherwise; None where there is no such field.

    """

    name: str
    unit: Field[Any] | None = None
    relative: bool = False
    reference: Reference | None = None
    bare: type[msgspec.Struct] | None = None
    differs: Mapping[Profile, Wire | None] = field(default_factory=dict, hash=False)

    def within(self, profile: Profile) -> Wire | None:
        """Return how the field travels in a profile."""
        return self.differs.get(profile, self)


def only(*profiles: Profile) -> Mapping[Profile, Wire | None]:
    """Return the `differs` of a field that no other profiles have."""
    return {profile: None for profile in PROFILES if profile not in profiles}


# fields of some editions only
NOT_2017: Mapping[Profile, Wire | None] = {"csae53-2017": None}
ONLY_2017 = only("csae53-2017")
PHASE_II = only("csae157-2020")


class Converter(Protocol):
    """One node of a layout. `reference` is the position that offsets below this node are relative to."""

    def to_wire(self, value: Any, reference: Position | None) -> WireValue:
        """Return the value as it travels; EncodeError with the path to the field."""

    def from_wire(self, wire: WireValue, reference: Position | None) -> Any:
        """Return the value that a record holds."""


@dataclass(frozen=True)
class Same:
    """Travels as it is."""

    def to_wire(self, value: Any, reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        if value is None:
            raise EncodeError("no value, and the field has no code for unavailable")
        return value

    def from_wire(self, wire: WireValue, reference: Position | None) -> Any:
        """Return the value that a record holds."""
        return wire


@dataclass(frozen=True)
class Name:
    """One of a few names: an enumerator. One that the profile does not know is unknown or unavailable, else None."""

    names: tuple[str, ...]

    @property
    def _unknown(self) -> str | None:
        return next((name for name in ("unknown", "unavailable") if name in self.names), None)

    def to_wire(self, value: Any, reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        if value not in self.names:
            raise EncodeError(f"{value!r} is none of {', '.join(self.names)}")
        return value

    def from_wire(self, wire: WireValue, reference: Position | None) -> Any:
        """Return the value that a record holds."""
        return self._unknown if wire is None else wire


@dataclass(frozen=True)
class Leaf:
    """A value with a unit."""

    unit: Field[Any]

    def to_wire(self, value: Any, reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        return self.unit.to_wire(value)

    def from_wire(self, wire: WireValue, reference: Position | None) -> Any:
        """Return the value that a record holds."""
        return self.unit.from_wire(wire)


@dataclass(frozen=True)
class Offset:
    """A position that travels as an offset from the reference."""

    def to_wire(self, value: Position | None, reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        return to_offset(value, reference)

    def from_wire(self, wire: WireValue, reference: Position | None) -> Position | None:
        """Return the value that a record holds."""
        return from_offset(wire, reference)


@dataclass(frozen=True)
class Many:
    """A tuple of values of one kind."""

    element: Converter

    def to_wire(self, value: tuple[Any, ...], reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        wire = []
        for index, item in enumerate(value):
            try:
                wire.append(self.element.to_wire(item, reference))
            except EncodeError as error:
                raise error.inside(str(index)) from None
        return wire

    def from_wire(self, wire: WireValue, reference: Position | None) -> tuple[Any, ...]:
        """Return the value that a record holds."""
        return tuple(self.element.from_wire(item, reference) for item in wire)


@dataclass(frozen=True)
class OneOf:
    """One of several records; None for an alternative that the profile does not know."""

    alternatives: Mapping[str, Fields]

    def to_wire(self, value: Any, reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        for name, alternative in self.alternatives.items():
            if type(value) is alternative.record:
                return name, alternative.to_wire(value, reference)
        raise EncodeError(f"{type(value).__name__} is no choice here, only {', '.join(self.alternatives)}")

    def from_wire(self, wire: WireValue, reference: Position | None) -> Any:
        """Return the value that a record holds."""
        name, inner = wire
        return None if name is None else self.alternatives[name].from_wire(inner, reference)


@dataclass(frozen=True)
class Attribute:
    """A field of a record.

    Attributes:
        attribute: its name in the record.
        name: its identifier on the wire.
        converter: how its value travels.
        default: it is absent while it has this value; NODEFAULT when it must be there.
        reference: gives the position that offsets behind it are relative to.

    """

    attribute: str
    name: str
    converter: Converter
    default: object
    reference: Reference | None


@dataclass(frozen=True)
class Fields:
    """A record: its fields that travel."""

    record: type[msgspec.Struct]
    members: tuple[Attribute, ...]

    @property
    def named(self) -> Mapping[str, Attribute]:
        """The fields by their identifiers on the wire."""
        return {member.name: member for member in self.members}

    def to_wire(self, value: Any, reference: Position | None) -> WireValue:
        """Return the value as it travels."""
        if type(value) is not self.record:
            raise EncodeError(f"expected {self.record.__name__}, got {type(value).__name__}")
        wire = {}
        for member in self.members:
            item = getattr(value, member.attribute)
            if item == member.default or (member.default is None and _no_number(item)):
                continue
            try:
                wire[member.name] = member.converter.to_wire(item, reference)
            except EncodeError as error:
                raise error.inside(member.attribute) from None
            if member.reference and item is not None:
                reference = member.reference(item)
        return wire

    def from_wire(self, wire: WireValue, reference: Position | None) -> Any:
        """Return the value that a record holds."""
        values = {}
        for member in self.members:
            if member.name in wire:
                item = values[member.attribute] = member.converter.from_wire(wire[member.name], reference)
                if member.reference and item is not None:
                    reference = member.reference(item)
        return self.record(**values)


def _no_number(item: object) -> bool:
    return isinstance(item, float) and not isfinite(item)


def converter(hint: Hint, profile: Profile) -> Converter:
    """Return the converter of a type, a record or a union of records, as it travels in `profile`."""
    hint, wire = _split(hint, profile)
    if wire and wire.relative:
        return Offset()
    if wire and wire.unit:
        return Leaf(wire.unit)
    if wire and wire.bare:
        return _sequence(wire.bare, profile)
    origin: object = get_origin(hint)
    if origin is tuple:
        return Many(converter(get_args(hint)[0], profile))
    if origin is Literal:
        return Name(get_args(hint))
    if origin in _UNIONS:
        return choice(get_args(hint), profile)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return choice([hint], profile) if hint.__struct_config__.tag else _sequence(hint, profile)
    return Same()


def choice(records: Iterable[type[msgspec.Struct]], profile: Profile) -> OneOf:
    """Return the converter of one of several records, as it travels in `profile`."""
    return OneOf({str(record.__struct_config__.tag): _sequence(record, profile) for record in records})


def _sequence(record: type[msgspec.Struct], profile: Profile) -> Fields:
    return Fields(record, _members(record, profile))


def _split(hint: Hint, profile: Profile) -> tuple[Hint, Wire | None]:
    """Return the type without None and without its annotations, and the Wire that is the first among them."""
    found: Wire | None = None
    while True:
        origin: object = get_origin(hint)
        if hasattr(hint, "__metadata__"):
            found = found or next((entry for entry in hint.__metadata__ if isinstance(entry, Wire)), None)
            hint = get_args(hint)[0]
        elif origin in _UNIONS and type(None) in get_args(hint):
            hint = reduce(or_, (kind for kind in get_args(hint) if kind is not type(None)))
        else:
            return hint, found and found.within(profile)


def _members(record: type[msgspec.Struct], profile: Profile) -> tuple[Attribute, ...]:
    hints = get_type_hints(record, include_extras=True)
    members = []
    for entry in msgspec.structs.fields(record):
        _, wire = _split(hints[entry.name], profile)
        if wire:
            inner = converter(hints[entry.name], profile)
            members.append(Attribute(entry.name, wire.name, inner, entry.default, wire.reference))
    return tuple(members)
