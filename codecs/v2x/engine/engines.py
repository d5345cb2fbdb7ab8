"""Which engine encodes and decodes: the C extension when it was built, or else generated Python."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from v2x.engine.coding import Pair, Values
from v2x.engine.ir import Type
from v2x.engine.native.records import RecordTable
from v2x.engine.native.table import AVAILABLE, Table, program
from v2x.engine.straight import Straight
from v2x.wire.layout import Converter

EngineName: TypeAlias = Literal["native", "python"]

DEFAULT_ENGINE: EngineName = "native" if AVAILABLE else "python"


class Engine(Values, Protocol):
    """Makes the functions for values in wire units and for records."""

    def records(self, converter: Converter, type_: Type) -> Pair:
        """Return the ways between octets and what `converter` makes of a value."""


class Native:
    """The C extension."""

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


def engine_name() -> EngineName:
    """Return the engine in use: native (C) or python."""
    return DEFAULT_ENGINE


def make_engine(name: EngineName) -> Engine:
    """Return an engine of its own for one profile; ImportError for native where it was not built."""
    if name == "python":
        return Straight()
    if not AVAILABLE:
        raise ImportError("v2x._uper was not built: there was no C compiler")
    return Native()
