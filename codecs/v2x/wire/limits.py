"""Limits of the parts of a record: numbers that name things, sizes of lists, octets and texts.

They are checked when a record is made, because no other value could be meant. Measurements are not:
`units` says which value is sent for one out of range, and `adjust` tells which ones were out of range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, get_args, get_type_hints

from v2x.errors import RangeError

Hint: TypeAlias = Any  # a type as it stands in an annotation


@dataclass(frozen=True)
class Limits:
    """Lowest and highest value of a number; fewest and most elements of anything else.

    They are those of the edition that allows most; a value that another edition does not allow is refused by its
    encoder. `empty`: a list without elements is allowed too, it is absent.
    """

    low: int
    high: int
    empty: bool = False

    def check(self, value: object, path: str) -> None:
        """Raise RangeError when a value is beyond."""
        size = value if isinstance(value, int) else len(value) if isinstance(value, (bytes, str, tuple)) else None
        if size is None or not self.low <= size <= self.high:
            if size == 0 and self.empty:
                return
            shown = f"{size} elements" if isinstance(value, (bytes, str, tuple)) else repr(value)
            raise RangeError(f"{shown}, expected {self.low}..{self.high}", path)


def checker(record: type) -> Callable[[Any], None] | None:
    """Return the check of a record's fields; None when none has limits."""
    found = [
        (name, limits.low, limits.high, limits, type(None) in get_args(get_args(hint)[0]), f"{record.__name__}.{name}")
        for name, hint in get_type_hints(record, include_extras=True).items()
        for limits in _limits(hint)
    ]

    def check(made: object) -> None:
        for name, low, high, limits, optional, path in found:
            value = getattr(made, name)
            fine = type(value) is int and low <= value <= high  # nearly always; the other cases take longer
            if not fine and (value is not None or not optional):
                limits.check(value, path)

    return check if found else None


def _limits(hint: Hint) -> list[Limits]:
    """Return the Limits of a field, not those of its elements; the ones of an optional type lie one level deeper."""
    found = [annotation for annotation in getattr(hint, "__metadata__", ()) if isinstance(annotation, Limits)]
    inner = get_args(hint)[0] if hasattr(hint, "__metadata__") else None
    parts = get_args(inner) if type(None) in get_args(inner) else ()
    return found + [limits for part in parts for limits in _limits(part)]
