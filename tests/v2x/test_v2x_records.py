"""Records in physical units: meaning beside wire values, clamping, errors, and a round trip of any record."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

import v2x
from v2x import Position
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
    message = bsm(
        position_confidence=v2x.PositionConfidenceSet(position="a2m"),  # must be given in one of them
        safety=v2x.SafetyExtensions(path_history=v2x.PathHistory(initial=initial, points=(crumb,))),
    )
    ydt, csae, old, second = (
        on_wire(message, profile)[1]["safetyExt"]["pathHistory"]["initialPosition"] for profile in v2x.PROFILES
    )
    assert ydt["posAccuracy"] == {"pos": "a2m"}
    assert csae["posAccuracy"] == {"semiMajor": 20, "semiMinor": 10, "orientation": 65535}
    assert csae["posConficence"] == {"pos": "a2m"}
    assert (old.get("posAccuracy"), old["posConfidence"]) == (None, {"pos": "a2m"})
    assert (second["posAccuracy"], second["posConfidence"]) == (csae["posAccuracy"], {"pos": "a2m"})


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
    ("make", "message"),
    [
        (lambda: rsm(), "RoadsideSafetyMessage.participants: 0 elements, expected 1..16"),
        (lambda: rsm(*[participant()] * 17), "RoadsideSafetyMessage.participants: 17 elements, expected 1..16"),
        (lambda: participant(ptc_id=65_536), "Participant.ptc_id: 65536, expected 0..65535"),
        (lambda: participant(ptc_id=-1), "Participant.ptc_id: -1, expected 0..65535"),
        (lambda: participant(id=b"short"), "Participant.id: 5 elements, expected 8..8"),
        (lambda: bsm(msg_cnt=128), "BasicSafetyMessage.msg_cnt: 128, expected 0..127"),
        (lambda: bsm(id=None), "BasicSafetyMessage.id: None, expected 8..8"),
        (lambda: v2x.NodeReferenceId(id=1, region=65_536), "NodeReferenceId.region: 65536, expected 0..65535"),
        (lambda: v2x.Lane(lane_id=1, points=(v2x.RoadPoint(position=RSU),)), "Lane.points: 1 elements, expected 2..31"),
    ],
)
def test_limits_are_checked_on_construction(make: Callable[[], object], message: str) -> None:
    with pytest.raises(v2x.RangeError) as caught:
        make()
    assert str(caught.value) == message


def test_limits_hold_for_records_from_json() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"NodeReferenceId.id: 70000, expected 0..65535"):
        msgspec.convert({"id": 70_000}, v2x.NodeReferenceId)


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (rsm(participant(), participant(ptc_type="tank")), "participants.1.ptc_type"),
        (rsm(participant(transmission="sideways")), "participants.0.transmission"),
        (rsm(participant(size=None)), "participants.0.size"),
        (bsm(brakes=v2x.BrakeSystemStatus(wheels=("fifth",))), "brakes.wheels"),
    ],
)
def test_impossible_input_names_the_field(message: v2x.Message, path: str) -> None:
    with pytest.raises(v2x.EncodeError) as caught:
        v2x.encode(message)
    assert caught.value.path.endswith(path)


def test_link_without_width() -> None:
    link = v2x.Link(upstream=v2x.NodeReferenceId(id=2), lanes=(v2x.Lane(lane_id=1),))
    message = v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=v2x.NodeReferenceId(id=1), position=RSU, links=(link,)),))
    assert v2x.decode(v2x.encode(message, "csae53-2020"), "csae53-2020") == message
    with pytest.raises(v2x.EncodeError, match="linkWidth"):
        v2x.encode(message, "ydt3709-2020")


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"type": "rsmFrame", "colour": 1}, v2x.RoadsideSafetyMessage)
