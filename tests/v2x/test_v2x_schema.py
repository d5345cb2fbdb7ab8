"""The schema layer: errors, strictness, JSON form, and an independent compiler as oracle."""

from __future__ import annotations

import importlib.util
import re
import time
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import v2x
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pycrate_asn1c.asnproc import PycrateGenerator, compile_text
from v2x import schema
from v2x.records import names
from v2x.records.roadmap import LANE_FLAGS
from v2x.schema import decode_value, encode_value
from v2x.values import from_json, to_json

SPAT = {
    "msgCnt": 7,
    "intersections": [
        {
            "intersectionId": {"id": 1},
            "status": ["0400", 16],
            "phases": [{"id": 1, "phaseStates": [{"light": "red"}]}],
        }
    ],
}
# 0 011 frame, 0 ext, 000 optionals, (ext bit sits before them) ... see the table of bits in test_bits
SPAT_HEX = "30380000000100100000002600"
MAP_LINK = {"upstreamNodeId": {"id": 2}, "lanes": [{"laneID": 1}]}
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


def test_bits() -> None:
    """Bytes beside meaning, worked out by hand from the tables of the standard."""
    bits = "".join(
        [
            "0" "011",  # MessageFrame: no extension, alternative 3 spatFrame
            "0" "000",  # SPAT: no extension; moy, timeStamp, name absent
            "0000111",  # msgCnt 7
            "00000",  # 1 intersection, of 1..32
            "0" "000",  # IntersectionState: no extension; moy, timeStamp, timeConfidence absent
            "0" + f"{1:016b}",  # NodeReferenceID: no region; id 1
            f"{0x0400:016b}",  # status: bit 5, fixedTimeOperation
            "0000",  # 1 phase, of 1..16
            f"{1:08b}",  # phase id 1
            "0000",  # 1 state, of 1..16
            "0" "0",  # PhaseState: no extension; no timing
            "0" "0011",  # light: root, red
        ]
    )
    octets = int(bits.ljust(-len(bits) // 8 * -8, "0"), 2).to_bytes(-(-len(bits) // 8))
    assert encode_value(from_json(["spatFrame", SPAT])) == octets
    assert to_json(decode_value(octets)) == ["spatFrame", SPAT]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "out of data"),
        (bytes.fromhex("00"), "out of data"),
        (bytes.fromhex("70"), "choice"),
        (encode_value(from_json(["bsmFrame", BSM])) + b"\x00", "behind the end"),
        (encode_value(from_json(["bsmFrame", BSM]))[:-1], "out of data"),
    ],
)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(v2x.DecodeError, match=f"(?i){reason}"):
        decode_value(data)


def test_value_out_of_range_is_refused() -> None:
    """Latitude takes 31 bits, its range not all of them."""
    data = bytearray(encode_value(from_json(["bsmFrame", {**BSM, "pos": {"lat": 900000001, "long": 0}}])))
    where = int.from_bytes(data).to_bytes(len(data)).find(bytes.fromhex("6b49d201")[1:2])
    assert where != 0  # the field is somewhere inside; set the 31 bits to ones by brute force below
    bits = f"{int.from_bytes(data):0{8 * len(data)}b}"
    field = f"{1_800_000_001:031b}"
    wrong = bits.replace(field, "1" * 31)
    assert wrong != bits
    with pytest.raises(v2x.DecodeError, match=r"pos\.lat.*between"):
        decode_value(int(wrong, 2).to_bytes(len(data)))


def test_padding_must_be_zero() -> None:
    data = bytearray(encode_value(from_json(["spatFrame", SPAT])))
    data[-1] |= 1
    with pytest.raises(v2x.DecodeError, match="canonical"):
        decode_value(bytes(data))


def test_extended_bit_string_is_a_clear_error() -> None:
    value = {**BSM, "safetyExt": {"lights": ["ff80", 9]}}
    bits = f"{int.from_bytes(data := encode_value(from_json(['bsmFrame', value]))):0{8 * len(data)}b}"
    head, tail = bits.rsplit("0" + "1" * 9, 1)  # extension bit of the size, nine lights
    extended = int(head + "1" + "1" * 9 + tail, 2).to_bytes(len(data))
    with pytest.raises(v2x.DecodeError, match="extended bit string"):
        decode_value(extended)
    with pytest.raises(v2x.EncodeError, match="extended bit string"):
        encode_value(from_json(["bsmFrame", {**BSM, "safetyExt": {"lights": ["ff8000", 17]}}]))


@pytest.mark.parametrize("first", [0x80, 0x85, 0xFF])
def test_later_edition_is_unknown(first: int) -> None:
    with pytest.raises(v2x.UnknownMessageError, match="unknown message"):
        decode_value(bytes([first, 2, 0, 12, 0]))


@settings(max_examples=300)
@given(st.binary(max_size=120), st.sampled_from(v2x.PROFILES))
@example(b"\x30\x38\x00", "ydt3709-2020")
def test_any_octets_decode_or_raise_from_the_tree(data: bytes, profile: v2x.Profile) -> None:
    try:
        message = v2x.decode(data, profile)
    except v2x.CodecError as error:
        assert isinstance(error, v2x.DecodeError)  # noqa: PT017 - the type is what is tested
    else:
        v2x.encode(message, profile)


@settings(max_examples=300)
@given(st.data())
def test_damaged_messages_decode_or_raise_from_the_tree(data: st.DataObject) -> None:
    octets = bytearray(encode_value(from_json(data.draw(st.sampled_from([["bsmFrame", BSM], ["spatFrame", SPAT]])))))
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
        ({"speed": 8192}, "bsmFrame.speed"),
        ({"speed": True}, "bsmFrame.speed"),
        ({"speed": 1.5}, "bsmFrame.speed"),
        ({"speed": None}, "bsmFrame.speed"),
        ({"id": "0102"}, "bsmFrame.id"),
        ({"id": "xyz"}, "bsmFrame.id"),
        ({"transmission": "sideways"}, "bsmFrame.transmission"),
        ({"brakes": {"wheelBrakes": ["f8", 6]}}, "bsmFrame.brakes.wheelBrakes"),
        ({"brakes": {"wheelBrakes": ["ff", 5]}}, "bsmFrame.brakes.wheelBrakes"),
        ({"brakes": []}, "bsmFrame.brakes"),
        ({"colour": "red"}, "bsmFrame.colour"),
        ({"pos": {"lat": 0}}, "bsmFrame.pos.long"),
    ],
)
def test_json_that_does_not_fit_names_the_member(change: dict[str, Any], path: str) -> None:
    with pytest.raises(v2x.EncodeError) as caught:
        encode_value(from_json(["bsmFrame", {**BSM, **change}]))
    assert caught.value.path.removeprefix("MessageFrame.") == path


@pytest.mark.parametrize("value", [None, 7, [], ["bsmFrame"], ["noFrame", {}], [1, {}], {"bsmFrame": BSM}])
def test_json_that_is_no_frame(value: object) -> None:
    with pytest.raises(v2x.EncodeError, match="name one of"):
        from_json(value)


def test_profiles_differ_where_the_standard_says_so() -> None:
    """Section by section: link width, number of connections, count of path points, hour, offset of the time zone."""
    node = {"id": {"id": 1}, "refPos": {"lat": 0, "long": 0}, "inLinks": [MAP_LINK]}
    narrow = ["mapFrame", {"msgCnt": 0, "nodes": [node]}]
    encode_value(from_json(narrow, "csae53-2020"), "csae53-2020")
    with pytest.raises(v2x.EncodeError) as caught:
        from_json(narrow, "ydt3709-2020")
    assert caught.value.path == "mapFrame.nodes.0.inLinks.0.linkWidth"
    for name, value, ydt, csae in [
        ("DHour", 24, "c0", "c0"),
        ("DTimeOffset", 0, "6900", "5a00"),
        ("PathPointList", [{"offsetLL": ("position-LL1", {"lon": 0, "lat": 0})}] * 2, "004002000100080000", None),
    ]:
        encoded = encode_value(value, "ydt3709-2020", name).hex()
        assert encoded == ydt or name == "PathPointList"
        other = encode_value(value, "csae53-2020", name).hex()
        assert (other == csae) if csae else (other != encoded)


def test_unknown_profile() -> None:
    with pytest.raises(ValueError, match="ydt3709-2020, csae53-2020"):
        schema.schema("csae53-2017")  # type: ignore[arg-type] # what a configuration might hold


def test_compiles_in_half_a_second() -> None:
    schema._modules.cache_clear()
    schema.schema.cache_clear()
    start = time.process_time()
    for profile in v2x.PROFILES:
        schema.schema(profile)
    assert time.process_time() - start < 1.0  # both


# -- names in Python are those of the schema -------------------------------------------------------------------------

TYPE_OF_NAMES = {
    "TimeConfidence": "TimeConfidence",
    "PositionConfidence": "PositionConfidence",
    "ElevationConfidence": "ElevationConfidence",
    "SpeedConfidence": "SpeedConfidence",
    "HeadingConfidence": "HeadingConfidence",
    "SteeringConfidence": "SteeringWheelAngleConfidence",
    "Transmission": "TransmissionState",
    "BrakePedal": "BrakePedalStatus",
    "WheelBrake": "BrakeAppliedStatus",
    "BrakeBoost": "BrakeBoostApplied",
    "TractionControl": "TractionControlStatus",
    "AntiLockBrake": "AntiLockBrakeStatus",
    "StabilityControl": "StabilityControlStatus",
    "AuxiliaryBrake": "AuxiliaryBrakeStatus",
    "VehicleEvent": "VehicleEventFlags",
    "ExteriorLight": "ExteriorLights",
    "GnssStatus": "GNSSstatus",
    "Response": "ResponseType",
    "Siren": "SirenInUse",
    "Lightbar": "LightbarInUse",
    "Maneuver": "AllowedManeuvers",
    "LaneSharing": "LaneSharing",
    "LaneKind": "LaneTypeAttributes",
    "VehicleLaneFlag": "LaneAttributes-Vehicle",
    "CrosswalkFlag": "LaneAttributes-Crosswalk",
    "BikeLaneFlag": "LaneAttributes-Bike",
    "SidewalkFlag": "LaneAttributes-Sidewalk",
    "BarrierFlag": "LaneAttributes-Barrier",
    "StripingFlag": "LaneAttributes-Striping",
    "TrackedVehicleFlag": "LaneAttributes-TrackedVehicle",
    "ParkingFlag": "LaneAttributes-Parking",
    "SpeedLimitType": "SpeedLimitType",
    "ParticipantType": "ParticipantType",
    "Source": "SourceType",
    "IntersectionStatus": "IntersectionStatusObject",
    "Light": "LightState",
    "EventSource": "EventSource",
}


def identifiers(definition: dict[str, Any]) -> tuple[str, ...]:
    if "values" in definition:
        return tuple(value[0] for value in definition["values"] if value)
    if "named-bits" in definition:
        return tuple(name for name, _ in definition["named-bits"])
    return tuple(member["name"] for member in definition["members"] if member)


def test_every_list_of_names_is_compared() -> None:
    lists = {name for name in vars(names) if get_args(getattr(names, name))}
    assert lists == set(TYPE_OF_NAMES)
    assert tuple(LANE_FLAGS) == get_args(names.LaneKind)


@pytest.mark.parametrize(("python", "asn1"), TYPE_OF_NAMES.items())
def test_names_are_those_of_the_schema(python: str, asn1: str) -> None:
    for profile in v2x.PROFILES:
        assert get_args(getattr(names, python)) == identifiers(schema.schema(profile).definitions[asn1])


# -- pycrate, an independent compiler, on the same modules ------------------------------------------------------------


def modules_of(profile: v2x.Profile) -> list[str]:
    """Return the text of the modules of a profile, a variant's types put in the place of the others."""
    texts = {entry.name: entry.read_text() for entry in files("v2x").joinpath("asn1").iterdir()}
    variants = {name: texts.pop(f"{name}.asn") for name in v2x.PROFILES if f"{name}.asn" in texts}
    definitions = re.findall(r"^[\w-]+ ::= (?:[^{\n]*\{.*?^\}|[^{\n]+$)", variants.get(profile, ""), re.M | re.S)
    for definition in definitions:
        name = definition.split(" ")[0]
        pattern = rf"^{name} ::= (?:[^{{\n]*\{{.*?^\}}|[^{{\n]+$)"
        for module, text in texts.items():
            texts[module] = re.sub(pattern, lambda _, new=definition: new, text, flags=re.M | re.S)
    return list(texts.values())


@pytest.fixture(scope="module", params=v2x.PROFILES)
def oracle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[v2x.Profile, ModuleType]:
    path: Path = tmp_path_factory.mktemp("oracle") / "oracle.py"
    compile_text(modules_of(request.param))
    PycrateGenerator(str(path))
    spec = importlib.util.spec_from_file_location(f"oracle_{request.param}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return request.param, module


def as_pycrate(value: Any) -> Any:
    """Bit strings are (number, bits) there, all else is the same."""
    match value:
        case (bytes(octets), int(bits)):
            return int.from_bytes(octets) >> (-bits % 8), bits
        case (str(name), inner):
            return name, as_pycrate(inner)
        case list():
            return [as_pycrate(item) for item in value]
        case dict():
            return {name: as_pycrate(item) for name, item in value.items()}
    return value
