"""Measurements that cannot be sent as they are: clamped, counted by field and reason, and the message goes out."""

from __future__ import annotations

from pathlib import Path

import msgspec

import v2x
from rsu.messages import rsm
from rsu.messages.row import Made
from rsu.site import config
from rsu.station.broadcast import Broadcaster

DEMO = Path(__file__).parents[3] / "configs" / "demo.yaml"
HERE = v2x.Position(latitude_deg=31.2, longitude_deg=121.5)
FAST = v2x.Participant(
    ptc_type="motor",
    ptc_id=1,
    source="integrated",
    sec_mark_ms=None,
    position=HERE,
    position_confidence=v2x.PositionConfidenceSet(position="a1m"),
    speed_mps=400.0,
    heading_deg=90.0,
    size=v2x.Size(width_m=1.8, length_m=4.6),
)


def test_a_speed_that_cannot_be_is_clamped_and_counted() -> None:
    sender = Broadcaster(config.load(DEMO), bytes(16))
    slow = msgspec.structs.replace(FAST, speed_mps=10.0)
    message = v2x.RoadsideSafetyMessage(msg_cnt=0, id=bytes(8), position=HERE, participants=(FAST, slow, FAST))
    (sent,) = sender._frame(rsm.ROW, Made(message), sender.channel.room(0))
    read = v2x.decode(v2x.dsmp.parse(sent.frame).payload)
    assert isinstance(read, v2x.RoadsideSafetyMessage)
    assert [one.speed_mps for one in read.participants] == [163.8, 10.0, 163.8]
    assert sender.counters == {"rsm participants.speed_mps: out of range": 2}
