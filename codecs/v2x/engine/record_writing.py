"""Straight-line Python from records to octets: the counterpart of `record_reading`.

What is irregular raises: measurements out of range and without a number, which the walk of `layout` clamps or replaces,
are among it. NotImplementedError for a layout that there is no source for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from v2x.engine.coding import Values
from v2x.engine.ir import BitString, Choice, Enumerated, Integer, Member, Sequence, Type
from v2x.engine.runtime import KEPT, Numbers
from v2x.engine.writing import Writing
from v2x.units import ELEVATION, LATITUDE, LONGITUDE
from v2x.wire.fields import Count, Flags, Scale
from v2x.wire.layout import Converter, Fields, Leaf, Many, Name, Offset, OneOf, Same
from v2x.wire.positions import AbsolutePosition, Position, Reference, itself, refer

_FARTHEST = 40  # bits of the difference of two positions, and some


class RecordWriting(Writing):
    """`how` is a converter wherever a record does not hold the value as it travels."""

    head = "def encode(v, latitude=None, longitude=None, elevation=None):"

    def __init__(self, whole: Values) -> None:
        super().__init__(whole)
        self.source.names |= {"Position": Position, "refer": refer}
        self._reference = ("latitude", "longitude", "elevation")  # variables with its steps
        self._last = self._reference  # the position that was written last

    # -- what a value is

    def any(self, type_: Type, value: str, how: Converter | None) -> None:
        """Add a value of any type."""
        match how, type_:
            case None | Same(), _:
                super().any(type_, value, None)
            case Name(names), Enumerated() if set(type_.names) <= set(names):
                super().any(type_, value, None)
            case OneOf(), Choice():
                self.choice(type_, value, how)
            case ((Many() | Fields()), _):
                super().any(type_, value, how)
            case Leaf(unit), _:
                self._leaf(unit, type_, value)
            case Offset(), Sequence():
                self._offset(type_, value)
            case _:
                raise NotImplementedError(f"{how} as {type(type_).__name__}")

    def part(self, how: Converter | None, member: Member) -> Converter | None:
        """Return what an alternative is."""
        if isinstance(how, OneOf):
            return how.alternatives[member.name]
        attribute = how.named.get(member.name) if isinstance(how, Fields) else None
        return attribute.converter if attribute else None

    def element(self, how: Converter | None) -> Converter | None:
        """Return what the elements of a list are."""
        return how.element if isinstance(how, Many) else None

    def told(self, type_: Choice, value: str, how: Converter | None) -> tuple[Mapping[str, str], str]:
        """Return the condition for each alternative that there may be, and the value inside."""
        if not isinstance(how, OneOf):
            return super().told(type_, value, how)
        records = {name: self.source.constant(fields.record) for name, fields in how.alternatives.items()}
        return {name: f"{value}.__class__ is {record}" for name, record in records.items()}, value

    # -- sequences

    def record(self, type_: Sequence, value: str, how: Converter) -> None:
        """Add a record."""
        if not isinstance(how, Fields):
            raise NotImplementedError(str(how))
        self.check(f"{value}.__class__ is {self.source.constant(how.record)}")
        outer = self._reference
        members = type_.members + type_.additions
        values = {one.name: self._value(one, value, how) for one in members}
        present = {one.name: self._present(one, values, how) for one in members if one.optional}
        extended = self.variable(" or ".join(present[member.name] for member in type_.additions) or "0")
        self.field(extended, type_.extensible)
        for member in type_.optional:
            self.field(present[member.name], 1)
        for member in type_.members:
            self._member_of(member, values[member.name], present, how)
        if extended != "0" and type_.additions:
            self.additions(type_, extended, present, values, how)
        self._reference = outer

    def _value(self, member: Member, record: str, how: Fields) -> str:
        attribute = how.named.get(member.name)
        if attribute is None and not member.optional:
            raise NotImplementedError(f"nothing to send as {member.name}")
        return self.variable(f"{record}.{attribute.attribute}") if attribute else "None"

    def _present(self, member: Member, values: Mapping[str, str], how: Fields) -> str:
        """Return the condition for a member that may be absent: that its field holds something."""
        attribute, value = how.named.get(member.name), values[member.name]
        if attribute is None:
            return "0"
        if attribute.default is msgspec.NODEFAULT:
            return "1"
        if attribute.default is None:
            return self.variable(f"{value} is not None")
        return self.variable(f"{value} != {self.source.constant(attribute.default)}")

    def _member_of(self, member: Member, value: str, present: Mapping[str, str], how: Fields) -> None:
        attribute = how.named.get(member.name)
        if attribute is None:
            return
        if member.optional:
            self.flush()
            with self.source.block(f"if {present[member.name]}:"):
                self.any(member.type, value, attribute.converter)
                self.flush()
        else:
            self.any(member.type, value, attribute.converter)
        if attribute.reference:
            self._refer(attribute.reference, value, None if member.optional else self._last)

    def _refer(self, reference: Reference, value: str, place: tuple[str, str, str] | None) -> None:
        """Let offsets be relative to the position that a value gives from here on; `place`: that was written for it."""
        outer = ", ".join(self._reference)
        found = f"refer({self.source.constant(reference)}, {value}, {outer})"
        if reference is itself and place is not None:
            found = f"({', '.join(place)}) if {value} is not None else ({outer})"
        self._reference = (self.source.fresh("y"), self.source.fresh("x"), self.source.fresh("z"))
        self.source.line(f"{', '.join(self._reference)} = {found}")

    def content(self, member: Member, value: str, how: Converter | None) -> str:
        """Return the expression of the octets of an open type."""
        if how is None:
            return super().content(member, value, how)
        encode = RecordWriting(self.whole).function(member.type, how)
        return f"{self.source.constant(encode)}({value}, {', '.join(self._reference)})"

    # -- values with a unit

    def _leaf(self, unit: object, type_: Type, value: str) -> None:
        match unit, type_:
            case Scale(), Integer(extensible=False) if type_.low <= unit.low and unit.high <= type_.high:
                self._steps(type_, self._scaled(unit, value))
            case Flags(size=size), BitString() if size == type_.low == type_.high:
                self.field("0", type_.extensible)
                self.field(f"{self.source.constant(_Numbers(unit))}[{value}]", size)
            case AbsolutePosition(), Sequence(extensible=False):
                self._position(type_, value)
            case _:
                to_wire = self.source.constant(unit.to_wire)  # type: ignore[attr-defined]  # of a Field
                super().any(type_, f"{to_wire}({value})", None)

    def _steps(self, type_: Type, steps: str) -> None:
        """Add a number of steps that is in range."""
        if not isinstance(type_, Integer) or type_.extensible:
            raise NotImplementedError("a number of steps that is no plain integer")
        self.field(f"{steps} - {type_.low}" if type_.low > 0 else f"{steps} + {-type_.low}", type_.bits)

    def _scaled(self, scale: Scale, value: str) -> str:
        """Return the variable of the number of steps."""
        value = self.variable(value)
        steps = f"round({_steps(scale, value)})"
        if scale.circular:
            steps = f"{steps} % {scale.high + 1}"
        within = ""
        if scale.blank is not None:
            steps = f"{scale.blank} if {value} is None else {steps}"
            within = f" or {value} is None"
        name = self.variable(steps)
        if not scale.circular:
            self.check(f"({scale.low} <= {name} <= {scale.high}{within})")
        return name

    def _place(self, value: str) -> tuple[str, str, str]:
        """Return the variables of a position's steps; the elevation may be None."""
        self.flush()
        self._last = north, east, up = (self.source.fresh("y"), self.source.fresh("x"), self.source.fresh("z"))
        with self.source.block(f"if {value} is None:"):
            self.source.line(f"{north}, {east}, {up} = {LATITUDE.unavailable}, {LONGITUDE.unavailable}, None")
        with self.source.block("else:"):
            height = self.variable(f"{value}.elevation_m")
            self.source.line(f"{north} = round({_steps(LATITUDE, f'{value}.latitude_deg')})")
            self.source.line(f"{east} = round({_steps(LONGITUDE, f'{value}.longitude_deg')})")
            self.source.line(f"{up} = None if {height} is None else round({_steps(ELEVATION, height)})")
            self.check(f"{value}.__class__ is Position")
            self.check(f"{LATITUDE.low} <= {north} <= {LATITUDE.high}")
            self.check(f"{LONGITUDE.low} <= {east} <= {LONGITUDE.high}")
            self.check(f"({up} is None or {ELEVATION.low} <= {up} <= {ELEVATION.high})")
            self.flush()
        return self._last

    def _position(self, type_: Sequence, value: str) -> None:
        """Add Position3D."""
        latitude, longitude, elevation = type_.members
        north, east, up = self._place(self.variable(value))
        self.field(f"({up} is not None)", 1)
        self._steps(latitude.type, north)
        self._steps(longitude.type, east)
        self.flush()
        with self.source.block(f"if {up} is not None:"):
            self._steps(elevation.type, up)
            self.flush()

    def _offset(self, type_: Sequence, value: str) -> None:
        """Add PositionOffsetLLV: the smallest alternatives that hold the offset from the reference."""
        horizontal, vertical = (member.type for member in type_.members)
        if not isinstance(horizontal, Choice) or not isinstance(vertical, Choice):
            raise NotImplementedError("an offset of another form")
        value = self.variable(value)
        north, east, up = self._place(value)
        origin = self._reference
        self.field("0", type_.extensible)
        self.field(f"({up} is not None)", 1)
        self.flush()
        points = [_point(member.type) for member in horizontal.members]
        deltas = [f"{east} - {origin[1]}", f"{north} - {origin[0]}"]
        extent = "({0} ^ {0} >> 63 | {1} ^ {1} >> 63)"  # two's complement: -n fits where n - 1 does
        self._nearest(horizontal, points, f"{origin[0]} is None or {value} is None", deltas, [east, north], extent)
        with self.source.block(f"if {up} is not None:"):
            heights = [[_integer(member.type)] for member in vertical.members]
            self._nearest(vertical, heights, f"{origin[2]} is None", [f"{up} - {origin[2]}"], [up], "(abs({0}) + 1)")

    def _nearest(
        self,
        type_: Choice,
        ways: list[list[Integer]],
        far: str,
        deltas: list[str],
        absolute: list[str],
        extent: str,
    ) -> None:
        """Add the first alternative whose numbers hold the deltas; the last, absolute one on the condition `far`."""
        index, bits, low = (self.source.fresh(letter) for letter in "ibo")
        *relative, last = ways
        sizes = [numbers[0].bits for numbers in relative]
        with self.source.block(f"if {far}:"):
            self.source.line(f"{index} = {len(sizes)}")
        with self.source.block("else:"):
            names = [self.variable(delta) for delta in deltas]
            known = self.source.constant(_narrowest(sizes))
            self.source.line(f"{index}, {bits}, {low} = {known}[{extent.format(*names)}.bit_length()]")
        head = type_.extensible + type_.bits
        with self.source.block(f"if {index} < {len(sizes)}:"):
            number = f"({self.into} << {head} | {index})"
            for name in names:
                number = f"({number} << {bits} | {name} + {low})"
            self.source.line(f"{self.into} = {number}")
        with self.source.block("else:"):
            self.field(str(len(sizes)), head)
            for integer, steps in zip(last, absolute, strict=True):
                self._steps(integer, steps)
            self.flush()


def _narrowest(sizes: list[int]) -> tuple[tuple[int, int, int], ...]:
    """Return index, size and bias of the first of some numbers that holds so and so many bits and a sign."""
    beyond = (len(sizes), 0, 0)
    return tuple(
        next(((index, size, 1 << size - 1) for index, size in enumerate(sizes) if size > bits), beyond)
        for bits in range(_FARTHEST)
    )


class _Numbers(dict[tuple[Any, ...], int]):
    """Bit strings as numbers, by the names of the bits that are set; computed once as long as they are few."""

    def __init__(self, flags: Flags[Any]) -> None:
        super().__init__()
        self._to_wire: Callable[[Any], tuple[bytes, int]] = flags.to_wire
        self._bits = Numbers(flags.size)

    def __missing__(self, names: tuple[Any, ...]) -> int:
        number = self._bits[self._to_wire(names)]
        if len(self) < KEPT:
            self[names] = number
        return number


def _steps(scale: Scale, value: str) -> str:
    """Return the expression of the steps of a value, not rounded yet."""
    if isinstance(scale, Count):
        return value
    times = f"{value} * {scale.denominator}"
    return f"{times} / {scale.numerator}" if scale.numerator > 1 else times


def _point(type_: Type) -> list[Integer]:
    if not isinstance(type_, Sequence):
        raise NotImplementedError("an offset of another form")
    return [_integer(member.type) for member in type_.members]


def _integer(type_: Type) -> Integer:
    if not isinstance(type_, Integer) or type_.extensible:
        raise NotImplementedError("a number of steps that is no plain integer")
    return type_
