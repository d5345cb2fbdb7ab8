"""The C extension as an engine."""

from __future__ import annotations

from v2x.engine.native.records import RecordTable
from v2x.engine.native.table import Table, program
from v2x.engine.pair import Pair
from v2x.engine.types import Type
from v2x.wire.converters import Converter


class Native:
    """Makes a program of each type that is asked for."""

    def __init__(self) -> None:
        self._known: dict[Type, Pair] = {}

    def values(self, type_: Type) -> Pair:
        """Return the ways between octets and values in wire units."""
        if type_ not in self._known:
            table = Table()
            table.row(type_)
            self._known[type_] = _pair(table)
        return self._known[type_]

    def records(self, converter: Converter, type_: Type) -> Pair:
        """Return the ways between octets and records."""
        table = RecordTable()
        table.converted(converter, type_)
        return _pair(table)


def _pair(table: Table) -> Pair:
    made = program(table)
    return Pair(made.encode, made.decode)
