"""Where a record's fields lie on the wire.

A record says with `Annotated[type, Wire(...)]` under which name and in which unit a field travels; its type says how:

    Struct                      SEQUENCE
    tuple[T, ...]               SEQUENCE OF; empty = absent
    union of tagged Structs     CHOICE; the tag is the alternative (also when there is but one)
    Literal                     ENUMERATED
    everything else             as it is, or through the unit of its Wire

A field with a default is OPTIONAL on the wire and absent while it holds that default, None or (), or NaN; a field
without is always sent, None and NaN as the unit's code for unavailable.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec

from v2x.fields import Field
from v2x.profiles import PROFILES, Profile
from v2x.wire.converters import Attribute, Converter, Fields, Leaf, Many, Name, Offset, OneOf, Same
from v2x.wire.positions import Reference

Hint: TypeAlias = Any  # a type as it stands in an annotation

_UNIONS = (Union, types.UnionType)  # Union[A, B], A | B


@dataclass(frozen=True)
class Wire:
    """How a field travels.

    Attributes:
        name: its ASN.1 identifier.
        unit: step, range and codes; None where record and wire hold the same value.
        relative: the field is a position that travels as an offset from the reference.
        reference: gives the position that the offsets in the fields behind this one are relative to.
        bare: the one alternative of a choice in a profile that has no choice: it travels without its name.
        differs: how it travels in the profiles where it does otherwise; None where there is no such field.

    """

    name: str
    unit: Field[Any] | None = None
    relative: bool = False
    reference: Reference | None = None
    bare: type[msgspec.Struct] | None = None
    differs: Mapping[Profile, Wire | None] = field(default_factory=dict, hash=False)

    def within(self, profile: Profile) -> Wire | None:
        """Return how the field travels in a profile."""
        return self.differs.get(profile, self)


def only(*profiles: Profile) -> Mapping[Profile, Wire | None]:
    """Return the `differs` of a field that no other profiles have."""
    return {profile: None for profile in PROFILES if profile not in profiles}


# fields of some editions only
NOT_2017: Mapping[Profile, Wire | None] = {"csae53-2017": None}
ONLY_2017 = only("csae53-2017")
PHASE_II = only("csae157-2020")


def converter(hint: Hint, profile: Profile) -> Converter:
    """Return the converter of a type, a record or a union of records, as it travels in `profile`."""
    hint, wire = _split(hint, profile)
    if wire and wire.relative:
        return Offset()
    if wire and wire.unit:
        return Leaf(wire.unit)
    if wire and wire.bare:
        return _sequence(wire.bare, profile)
    origin: object = get_origin(hint)
    if origin is tuple:
        return Many(converter(get_args(hint)[0], profile))
    if origin is Literal:
        return Name(get_args(hint))
    if origin in _UNIONS:
        return choice(get_args(hint), profile)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return choice([hint], profile) if hint.__struct_config__.tag else _sequence(hint, profile)
    return Same()


def choice(records: Iterable[type[msgspec.Struct]], profile: Profile) -> OneOf:
    """Return the converter of one of several records, as it travels in `profile`."""
    return OneOf({str(record.__struct_config__.tag): _sequence(record, profile) for record in records})


def _sequence(record: type[msgspec.Struct], profile: Profile) -> Fields:
    return Fields(record, _members(record, profile))


def _split(hint: Hint, profile: Profile) -> tuple[Hint, Wire | None]:
    """Return the type without None and without its annotations, and the Wire that is the first among them."""
    found: Wire | None = None
    while True:
        origin: object = get_origin(hint)
        if hasattr(hint, "__metadata__"):
            found = found or next((entry for entry in hint.__metadata__ if isinstance(entry, Wire)), None)
            hint = get_args(hint)[0]
        elif origin in _UNIONS and type(None) in get_args(hint):
            hint = reduce(or_, (kind for kind in get_args(hint) if kind is not type(None)))
        else:
            return hint, found and found.within(profile)


def _members(record: type[msgspec.Struct], profile: Profile) -> tuple[Attribute, ...]:
    hints = get_type_hints(record, include_extras=True)
    members = []
    for entry in msgspec.structs.fields(record):
        _, wire = _split(hints[entry.name], profile)
        if wire:
            inner = converter(hints[entry.name], profile)
            members.append(Attribute(entry.name, wire.name, inner, entry.default, wire.reference))
    return tuple(members)
