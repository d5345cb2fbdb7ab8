"""Straight-line Python from octets to records: scales, flags, places and offsets stand in the generated source.

NotImplementedError for a layout that there is no source for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Sequence as Items
from typing import Any

import msgspec

from v2x.engine.coding import Values
from v2x.engine.ir import BitString, Choice, Enumerated, Integer, Member, Sequence, Type, most_bits
from v2x.engine.reading import Read, Reading, Then
from v2x.engine.runtime import KEPT, BitStrings
from v2x.units import ELEVATION, LATITUDE, LONGITUDE
from v2x.wire.fields import Count, Flags, Scale
from v2x.wire.layout import Attribute, Converter, Fields, Leaf, Many, Name, Offset, OneOf, Same
from v2x.wire.positions import AbsolutePosition, Position, Reference, refer


class RecordReading(Reading):
    """`how` is a converter wherever a record does not hold the value as it travels."""

    head = "def decode(data, latitude=None, longitude=None, elevation=None):"

    def __init__(self, whole: Values) -> None:
        super().__init__(whole)
        self.source.names |= {"Position": Position, "refer": refer}
        self._reference = ("latitude", "longitude", "elevation")  # variables with its steps

    # -- what a value becomes

    def any(self, type_: Type, how: Converter | None) -> str:
        """Read a value of any type."""
        match how, type_:
            case None | Same(), _:
                return super().any(type_, None)
            case Name(names), Enumerated() if set(type_.names) <= set(names):
                return super().any(type_, None)
            case ((Many() | OneOf() | Fields()), _):
                return super().any(type_, how)
        self.want(most_bits(type_))
        match how, type_:
            case Leaf(unit), _:
                return self._leaf(unit, type_)
            case Offset(), Sequence():
                return self._offset(type_)
        raise NotImplementedError(f"{how} as {type(type_).__name__}")

    def grow(self, type_: Type, how: Converter | None, then: Then) -> None:
        """Read a value and go on."""
        if isinstance(how, Leaf | Offset):
            then(self.any(type_, how))
        else:
            super().grow(type_, how, then)

    def is_tree(self, type_: Type, how: Converter | None) -> bool:
        """Return whether the ways through a sequence are written out, each with all that follows."""
        return super().is_tree(type_, how) and not (isinstance(how, Fields) and any(m.reference for m in how.members))

    def part(self, how: Converter | None, member: Member) -> Converter | None:
        """Return what becomes of a member; None also where the record has no such field."""
        match how:
            case OneOf(alternatives):
                return alternatives[member.name]
            case Fields():
                attribute = how.named.get(member.name)
                return attribute.converter if attribute else None
        return None

    def element(self, how: Converter | None) -> Converter | None:
        """Return what becomes of the elements of a list."""
        return how.element if isinstance(how, Many) else None

    def display(self, how: Converter | None, items: Items[Read]) -> str:
        """Return the expression of a record that has these members."""
        if not isinstance(how, Fields):
            return super().display(how, items)
        values = [f"{how.named[one.name].attribute}={value}" for one, value in items if one.name in how.named]
        return f"{self.source.constant(how.record)}({', '.join(values)})"

    def chosen(self, how: Converter | None, member: Member, value: str) -> str:
        """Return the expression of an alternative: the record itself tells which it is."""
        return value if isinstance(how, OneOf) else super().chosen(how, member, value)

    def collected(self, how: Converter | None, items: str) -> str:
        """Return the expression of a list."""
        return f"tuple({items})" if isinstance(how, Many) else items

    def alternatives(self, members: Items[Member], how: Converter | None) -> Items[tuple[int, Member]]:
        """Return the alternatives that there are records for, with their indices."""
        known = how.alternatives if isinstance(how, OneOf) else {member.name for member in members}
        return [(place, member) for place, member in enumerate(members) if member.name in known]

    # -- sequences

    def members(self, type_: Sequence, how: Converter | None, present: Mapping[str, str], extended: str) -> str:
        """Read the members of a record; those that may be absent into variables."""
        if not isinstance(how, Fields):
            return super().members(type_, how, present, extended)
        outer = self._reference
        items: list[Read] = []
        for member in type_.members:
            attribute = how.named.get(member.name)
            if member.optional:
                value = self._optional(member, attribute, present[member.name])
            else:
                value = self.any(member.type, self.part(how, member))
            if attribute and attribute.reference:
                value = self._refer(attribute.reference, value)
            items.append((member, value))
        items += [(member, self._absent(how.named.get(member.name))) for member in type_.additions]
        if extended:
            self.flush()
            variables = {member.name: variable for member, variable in items}
            with self.source.block(f"if {extended}:"):
                for member, value in self.additions(type_, how):
                    self.source.line(f"{variables[member.name]} = {value}")
            self.lost()
        self._reference = outer
        return self.display(how, items)

    def _optional(self, member: Member, attribute: Attribute | None, present: str) -> str:
        """Read a member that may be absent; return the variable that holds it."""
        self.flush()
        variable, held = self._absent(attribute), self.place.held
        with self.source.block(f"if {present}:"):
            value = self.any(member.type, attribute.converter if attribute else None)
            self.flush()
            self.source.line(f"{variable} = {value}")
        if attribute and attribute.default is msgspec.NODEFAULT:
            self.source.line(f"if {variable} is Irregular: raise Irregular")
        self.place = self.place._replace(held=min(held, self.place.held))
        return variable

    def _absent(self, attribute: Attribute | None) -> str:
        """Return a new variable that holds what a record holds when a member is absent."""
        variable = self.source.fresh("m")
        default = None if attribute is None else attribute.default
        value = "Irregular" if default is msgspec.NODEFAULT else self.source.constant(default)
        self.source.line(f"{variable} = {value}")
        return variable

    def _refer(self, reference: Reference, value: str) -> str:
        """Let offsets be relative to the position that a value gives from here on; return its variable."""
        self.flush()
        value, outer = self.variable(value), self._reference
        self._reference = (self.source.fresh("y"), self.source.fresh("x"), self.source.fresh("z"))
        arguments = ", ".join((self.source.constant(reference), value, *outer))
        self.source.line(f"{', '.join(self._reference)} = refer({arguments})")
        return value

    def content(self, member: Member, how: Converter | None) -> str:
        """Read the value in an open type."""
        if how is None:
            return super().content(member, how)
        decode = RecordReading(self.whole).function(member.type, how)
        octets = self.octets()
        return f"{self.source.constant(decode)}({octets}, {', '.join(self._reference)})"

    # -- values with a unit

    def _leaf(self, unit: object, type_: Type) -> str:
        match unit, type_:
            case Scale(), Integer(extensible=False) if type_.low <= unit.low and unit.high <= type_.high:
                return self._scaled(unit, self._steps(type_))
            case Flags(size=size), BitString() if size == type_.low == type_.high:
                self.marker(type_.extensible)
                return f"{self.source.constant(_Names(unit))}[{self.field(size)}]"
            case AbsolutePosition(), Sequence(extensible=False):
                return self._position(type_)
        return f"{self.source.constant(unit.from_wire)}({super().any(type_, None)})"  # type: ignore[attr-defined]  # of a Field

    def _steps(self, type_: Type) -> str:
        """Read a number that is one for sure."""
        if not isinstance(type_, Integer) or type_.extensible:
            raise NotImplementedError("a number of steps that is no plain integer")
        return super().any(type_, None)

    def _scaled(self, scale: Scale, steps: str) -> str:
        """Return the expression of the physical value; None for what is none."""
        name = self.source.fresh("s")
        return f"({_physical(scale, name)} if {scale.low} <= ({name} := {steps}) <= {scale.high} else None)"

    def _position(self, type_: Sequence) -> str:
        """Read Position3D."""
        latitude, longitude, elevation = type_.members
        present = self.field(1)
        north, east = self._steps(latitude.type), self._steps(longitude.type)
        self.decide(most_bits(elevation.type), most_bits(elevation.type))
        north, east, up = self.variable(north), self.variable(east), self.source.fresh("e")
        with self.ways() as fork:
            with fork.way(f"if {present}:"):
                steps = self._steps(elevation.type)
                self.flush()
                self.source.line(f"{up} = {steps}")
            with fork.way("else:"):
                self.source.line(f"{up} = None")
        return self._placed(north, east, up)

    def _placed(self, north: str, east: str, up: str) -> str:
        """Return the expression of the position at so many steps, or None."""
        inside = f"{LATITUDE.low} <= {north} <= {LATITUDE.high} and {LONGITUDE.low} <= {east} <= {LONGITUDE.high}"
        height = f"None if {up} is None or not {ELEVATION.low} <= {up} <= {ELEVATION.high}"
        fields = [
            f"latitude_deg={_physical(LATITUDE, north)}",
            f"longitude_deg={_physical(LONGITUDE, east)}",
            f"elevation_m={height} else {_physical(ELEVATION, up)}",
        ]
        return f"(Position({', '.join(fields)}) if {inside} else None)"

    def _offset(self, type_: Sequence) -> str:
        """Read PositionOffsetLLV."""
        horizontal, vertical = (member.type for member in type_.members)
        if not isinstance(horizontal, Choice) or not isinstance(vertical, Choice):
            raise NotImplementedError("an offset of another form")
        north, east, up = (self.source.fresh(letter) for letter in "nef")
        self.marker(type_.extensible)
        present = self.field(1)
        self._alternatives(horizontal, lambda point, far: self._horizontal(point, far, north, east))
        self.source.line(f"{up} = None")
        held = self.place.held
        with self.source.block(f"if {present}:"):
            self._alternatives(vertical, lambda steps, far: self._vertical(steps, far, up))
        self.place = self.place._replace(held=min(held, self.place.held))
        return self.variable(self._placed(north, east, up))

    def _alternatives(self, type_: Choice, read: Callable[[Type, bool], None]) -> None:
        """Read the alternative of an offset; the last one is absolute."""
        self.marker(type_.extensible)
        mark, sizes = self.field(type_.bits), [most_bits(member.type) for member in type_.members]
        self.decide(max(sizes), min(sizes))
        index, last = self.variable(mark), len(type_.members) - 1
        with self.ways() as fork:
            for place, member in enumerate(type_.members):
                with fork.way(f"{'elif' if place else 'if'} {index} == {place}:"):
                    read(member.type, place == last)
            self.source.line("else: raise Irregular")

    def _horizontal(self, point: Type, absolute: bool, north: str, east: str) -> None:
        """Set the variables of latitude and longitude."""
        if not isinstance(point, Sequence):
            raise NotImplementedError("an offset of another form")
        longitude, latitude = (self._steps(member.type) for member in point.members)
        self.flush()
        if not absolute:
            origin = self._reference
            latitude = f"{latitude} + {origin[0]} if {origin[0]} is not None else {LATITUDE.unavailable}"
            longitude = f"{longitude} + {origin[1]} if {origin[1]} is not None else {LONGITUDE.unavailable}"
        self.source.line(f"{north} = {latitude}")
        self.source.line(f"{east} = {longitude}")

    def _vertical(self, steps: Type, absolute: bool, up: str) -> None:
        """Set the variable of the elevation; the least number means unavailable."""
        if not isinstance(steps, Integer):
            raise NotImplementedError("an offset of another form")
        value, origin = self._steps(steps), self._reference[2]
        self.flush()
        if absolute:
            self.source.line(f"{up} = {value}")
            return
        value = self.variable(value)
        with self.source.block(f"if {value} != {steps.low} and {origin} is not None:"):
            self.source.line(f"{up} = {value} + {origin}")


class _Names(dict[int, tuple[Any, ...]]):
    """The names of the bits that are set, by bit strings as numbers; computed once as long as they are few."""

    def __init__(self, flags: Flags[Any]) -> None:
        super().__init__()
        self._flags = flags
        self._bits = BitStrings(flags.size)

    def __missing__(self, number: int) -> tuple[Any, ...]:
        names = self._flags.from_wire(self._bits[number])
        if len(self) < KEPT:
            self[number] = names
        return names


def _physical(scale: Scale, steps: str) -> str:
    if isinstance(scale, Count):
        return steps
    times = f" * {scale.numerator}" if scale.numerator > 1 else ""
    return f"{steps}{times} / {scale.denominator}"
