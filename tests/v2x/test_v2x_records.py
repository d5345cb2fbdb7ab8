"""Records in physical units: meaning beside wire values."""

from __future__ import annotations

import v2x
from tests.v2x.samples import RSU, bsm, on_wire, participant, rsm
from v2x import Position


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
    states = (
        v2x.PhaseState(
            light="protected-green",
            timing=v2x.CountingDown(start_s=0, min_end_s=12.3, max_end_s=12.3, likely_end_s=12.3),
        ),
        v2x.PhaseState(light="yellow", timing=v2x.UtcTiming(start_s=3599.9, likely_end_s=None)),
        v2x.PhaseState(
            light="red", timing=v2x.CountingDown(start_s=5000.0, likely_end_s=3600.0, confidence_percent=99.6)
        ),
        v2x.PhaseState(light="dark"),
    )
    junction = v2x.IntersectionState(
        intersection_id=v2x.NodeReferenceId(region=310, id=12),
        status=("fixedTimeOperation",),
        phases=(v2x.Phase(phase_id=1, states=states),),
    )
    message = v2x.SignalPhaseAndTiming(msg_cnt=127, moy=527_039, time_stamp_ms=59_999, intersections=(junction,))
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
