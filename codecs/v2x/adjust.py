"""Which measurements of a record do not travel as they are.

The rule of their unit (`units`, `fields`) says how they are changed; the rest of the message is not affected:

    number beyond its range     the nearest end of the range; angles turn round
    NaN, infinity               unavailable; an optional field is left out; 0 where the standard has no code
    place beyond the earth      its coordinates as numbers; NaN: unavailable
    text                        characters outside GB 2312 as "?", cut after 512 octets
    name of a later edition     unknown or unavailable in T/CSAE 53-2017

`encode` does this without a word; a sender that wants to count it asks here first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from math import isfinite
from types import NoneType
from typing import Any, Literal, NamedTuple, TypeAlias, cast, get_args, get_origin, get_type_hints

import msgspec

from v2x.fields import Field, Scale
from v2x.profiles import DEFAULT_PROFILE, Profile
from v2x.records.messages import Message
from v2x.wire.layout import Wire
from v2x.wire.positions import POSITION, Position

_ANY = 1e300  # beyond are infinities; NaN is within no bounds

Check: TypeAlias = Callable[[Any], bool]
Reason: TypeAlias = Literal["out of range", "no number", "not in this edition"]


class Adjusted(NamedTuple):
    """A measurement that does not travel as it is.

    Attributes:
        path: the field, as in `participants.0.speed_mps`; `field` without the indices, to count by.
        value: the value in the record.
        sent: the value that the receiver will read; None: unavailable or absent.

    """

    path: str
    value: Any
    sent: Any

    @property
    def field(self) -> str:
        """The path without indices."""
        return ".".join(part for part in self.path.split(".") if not part.isdigit())

    @property
    def reason(self) -> Reason:
        """Why it does not travel as it is."""
        match self.value:
            case None:
                return "no number"
            case float() | int():
                return "out of range" if isfinite(self.value) else "no number"
            case Position():
                return "out of range"
        return "not in this edition"  # of characters and names


def adjusted(message: Message, profile: Profile = DEFAULT_PROFILE) -> tuple[Adjusted, ...]:
    """Return the values that are clamped, cut or dropped when a message is encoded; (): none."""
    return () if _travels(profile, message) else tuple(_adjusted(message, profile, ""))


def _travels(profile: Profile, value: object) -> bool:
    """Tell whether all of a value travels as it is for sure: as a rule it does, and then no path needs to be made."""
    kind = type(value)
    if kind is tuple:
        return all(map(partial(_travels, profile), cast("tuple[object, ...]", value)))
    if kind is Position:
        return POSITION.holds(cast(Position, value))
    return not issubclass(kind, msgspec.Struct) or _check(kind, profile)(value)


@cache
def _check(record: type[msgspec.Struct], profile: Profile) -> Check:
    """Return the check for a type of records: one expression, for speed, as every sent message is checked."""
    hints = get_type_hints(record)
    scope: dict[str, object] = {}
    terms = []
    for name, unit, optional in _units(record, profile):
        value = f"(v := record.{name})"
        if isinstance(unit, Scale):
            step = unit.numerator / unit.denominator
            low, high = (-_ANY, _ANY) if unit.circular else (unit.low * step, unit.high * step)
            absent = "None or" if optional or unit.unavailable is not None else "not None and"
            terms.append(f"({value} is {absent} {low} <= v <= {high})")
        elif unit is not None:
            scope[f"holds_{name}"] = unit.holds
            terms.append(f"(holds_{name}{value} or (v is None and {optional}))")
        elif _measures(hints[name], profile):
            scope[f"travels_{name}"] = _check_of(hints[name], profile)
            terms.append(f"({value} is None or travels_{name}(v))")
    return cast("Check", eval(f"lambda record: {' and '.join(terms) or True}", scope))


def _check_of(hint: Any, profile: Profile) -> Check:
    """Return the check for values of a type other than None; where that may be a record, the check of its own type."""
    match [part for part in get_args(hint) or (hint,) if part is not NoneType and part is not Ellipsis]:
        case [only] if get_origin(hint) is tuple:
            check = _check_of(only, profile)
            return lambda values: all(map(check, values))
        case [only] if only is Position:
            return POSITION.holds
        case [only] if isinstance(only, type) and issubclass(only, msgspec.Struct):
            return _check(only, profile)
        case [only] if only is not hint:
            return _check_of(only, profile)
        case several if all(isinstance(each, type) and issubclass(each, msgspec.Struct) for each in several):
            checks = {each: _check_of(each, profile) for each in several}
            return lambda record: (check := checks.get(type(record))) is not None and check(record)
    return partial(_travels, profile)


def _measures(hint: Any, profile: Profile) -> bool:
    """Tell whether something in values of a type may not travel as it is; bytes, names and their records do."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint is Position or _asks(hint, profile)
    return get_origin(hint) is not Literal and any(_measures(part, profile) for part in get_args(hint))


def _asks(record: type[msgspec.Struct], profile: Profile) -> bool:
    hints = get_type_hints(record)
    return any(unit is not None or _measures(hints[name], profile) for name, unit, _ in _units(record, profile))


def _adjusted(value: object, profile: Profile, path: str) -> Iterator[Adjusted]:
    match value:
        case Position():
            if not POSITION.holds(value):
                yield Adjusted(path, value, POSITION.from_wire(POSITION.to_wire(value)))
        case msgspec.Struct():
            for name, unit, optional in _units(type(value), profile):
                at, inner = f"{path}.{name}" if path else name, getattr(value, name)
                if unit is None:
                    yield from _adjusted(inner, profile, at)
                elif not (unit.holds(inner) or (inner is None and optional)):
                    yield Adjusted(at, inner, _sent(unit, inner, optional))
        case tuple():
            for index, item in enumerate(value):
                yield from _adjusted(item, profile, f"{path}.{index}")


def _sent(unit: Field[Any], value: object, optional: bool) -> object:
    return None if optional and value != value else unit.from_wire(unit.to_wire(value))


@cache
def _units(record: type[msgspec.Struct], profile: Profile) -> tuple[tuple[str, Field[Any] | None, bool], ...]:
    """Return name, unit and whether it may be absent, of the fields that a profile has."""
    units = []
    hints = get_type_hints(record, include_extras=True)
    for entry in msgspec.structs.fields(record):
        (wire,) = (found for found in get_args(hints[entry.name]) if isinstance(found, Wire))
        here = wire.within(profile)
        if here:
            units.append((entry.name, here.unit, entry.default is None))
    return tuple(units)
