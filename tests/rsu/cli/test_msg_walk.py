"""The walk over a message's bits, against the codec: same values, no bit missed and none read twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import v2x
from tests.v2x import vectors
from v2x.explain import explain
from v2x.schema import decode_value, encode_value
from v2x.walk import WalkedField, value_of, walk


def padded(field: WalkedField) -> bool:
    """Whether a field is an extension, which ends on an octet."""
    return field.header >= 8 or any(part.header >= 8 for part in field.parts)


def assert_tiled(field: WalkedField, inside: bool = False) -> None:
    """Every bit of a field is its own header's or one part's; the last of an extension may be padding."""
    at = field.first + field.header
    for part in field.parts:
        assert part.first == at, field.name
        assert_tiled(part, inside)
        at += part.bits
    if field.parts:
        left = field.first + field.bits - at
        assert left == 0 or (padded(field) and 0 < left < 8), field.name


@pytest.mark.parametrize("profile", v2x.PROFILES)
def test_values_are_the_codecs_and_bits_add_up(profile: v2x.Profile) -> None:
    for vector in vectors.load(profile):
        data = bytes.fromhex(vector["hex"])
        found = walk(data, profile)
        assert found.error is None
        assert value_of(found.root) == decode_value(data, profile)
        assert (found.root.first, found.root.bits + found.rest) == (0, 8 * len(data))
        assert found.rest < 8
        assert_tiled(found.root)


def notes(field: WalkedField, attribute: str) -> list[str]:
    """Return the problems of a field and its parts, or those parts that are of a later edition."""
    found = [text] if (text := getattr(field, attribute)) else []
    return found + [text for part in field.parts for text in notes(part, attribute)]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_the_codec_accepts_is_read_alike_and_is_no_problem(data: st.DataObject) -> None:
    profile = data.draw(st.sampled_from(v2x.PROFILES))
    octets = bytearray(bytes.fromhex(data.draw(st.sampled_from(vectors.load(profile)))["hex"]))
    for _ in range(data.draw(st.integers(0, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    octets = octets[: data.draw(st.integers(0, len(octets)))] + data.draw(st.binary(max_size=2))
    found = walk(bytes(octets), profile)
    try:
        value = decode_value(bytes(octets), profile)
    except v2x.CodecError:
        return
    assert found.error is None
    assert value_of(found.root) == value
    assert notes(found.root, "problem") == []


def bsm(**changes: object) -> bytes:
    value = {
        "msgCnt": 1,
        "id": bytes(8),
        "secMark": 65535,
        "pos": {"lat": 312000000, "long": 1215000000},
        "transmission": "forwardGears",
        "speed": 500,
        "heading": 7200,
        "accelSet": {"long": 0, "lat": 0, "vert": -127, "yaw": 0},
        "brakes": {},
        "size": {"width": 180, "length": 450},
        "vehicleClass": {"classification": 10},
    }
    return encode_value(("bsmFrame", value | changes))


def odd(data: bytes, profile: v2x.Profile | None = None) -> dict[str, str]:
    """Return the oddities, by path; "" for the message as a whole."""
    explanation = explain(data, profile)
    found = {line.path.partition(".")[2]: one.kind for line in explanation.lines for one in line.odd}
    return found | ({"": explanation.odd[0].text} if explanation.odd else {})


def test_units_and_places_of_fields() -> None:
    lines = {line.path: line for line in explain(bsm()).lines}
    speed = lines["MessageFrame.bsmFrame.speed"]
    assert (speed.value, speed.unit, speed.field.first, speed.field.bits, speed.field.type) == (
        "10",
        "m/s",
        166,
        13,
        "Speed",
    )
    assert lines["MessageFrame.bsmFrame.vehicleClass.classification"].value == "10 passenger car"


def test_unavailable_is_said() -> None:
    assert odd(bsm()) == {"bsmFrame.secMark": "unavailable", "bsmFrame.accelSet.vert": "unavailable"}


def test_implausible_is_said() -> None:
    found = odd(bsm(pos={"lat": 0, "long": 0}, speed=8000, secMark=1))
    assert {path.split(".")[-1] for path, kind in found.items() if kind == "implausible"} == {"lat", "long", "speed"}
    assert explain(bsm(pos={"lat": 0, "long": 0})).error is None


def test_rest_and_padding() -> None:
    assert odd(bsm() + b"\xab\xcd")[""] == "octets behind the end of the message: abcd"
    data = bytearray(bsm())
    data[-1] |= 1
    assert "padding" in odd(bytes(data))[""]


def test_profile_is_found() -> None:
    sent = {each["name"]: bytes.fromhex(each["hex"]) for each in vectors.of_devices()}
    for name, data in sent.items():
        assert explain(data).error is None, name
    data = sent["map-crossing"]
    assert explain(data).profile == "csae53-2020"
    assert any("csae53-2020 fits" in one.text for one in explain(data, "ydt3709-2020").odd)
    assert explain(data + b"\0").profile == "csae53-2020"


def test_what_is_cut_off_is_shown_to_the_cut() -> None:
    explanation = explain(bsm()[:20])
    assert not explanation.whole
    assert "out of data" in str(explanation.error)
    assert explanation.lines[-1].field.first < 160 <= len(bsm()) * 8


def test_larger_alternative_than_needed_is_said() -> None:
    offset = {"offsetLL": ("position-LL6", {"lon": 5, "lat": -2049}), "offsetV": ("offset2", 63)}
    sign = {"rtsId": 1, "signType": 85, "signPos": offset}
    value = {"msgCnt": 1, "id": bytes(8), "refPos": {"lat": 312000000, "long": 1215000000}, "rtss": [sign]}
    texts = [one.text for line in explain(encode_value(("rsiFrame", value))).lines for one in line.odd]
    assert texts == ["24 bits each, 14 would do", "8 bits each, 7 would do"]


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=1400))
def test_explain_raises_nothing(data: bytes) -> None:
    explanation = explain(data)
    assert explanation.lines
