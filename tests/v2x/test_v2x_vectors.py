"""Every published vector and every captured message: octets, JSON and records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import v2x
from v2x.schema import decode_value, encode_value
from v2x.values import from_json, to_json

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
FILES: dict[v2x.Profile, str] = {profile: f"{profile.replace('-', '_')}.json" for profile in v2x.PROFILES}

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="shared vectors are not there")


def load(name: str) -> list[dict[str, Any]]:
    return json.loads((VECTORS / name).read_text()) if VECTORS.is_dir() else []


VECTOR_CASES = [
    pytest.param(profile, vector, id=f"{profile}-{index}")
    for profile, name in FILES.items()
    for index, vector in enumerate(load(name))
]
# captured messages say by which set they decode, as in day1_csae53_2020:MessageFrame, day2_csae157_2020:...
FIELD_CASES = [
    pytest.param(profile, capture, id=capture["name"])
    for capture in load("field.json")
    for profile, name in FILES.items()
    if capture["decoded_as"].partition("_")[2] == f"{name.removesuffix('.json')}:MessageFrame"
]


@pytest.mark.parametrize(("profile", "vector"), VECTOR_CASES)
def test_vector(profile: v2x.Profile, vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    value = decode_value(data, profile, vector["pdu"])
    assert to_json(value) == vector["value"]
    assert from_json(vector["value"], profile, vector["pdu"]) == value
    assert encode_value(value, profile, vector["pdu"]) == data


@pytest.mark.parametrize(("profile", "capture"), FIELD_CASES)
def test_captured_message(profile: v2x.Profile, capture: dict[str, Any]) -> None:
    data = bytes.fromhex(capture["hex"])
    name, value = to_json(decode_value(data, profile))
    if name == "msgFrameExt":  # given with the octets of its open type
        inner, message = value["value"]
        value["value"] = encode_value(from_json(message, profile, inner), profile, inner).hex()
    assert [name, value] == capture["decoded"]
    assert encode_value(from_json(capture["decoded"], profile), profile) == data


def test_all_captures_of_these_profiles_are_covered() -> None:
    assert len(FIELD_CASES) == 15


def test_captured_phase_two_message_is_unknown_to_phase_one() -> None:
    (capture,) = [capture for capture in load("field.json") if capture["type"] == "msgFrameExt"]
    with pytest.raises(v2x.UnknownMessageError, match="80"):
        v2x.decode(bytes.fromhex(capture["hex"]))


@pytest.mark.parametrize(("profile", "vector"), VECTOR_CASES + FIELD_CASES)
def test_records_keep_the_meaning(profile: v2x.Profile, vector: dict[str, Any]) -> None:
    """After one pass, needlessly large alternatives and garbled text are gone, and nothing changes any more."""
    once = v2x.encode(v2x.decode(bytes.fromhex(vector["hex"]), profile), profile)
    assert v2x.encode(v2x.decode(once, profile), profile) == once


@pytest.mark.parametrize("name", ["rsu_uplink_SPAT_0", "rsu_uplink_RSM_0", "MessageFrameTest_L30", "cv2x_exp_bsm"])
def test_records_of_captures_encode_to_the_same_octets(name: str) -> None:
    (data,) = [bytes.fromhex(capture["hex"]) for capture in load("field.json") if capture["name"] == name]
    assert v2x.encode(v2x.decode(data)) == data
