"""Checks of JSON values, as a standard's tables state them: type, range, enumeration, mandatory and unknown keys.

A check takes a value and yields its faults, (path, reason); a value that fits yields none. JSON's true is no
number, and 1.0 is no Integer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Misfit(NamedTuple):
    """One thing that does not fit."""

    path: str  # as in ptcList[3].ptcId
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"

    @property
    def reason(self) -> str:
        """Return the fault without places in lists and without the value: faults of one kind are alike."""
        return re.sub(r"\[\d+\]", "[]", self.path) + ": " + self.what.partition(", got ")[0]


Check = Callable[[Any], Iterator[Misfit]]
Fields = dict[str, Check]


def _misfit(expected: str, value: object) -> Iterator[Misfit]:
    yield Misfit("", f"expected {expected}, got {value!r:.40}")


def whole(least: int, most: int) -> Check:
    """Integer of a closed interval."""

    def check(value: Any) -> Iterator[Misfit]:
        if type(value) is not int or not least <= value <= most:
            yield from _misfit(f"Integer {least}..{most}", value)

    return check


def code(*codes: int) -> Check:
    """Integer that is one of an enumeration."""

    def check(value: Any) -> Iterator[Misfit]:
        if type(value) is not int or value not in codes:
            yield from _misfit(f"one of {', '.join(map(str, codes))}", value)

    return check


def real(least: float, most: float, open_end: bool = False) -> Check:
    """Double of an interval, closed or without its end."""

    def check(value: Any) -> Iterator[Misfit]:
        fits = type(value) in (int, float) and least <= value <= most and not (open_end and value == most)
        if not fits:
            yield from _misfit(f"Double {least:g}..{'' if not open_end else 'below '}{most:g}", value)

    return check


def text(pattern: str = ".{1,128}") -> Check:
    """String that matches a pattern as a whole."""

    def check(value: Any) -> Iterator[Misfit]:
        if type(value) is not str or re.fullmatch(pattern, value, re.DOTALL) is None:
            yield from _misfit(f"String {pattern}", value)

    return check


def flag(value: Any) -> Iterator[Misfit]:
    """Boolean."""
    if type(value) is not bool:
        yield from _misfit("Boolean", value)


def listed(check: Check, most: int = 5000) -> Check:
    """Return the check of a list of values of one kind."""

    def check_all(value: Any) -> Iterator[Misfit]:
        if type(value) is not list or len(value) > most:
            yield from _misfit(f"a list of at most {most}", value)
            return
        for index, item in enumerate(value):
            for path, what in check(item):
                yield Misfit(f"[{index}]{'.' if path and path[0] != '[' else ''}{path}", what)

    return check_all


def table(mandatory: Fields, optional: Fields) -> Check:
    """Return the check of an object: every mandatory key, no unknown one."""
    fields = mandatory | optional

    def check(value: Any) -> Iterator[Misfit]:
        if type(value) is not dict:
            yield from _misfit("an object", value)
            return
        for key in mandatory.keys() - value.keys():
            yield Misfit(key, "is missing")
        for key, item in value.items():
            if key not in fields:
                yield Misfit(key, "is not in the standard")
                continue
            for path, what in fields[key](item):
                yield Misfit(f"{key}{'.' if path and path[0] != '[' else ''}{path}", what)

    return check


def both(*checks: Check) -> Check:
    """Return a check that makes several."""

    def check(value: Any) -> Iterator[Misfit]:
        for each in checks:
            yield from each(value)

    return check
