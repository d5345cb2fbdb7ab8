"""Values that cannot be sent: clamped, left out, or refused with the name of the field."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest

import v2x
from tests.v2x.samples import RSU, bsm, on_wire, participant, rsm


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
        (bsm(brakes=v2x.BrakeSystemStatus(wheels=cast("Any", ("fifth",)))), "brakes.wheels"),
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
