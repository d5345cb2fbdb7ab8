"""Acknowledgements that are bogus, refuse, come late or get lost: nothing is lost and nothing sent for ever."""

from __future__ import annotations

import json
import socket

import pytest

from rsu.uplink.link import BrokerLink
from tests.rsu.uplink.brokers import Make, acknowledge, answering
from tests.rsu.uplink.wire import Client, Publication, Talk, packet, publish


def test_octets_that_are_no_packet_end_the_connection_only(rig: Make) -> None:
    class Noise(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            client.say(b"\x31\xff\xff\xff\x7f" + bytes(range(256)) * 4)
            client.say(packet(0xB0, b"?"))

    talk = Noise()
    box = rig(talk)
    box.until(lambda: len(talk.connects) >= 2, "it connects again")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b'{"ackList": [{"bootId": "b", "first": 1, "last": 355}]}',
        b'{"ackList": [{"bootId": "other", "first": 1, "last": 1}]}',
        b'{"seqNum": "77"}',
    ],
)
def test_bogus_acknowledgements_free_nothing_and_are_counted(rig: Make, answer: bytes) -> None:
    talk = Talk()
    talk.acknowledge = lambda said: answer
    box = rig(talk)
    for _ in range(10):
        box.add("event")
    box.until(lambda: sum(box.now().stray_acks.values()) >= 10, "they are counted")
    assert (box.now().acknowledged, box.now().waiting) == (0, 10)
    talk.acknowledge = answering().acknowledge
    box.until(lambda: box.now().waiting == 0, "true ones free all", 20)


def test_an_acknowledgement_of_t_its_0117_is_understood(rig: Make) -> None:
    talk = Talk()
    talk.acknowledge = lambda said: json.dumps(
        {"seqNum": str(json.loads(said.payload).get("seqNum", 0)), "errorCode": 0}
    ).encode()
    box = rig(talk)
    box.add("event")
    box.until(lambda: box.now().acknowledged == 1, "it is acknowledged")


def test_a_refused_record_is_set_aside_and_not_sent_again(rig: Make) -> None:
    talk = Talk()

    def judge(said: Publication) -> bytes | None:
        record = json.loads(said.payload)
        if "seqNum" not in record:
            return None
        wrong = {"errorCode": 1, "errorDesc": "ptcId: expected 1..65534"} if record["seqNum"] == 2 else {}
        entry = {"bootId": "b", "first": record["seqNum"], "last": record["seqNum"]}
        return json.dumps({"ackList": [entry | wrong]}).encode()

    talk.acknowledge = judge
    box = rig(talk)
    for _ in range(3):
        box.add("event")
    box.until(lambda: box.now().waiting == 0, "nothing waits")
    box.turn_for(0.7)
    assert [json.loads(said.payload)["seqNum"] for said in talk.heard] == [1, 2, 3]
    state = box.now()
    assert (state.acknowledged, state.refused, state.refusal) == (2, {"event": 1}, "ptcId: expected 1..65534")
    assert "ptcId" in box.until_trouble("has refused 1 event")


def test_not_now_is_sent_again(rig: Make) -> None:
    talk = Talk()
    talk.acknowledge = lambda said: b'{"ackList": [{"bootId": "b", "first": 1, "last": 1, "errorCode": 2}]}'
    box = rig(talk)
    box.add("event")
    box.until(lambda: len(talk.heard) >= 2, "it is sent again")
    talk.acknowledge = answering().acknowledge
    box.until(lambda: box.now().acknowledged == 1, "and then taken")


def test_lost_acknowledgements_pile_up_nothing(rig: Make) -> None:
    """The platform gets every live record at once; the waiting records stay bounded; then all is settled."""
    talk = Talk()
    box = rig(talk)
    for _ in range(200):
        box.add("participant", True)
        box.add("lamp", True)
        box.turn()
    box.until_trouble("acknowledges no records")
    assert box.now().waiting <= 120
    assert len({said.payload for said in talk.heard}) >= 390, "none is held back"
    talk.acknowledge = answering().acknowledge
    box.add("lamp", True)
    box.until(lambda: box.now().waiting == 0, "everything is settled", 20)
    state = box.now()
    assert state.spooled == state.acknowledged + sum(state.evicted.values())


def test_late_acknowledgements_of_an_earlier_connection_count(rig: Make) -> None:
    talk = Talk()
    box = rig(talk)
    box.add("event")
    box.until(lambda: len(talk.heard) == 1, "it is sent")
    first = talk.heard[0]

    class Late(Talk):
        def __call__(self, client: Client) -> None:
            super().__call__(client)

        def _publish(self, client: Client, said: Publication) -> None:
            client.say(publish(f"{first.topic}/ack", acknowledge(first)))

    box.broker.behaviour = Late()  # type: ignore[attr-defined]
    assert isinstance(box.sender.link, BrokerLink)
    box.sender.link.client.socket().shutdown(socket.SHUT_RDWR)
    box.until(lambda: box.now().acknowledged == 1, "the answer is taken")
