"""Values of any type, drawn from the types of a profile."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from v2x.engine.types import (
    BitString,
    Boolean,
    Choice,
    Enumerated,
    Integer,
    Member,
    OctetString,
    Open,
    Sequence,
    SequenceOf,
    Text,
    Type,
)


def sizes(type_: Any) -> st.SearchStrategy[int]:
    """Return sizes of the root, mostly small ones, and the largest."""
    high = type_.low + 3 if type_.high is None else type_.high
    return st.integers(type_.low, min(high, type_.low + 3)) | st.just(max(type_.low, min(high, 40)))


def members(type_: Sequence) -> st.SearchStrategy[dict[str, Any]]:
    given = {m.name: values(m.type) for m in type_.members if not m.optional and not isinstance(m.type, Open)}
    optional = {m.name: values(m.type) for m in (*type_.optional, *type_.additions)}
    found = st.fixed_dictionaries(given, optional=optional)
    for member in type_.members:
        if isinstance(member.type, Open):
            found = found.flatmap(partial(opened, member))
    return found


def opened(member: Member, value: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Put the type that the selector names into the open member."""
    kind = member.type
    assert isinstance(kind, Open)
    choices = [
        st.fixed_dictionaries({kind.selector: st.just(key), member.name: named(known)})
        for key, known in kind.types.items()
    ]
    return st.one_of(choices).map(lambda told: value | told)


def named(one: Member) -> st.SearchStrategy[tuple[str, Any]]:
    return st.tuples(st.just(one.name), values(one.type))


@cache
def values(type_: Type) -> st.SearchStrategy[Any]:
    match type_:
        case Integer():
            return st.integers(type_.low, type_.high) | st.sampled_from([type_.low, type_.high])
        case Boolean():
            return st.booleans()
        case Enumerated():
            return st.sampled_from(type_.names + type_.additions)
        case BitString():
            return st.integers(0, 2**type_.low - 1).map(
                lambda bits: ((bits << -type_.low % 8).to_bytes(-(-type_.low // 8)), type_.low)
            )
        case OctetString():
            return sizes(type_).flatmap(lambda size: st.binary(min_size=size, max_size=size))
        case Text():
            return sizes(type_).flatmap(
                lambda size: st.text(st.characters(codec="ascii"), min_size=size, max_size=size)
            )
        case SequenceOf():
            few = st.integers(type_.low, min(type_.low + 2, type_.high or 2))
            return few.flatmap(lambda size: st.lists(values(type_.element), min_size=size, max_size=size))
        case Sequence():
            return members(type_)
        case Choice():
            return st.one_of([named(one) for one in type_.members + type_.additions])
    raise AssertionError(type_)
