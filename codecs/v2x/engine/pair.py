"""The encoder and decoder that an engine makes of a type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

# errors that an engine may raise for a value or octets that it does not take; any other is a bug
IRREGULAR = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class IrregularError(ValueError):
    """The value or the encoding is not of the kind that the engine takes."""


class Pair(NamedTuple):
    """The two ways of a type: they take regular input, and raise one of IRREGULAR for all other input."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]  # of a whole encoding
