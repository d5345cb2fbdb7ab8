"""Records as rows of the C extension's table: between octets and records without values in wire units in between."""

from __future__ import annotations

from types import MemberDescriptorType

import msgspec

from v2x.engine.native.table import KINDS, Row, Slot, Table, fixed, sizes
from v2x.engine.types import BitString, Choice, Enumerated, Integer, Member, Open, Sequence, SequenceOf, Type
from v2x.fields import Count, Flags, Scale
from v2x.units import ELEVATION, LATITUDE, LONGITUDE
from v2x.wire.converters import Attribute, Converter, Fields, Leaf, Many, Name, Offset, OneOf, Same
from v2x.wire.positions import AbsolutePosition, Position

_SCALE, _FLAGS, _POSITION, _OFFSET, _CONVERTED = range(len(KINDS), len(KINDS) + 5)
_NOTHING = Row(KINDS[Open])  # a type without a record is left to the rules


class RecordTable(Table):
    """Rows of records in the making. NotImplementedError for a layout that the extension has no row for."""

    def converted(self, converter: Converter, type_: Type) -> int:
        """Return the place of the row of a value that travels as `type_`."""
        match converter, type_:
            case Same(), _:
                return self.row(type_)
            case Name(names), Enumerated() if set(type_.names) <= set(names):
                return self.row(type_)
            case Leaf(unit), _:
                return self._leaf(unit, type_)
            case Offset(), Sequence():
                return self._offset(type_)
            case Many(element), SequenceOf():
                inner = self.converted(element, type_.element)
                return self.add(Row(KINDS[SequenceOf], record=True, **sizes(type_), inner=inner))
            case OneOf(alternatives), Choice():
                slots = tuple(
                    Slot(member.name, self._alternative(alternatives.get(member.name), member.type))
                    for member in type_.members + type_.additions
                )
                additions, bits = len(type_.additions), type_.bits
                return self.add(Row(KINDS[Choice], type_.extensible, True, bits, members=slots, additions=additions))
            case Fields(), Sequence():
                return self._fields(converter, type_)
        raise NotImplementedError(f"{converter} as {type(type_).__name__}")

    def _alternative(self, fields: Fields | None, type_: Type) -> int:
        return self.add(_NOTHING) if fields is None else self.converted(fields, type_)

    def _leaf(self, unit: object, type_: Type) -> int:
        match unit, type_:
            case Scale(), Integer(extensible=False) if type_.low <= unit.low and unit.high <= type_.high:
                return self._scale(unit, type_)
            case Flags(size=size), BitString() if size == type_.low:
                names = tuple(unit.masks)
                return self.add(
                    Row(_FLAGS, type_.extensible, bits=fixed(type_), high=size, names=names, codes=unit.masks)
                )
            case AbsolutePosition(), Sequence(extensible=False):
                latitude, longitude, elevation = (self._count(member.type) for member in type_.members)
                return self._place(_POSITION, latitude, longitude, elevation, ())
        methods = {"to_wire": unit.to_wire, "from_wire": unit.from_wire}  # type: ignore[attr-defined]  # of a Field
        return self.add(Row(_CONVERTED, inner=self.row(type_), **methods))

    def _scale(self, unit: Scale, type_: Integer) -> int:
        whole = isinstance(unit, Count)
        scale = (unit.numerator, unit.denominator, unit.low, unit.high, unit.blank, unit.circular, whole)
        return self.add(Row(_SCALE, inner=self.row(type_), scale=scale))

    def _count(self, type_: Type) -> Integer:
        if not isinstance(type_, Integer) or type_.extensible:
            raise NotImplementedError("a position that is not made of plain integers")
        return type_

    def _place(
        self, kind: int, latitude: Integer, longitude: Integer, elevation: Integer, others: tuple[Slot, ...]
    ) -> int:
        """Add a row for a position; `others`: the further entries of an offset."""
        fields = [
            ("latitude_deg", LATITUDE, latitude),
            ("longitude_deg", LONGITUDE, longitude),
            ("elevation_m", ELEVATION, elevation),
        ]
        slots = tuple(
            Slot(name, self._scale(unit, type_), descriptor=_slot(Position, name)) for name, unit, type_ in fields
        )
        return self.add(Row(kind, record=True, members=(*slots, *others), type=Position))

    def _offset(self, type_: Sequence) -> int:
        """Add a row for PositionOffsetLLV; its widths follow the position's own three members."""
        match [member.type for member in type_.members]:
            case [Choice(extensible=False) as horizontal, Choice(extensible=False) as vertical] if (
                len(horizontal.members) == len(vertical.members) == 7 and not type_.extensible
            ):
                *widths, absolute = (_pair(member.type) for member in horizontal.members)
                *heights, elevation = (self._count(member.type) for member in vertical.members)
                numbers = [*(east for east, _ in widths), *absolute, *heights, elevation]
                others = tuple(Slot("", self.row(number)) for number in numbers)
                return self._place(_OFFSET, absolute[1], absolute[0], elevation, others)
        raise NotImplementedError("an offset of another form")

    def _fields(self, fields: Fields, type_: Sequence) -> int:
        known = {attribute.name: attribute for attribute in fields.members}
        slots = tuple(
            self._member(known.get(member.name), member, fields) for member in type_.members + type_.additions
        )
        row = Row(
            KINDS[Sequence],
            type_.extensible,
            record=True,
            members=slots,
            additions=len(type_.additions),
            type=fields.record,
            others=_others(fields),
        )
        return self.add(row)

    def _member(self, attribute: Attribute | None, member: Member, fields: Fields) -> Slot:
        if isinstance(member.type, Open):
            raise NotImplementedError("an open type in a record")
        if attribute is None:  # the record has no such field
            return Slot(member.name, self.row(member.type), member.optional)
        return Slot(
            member.name,
            self.converted(attribute.converter, member.type),
            member.optional,
            descriptor=_slot(fields.record, attribute.attribute),
            standing=() if attribute.default is msgspec.NODEFAULT else (attribute.default,),
            reference=attribute.reference,
        )


def _pair(type_: Type) -> tuple[Integer, Integer]:
    """Return the numbers of a horizontal offset: to the east and to the north."""
    match type_:
        case Sequence(members=[Member(type=Integer() as east), Member(type=Integer() as north)], extensible=False):
            return east, north
    raise NotImplementedError("a horizontal offset of another form")


def _others(fields: Fields) -> tuple[Slot, ...]:
    """Return the slots of the fields that do not travel in the profile, with their constant values."""
    known = {attribute.attribute for attribute in fields.members}
    return tuple(
        Slot("", -1, descriptor=_slot(fields.record, field.name), standing=(field.default,))
        for field in msgspec.structs.fields(fields.record)
        if field.name not in known
    )


def _slot(record: type[msgspec.Struct], name: str) -> MemberDescriptorType:
    """Return the descriptor that knows where a field lies in its record."""
    descriptor = getattr(record, name)
    assert isinstance(descriptor, MemberDescriptorType)
    return descriptor
