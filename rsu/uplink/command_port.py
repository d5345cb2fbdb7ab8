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
from rsu.uplink.client import BrokerLimits

KIND = "command"  # beside the kinds of records
SESSION_S = 7 * 86_400  # that the broker keeps commands
WAITING = 50  # commands that the broker may hand over before the first is acknowledged
_CORRELATION = 6  # octets of its property: name 1, length 2, of the length of all properties 3 more
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
        self._answers = {row.answers for row in topics.values()} - {""}
        self._own = {tuple(topic.split("/")[:2]) for topic in topics}  # all topics of the box begin so
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
            response_topic=topic if self._is_foreign(topic := getattr(said, "ResponseTopic", "")) else "",
            correlation=getattr(said, "CorrelationData", b""),
            signature=user.get("signature", ""),
            issuer=user.get("issuer", ""),
        )
        self.delivered.put(DeliveredCommand(delivery, row.answers, message.mid, client))
        return True

    def may_say(self, answer: CommandAnswer, limits: BrokerLimits) -> bool:
        """Tell whether an answer may go out: to the topic of its command or one that is not of this box, and fits."""
        octets = len(answer.topic.encode()) + len(answer.body) + len(answer.correlation) + _CORRELATION
        fits = limits.room is None or octets <= limits.room
        return fits and (answer.topic in self._answers or self._is_foreign(answer.topic))

    def _is_foreign(self, topic: str) -> bool:
        """Tell whether a topic is a name (MQTT 5, 4.7) that is not one of this box."""
        is_name = bool(topic) and topic[0] != "$" and not set(topic) & set("#+\0")
        return is_name and tuple(topic.split("/")[:2]) not in self._own


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
