"""Records by each engine against the walk over values in wire units (`layout`): same octets, same records."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import v2x
from tests.v2x.test_v2x_engine import ENGINES, values
from v2x import messages
from v2x.engine import engines
from v2x.engine.coding import IRREGULAR
from v2x.schema import FRAME, encode_value, schema

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
CASES = [(profile, name) for profile in v2x.PROFILES for name in ENGINES]
MANY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def frame_of(record: v2x.Message, profile: v2x.Profile) -> Any:
    """Return the frame of a record by the walk."""
    name, value = messages._layout(profile).to_wire(record, None)
    message_id = messages._message_ids(profile).get(name)
    return (name, value) if message_id is None else ("msgFrameExt", {"messageId": message_id, "value": (name, value)})


def record_of(frame: Any, profile: v2x.Profile) -> v2x.Message:
    """Return the record of a frame by the walk."""
    record: v2x.Message = messages._layout(profile).from_wire(messages._opened(frame), None)
    return record


@pytest.mark.parametrize(("profile", "name"), CASES)
@MANY
@given(data=st.data())
def test_any_frame(profile: v2x.Profile, name: engines.EngineName, data: st.DataObject) -> None:
    known = schema(profile, name)
    frame = data.draw(values(known.types.named(FRAME)))
    fast, octets = messages.messages(profile, name), encode_value(frame, profile)
    try:
        record = fast.decode(octets)
    except IRREGULAR:
        assert "None" in repr(known.read(octets)) or has_additions(frame)  # what no record has a place for
        return
    assert record == record_of(frame, profile)
    assert repr(record) == repr(record_of(frame, profile))  # a float stays a float
    again = encode_value(frame_of(record, profile), profile)
    assert fast.encode(record).hex() == again.hex()


def has_additions(frame: Any) -> bool:
    """Return whether a frame holds what may be behind an extension marker."""
    return "-ex" in repr(frame) or frame[0] == "msgFrameExt"


@pytest.mark.skipif(not VECTORS.is_dir(), reason="shared vectors are not there")
@pytest.mark.parametrize(("profile", "name"), CASES)
def test_vectors(profile: v2x.Profile, name: engines.EngineName) -> None:
    """The engine itself takes every vector."""
    fast = messages.messages(profile, name)
    for vector in json.loads((VECTORS / f"{profile.replace('-', '_')}.json").read_text()):
        octets = bytes.fromhex(vector["hex"])
        record = fast.decode(octets)
        assert record == record_of(schema(profile).decode(octets, FRAME), profile)
        assert fast.encode(record) == encode_value(frame_of(record, profile), profile)


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
    """Measurements that cannot be: clamped, dropped or refused as the walk does it, or left to it."""
    frame = data.draw(values(schema(profile, name).types.named(FRAME)))
    record = disturbed(record_of(frame, profile), data)
    try:
        expected = encode_value(frame_of(record, profile), profile)
    except v2x.EncodeError:
        with pytest.raises((v2x.CodecError, *IRREGULAR)):
            messages.messages(profile, name).encode(record)
    else:
        try:
            octets = messages.messages(profile, name).encode(record)
        except IRREGULAR:
            assert name == "python", "the extension clamps by itself"
        else:
            assert octets.hex() == expected.hex()


@pytest.mark.parametrize("name", ENGINES)
def test_records_that_are_none(name: engines.EngineName) -> None:
    fast = messages.messages("ydt3709-2020", name)
    for nonsense in (None, 7, "x", (), v2x.NodeReferenceId(id=1)):
        with pytest.raises((v2x.CodecError, *IRREGULAR)):
            fast.encode(nonsense)  # type: ignore[arg-type]  # the point of it
