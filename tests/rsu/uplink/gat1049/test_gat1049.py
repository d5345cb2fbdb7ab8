"""GA/T 1049.2, checked by the bench's own transcription of message and object."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from rsu.bus.handover import SKIPPED
from rsu.bus.told import RoadTraffic
from rsu.uplink.dialect import Login
from rsu.uplink.gat1049.dialect import Gat1049
from rsu.uplink.session import StreamWord
from sim.gat1049 import Police
from tests.rsu.uplink import rich, said

DIALECT = Gat1049(said.box(cross_id="44030480000001", maneuvers={("north_in", 1): ["left"], ("north_in", 2): []}))
LOGIN = Login("R1", "box", "secret")


def test_lane_data_in_the_standards_units() -> None:
    (message,) = rich.sent(DIALECT, "traffic")
    content = ElementTree.fromstring(message.body)
    assert (content.findtext("CrossID"), content.findtext("Interval")) == ("44030480000001", "60")
    assert content.findtext("EndTime") == "2026-11-18 19:06:40", "Beijing time"
    lane = {each.tag: each.text for each in content.find("DataList/Data") or ()}
    assert lane == {
        "LaneNo": "2", "Volume": "720", "AvgVehLen": "5.2", "Pcu": "900", "HeadDistance": "50.0", "HeadTime": "5.0",
        "Speed": "36.0", "Saturation": "100.0", "Density": "21", "QueueLength": "31.3", "Occupancy": "12",
    }  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in (*rich.KINDS, SKIPPED) if kind != "traffic"])
def test_nothing_else_is_sent(kind: str) -> None:
    assert rich.sent(DIALECT, kind) == []


def test_a_period_without_a_known_lane_is_not_sent() -> None:
    stranger = rich.told("traffic")
    assert isinstance(stranger, RoadTraffic)
    stranger.period.lanes[:] = [rich.flow(lane=9)]
    assert rich.sent(DIALECT, "traffic", stranger) == []


def test_login_traffic_and_heartbeat() -> None:
    session, police = DIALECT.session(LOGIN), Police("box", "secret")
    heard, answer = police.take(session.hello(said.NOW_NS))
    assert heard[0][1].faults == []
    assert session.received(answer[:50]) + session.received(answer[50:]) == [StreamWord("welcome")]
    (message,) = rich.sent(DIALECT, "traffic")
    heard, answer = police.take(session.octets(message) + session.beat(said.NOW_NS))
    assert [(name, each.faults) for name, each in heard] == [("CrossTrafficData", []), ("SDO_HeartBeat", [])]
    assert session.received(answer) == [StreamWord("beat")]


def test_a_refused_login_says_why() -> None:
    session = DIALECT.session(LOGIN)
    _, answer = Police("box", "other").take(session.hello(said.NOW_NS))
    assert session.received(answer) == [StreamWord("unwelcome", text="unknown user")]


def test_what_is_no_message_is_refused() -> None:
    for octets in (b"<Message><a></Message>", b'<!DOCTYPE x [<!ENTITY a "b">]><Message></Message>', b"x" * 70_000):
        with pytest.raises(ValueError):
            DIALECT.session(LOGIN).received(octets)


def test_the_platform_refuses_without_login_and_wrong_lanes() -> None:
    session, police = DIALECT.session(LOGIN), Police()
    (message,) = rich.sent(DIALECT, "traffic")
    heard, _ = police.take(session.octets(message))
    assert [fault.path for fault in heard[0][1].faults] == ["Token"]
    session.received(police.take(session.hello(said.NOW_NS))[1])
    wrong = message._replace(body=message.body.replace(b"<Volume>720", b"<Volume>-1").replace(b"HeadTime", b"headTime"))
    heard, _ = police.take(session.octets(wrong))
    assert {fault.path for fault in heard[0][1].faults} == {"DataList[0].Volume", "DataList[0].headTime"}
