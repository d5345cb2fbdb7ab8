"""Commands in the uplink process, with paho's own client: not connected, it keeps its publications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from rsu.bus.sockets import Publisher
from rsu.site import box, config
from rsu.site.commands import CommandSettings
from rsu.uplink.client import BrokerLimits
from rsu.uplink.command_service import CommandService
from rsu.uplink.credentials import Credentials
from rsu.uplink.link import BrokerLink
from sim.commands import body

DEMO = Path(__file__).parents[3] / "configs/demo.yaml"
QUERY = "rscu/RSCU-DEMO-1/query/down"
ACK = f"{QUERY}/ack"


class Uplink:
    """The service of a box, and its connection."""

    def __init__(self, folder: Path) -> None:
        loaded = config.load(DEMO)
        commands = CommandSettings.model_validate({"allow": {"query": ["platform"]}})
        uplink = loaded.site.uplink.model_copy(update={"commands": commands})
        self.config = loaded._replace(site=loaded.site.model_copy(update={"uplink": uplink}))
        self.bus = Publisher(folder, "uplink")
        self.service = CommandService(self.config, folder, folder, self.bus)
        self.connect()

    def connect(self) -> None:
        """Make a new connection, on which nothing was published."""
        made: Any = box.make("tits0180", box.box(self.config))
        platform = self.config.site.uplink.platform
        assert platform is not None
        self.link = BrokerLink(platform, "RSCU-DEMO-1", Credentials(None, None, None), made, 1)
        self.link.connected = True

    def give(self, number: int, **said: Any) -> None:
        """Deliver a query. `said`: properties of its PUBLISH."""
        message = paho.MQTTMessage(mid=number, topic=QUERY.encode())
        message.payload, message.qos = body(number, InfoId=0), 1
        message.properties = Properties(PacketTypes.PUBLISH)
        for name, value in said.items():
            setattr(message.properties, name, value)
        assert self.service.port is not None and self.service.port.take(self.link.client, message)

    def turn(self) -> list[tuple[str, dict[str, Any]]]:
        """Let the service work; return topic and content of the answers on this connection."""
        self.service.turn(self.link)
        given = self.link.client._out_messages.values()
        return [(each.topic, json.loads(each.payload)) for each in given]

    def clerk(self) -> Any:
        """Return the clerk behind the service."""
        return self.service._clerk


@pytest.fixture
def uplink(tmp_path: Path) -> Iterator[Uplink]:
    made = Uplink(tmp_path)
    yield made
    made.service.close()
    made.bus.close()


BAD_TOPICS = ["a/#", "a/+", "$SYS/a", "rscu/RSCU-DEMO-1/participant/up", "rsu/RSU-DEMO-1", "rsu/RSU-DEMO-1/rsi/down"]


@pytest.mark.parametrize("topic", BAD_TOPICS)
def test_no_answer_goes_to_a_pattern_or_to_a_topic_of_the_box(uplink: Uplink, topic: str) -> None:
    uplink.give(1, ResponseTopic=topic)
    assert [to for to, _ in uplink.turn()] == [ACK]


def test_an_answer_goes_to_a_topic_of_the_platform(uplink: Uplink) -> None:
    uplink.give(1, ResponseTopic="commander/bench", CorrelationData=b"1")
    assert [to for to, _ in uplink.turn()] == ["commander/bench"]


@pytest.mark.parametrize("topic", BAD_TOPICS)
def test_an_answer_that_an_older_version_kept_for_such_a_topic_is_given_up(uplink: Uplink, topic: str) -> None:
    uplink.give(1)
    uplink.turn()
    journal = uplink.clerk().journal
    journal._db.execute("UPDATE due SET topic = ?", (topic,))
    uplink.connect()
    assert uplink.turn() == [] and journal.unanswered() == []


def test_a_command_that_the_disk_does_not_take_is_tried_again(uplink: Uplink) -> None:
    uplink.turn()
    journal = uplink.clerk().journal
    journal._db.execute("PRAGMA query_only = 1")  # every write fails, as on a file system that has turned read-only
    uplink.give(1)
    uplink.give(2)
    assert uplink.turn() == [] and uplink.service._error is not None
    journal._db.execute("PRAGMA query_only = 0")
    assert [said["seqNum"] for _, said in uplink.turn()] == ["1", "2"]


def test_an_answer_beyond_the_brokers_limit_goes_without_its_content(uplink: Uplink) -> None:
    uplink.link.limits = BrokerLimits(max_packet=250)
    uplink.give(1, CorrelationData=b"c" * 30)
    [(to, said)] = uplink.turn()
    assert to == ACK and set(said) == {"timeStamp", "seqNum", "errorCode", "state"}
    uplink.give(2, CorrelationData=b"c" * 240)
    assert len(uplink.turn()) == 1 and [due.command for due in uplink.clerk().journal.unanswered()] == [1]
