"""The types as rows of the C extension's table, and the extension itself where it was built.

The extension is an interpreter over a table; `Row` and `Slot` are its rows, in the order in which `table.c` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from v2x.engine import types
from v2x.engine.pair import IrregularError

try:
    from v2x._uper import Program
except ImportError:  # built without a compiler
    AVAILABLE = False
else:
    AVAILABLE = True

_WIRE = [
    types.Integer,
    types.Boolean,
    types.Enumerated,
    types.BitString,
    types.OctetString,
    types.Text,
    types.SequenceOf,
    types.Sequence,
    types.Choice,
    types.Open,
]
KINDS: dict[object, int] = {kind: number for number, kind in enumerate(_WIRE)}


class Slot(NamedTuple):
    """A member of a row: of a sequence or choice, or a known content of an open type.

    Attributes:
        name: its identifier.
        row: its type.
        optional: it has a bit in the preamble.
        key: the selector value of an open type.
        descriptor: of the slot in a record.
        standing: the record's value when the member is absent, as (value,); () when it must be there.
        reference: gives the position that the offsets behind this member are relative to.

    """

    name: str
    row: int
    optional: bool = False
    key: int = 0
    descriptor: object = None
    standing: tuple[object, ...] = ()
    reference: object = None


class Row(NamedTuple):
    """A type. `inner`: the row of the elements, of the number behind a scale, of the wire form behind a conversion."""

    kind: int
    extensible: bool = False
    record: bool = False
    bits: int = 0
    low: int = 0
    high: int = 0
    members: tuple[Slot, ...] = ()
    additions: int = 0
    inner: int = -1
    names: object = None
    codes: dict[str, int] | None = None
    type: type | None = None
    others: tuple[Slot, ...] = ()
    scale: tuple[Any, ...] | None = None
    to_wire: object = None
    from_wire: object = None


class Table:
    """Rows in the making; a type that is used in several places has one row, before all that use it."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._places: dict[types.Type, int] = {}

    def add(self, row: Row) -> int:
        """Add a row; return its place."""
        self.rows.append(row)
        return len(self.rows) - 1

    def row(self, type_: types.Type) -> int:
        """Return the place of a type's row."""
        if type_ not in self._places:
            self._places[type_] = self.add(self._made(type_))
        return self._places[type_]

    def _made(self, type_: types.Type) -> Row:
        kind = KINDS[type(type_)]
        match type_:
            case types.Integer():
                return Row(kind, type_.extensible, bits=type_.bits, low=type_.low, high=type_.high)
            case types.Boolean():
                return Row(kind, bits=1)
            case types.Enumerated():
                most = len(type_.names) - 1
                codes = {name: code for code, name in enumerate(type_.names)}
                return Row(kind, type_.extensible, bits=types.width(most), high=most, names=type_.names, codes=codes)
            case types.BitString():
                return Row(kind, type_.extensible, bits=fixed(type_), high=type_.low)
            case types.SequenceOf():
                return Row(kind, **sizes(type_), inner=self.row(type_.element))
            case types.OctetString() | types.Text():
                return Row(kind, **sizes(type_))
            case types.Sequence() | types.Choice():
                bits = type_.bits if isinstance(type_, types.Choice) else 0
                members = self._slots([*type_.members, *type_.additions])
                return Row(kind, type_.extensible, bits=bits, members=members, additions=len(type_.additions))
            case types.Open():
                known = tuple(Slot(m.name, self.row(m.type), key=key) for key, m in type_.types.items())
                return Row(kind, members=known, names=type_.selector)

    def _slots(self, members: Iterable[types.Member]) -> tuple[Slot, ...]:
        return tuple(Slot(member.name, self.row(member.type), member.optional) for member in members)


def fixed(type_: types.BitString) -> int:
    """Return the size of a bit string of one size; there are no others in the message set."""
    if type_.high != type_.low:
        raise NotImplementedError("bit string of variable size")
    return type_.low


def sizes(type_: types.OctetString | types.Text | types.SequenceOf) -> dict[str, Any]:
    """Return the fields of a row that tell a size."""
    high = -1 if type_.high is None else type_.high
    return {"extensible": type_.extensible, "bits": type_.bits, "low": type_.low, "high": high}


def program(table: Table) -> Program:
    """Return the program whose values have the type of the table's last row."""
    return Program(tuple(table.rows), IrregularError)
