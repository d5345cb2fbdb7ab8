"""Records in physical units: meaning beside wire values, clamping, errors, and a round trip of any record."""

from __future__ import annotations

import math
import types
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import v2x
from v2x import Position
from v2x.fields import Count, Flags, Priority, Scale, Text
from v2x.layout import Wire
from v2x.records.roadmap import LANE_FLAGS, LaneTypeAttributes
from v2x.schema import decode_value
from v2x.values import to_json

RSU = Position(latitude_deg=31.2, longitude_deg=121.5, elevation_m=10.0)


def participant(**changes: Any) -> v2x.Participant:
    fields: dict[str, Any] = {
        "ptc_type": "motor",
        "ptc_id": 7,
        "source": "integrated",
        "sec_mark_ms": 12_345,
        "position": Position(latitude_deg=31.2001, longitude_deg=121.4999, elevation_m=10.5),
        "position_confidence": v2x.PositionConfidenceSet(position=v2x.position_confidence(0.8)),
        "speed_mps": 13.9,
        "heading_deg": 271.25,
        "size": v2x.Size(width_m=1.85, length_m=4.6),
    }
    return v2x.Participant(**fields | changes)


def rsm(*participants: v2x.Participant) -> v2x.RoadsideSafetyMessage:
    return v2x.RoadsideSafetyMessage(msg_cnt=5, id=b"RSU-0001", position=RSU, participants=participants)


def on_wire(message: v2x.Message, profile: v2x.Profile = v2x.DEFAULT_PROFILE) -> Any:
    return to_json(decode_value(v2x.encode(message, profile), profile))


def test_rsm_in_wire_units() -> None:
    message = rsm(participant())
    assert on_wire(message) == [
        "rsmFrame",
        {
            "msgCnt": 5,
            "id": b"RSU-0001".hex(),
            "refPos": {"lat": 312_000_000, "long": 1_215_000_000, "elevation": 100},
            "participants": [
                {
                    "ptcType": "motor",
                    "ptcId": 7,
                    "source": "integrated",
                    "secMark": 12_345,
                    "pos": {"offsetLL": ["position-LL1", {"lon": -1000, "lat": 1000}], "offsetV": ["offset1", 5]},
                    "posConfidence": {"pos": "a1m"},
                    "speed": 695,
                    "heading": 21_700,
                    "size": {"width": 185, "length": 460},
                }
            ],
        },
    ]
    assert v2x.decode(v2x.encode(message)) == message


def test_rsu_itself_says_what_it_does_not_know() -> None:
    rsu = participant(ptc_type="rsu", ptc_id=0, source="selfinfo", position=RSU, speed_mps=None, heading_deg=None,
                      sec_mark_ms=None, size=v2x.Size(width_m=None, length_m=None))  # fmt: skip
    (_, message) = on_wire(rsm(rsu))
    (wire,) = message["participants"]
    assert (wire["speed"], wire["heading"], wire["secMark"]) == (8191, 28800, 65535)
    assert wire["size"] == {"width": 0, "length": 0}
    assert wire["pos"] == {"offsetLL": ["position-LL1", {"lon": 0, "lat": 0}], "offsetV": ["offset1", 0]}


def test_spat_in_wire_units() -> None:
    message = v2x.SignalPhaseAndTiming(
        msg_cnt=127,
        moy=527_039,
        time_stamp_ms=59_999,
        intersections=(
            v2x.IntersectionState(
                intersection_id=v2x.NodeReferenceId(region=310, id=12),
                status=("fixedTimeOperation",),
                phases=(
                    v2x.Phase(
                        phase_id=1,
                        states=(
                            v2x.PhaseState(
                                light="protected-green",
                                timing=v2x.CountingDown(start_s=0, min_end_s=12.3, max_end_s=12.3, likely_end_s=12.3),
                            ),
                            v2x.PhaseState(light="yellow", timing=v2x.UtcTiming(start_s=3599.9, likely_end_s=None)),
                            v2x.PhaseState(
                                light="red",
                                timing=v2x.CountingDown(start_s=5000.0, likely_end_s=3600.0, confidence_percent=99.6),
                            ),
                            v2x.PhaseState(light="dark"),
                        ),
                    ),
                ),
            ),
        ),
    )
    (_, wire) = on_wire(message)
    assert (wire["moy"], wire["timeStamp"]) == (527_039, 59_999)
    (state,) = wire["intersections"]
    assert state["status"] == ["0400", 16]
    assert state["phases"][0]["phaseStates"] == [
        {
            "light": "protected-green",
            "timing": ["counting", {"startTime": 0, "minEndTime": 123, "maxEndTime": 123, "likelyEndTime": 123}],
        },
        {"light": "yellow", "timing": ["utcTiming", {"startUTCTime": 35_999, "likelyEndUTCTime": 36_001}]},
        {"light": "red", "timing": ["counting", {"startTime": 36_000, "likelyEndTime": 36_000, "timeConfidence": 199}]},
        {"light": "dark"},
    ]


def test_map_in_wire_units() -> None:
    node = v2x.NodeReferenceId(id=1)
    lane = v2x.Lane(
        lane_id=1,
        attributes=v2x.LaneAttributes(type=v2x.LaneType(kind="vehicle", flags=("restrictedToBusUse",))),
        maneuvers=("maneuverStraightAllowed", "maneuverRightAllowed"),
        connects_to=(v2x.Connection(remote=node, lane=v2x.ConnectingLane(lane=2), phase_id=3),),
        speed_limits=(v2x.SpeedLimit(type="vehicleMaxSpeed", speed_mps=60 / 3.6),),
        points=(
            v2x.RoadPoint(position=RSU),
            v2x.RoadPoint(position=Position(latitude_deg=31.201, longitude_deg=121.5)),
        ),
    )
    link = v2x.Link(upstream=v2x.NodeReferenceId(id=2), width_m=7.5, lanes=(lane,))
    message = v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=node, position=RSU, links=(link,)),))
    wire = on_wire(message)[1]["nodes"][0]["inLinks"][0]
    assert wire["linkWidth"] == 750
    assert wire["lanes"] == [
        {
            "laneID": 1,
            "laneAttributes": {"laneType": ["vehicle", ["10", 8]]},
            "maneuvers": ["a000", 12],
            "connectsTo": [{"remoteIntersection": {"id": 1}, "connectingLane": {"lane": 2}, "phaseId": 3}],
            "speedLimits": [{"type": "vehicleMaxSpeed", "speed": 833}],
            "points": [
                {"posOffset": {"offsetLL": ["position-LL1", {"lon": 0, "lat": 0}], "offsetV": ["offset1", 0]}},
                {"posOffset": {"offsetLL": ["position-LL3", {"lon": 0, "lat": 10_000}]}},
            ],
        }
    ]


def test_rsi_in_wire_units() -> None:
    path = v2x.ReferencePath(points=(RSU, Position(latitude_deg=31.2, longitude_deg=121.5001)), radius_m=3.75)
    link = v2x.ReferenceLink(upstream=v2x.NodeReferenceId(id=2), downstream=v2x.NodeReferenceId(id=1), lanes=(1, 15))
    event = v2x.Event(
        rte_id=3,
        event_type=903,
        source="detection",
        position=RSU,
        radius_m=10,
        description="停车",
        priority=5,
        time=v2x.TimeDetails(start_moy=100, end_moy=None, end_confidence="unavailable"),
        paths=(path,),
        links=(link,),
        confidence_percent=90,
    )
    message = v2x.RoadSideInformation(msg_cnt=1, id=b"RSU-0001", position=RSU, events=(event,))
    (wire,) = on_wire(message)[1]["rtes"]
    assert wire["description"] == ["textGB2312", "停车".encode("gb2312").hex()]
    assert wire["priority"] == "a0"
    assert wire["timeDetails"] == {"startTime": 100, "endTimeConfidence": "unavailable"}
    assert wire["referenceLinks"][0]["referenceLanes"] == ["4001", 16]
    assert wire["referencePaths"][0]["pathRadius"] == 38
    assert wire["eventConfidence"] == 180
    assert "rtss" not in on_wire(message)[1]


def test_path_history_is_relative_to_its_initial_position_or_to_the_vehicle() -> None:
    crumb = v2x.PathHistoryPoint(position=Position(latitude_deg=31.2001, longitude_deg=121.5), age_s=1.0)
    earlier = v2x.FullPositionVector(position=Position(latitude_deg=31.2002, longitude_deg=121.5))
    bare = v2x.PathHistory(points=(crumb,))
    based = v2x.PathHistory(initial=earlier, points=(crumb,))
    for history, offset in [(bare, 1000), (based, -1000)]:
        message = bsm(safety=v2x.SafetyExtensions(path_history=history))
        wire = on_wire(message)[1]["safetyExt"]["pathHistory"]["crumbData"][0]
        assert wire["llvOffset"]["offsetLL"] == ["position-LL1", {"lon": 0, "lat": offset}]
        assert v2x.decode(v2x.encode(message)) == message


def bsm(**changes: Any) -> v2x.BasicSafetyMessage:
    fields: dict[str, Any] = {
        "msg_cnt": 0,
        "id": bytes(8),
        "sec_mark_ms": 0,
        "position": RSU,
        "transmission": "unavailable",
        "speed_mps": 0.0,
        "heading_deg": 0.0,
        "acceleration": v2x.Acceleration(
            longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=0.0
        ),
        "brakes": v2x.BrakeSystemStatus(),
        "size": v2x.Size(width_m=1.8, length_m=4.5),
        "vehicle_class": v2x.VehicleClassification(classification=v2x.BasicVehicleClass.PASSENGER_CAR),
    }
    return v2x.BasicSafetyMessage(**fields | changes)


def test_initial_position_per_profile() -> None:
    """The one place where the profiles use one name for different things."""
    initial = v2x.FullPositionVector(
        position=RSU,
        accuracy=v2x.PositionalAccuracy(semi_major_m=1.0, semi_minor_m=0.5, orientation_deg=None),
        position_confidence=v2x.PositionConfidenceSet(position="a2m"),
    )
    crumb = v2x.PathHistoryPoint(position=RSU, age_s=1.0)
    message = bsm(safety=v2x.SafetyExtensions(path_history=v2x.PathHistory(initial=initial, points=(crumb,))))
    ydt, csae = (
        on_wire(message, profile)[1]["safetyExt"]["pathHistory"]["initialPosition"] for profile in v2x.PROFILES[:2]
    )
    assert ydt["posAccuracy"] == {"pos": "a2m"}
    assert csae["posAccuracy"] == {"semiMajor": 20, "semiMinor": 10, "orientation": 65535}
    assert csae["posConficence"] == {"pos": "a2m"}


# -- what cannot be sent ----------------------------------------------------------------------------------------------


def test_measurements_out_of_range_do_not_cost_the_message() -> None:
    wild = participant(
        speed_mps=400.0,
        steering_deg=math.nan,
        heading_deg=725.0,
        size=v2x.Size(width_m=99.0, length_m=math.nan, height_m=50.0),
    )
    message = v2x.decode(v2x.encode(rsm(wild)))
    assert isinstance(message, v2x.RoadsideSafetyMessage)
    (read,) = message.participants
    assert (read.speed_mps, read.heading_deg) == (163.8, 5.0)
    assert read.steering_deg is None
    assert read.size == v2x.Size(width_m=10.23, length_m=None, height_m=6.35)


def test_optional_fields_without_a_number_are_left_out() -> None:
    event = v2x.Event(rte_id=1, event_type=903, source="detection", radius_m=math.nan, confidence_percent=math.inf)
    message = v2x.RoadSideInformation(msg_cnt=1, id=bytes(8), position=RSU, events=(event,))
    assert on_wire(message)[1]["rtes"] == [{"rteId": 1, "eventType": 903, "eventSource": "detection"}]


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (rsm(), "MessageFrame.rsmFrame.participants"),
        (rsm(*[participant()] * 17), "MessageFrame.rsmFrame.participants"),
        (rsm(participant(ptc_id=65_536)), "MessageFrame.rsmFrame.participants.0.ptcId"),
        (rsm(participant(), participant(id=b"short")), "MessageFrame.rsmFrame.participants.1.id"),
        (rsm(participant(), participant(ptc_type="tank")), "participants.1.ptc_type"),
        (rsm(participant(transmission="sideways")), "participants.0.transmission"),
        (msgspec.structs.replace(rsm(participant()), msg_cnt=128), "MessageFrame.rsmFrame.msgCnt"),
        (msgspec.structs.replace(rsm(participant()), id=None), "id"),
        (bsm(brakes=v2x.BrakeSystemStatus(wheels=("fifth",))), "brakes.wheels"),
    ],
)
def test_impossible_input_names_the_field(message: v2x.Message, path: str) -> None:
    with pytest.raises(v2x.EncodeError) as caught:
        v2x.encode(message)
    assert caught.value.path == path


def test_link_without_width() -> None:
    link = v2x.Link(upstream=v2x.NodeReferenceId(id=2), lanes=(v2x.Lane(lane_id=1),))
    message = v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=v2x.NodeReferenceId(id=1), position=RSU, links=(link,)),))
    assert v2x.decode(v2x.encode(message, "csae53-2020"), "csae53-2020") == message
    with pytest.raises(v2x.EncodeError, match="linkWidth"):
        v2x.encode(message, "ydt3709-2020")


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"type": "rsmFrame", "colour": 1}, v2x.Message)


# -- any record -------------------------------------------------------------------------------------------------------

PLACES = st.builds(
    Position,
    latitude_deg=st.floats(31.19, 31.21) | st.floats(-90, 90),
    longitude_deg=st.floats(121.49, 121.51) | st.floats(-179.9, 180),
    elevation_m=st.none() | st.floats(-10, 30) | st.floats(-409, 6143),
)


def of_type(hint: Any, profile: v2x.Profile, wire: Wire | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a type, in the range of its unit."""
    while hasattr(hint, "__metadata__"):
        hint, *annotations = get_args(hint)
        wire = wire or next((wire.within(profile) for wire in annotations if isinstance(wire, Wire)), None)
    origin: object = get_origin(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([of_type(kind, profile, wire) for kind in get_args(hint)])
    if wire and wire.unit and hint is not type(None):
        return of_unit(wire.unit)
    if origin is tuple:
        points = wire is not None and wire.name in ("points", "activePath")  # at least two
        return st.lists(of_type(get_args(hint)[0], profile), min_size=1 + points, max_size=2).map(tuple)
    if origin is Literal:
        return st.sampled_from(get_args(hint))
    if hint is Position:
        return PLACES
    if issubclass(hint, msgspec.Struct):
        return of_record(hint, profile)
    return PLAIN[hint]


@cache
def of_record(record: type[msgspec.Struct], profile: v2x.Profile) -> st.SearchStrategy[Any]:
    return st.builds(record, **{name: of_field(field, profile) for name, field in fields_of(record, profile).items()})


PLAIN: dict[type, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    int: st.integers(0, 15),
    bytes: st.binary(min_size=8, max_size=8),
    str: st.text(st.characters(codec="ascii"), min_size=1, max_size=8),
}


def of_unit(unit: Any) -> st.SearchStrategy[Any]:
    match unit:
        case Count():
            return st.integers(unit.low, unit.high)
        case Scale():
            return st.floats(unit.from_wire(unit.low), unit.from_wire(unit.high))
        case Flags():
            return st.binary(min_size=2, max_size=2).map(
                lambda octets: unit.from_wire((octets[: -(-unit.size // 8)], 0))
            )
        case LaneTypeAttributes():
            return st.sampled_from(list(LANE_FLAGS)).map(lambda kind: v2x.LaneType(kind=kind))
        case Priority():
            return st.integers(0, 7)
        case Text():
            return st.text(st.sampled_from("施工减速A7 "), min_size=1, max_size=10)
    return PLACES


def fields_of(record: type[msgspec.Struct], profile: v2x.Profile) -> dict[str, tuple[Any, Wire, object]]:
    """Return type, wire and default of the fields that the profile has."""
    hints = get_type_hints(record, include_extras=True)
    fields = {}
    for field in msgspec.structs.fields(record):
        *_, wire = get_args(hints[field.name])
        if wire := wire.within(profile):
            fields[field.name] = wire.bare or hints[field.name], wire, field.default
    return fields


def of_field(field: tuple[Any, Wire, object], profile: v2x.Profile) -> st.SearchStrategy[Any]:
    hint, wire, default = field
    if wire.name == "linkWidth":  # mandatory in one profile, so None by its type only
        return of_unit(wire.unit)
    values = of_type(hint, profile, wire)
    return values if default is msgspec.NODEFAULT else st.just(default) | values


def assert_same(sent: Any, read: Any, profile: v2x.Profile, wire: Wire | None = None) -> None:
    """Compare within half a step of the unit."""
    match sent, wire and wire.unit:
        case Position(), _:
            assert sent.latitude_deg == pytest.approx(read.latitude_deg, abs=0.51e-7)
            assert sent.longitude_deg == pytest.approx(read.longitude_deg, abs=0.51e-7)
            assert sent.elevation_m == pytest.approx(read.elevation_m, abs=0.051)
        case msgspec.Struct(), None:
            assert type(sent) is type(read)
            for name, (_, inner, _) in fields_of(type(sent), profile).items():
                assert_same(getattr(sent, name), getattr(read, name), profile, inner)
        case float(), Scale() as unit:
            step = unit.from_wire(unit.high) - unit.from_wire(unit.high - 1)
            difference = abs(sent - read)
            turn = unit.from_wire(unit.high) + step if unit.circular else math.inf
            assert min(difference, turn - difference) <= step * 0.51
        case tuple(), None:
            assert len(sent) == len(read)
            for one, other in zip(sent, read, strict=True):
                assert_same(one, other, profile)
        case _:
            assert sent == read


@pytest.mark.parametrize("profile", v2x.PROFILES[:2])
@pytest.mark.parametrize("record", get_args(v2x.Message))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_record_survives(profile: v2x.Profile, record: type[v2x.Message], data: st.DataObject) -> None:
    sent = data.draw(of_type(record, profile))
    read = v2x.decode(v2x.encode(sent, profile), profile)
    assert_same(sent, read, profile)
    assert v2x.decode(v2x.encode(read, profile), profile) == read
