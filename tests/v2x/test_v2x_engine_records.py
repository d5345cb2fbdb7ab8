"""Records by each engine against the layout walked by hand over values in wire units: same octets, same records."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import v2x
from tests.v2x import vectors
from tests.v2x.any_value import values
from tests.v2x.test_v2x_engine import NEEDS_C, outcome
from v2x.engine import engines
from v2x.messages import messages
from v2x.schema import FRAME, Schema, encode_value, schema

CASES = [(profile, name) for profile in v2x.PROFILES for name in engines.ENGINES]
MANY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize(("profile", "name"), CASES)
@MANY
@given(data=st.data())
def test_any_frame(profile: v2x.Profile, name: engines.EngineName, data: st.DataObject) -> None:
    known, ours = schema(profile, name), messages(profile, name)
    frame = data.draw(values(known.types.named(FRAME)))
    octets = encode_value(frame, profile)
    record, expected = ours.decode(octets), ours.record_of(known.decode(octets))
    assert record == expected
    assert repr(record) == repr(expected)  # a float stays a float
    assert ours.encode(record).hex() == encode_value(ours.frame_of(record), profile).hex()


@NEEDS_C
@pytest.mark.parametrize("profile", v2x.PROFILES)
def test_vectors(profile: v2x.Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    """C itself takes every vector, both ways."""
    c, rules = messages(profile, "native"), messages(profile, "plain")
    wanted = []
    for vector in vectors.load(profile):
        octets = bytes.fromhex(vector["hex"])
        wanted.append((octets, record := rules.decode(octets), rules.encode(record)))
    monkeypatch.delattr(Schema, "read")
    monkeypatch.delattr(Schema, "encode")
    for octets, record, again in wanted:
        assert c.decode(octets) == record
        assert c.encode(record) == again


NUMBERS = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 1e300, -0.0, 0.25, 359.99999, -1])


def disturbed(value: Any, data: st.DataObject) -> Any:
    """Return a record with other numbers in places that hold some."""
    match value:
        case msgspec.Struct():
            changes = {name: disturbed(getattr(value, name), data) for name in value.__struct_fields__}
            return msgspec.structs.replace(value, **changes)
        case tuple():
            return tuple(disturbed(item, data) for item in value)
        case float() if data.draw(st.booleans()):
            return data.draw(NUMBERS)
    return value


@pytest.mark.parametrize(("profile", "name"), CASES)
@MANY
@given(data=st.data())
def test_any_numbers(profile: v2x.Profile, name: engines.EngineName, data: st.DataObject) -> None:
    """Measurements that cannot be: clamped, dropped or refused as the layout does it."""
    ours = messages(profile, name)
    record = disturbed(ours.record_of(data.draw(values(schema(profile).types.named(FRAME)))), data)
    assert outcome(lambda: ours.encode(record)) == outcome(lambda: encode_value(ours.frame_of(record), profile))


@pytest.mark.parametrize("name", engines.ENGINES)
def test_records_that_are_none(name: engines.EngineName) -> None:
    for nonsense in (None, 7, "x", (), v2x.NodeReferenceId(id=1)):
        with pytest.raises(v2x.EncodeError):
            messages("ydt3709-2020", name).encode(nonsense)  # type: ignore[arg-type]  # the point of it
