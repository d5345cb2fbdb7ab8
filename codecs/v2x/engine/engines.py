"""Which engine encodes and decodes: the C extension where it was built, else the plain interpreter of the rules."""

from __future__ import annotations

from typing import Literal, NoReturn, Protocol, TypeAlias

from v2x.engine.native.engine import Native
from v2x.engine.native.table import AVAILABLE
from v2x.engine.pair import IrregularError, Pair
from v2x.engine.types import Type
from v2x.wire.converters import Converter

EngineName: TypeAlias = Literal["plain", "native"]

ENGINES: tuple[EngineName, ...] = ("plain", "native") if AVAILABLE else ("plain",)
DEFAULT_ENGINE = ENGINES[-1]


class Engine(Protocol):
    """The fast path before the rules: it takes regular values and encodings, and leaves all others to the rules."""

    def values(self, type_: Type) -> Pair:
        """Return the ways between octets and values in wire units; the same each time."""

    def records(self, converter: Converter, type_: Type) -> Pair:
        """Return the ways between octets and the records that `converter` makes of values."""


class Plain:
    """Leaves everything to the rules."""

    def values(self, type_: Type) -> Pair:
        """Return ways that take nothing."""
        return _NOTHING

    def records(self, converter: Converter, type_: Type) -> Pair:
        """Return ways that take nothing."""
        return _NOTHING


def _refuse(_: object) -> NoReturn:
    raise IrregularError


_NOTHING = Pair(_refuse, _refuse)


def engine_name() -> EngineName:
    """Return the engine in use: native (C) or plain (Python)."""
    return DEFAULT_ENGINE


def make_engine(name: EngineName) -> Engine:
    """Return an engine of its own for one profile; ImportError for native where it was not built."""
    if name == "plain":
        return Plain()
    if not AVAILABLE:
        raise ImportError("v2x._uper was not built: there was no C compiler")
    return Native()
