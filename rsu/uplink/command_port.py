"""The commands' side of a connection: MQTT 5, QoS 1, acknowledged to the broker only when the journal has them.

With commands the session outlives its connection: the broker keeps commands for an absent box until they expire.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from queue import SimpleQueue
from typing import NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from rsu.downlink.delivery import CommandAnswer, CommandTopic, Delivery

KIND = "command"  # beside the kinds of records
SESSION_S = 7 * 86_400  # that the broker keeps commands
WAITING = 50  # commands that the broker may hand over before the first is acknowledged
_new_properties: Callable[[int], Properties] = Properties  # its constructor is not annotated


class DeliveredCommand(NamedTuple):
    """One command, and the connection to which it is acknowledged."""

    delivery: Delivery
    answers: str  # topic of its answers
    mid: int
    client: paho.Client


class CommandPort:
    """All connections of a box, one after the other."""

    def __init__(self, topics: Mapping[str, CommandTopic]) -> None:
        """`topics`: topic -> the command that comes on it."""
        self._topics = topics
        self.delivered: SimpleQueue[DeliveredCommand] = SimpleQueue()

    def attach(self, client: paho.Client, connect: Properties) -> None:
        """Prepare a connection before it is made. `connect`: properties of its CONNECT."""
        client.manual_ack_set(True)
        connect.SessionExpiryInterval = SESSION_S
        connect.ReceiveMaximum = WAITING

    def subscribe(self, client: paho.Client) -> Iterator[int]:
        """Subscribe to all topics; yield the number of each packet."""
        for topic in self._topics:
            _, mid = client.subscribe(topic, qos=1)
            yield mid or 0

    def take(self, client: paho.Client, message: paho.MQTTMessage) -> bool:
        """Take a message if it is a command."""
        row = self._topics.get(message.topic)
        if row is None:
            return False
        said, user = message.properties, _user_properties(message.properties)
        delivery = Delivery(
            topic=message.topic,
            command=row.command,
            body=bytes(message.payload),
            utc_ns=time.time_ns(),
            qos=message.qos,
            retained=message.retain,
            expiry_s=getattr(said, "MessageExpiryInterval", None),
            response_topic=getattr(said, "ResponseTopic", ""),
            correlation=getattr(said, "CorrelationData", b""),
            signature=user.get("signature", ""),
            issuer=user.get("issuer", ""),
        )
        self.delivered.put(DeliveredCommand(delivery, row.answers, message.mid, client))
        return True


def acknowledge(command: DeliveredCommand) -> None:
    """Tell the broker that the journal has a command; without effect on a connection that has ended."""
    with suppress(OSError):
        command.client.ack(command.mid, command.delivery.qos)


def say(client: paho.Client, answer: CommandAnswer, qos: int) -> paho.MQTTMessageInfo:
    """Publish an answer."""
    properties = _new_properties(PacketTypes.PUBLISH)
    if answer.correlation:
        properties.CorrelationData = answer.correlation
    return client.publish(answer.topic, answer.body, qos, properties=properties)


def _user_properties(properties: Properties | None) -> dict[str, str]:
    return dict(getattr(properties, "UserProperty", []))
