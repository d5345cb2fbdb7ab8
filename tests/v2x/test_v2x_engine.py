"""The engines against asn1tools and against each other: same octets, same values, same refusals, on every type."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import v2x
from tests.v2x import vectors
from tests.v2x.any_value import values
from tests.v2x.reference import Reference, RefusedError, reference
from v2x.engine import engines
from v2x.schema import FRAME, Schema, schema
from v2x.values import from_json

NEEDS_C = pytest.mark.skipif("native" not in engines.ENGINES, reason="the C extension was not built")
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def types_of(profile: v2x.Profile) -> list[str]:
    """Return the names of the types that can be encoded alone."""
    names = schema(profile).definitions
    return sorted(name for name in names if name not in ("MessageFrameExt",))


def outcome(work: Callable[[], Any]) -> tuple[Any, ...]:
    """Return the result, errors with their whole text."""
    try:
        return "done", work()
    except v2x.CodecError as error:
        return type(error).__name__, error.reason, error.path, error.bit


@pytest.mark.parametrize("name", engines.ENGINES)
@pytest.mark.parametrize("profile", v2x.PROFILES)
@MANY
@given(data=st.data())
def test_any_value_of_any_type(profile: v2x.Profile, name: engines.EngineName, data: st.DataObject) -> None:
    ours, theirs = schema(profile, name), reference(profile)
    pdu = data.draw(st.just(FRAME) | st.sampled_from(types_of(profile)))
    value = data.draw(values(ours.types.named(pdu)))
    octets = theirs.encode(value, pdu)
    assert ours.encode(value, pdu).hex() == octets.hex()
    assert ours.decode(octets, pdu) == value == theirs.decode(octets, pdu)
    assert ours.read(octets, pdu) == (value, ())


@pytest.mark.parametrize("profile", v2x.PROFILES)
@MANY
@given(data=st.data())
def test_damaged_octets(profile: v2x.Profile, data: st.DataObject) -> None:
    pdu = data.draw(st.just(FRAME) | st.sampled_from(types_of(profile)))
    octets = bytearray(reference(profile).encode(data.draw(values(schema(profile).types.named(pdu))), pdu))
    for _ in range(data.draw(st.integers(1, 3))):
        if octets:
            octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    del octets[len(octets) - data.draw(st.integers(0, 1)) :]
    check_refusals(profile, bytes(octets), pdu)


@pytest.mark.parametrize("profile", v2x.PROFILES)
@MANY
@given(data=st.data())
def test_any_octets(profile: v2x.Profile, data: st.DataObject) -> None:
    pdu = data.draw(st.just(FRAME) | st.sampled_from(types_of(profile)))
    check_refusals(profile, data.draw(st.binary(max_size=200)), pdu)


def check_refusals(profile: v2x.Profile, octets: bytes, pdu: str) -> None:
    """All engines say the same; where something is accepted, asn1tools says so too as far as it can."""
    first, *others = [outcome(partial(schema(profile, name).decode, octets, pdu)) for name in engines.ENGINES]
    assert all(other == first for other in others)
    if first[0] == "done":
        reading = schema(profile).read(octets, pdu)
        assert reading.value == first[1]
        if reading.skipped:
            return
        assert all(schema(profile, name).encode(first[1], pdu) == octets for name in engines.ENGINES)
    assert_agrees(reference(profile), octets, pdu, first)


def assert_agrees(theirs: Reference, octets: bytes, pdu: str, ours: tuple[Any, ...]) -> None:
    try:
        value = theirs.decode(octets, pdu)
    except RefusedError as refused:
        assert ours[0] != "done" or refused.cannot
    else:
        assert ours == ("done", value)


@pytest.mark.parametrize("profile", v2x.PROFILES)
@MANY
@given(data=st.data())
def test_spoilt_values(profile: v2x.Profile, data: st.DataObject) -> None:
    """A value with one part replaced by something else is refused or encoded by all engines alike."""
    pdu = data.draw(st.just(FRAME) | st.sampled_from(types_of(profile)))
    value = spoilt(data.draw(values(schema(profile).types.named(pdu))), data)
    first, *others = [outcome(partial(schema(profile, name).encode, value, pdu)) for name in engines.ENGINES]
    assert all(other == first for other in others)
    try:
        octets = reference(profile).encode(value, pdu)
    except RefusedError as refused:
        assert first[0] == "EncodeError" or refused.cannot
    else:
        assert first == ("done", octets)


ODD: list[Any] = [None, -1, 2**40, 1.5, "", "x", b"", b"\xff" * 3, (b"\xff", 3), ("x", 1), [], {}, [0] * 5]


def spoilt(value: Any, data: st.DataObject) -> Any:
    """Return the value with one part replaced."""
    deeper = data.draw(st.booleans())
    match value:
        case dict() if value and deeper:
            name = data.draw(st.sampled_from(sorted(value)))
            return {**value, name: spoilt(value[name], data)}
        case list() if value and deeper:
            place = data.draw(st.integers(0, len(value) - 1))
            return [*value[:place], spoilt(value[place], data), *value[place + 1 :]]
        case (str(name), inner) if deeper:
            return name, spoilt(inner, data)
    return data.draw(st.sampled_from(ODD))


@NEEDS_C
@pytest.mark.parametrize("profile", v2x.PROFILES)
def test_vectors(profile: v2x.Profile) -> None:
    """C itself takes every vector: none is left to the rules."""
    fast, types = engines.make_engine("native"), schema(profile).types
    pair = fast.values(types.named(FRAME))
    for vector in vectors.load(profile):
        octets = bytes.fromhex(vector["hex"])
        value = pair.decode(octets)
        assert value == from_json(vector["value"], profile)
        assert pair.encode(value) == octets


# -- additions of a later edition --------------------------------------------------------------------------------------

EARLIER = {
    "T": {
        "type": "SEQUENCE",
        "members": [
            {"name": "kind", "type": "ENUMERATED", "values": [("a", 0), ("b", 1), None]},
            {"name": "way", "type": "CHOICE", "members": [{"name": "left", "type": "BOOLEAN"}, None]},
            {"name": "more", "type": "BOOLEAN"},
            None,
        ],
    }
}
LATER = {
    "T": {
        "type": "SEQUENCE",
        "members": [
            {"name": "kind", "type": "ENUMERATED", "values": [("a", 0), ("b", 1), None, ("c", 2)]},
            {
                "name": "way",
                "type": "CHOICE",
                "members": [
                    {"name": "left", "type": "BOOLEAN"},
                    None,
                    {"name": "right", "type": "INTEGER", "restricted-to": [(0, 1000)]},
                ],
            },
            {"name": "more", "type": "BOOLEAN"},
            None,
            {"name": "extra", "type": "INTEGER", "restricted-to": [(0, 7)], "optional": True},
        ],
    }
}


@pytest.mark.parametrize("name", engines.ENGINES)
def test_what_a_later_edition_adds_is_skipped_and_reported(name: engines.EngineName) -> None:
    earlier, later = (Schema(edition, engines.make_engine(name)) for edition in (EARLIER, LATER))
    value = {"kind": "c", "way": ("right", 999), "more": True, "extra": 5}
    octets = later.encode(value, "T")
    assert later.decode(octets, "T") == value
    assert earlier.decode(octets, "T") == {"kind": None, "way": (None, None), "more": True}
    reading = earlier.read(octets, "T")
    assert [(skipped.path, skipped.bit) for skipped in reading.skipped] == [
        ("T.kind", 1),
        ("T.way", 9),
        ("T", 42),
        ("T", 50),
    ]
    assert later.decode(earlier.encode({"kind": "b", "way": ("left", False), "more": False}, "T"), "T")["kind"] == "b"


@pytest.mark.parametrize("name", engines.ENGINES)
@pytest.mark.parametrize(
    ("bits", "reason"),
    [
        ("1 00 0 0 1 0000000 0", "all absent"),  # extended, but the one addition is not there
        ("1 00 00 1 1000000", "more than 64"),
        ("0 00 0 1 1 000 0000", "octets behind"),
    ],
)
def test_extensions_that_are_none(name: engines.EngineName, bits: str, reason: str) -> None:
    octets = int(bits.replace(" ", "").ljust(24, "0"), 2).to_bytes(3)
    with pytest.raises(v2x.DecodeError, match=reason):
        Schema(LATER, engines.make_engine(name)).decode(octets, "T")


def test_engine_in_use_is_named() -> None:
    assert v2x.engine_name() == engines.DEFAULT_ENGINE == engines.ENGINES[-1]
