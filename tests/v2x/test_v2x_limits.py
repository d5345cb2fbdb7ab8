"""The limits of records are those of the schema: of the edition that allows most."""

from __future__ import annotations

import types
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

import v2x
from v2x.messages import MESSAGES
from v2x.schema import schema
from v2x.wire import limits
from v2x.wire.layout import Wire

Bounds = tuple[int, int] | None  # None: not bounded

RESOLVED = ("SEQUENCE", "CHOICE", "INTEGER", "OCTET STRING", "IA5String", "SEQUENCE OF", "BOOLEAN", "ENUMERATED")


def resolve(definition: dict[str, Any], profile: v2x.Profile) -> dict[str, Any]:
    while definition["type"] not in (*RESOLVED, "BIT STRING"):
        definition = schema(profile).definitions[definition["type"]]
    return definition


def bounds(definition: dict[str, Any]) -> Bounds:
    """Return the constraint of a type; that of an extensible one bounds nothing."""
    match definition.get("restricted-to") or definition.get("size"):
        case None:
            return None
        case [*_, None]:
            return None
        case [(int(low), int(high))]:
            return low, high
        case [int(size)]:
            return size, size
    raise AssertionError(definition)


def records_of(hint: Any) -> list[type[msgspec.Struct]]:
    """Return the records that a hint names, through optionals, choices and annotations."""
    if hasattr(hint, "__metadata__"):
        return records_of(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return [record for kind in get_args(hint) for record in records_of(kind)]
    return [hint] if isinstance(hint, type) and issubclass(hint, msgspec.Struct) and hint is not v2x.Position else []


def walk(
    record: type[msgspec.Struct], definition: dict[str, Any], profile: v2x.Profile
) -> Iterator[tuple[type, str, Bounds, bool]]:
    """Yield record, field, bounds and whether it is optional, of all that has no unit."""
    hints = get_type_hints(record, include_extras=True)
    members = {member["name"]: member for member in definition["members"] if member}
    for name in record.__struct_fields__:
        (wire,) = (entry.within(profile) for entry in get_args(hints[name]) if isinstance(entry, Wire))
        if not wire or wire.unit or wire.relative:
            continue
        member = resolve(members[wire.name], profile)
        if member["type"] in ("INTEGER", "OCTET STRING", "IA5String", "SEQUENCE OF"):
            yield record, name, bounds(member), bool(members[wire.name].get("optional"))
        yield from inside(wire.bare or hints[name], member, profile)


def inside(hint: Any, definition: dict[str, Any], profile: v2x.Profile) -> Iterator[tuple[type, str, Bounds, bool]]:
    while hasattr(hint, "__metadata__"):
        hint = get_args(hint)[0]
    match definition["type"]:
        case "SEQUENCE OF" if get_origin(hint) is tuple:
            yield from inside(get_args(hint)[0], resolve(definition["element"], profile), profile)
        case "CHOICE":  # between records; each has the alternative for a tag
            members = {member["name"]: member for member in definition["members"] if member}
            for record in records_of(hint):
                yield from walk(record, resolve(members[record.__struct_config__.tag], profile), profile)
        case "SEQUENCE":
            for record in records_of(hint):  # none for a place
                yield from walk(record, definition, profile)


def root(record: type[v2x.Message], profile: v2x.Profile) -> dict[str, Any]:
    name = str(record.__struct_config__.tag)
    frame = {member["name"]: member for member in schema(profile).definitions["MessageFrame"]["members"] if member}
    return resolve(frame.get(name, {"type": name}), profile)


@pytest.fixture(scope="module")
def allowed() -> dict[tuple[type, str], list[tuple[Bounds, bool]]]:
    """Return the limits of the editions, field by field."""
    found = defaultdict(list)
    for profile, records in MESSAGES.items():
        for message in records:
            for record, name, limit, optional in walk(message, root(message, profile), profile):
                found[record, name].append((limit, optional))
    return found


def test_limits_are_those_of_the_schema(allowed: dict[tuple[type, str], list[tuple[Bounds, bool]]]) -> None:
    assert len(allowed) > 150
    for (record, name), editions in allowed.items():
        hint = get_type_hints(record, include_extras=True)[name]
        own = limits._limits(hint)
        known = [limit for limit, _ in editions if limit is not None]
        if len(known) < len(editions):
            assert own == [], f"{record.__name__}.{name} is not bounded"
            continue
        low, high = min(limit[0] for limit in known), max(limit[1] for limit in known)
        assert own, f"{record.__name__}.{name} has no limits, expected {low}..{high}"
        (limit,) = own
        listed = get_origin(get_args(hint)[0]) is tuple  # and absent when it is empty, not when it is None
        absent = listed and any(optional for _, optional in editions)
        assert limit.high == high, f"{record.__name__}.{name}: {limit}, expected {high}"
        assert limit.low == low or (absent and (limit.low, low) == (0, 1)), f"{record.__name__}.{name}: {limit}"
        assert absent == (listed and (limit.empty or limit.low == 0)), f"{record.__name__}.{name}: {limit}"
