"""What an engine makes of a type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

# what an engine may raise for a value or octets that it does not take; everything else is a fault of ours
IRREGULAR = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class IrregularError(ValueError):
    """The value or the encoding is not of the kind that the engine takes."""


class Pair(NamedTuple):
    """The two ways of a type: they take what is regular, and raise one of IRREGULAR for everything else."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]  # of a whole encoding
