"""The schema layer: bytes beside meaning, strictness of decoding, errors, differences between the profiles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import v2x
from v2x import schema
from v2x.schema import decode_value, encode_value
from v2x.values import from_json, to_json

BSM: dict[str, Any] = {
    "msgCnt": 1,
    "id": "0102030405060708",
    "secMark": 0,
    "pos": {"lat": 0, "long": 0},
    "transmission": "neutral",
    "speed": 0,
    "heading": 0,
    "accelSet": {"long": 0, "lat": 0, "vert": 0, "yaw": 0},
    "brakes": {},
    "size": {"width": 180, "length": 450},
    "vehicleClass": {"classification": 10},
}
STATE = {
    "intersectionId": {"id": 1},
    "status": ["0400", 16],
    "phases": [{"id": 1, "phaseStates": [{"light": "red"}]}],
}
SPAT = {"msgCnt": 7, "intersections": [STATE]}


def bsm(**members: object) -> bytes:
    return encode_value(from_json(["bsmFrame", BSM | members]))


def as_bits(data: bytes) -> str:
    return f"{int.from_bytes(data):0{8 * len(data)}b}"


def as_octets(bits: str) -> bytes:
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def test_spat_bit_by_bit() -> None:
    bits = [
        ("0 011", "MessageFrame: no extension, alternative 3, spatFrame"),
        ("0 000", "SPAT: no extension; no moy, timeStamp, name"),
        ("0000111", "msgCnt 7"),
        ("00000", "1 intersection of 1..32"),
        ("0 000", "IntersectionState: no extension; no moy, timeStamp, timeConfidence"),
        ("0 0000000000000001", "NodeReferenceID: no region; id 1"),
        ("0000010000000000", "status: bit 5, fixedTimeOperation"),
        ("0000", "1 phase of 1..16"),
        ("00000001", "phase id 1"),
        ("0000", "1 state of 1..16"),
        ("0 0", "PhaseState: no extension; no timing"),
        ("0 0011", "light: no extension, 3, red"),
    ]
    octets = as_octets("".join(part for part, _ in bits).replace(" ", ""))
    assert as_bits(encode_value(from_json(["spatFrame", SPAT]))) == as_bits(octets)
    assert to_json(decode_value(octets)) == ["spatFrame", SPAT]


@pytest.mark.parametrize(
    ("pdu", "value", "octets"),
    [
        ("Latitude", -900_000_000, "00000000"),
        ("Latitude", 900_000_001, "d693a402"),
        ("Speed", 8191, "fff8"),
        ("Heading", 28800, "e100"),
        ("TimeMark", 36001, "8ca1"),
        ("YawRate", -32767, "0000"),
        ("OffsetLL-B12", -2048, "0000"),
        ("PositionConfidence", "a1m", "90"),
        ("SourceType", "integrated", "70"),
        ("BrakeAppliedStatus", (b"\x80", 5), "80"),
        ("ExteriorLights", (b"\x80\x80", 9), "4040"),
        ("DescriptiveName", "A1", "060b1"),
        ("RSIPriority", b"\xe0", "e0"),
        ("VerticalOffset", ("elevation", -4096), "c0000"),
        ("TimeCountingDown", {"startTime": 0, "likelyEndTime": 300}, "000000096"),
    ],
)
def test_type_octets(pdu: str, value: object, octets: str) -> None:
    data = bytes.fromhex(octets + "0" * (len(octets) % 2))
    assert encode_value(value, pdu=pdu).hex() == data.hex()
    assert decode_value(data, pdu=pdu) == value


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "out of data"),
        (b"\x00", "out of data"),
        (b"\x70", "expected choice"),
        (bsm()[:-1], "out of data"),
        (bsm() + b"\x00", "octets behind the end"),
        (bsm()[:-1] + bytes([bsm()[-1] | 1]), "not a canonical encoding"),  # padding must be zero
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(v2x.DecodeError, match=f"(?i){reason}"):
        decode_value(data)


def test_value_out_of_range_is_refused() -> None:
    """Latitude takes 31 bits, but its range not all of their values."""
    latitude = f"{900_000_001 + 900_000_000:031b}"
    bits = as_bits(bsm(pos={"lat": 900_000_001, "long": 0}))
    assert bits.count(latitude) == 1
    with pytest.raises(v2x.DecodeError, match="between") as caught:
        decode_value(as_octets(bits.replace(latitude, "1" * 31)))
    assert caught.value.path == "MessageFrame.bsmFrame.pos.lat"


def test_extended_bit_string_keeps_all_its_bits() -> None:
    """More lights than the profile names: the size is extended, and travels as a length in front of the bits."""
    bits = as_bits(bsm(safetyExt={"lights": ["ff80", 9]}))
    head, tail = bits.rsplit("0" + "1" * 9, 1)
    extended = as_octets(head + "1" + "00010001" + "1" * 9 + "0" * 7 + "1" + tail)
    assert decode_value(extended)[1]["safetyExt"]["lights"] == (b"\xff\x80\x80", 17)
    assert bsm(safetyExt={"lights": ["ff8080", 17]}) == extended


@pytest.mark.parametrize("first", [0x80, 0x85, 0xFF])
def test_later_edition_is_unknown(first: int) -> None:
    with pytest.raises(v2x.UnknownMessageError, match="unknown message"):
        decode_value(bytes([first, 2, 0, 12, 0]))


@settings(max_examples=200)
@given(st.binary(max_size=120), st.sampled_from(v2x.PROFILES))
@example(bsm(), "csae53-2020")
def test_any_octets_decode_or_raise_decode_error(data: bytes, profile: v2x.Profile) -> None:
    try:
        message = v2x.decode(data, profile)
    except v2x.DecodeError:
        return
    v2x.encode(message, profile)


@settings(max_examples=200)
@given(st.sampled_from([bsm(), encode_value(from_json(["spatFrame", SPAT]))]), st.data())
def test_damaged_messages_decode_to_themselves_or_raise_decode_error(message: bytes, data: st.DataObject) -> None:
    octets = bytearray(message)
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    try:
        value = decode_value(bytes(octets))
    except v2x.DecodeError:
        return
    assert encode_value(value) == octets


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"speed": 8192}, "speed"),
        ({"speed": True}, "speed"),
        ({"speed": 1.5}, "speed"),
        ({"speed": None}, "speed"),
        ({"id": "0102"}, "id"),
        ({"id": "xyz"}, "id"),
        ({"transmission": "sideways"}, "transmission"),
        ({"brakes": {"wheelBrakes": ["f8", 6]}}, "brakes.wheelBrakes"),
        ({"brakes": {"wheelBrakes": ["ff", 5]}}, "brakes.wheelBrakes"),
        ({"brakes": {"wheelBrakes": ["f8f8", 5]}}, "brakes.wheelBrakes"),
        ({"brakes": []}, "brakes"),
        ({"colour": "red"}, "colour"),
        ({"pos": {"lat": 0}}, "pos.long"),
    ],
)
def test_json_that_does_not_fit_names_the_member(change: dict[str, Any], path: str) -> None:
    with pytest.raises(v2x.EncodeError) as caught:
        bsm(**change)
    assert caught.value.path.removeprefix("MessageFrame.") == f"bsmFrame.{path}"


@pytest.mark.parametrize("value", [None, 7, [], ["bsmFrame"], ["noFrame", {}], [1, {}], {"bsmFrame": BSM}])
def test_json_that_is_no_frame(value: object) -> None:
    with pytest.raises(v2x.EncodeError, match="name one of"):
        from_json(value)


def test_link_width_is_mandatory_in_one_profile_only() -> None:
    link = {"upstreamNodeId": {"id": 2}, "lanes": [{"laneID": 1}]}
    node = {"id": {"id": 1}, "refPos": {"lat": 0, "long": 0}, "inLinks": [link]}
    message = ["mapFrame", {"msgCnt": 0, "nodes": [node]}]
    assert encode_value(from_json(message, "csae53-2020"), "csae53-2020")
    with pytest.raises(v2x.EncodeError) as caught:
        from_json(message, "ydt3709-2020")
    assert caught.value.path == "mapFrame.nodes.0.inLinks.0.linkWidth"


ORIGIN = {"offsetLL": ("position-LL1", {"lon": 0, "lat": 0})}


@pytest.mark.parametrize(
    ("pdu", "value", "ydt", "csae"),
    [
        ("DTimeOffset", 0, "6900", "5a00"),
        ("DHour", 24, "c0", "c0"),
        ("PathPointList", [ORIGIN] * 2, "0040040004004000", "0840040004004000"),  # count - 2, count - 1
        ("ConnectsToList", [{"remoteIntersection": {"id": 0}}], "000000", "000000"),  # 3 bits, 4 bits of count
        ("ConnectsToList", [{"remoteIntersection": {"id": 0}}] * 2, "200000000000", "100000000000"),
    ],
)
def test_profiles_differ(pdu: str, value: object, ydt: str, csae: str) -> None:
    assert encode_value(value, "ydt3709-2020", pdu).hex() == ydt
    assert encode_value(value, "csae53-2020", pdu).hex() == csae


def test_unknown_profile() -> None:
    with pytest.raises(ValueError, match="ydt3709-2020, csae53-2020"):
        schema.schema("csae158-2020")
