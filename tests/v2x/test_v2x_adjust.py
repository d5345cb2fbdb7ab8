"""Measurements that do not travel as they are: said beforehand, and never the end of a message."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

import v2x
from v2x import Position
from v2x.adjust import adjusted

HERE = Position(latitude_deg=31.2, longitude_deg=121.5, elevation_m=4.0)
RSM = v2x.RoadsideSafetyMessage(
    msg_cnt=0,
    id=bytes(8),
    position=HERE,
    participants=(
        v2x.Participant(
            ptc_type="motor",
            ptc_id=1,
            source="integrated",
            sec_mark_ms=None,
            position=HERE,
            position_confidence=v2x.PositionConfidenceSet(position="a1m"),
            speed_mps=13.9,
            heading_deg=90.0,
            size=v2x.Size(width_m=1.8, length_m=4.6),
        ),
    ),
)


def rsm(**changes: Any) -> v2x.RoadsideSafetyMessage:
    participant = msgspec.structs.replace(RSM.participants[0], **changes)
    return msgspec.structs.replace(RSM, participants=(participant,))


def test_nothing_to_say() -> None:
    assert adjusted(RSM) == ()
    assert adjusted(rsm(speed_mps=None, heading_deg=-90.0, steering_deg=None)) == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"speed_mps": 400.0}, "out of range"),
        ({"speed_mps": math.inf}, "no number"),
        ({"position": Position(latitude_deg=91.0, longitude_deg=0.0)}, "out of range"),
    ],
)
def test_reasons(changes: dict[str, Any], reason: str) -> None:
    assert [said.reason for said in adjusted(rsm(**changes))] == [reason]


@pytest.mark.parametrize(
    ("changes", "field", "sent"),
    [
        ({"speed_mps": 400.0}, "speed_mps", 163.8),
        ({"speed_mps": -1.0}, "speed_mps", 0.0),
        ({"speed_mps": math.nan}, "speed_mps", None),
        ({"steering_deg": math.nan}, "steering_deg", None),
        ({"steering_deg": 300.0}, "steering_deg", 189.0),
        ({"heading_deg": math.inf}, "heading_deg", None),
        ({"sec_mark_ms": 60_000}, "sec_mark_ms", 59_999),
        ({"size": v2x.Size(width_m=99.0, length_m=4.6)}, "size.width_m", 10.23),
    ],
)
def test_what_is_said_is_what_is_read(changes: dict[str, Any], field: str, sent: object) -> None:
    message = rsm(**changes)
    (said,) = adjusted(message)
    assert (said.path, said.field, said.sent) == (f"participants.0.{field}", f"participants.{field}", sent)
    read: Any = v2x.decode(v2x.encode(message))
    for name in said.path.split("."):
        read = read[int(name)] if name.isdigit() else getattr(read, name)
    assert read == sent


def test_places() -> None:
    nowhere = Position(latitude_deg=math.nan, longitude_deg=121.5)
    high = Position(latitude_deg=31.2, longitude_deg=121.5, elevation_m=9_000.0)
    assert [(said.path, said.sent) for said in adjusted(rsm(position=nowhere))] == [("participants.0.position", None)]
    (said,) = adjusted(rsm(position=high))
    assert said.sent == Position(latitude_deg=31.2, longitude_deg=121.5, elevation_m=6143.9)


def test_yaw_rate_without_a_code() -> None:
    """The one measurement of vehicles that has no code for unavailable."""
    unknown = v2x.Acceleration(longitudinal_mps2=None, lateral_mps2=None, vertical_mps2=None, yaw_rate_dps=math.nan)
    (said,) = adjusted(rsm(acceleration=unknown))
    assert (said.field, said.sent) == ("participants.acceleration.yaw_rate_dps", 0.0)
    assert v2x.encode(rsm(acceleration=unknown))


def test_text() -> None:
    event = v2x.Event(rte_id=1, event_type=1, source="unknown", description="€" + "x" * 600, confidence_percent=101)
    message = v2x.RoadSideInformation(msg_cnt=0, id=bytes(8), position=HERE, events=(event,))
    assert [said.path for said in adjusted(message)] == ["events.0.description", "events.0.confidence_percent"]


def test_names_of_later_editions() -> None:
    (said,) = adjusted(RSM, "csae53-2017")
    assert (said.path, said.value, said.sent) == ("participants.0.source", "integrated", "unknown")
    read = v2x.decode(v2x.encode(RSM, "csae53-2017"), "csae53-2017")
    assert isinstance(read, v2x.RoadsideSafetyMessage)
    assert read.participants[0].source == "unknown"
