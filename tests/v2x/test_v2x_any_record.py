"""Every message of every profile: any record survives the air, but for the steps of the wire."""

from __future__ import annotations

import math
import types
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import v2x
from v2x import Position
from v2x.fields import Count, DescriptionText, Flags, Priority, Renamed, Scale
from v2x.messages import MESSAGES
from v2x.records.lane import LANE_FLAGS, LaneTypeAttributes
from v2x.records.personal import PROPELLED, PropelledInformation, Propulsion
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits
from v2x.wire.positions import AbsolutePosition

PLACES = st.builds(
    Position,
    latitude_deg=st.floats(31.19, 31.21) | st.floats(-90, 90),
    longitude_deg=st.floats(121.49, 121.51) | st.floats(-179.9, 180),
    elevation_m=st.none() | st.floats(-10, 30) | st.floats(-409, 6143),
)
NO_LIMITS = Limits(0, 15)
# limits of an edition that are narrower than those of the record, which are the widest of all
NARROWER = {"activePath": Limits(2, 32), "alertPath": Limits(2, 32)}
MANDATORY = {"linkWidth", "laneWidth", "accuracy"}  # in some editions only, so None by their type


def of_type(hint: Any, profile: v2x.Profile, wire: Wire | None = None, limits: Limits = NO_LIMITS) -> Any:
    """Return a strategy for the values of a type, in the range of its unit and limits."""
    while hasattr(hint, "__metadata__"):
        hint, *annotations = get_args(hint)
        wire = wire or next((wire.within(profile) for wire in annotations if isinstance(wire, Wire)), None)
        limits = next((limits for limits in annotations if isinstance(limits, Limits)), limits)
    origin: object = get_origin(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([of_type(kind, profile, wire, limits) for kind in get_args(hint)])
    if wire and wire.unit and hint is not type(None):
        return of_unit(wire.unit)
    if origin is tuple:
        limits = NARROWER.get(wire.name, limits) if wire else limits
        elements = of_type(get_args(hint)[0], profile)
        return st.lists(elements, min_size=limits.low, max_size=max(limits.low, 2)).map(tuple)
    if origin is Literal:
        return st.sampled_from([name for name in get_args(hint) if name != "pre-Movement"])  # of one edition
    if hint is Position:
        return PLACES
    if issubclass(hint, msgspec.Struct):
        return of_record(hint, profile)
    return of_plain(hint, limits)


@cache
def of_record(record: type[msgspec.Struct], profile: v2x.Profile) -> st.SearchStrategy[Any]:
    return st.builds(record, **{name: of_field(field, profile) for name, field in fields_of(record, profile).items()})


def of_plain(kind: type, limits: Limits) -> st.SearchStrategy[Any]:
    few = {"min_size": limits.low, "max_size": max(limits.low, min(limits.high, 8))}
    plain: dict[type, st.SearchStrategy[Any]] = {
        type(None): st.none(),
        bool: st.booleans(),
        int: st.integers(limits.low, limits.high),
        bytes: st.binary(**few),
        str: st.text(st.characters(codec="ascii"), **few),
    }
    return plain[kind]


def of_unit(unit: Any) -> st.SearchStrategy[Any]:
    match unit:
        case Count():
            return st.integers(unit.low, unit.high)
        case Scale():
            return st.floats(unit.from_wire(unit.low), unit.from_wire(unit.high))
        case Flags():
            octets = -(-unit.size // 8)
            return st.binary(min_size=octets, max_size=octets).map(lambda bits: unit.from_wire((bits, unit.size)))
        case Priority():
            return st.integers(0, 7)
        case DescriptionText():
            return st.text(st.sampled_from("施工减速A7 "), min_size=1, max_size=10)
        case Renamed():
            return st.sampled_from(unit.names)
        case AbsolutePosition():
            return PLACES
    return SPECIAL[type(unit)]


SPECIAL: dict[type, st.SearchStrategy[Any]] = {
    LaneTypeAttributes: st.sampled_from(list(LANE_FLAGS)).map(lambda kind: v2x.LaneType(kind=kind)),
    PropelledInformation: st.sampled_from([(kind, name) for kind in PROPELLED for name in PROPELLED[kind]]).map(
        lambda pair: Propulsion(kind=pair[0], type=pair[1])
    ),
}


def fields_of(record: type[msgspec.Struct], profile: v2x.Profile) -> dict[str, tuple[Any, Wire, object]]:
    """Return type, wire and default of the fields that the profile has."""
    hints = get_type_hints(record, include_extras=True)
    fields = {}
    for field in msgspec.structs.fields(record):
        *_, wire = get_args(hints[field.name])
        if wire := wire.within(profile):
            fields[field.name] = wire.bare or hints[field.name], wire, field.default
    return fields


def of_field(field: tuple[Any, Wire, object], profile: v2x.Profile) -> st.SearchStrategy[Any]:
    hint, wire, default = field
    optional = default is not msgspec.NODEFAULT
    values = of_type(hint if has_code(hint, wire) else without_none(hint), profile, wire)
    # most optional fields are absent, or else the messages become large
    return st.one_of([st.just(default)] * 3 + [values]) if optional and wire.name not in MANDATORY else values


def has_code(hint: Any, wire: Wire) -> bool:
    """Return whether None is a value on the wire: unavailable, not only absent or of a later edition."""
    place = wire.relative or isinstance(wire.unit, AbsolutePosition)
    return place or getattr(wire.unit, "unavailable", None) is not None


def without_none(hint: Any) -> Any:
    if hasattr(hint, "__metadata__"):
        return Annotated[(without_none(get_args(hint)[0]), *hint.__metadata__)]
    some = [kind for kind in get_args(hint) if kind is not type(None)]
    return reduce(or_, some) if get_origin(hint) in (Union, types.UnionType) else hint


def assert_same(sent: Any, read: Any, profile: v2x.Profile, wire: Wire | None = None) -> None:
    """Compare within half a step of the unit."""
    match sent, wire and wire.unit:
        case Position(), _:
            assert sent.latitude_deg == pytest.approx(read.latitude_deg, abs=0.51e-7)
            assert sent.longitude_deg == pytest.approx(read.longitude_deg, abs=0.51e-7)
            assert sent.elevation_m == pytest.approx(read.elevation_m, abs=0.051)
        case msgspec.Struct(), None:
            assert type(sent) is type(read)
            for name, (_, inner, _) in fields_of(type(sent), profile).items():
                assert_same(getattr(sent, name), getattr(read, name), profile, inner)
        case float(), Scale() as unit:
            highest, below = unit.from_wire(unit.high), unit.from_wire(unit.high - 1)
            assert highest is not None and below is not None
            step = highest - below
            difference = abs(sent - read)
            turn = highest + step if unit.circular else math.inf
            assert min(difference, turn - difference) <= step * 0.51
        case tuple(), None:
            assert len(sent) == len(read)
            for one, other in zip(sent, read, strict=True):
                assert_same(one, other, profile)
        case _:
            assert sent == read


CASES = [
    pytest.param(profile, record, id=f"{record.__name__}-{profile}")
    for profile in v2x.PROFILES
    for record in MESSAGES[profile]
]


@pytest.mark.parametrize(("profile", "record"), CASES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_record_survives(profile: v2x.Profile, record: type[v2x.Message], data: st.DataObject) -> None:
    sent = data.draw(of_type(record, profile))
    read = v2x.decode(v2x.encode(sent, profile), profile)
    assert_same(sent, read, profile)
    assert v2x.decode(v2x.encode(read, profile), profile) == read
