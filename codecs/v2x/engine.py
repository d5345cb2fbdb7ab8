"""Which engine encodes and decodes: the C extension when it was built, or else generated Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from v2x import native
from v2x.fields import WireValue
from v2x.ir import Type
from v2x.straight import Straight

EngineName: TypeAlias = Literal["native", "python"]

DEFAULT_ENGINE: EngineName = "native" if native.AVAILABLE else "python"

# what an engine may raise for a value or octets that it does not take; everything else is a fault of ours
IRREGULAR = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Engine(Protocol):
    """Makes functions that take what is regular, and raise one of IRREGULAR for everything else."""

    def encoder(self, type_: Type) -> Callable[[WireValue], bytes]:
        """Return what gives the octets of a value."""

    def decoder(self, type_: Type) -> Callable[[bytes], WireValue]:
        """Return what gives the value of a whole encoding."""


def engine_name() -> EngineName:
    """Return the engine in use: native (C) or python."""
    return DEFAULT_ENGINE


def make_engine(name: EngineName) -> Engine:
    """Return an engine of its own for one profile; ImportError for native where it was not built."""
    if name == "python":
        return Straight()
    if not native.AVAILABLE:
        raise ImportError("v2x._uper was not built: there was no C compiler")
    return native.Native()
