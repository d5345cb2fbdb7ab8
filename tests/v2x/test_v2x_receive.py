"""Receiving from senders of unknown editions, and from senders of later ones."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import v2x
from tests.v2x import vectors
from v2x import Position
from v2x.receive import receive
from v2x.sanity import doubts
from v2x.schema import decode_value, encode_value
from v2x.values import to_json

HERE = Position(latitude_deg=31.2, longitude_deg=121.5)
NODE = v2x.NodeReferenceId(id=1)


@pytest.mark.parametrize("sent", [pytest.param(each, id=each["name"]) for each in vectors.of_devices()])
@pytest.mark.parametrize("profiles", [v2x.PROFILES, v2x.PROFILES[::-1], v2x.PROFILES[2:] + v2x.PROFILES[:2]])
def test_messages_of_devices_choose_their_edition(sent: dict[str, Any], profiles: tuple[v2x.Profile, ...]) -> None:
    """Whatever edition is tried first; another is chosen only if it reads the very same."""
    data = bytes.fromhex(sent["hex"])
    received = receive(data, profiles)
    assert to_json(decode_value(data, received.profile)) == sent["value"]
    assert [profile for profile, _ in received.refused] == list(profiles[: profiles.index(received.profile)])
    assert received.skipped == ()


@pytest.mark.parametrize("name", ["rsi-paths", "map-crossing"])
def test_what_the_first_phase_one_has_otherwise_is_of_one_edition(name: str) -> None:
    data = bytes.fromhex(vectors.of_device(name)["hex"])
    for profiles in itertools.permutations(v2x.PROFILES):
        received = receive(data, profiles)
        assert (received.profile, received.sane) == ("csae53-2020", True)


def spat() -> v2x.SignalPhaseAndTiming:
    phase = v2x.Phase(phase_id=1, states=(v2x.PhaseState(light="red"),))
    state = v2x.IntersectionState(intersection_id=NODE, status=(), phases=(phase,))
    return v2x.SignalPhaseAndTiming(msg_cnt=1, intersections=(state,))


def test_the_first_of_equal_editions_is_taken() -> None:
    data = v2x.encode(spat())
    assert receive(data, ["csae53-2020", "ydt3709-2020"]).profile == "csae53-2020"
    assert receive(data, ["ydt3709-2020", "csae53-2020"]).profile == "ydt3709-2020"


def test_the_plausible_edition_is_taken() -> None:
    """One octet string, two meanings: the paths of events differ in how they count their points."""
    far = Position(latitude_deg=-31.2, longitude_deg=121.5)
    alert = v2x.RoadSideAlert(
        msg_cnt=1, id=bytes(8), rsi_id=1, alert_type=1, position=HERE, path=(HERE, far), radius_m=1
    )
    received = receive(v2x.encode(alert, "csae53-2017"), ["csae53-2017"])
    assert (received.message, received.sane) == (alert, False)
    assert received.doubts == ("path.1: 6946 km away",)


def test_nothing_reads_it() -> None:
    with pytest.raises(v2x.UnknownMessageError):
        receive(bytes.fromhex("800700000408000540"), ["ydt3709-2020", "csae53-2020"])
    with pytest.raises(v2x.DecodeError) as caught:
        receive(bytes.fromhex("8007000004080005"), ["ydt3709-2020", "csae157-2020"])
    assert not isinstance(caught.value, v2x.UnknownMessageError)
    with pytest.raises(v2x.DecodeError):
        receive(b"", v2x.PROFILES)


@given(st.binary(max_size=60))
def test_any_octets(data: bytes) -> None:
    try:
        received = receive(data, v2x.PROFILES)
    except v2x.DecodeError:
        return
    assert received.profile in v2x.PROFILES


# -- plausible ---------------------------------------------------------------------------------------------------------


def lane(lane_id: int, **changes: Any) -> v2x.Lane:
    return v2x.Lane(lane_id=lane_id, **changes)


def road(*lanes: v2x.Lane, width_m: float = 7.0) -> v2x.MapData:
    link = v2x.Link(upstream=NODE, width_m=width_m, lanes=lanes)
    return v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=NODE, position=HERE, links=(link,)),))


def event(**changes: Any) -> v2x.RoadSideInformation:
    events = (v2x.Event(rte_id=1, event_type=903, source="detection", **changes),)
    return v2x.RoadSideInformation(msg_cnt=0, id=bytes(8), position=HERE, events=events)


def limit(speed_mps: float) -> v2x.MapData:
    return road(lane(1, speed_limits=(v2x.SpeedLimit(type="vehicleMaxSpeed", speed_mps=speed_mps),)))


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (road(lane(1), lane(2)), None),
        (road(lane(1), lane(1)), "nodes.0.links.0: a lane id twice"),
        (road(lane(1), width_m=51), "nodes.0.links.0: 51 m wide"),
        (limit(33.3), None),
        (limit(101), "nodes.0.links.0.lanes.0.speed_limits.0.speed_mps: 101 m/s"),
        (event(position=Position(latitude_deg=31.3, longitude_deg=121.5)), None),
        (event(position=Position(latitude_deg=31.4, longitude_deg=121.5)), "events.0.position: 22 km away"),
        (event(position=Position(latitude_deg=0, longitude_deg=0)), "events.0.position: at latitude 0 and longitude 0"),
        (event(time=v2x.TimeDetails(start_moy=100, end_moy=99)), "events.0.time: ends before it starts"),
        (event(time=v2x.TimeDetails(start_moy=527_000, end_moy=99)), None),  # over the turn of the year
    ],
)
def test_doubts(message: v2x.Message, reason: str | None) -> None:
    found = doubts(message)
    assert reason in found if reason else found == ()


# -- later editions ----------------------------------------------------------------------------------------------------


def test_additions_of_phase_two_are_skipped_by_phase_one() -> None:
    zone = v2x.records.sections.ProhibitedZone(centre=(HERE,) * 4)
    sent = v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=NODE, position=HERE, prohibited=zone),))
    data = v2x.encode(sent, "csae157-2020")
    message, skipped = v2x.read(data, "ydt3709-2020")
    assert message == v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=NODE, position=HERE),))
    assert {entry.path for entry in skipped} == {"MessageFrame.mapFrame.nodes.0"}
    assert all(0 < entry.bit < 8 * len(data) for entry in skipped)
    received = receive(data, ["ydt3709-2020", "csae157-2020"])
    assert (received.message, received.profile, received.skipped) == (sent, "csae157-2020", ())
    only = receive(data, ["ydt3709-2020"])
    assert (only.message, only.skipped, only.sane) == (message, skipped, False)


def test_unknown_enumerators_and_alternatives_do_not_cost_the_rest() -> None:
    """The light of a later edition: extension bit, then a small number that has no name here."""
    data = v2x.encode(spat())
    bits = f"{int.from_bytes(data):0{8 * len(data)}b}"  # no padding
    assert bits.endswith("0000011")  # no extension, no timing; no extension, light 3
    later = bits[:-5] + "10000000"
    octets = int(later.ljust(-(-len(later) // 8) * 8, "0"), 2).to_bytes(-(-len(later) // 8))
    message, (skipped,) = v2x.read(octets)
    assert message.intersections[0].phases[0].states[0].light == "unavailable"
    assert skipped.path.endswith("phaseStates.0.light")
    assert skipped.bit == len(bits) - 5


def test_unknown_message_of_phase_two() -> None:
    data = encode_value(("msgFrameExt", {"messageId": 99, "value": b"\x01\x02"}), "csae157-2020")
    assert to_json(decode_value(data, "csae157-2020")) == ["msgFrameExt", {"messageId": 99, "value": "0102"}]
    with pytest.raises(v2x.UnknownMessageError, match="id 99"):
        v2x.decode(data, "csae157-2020")
