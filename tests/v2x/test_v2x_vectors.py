"""Messages of every edition as octets beside their meaning, those of devices too: octets, JSON and records."""

from __future__ import annotations

from typing import Any

import pytest

import v2x
from tests.v2x import vectors
from v2x.schema import decode_value, encode_value
from v2x.values import from_json, to_json

DRAWN = [
    pytest.param(profile, vector, id=f"{profile}-{index}-{vector['type']}")
    for profile in v2x.PROFILES
    for index, vector in enumerate(vectors.load(profile))
]
OF_DEVICES = [pytest.param(each["profile"], each, id=each["name"]) for each in vectors.of_devices()]


@pytest.mark.parametrize(("profile", "vector"), DRAWN + OF_DEVICES)
def test_vector(profile: v2x.Profile, vector: dict[str, Any]) -> None:
    data = bytes.fromhex(vector["hex"])
    value = decode_value(data, profile)
    assert to_json(value) == vector["value"]
    assert from_json(vector["value"], profile) == value
    assert encode_value(value, profile) == data


@pytest.mark.parametrize("profile", v2x.PROFILES)
def test_every_kind_of_message_is_among_them(profile: v2x.Profile) -> None:
    assert {vector["type"] for vector in vectors.load(profile)} == vectors.kinds(profile).keys()


def test_a_message_of_phase_two_with_the_octets_of_its_inside() -> None:
    """An open type may be given as octets, too."""
    sent = vectors.of_device("clpmm-leader")
    name, value = sent["value"]
    octets = encode_value(from_json(value["value"][1], "csae157-2020", "CLPMM"), "csae157-2020", "CLPMM")
    again = from_json([name, {**value, "value": octets.hex()}], "csae157-2020")
    assert encode_value(again, "csae157-2020").hex() == sent["hex"]


def test_a_message_of_phase_two_is_unknown_to_phase_one() -> None:
    with pytest.raises(v2x.UnknownMessageError, match="80"):
        v2x.decode(bytes.fromhex(vectors.of_device("clpmm-leader")["hex"]))


@pytest.mark.parametrize(("profile", "vector"), DRAWN + OF_DEVICES)
def test_records_keep_the_meaning(profile: v2x.Profile, vector: dict[str, Any]) -> None:
    """After one pass, needlessly large alternatives and garbled text are gone, and nothing changes any more."""
    once = v2x.encode(v2x.decode(bytes.fromhex(vector["hex"]), profile), profile)
    assert v2x.encode(v2x.decode(once, profile), profile) == once


@pytest.mark.parametrize("name", ["spat-counting", "rsm-far-origin", "bsm-plain", "bsm-ascii-id"])
def test_records_of_devices_encode_to_the_same_octets(name: str) -> None:
    data = bytes.fromhex(vectors.of_device(name)["hex"])
    assert v2x.encode(v2x.decode(data)) == data
