"""Brokers as they are met in the field: each fault is named with its cure, and the records flow where they can."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.told import Participants, RoadEvents
from tests.rsu.uplink import said as station
from tests.rsu.uplink.brokers import Make, acknowledge, answering
from tests.rsu.uplink.rig import RSCU, Rig
from tests.rsu.uplink.wire import DISCONNECT, Client, Publication, Talk, connack, packet


def _says(data: bytes) -> Callable[[Client], None]:
    def behave(client: Client) -> None:
        next(client.packets())
        client.say(data)
        time.sleep(0.2)

    return behave


def _waits(client: Client) -> None:
    time.sleep(20)


@pytest.mark.parametrize(
    ("behaviour", "cause", "remedy"),
    [
        (_says(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n"), "speaks HTTP", "MQTT port"),
        (_says(b"SSH-2.0-OpenSSH_9.2\r\n"), "speaks SSH", "MQTT port"),
        (_says(b"\x15\x03\x01\x00\x02\x02\x46"), "speaks TLS", "add tls:"),
        (_says(b"\x20\x02\x00\x01"), "MQTT 3.1.1 only", "needs MQTT 5"),
        (_says(b"\x00\x01\x02\x03binary"), "no MQTT broker", "check host and port"),
        (_says(b""), "closed before the broker has answered", "want TLS"),
        (_says(connack(0x86)), "does not know user and password", "password_file"),
        (_says(connack(0x87)), "does not authorise this box", "allow"),
        (_says(connack(0x85)), "does not accept this box's name", "rscu_sn"),
        (_says(connack(0x88)), "not available", "tried again"),
        (_says(connack(0x97)), "quota", "raise it there"),
        (_says(connack(0xA1)), "cannot be read", "MQTT 5"),  # no reason code of a CONNACK
        (_says(b"\x20\xff\xff\xff\xff\xff"), "cannot be read", "MQTT 5"),
        (_says(b"\x20\x05\x00\x00\x02\x27\x00"), "cannot be read", "MQTT 5"),
        (_waits, "sends nothing", "firewall"),
    ],
)
def test_what_answers_instead_of_a_broker_is_named(
    rig: Make, monkeypatch: pytest.MonkeyPatch, behaviour: Callable[[Client], None], cause: str, remedy: str
) -> None:
    monkeypatch.setattr("rsu.uplink.link.CONNECT_TIMEOUT_S", 0.4)
    box = rig(behaviour)
    box.add()
    trouble = box.until_trouble(cause)
    assert remedy in trouble
    assert not box.now().connected and box.now().error == trouble
    assert box.now().waiting == 1


def test_a_port_where_nobody_listens_and_a_name_that_nobody_knows(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box = Rig(tmp_path / "a", free.getsockname()[1])
    assert "nothing listens" in box.until_trouble("nothing listens")
    box.close()
    box = Rig(tmp_path / "b", 1883, host="no-such-broker.invalid")
    assert "name server" in box.until_trouble("cannot be resolved")
    box.close()


def test_attempts_become_rarer(rig: Make) -> None:
    box = rig(_says(connack(0x86)), reconnect_max_s=60)
    box.turn_for(4.0)
    assert 2 <= box.broker.connections <= 3, "after 0, 1 and 3 s"  # type: ignore[attr-defined]


def test_records_larger_than_a_packet_go_in_parts_or_aside_and_the_rest_flows(rig: Make) -> None:
    talk = answering(p27=600)
    talk.acknowledge = lambda said: _acknowledge_last_part(said)
    box = rig(talk)
    users = station.crowd(100)
    in_parts = box.add("participant", True, Participants(users))
    too_large = box.add("event", told=RoadEvents([station.event(track_ids=[1, 2, 3])], users[:3]))
    after = box.add("event")
    box.until(lambda: box.now().waiting == 0, "everything is sent or aside")
    heard = [json.loads(said.payload) for said in talk.heard]
    assert all(said.packet.size <= 600 for said in talk.heard)
    parts = [record for record in heard if record["seqNum"] == in_parts]
    assert [user["ptcId"] for part in parts for user in part["ptcList"]] == [user.id for user in users]
    box.until(lambda: any(r.get("firstSeqNum") == too_large for r in map(_record, talk.heard)), "its number is told")
    assert after in {record["seqNum"] for record in heard}
    assert box.now().set_aside == {"too-large": 1}
    assert "largest packet" in box.until_trouble("too-large")


def _record(said: Publication) -> dict[str, Any]:
    return dict(json.loads(said.payload))


def _acknowledge_last_part(said: Publication) -> bytes | None:
    record = json.loads(said.payload)
    whole = "seqNum" in record and record.get("partNum") == record.get("partSum")
    return acknowledge(said) if whole else None


def test_a_broker_for_qos_0_only(rig: Make) -> None:
    talk = answering(p24=0)
    box = rig(talk)
    box.add("event")
    box.until(lambda: box.now().acknowledged == 1, "it is acknowledged")
    assert {said.packet.qos for said in talk.heard} == {0}


def test_a_broker_that_takes_no_will_with_qos_1(rig: Make) -> None:
    class Strict(Talk):
        def __call__(self, client: Client) -> None:
            self.connack = 0x9B if len(self.connects) == 0 else 0
            super().__call__(client)

    talk = Strict(p24=0)
    talk.acknowledge = answering().acknowledge
    box = rig(talk)
    box.add("event")
    box.until(lambda: box.now().acknowledged == 1, "the second connection works")
    qos = [connect.body[7] >> 3 & 3 for connect in talk.connects]  # of the will
    assert qos == [1, 0]


def test_never_more_under_way_than_the_broker_allows(rig: Make) -> None:
    talk = answering(p21=2)
    talk.puback = None
    box = rig(talk)
    for _ in range(10):
        box.add("event")
    box.turn_for(1.0)
    assert len([said for said in talk.heard if said.packet.qos]) <= 2


def test_a_kind_that_the_broker_does_not_take_is_named_and_stops_no_other(rig: Make) -> None:
    class Acl(Talk):
        closed = True

        def _publish(self, client: Client, said: Publication) -> None:
            if self.closed:
                self.puback = 0x87 if "/event/" in said.topic else 0
                self.acknowledge = lambda one: (
                    None if "/event/" in one.topic or b"seqNum" not in one.payload else acknowledge(one)
                )
            super()._publish(client, said)

    talk = Acl()
    box = rig(talk)
    for _ in range(5):
        box.add("event")
        box.add("traffic")
    trouble = box.until_trouble("event: not taken")
    assert f"rscu/{RSCU}/event/up" in trouble
    box.until(lambda: box.now().acknowledged == 5, "the others flow")
    before = len(talk.heard)
    box.turn_for(1.5)
    assert len(talk.heard) - before <= 3, "it is tried at growing intervals"
    talk.closed = False
    talk.puback, talk.acknowledge = 0, answering().acknowledge
    box.until(lambda: box.now().waiting == 0, "once it is allowed, all is sent", 20)
    assert box.now().denied == {}


def test_refused_subscriptions_are_named(rig: Make) -> None:
    talk = Talk()
    talk.suback = 0x87
    box = rig(talk)
    assert "acknowledgements not handed over" in box.until_trouble("lamp: ")


def test_nobody_subscribes(rig: Make) -> None:
    talk = Talk()
    talk.puback = 0x10
    box = rig(talk)
    box.add("event")
    trouble = box.until_trouble("acknowledges no records")
    assert "no client subscribes" in trouble and "is it running" in trouble
    state = box.now()
    assert state.connected and state.silent_s is not None and state.silent_s >= 0.3


def test_our_name_used_twice_is_named_and_no_hot_loop(rig: Make) -> None:
    class Takeover(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            client.say(packet(DISCONNECT, b"\x8e\x00"))

    talk = Takeover()
    box = rig(talk)
    trouble = box.until_trouble("under this box's name")
    assert "rscu_sn of its own" in trouble
    began = len(talk.connects)
    box.turn_for(2.5)
    assert len(talk.connects) - began <= 2


def test_a_connection_that_hangs_is_noticed_by_keep_alive(rig: Make) -> None:
    class Hangs(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            time.sleep(30)

    box = rig(Hangs())
    box.until(lambda: box.now().connected, "it is connected")
    box.until_trouble("connection is lost", 6)
