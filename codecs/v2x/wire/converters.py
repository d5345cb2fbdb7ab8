"""The nodes of a layout: how a value of a record becomes one in wire units, and back.

`layout` makes them from the types of a record's fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

import msgspec

from v2x.errors import EncodeError
from v2x.fields import Field, WireValue
from v2x.wire.positions import Position, Reference, from_offset, to_offset


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
