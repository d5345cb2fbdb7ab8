"""The bench's platforms that are spoken to over a broker: receive, check every field, count; acknowledge where they do.

python -m sim.mqtt_platforms NAME --port N [--address A] [--json]    (the broker's; NAME: of PLATFORMS)
"""

from __future__ import annotations

import sys
from queue import Empty, SimpleQueue
from typing import Protocol, cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sim import dris, tits0117
from sim.counts import Counts, until_told, wanted
from sim.openv2x_standard import HeardTopic

_KEEPALIVE_S = 5
_LOOK_S = 0.1


class MqttPlatform(Protocol):
    """A module with a platform's tables."""

    FILTER: str

    def read(self, topic: str, payload: bytes) -> HeardTopic:
        """Return the content of a message and its faults."""

    def reply(self, heard: HeardTopic) -> tuple[str, bytes] | None:
        """Return the answer to a message, topic and body."""


PLATFORMS: dict[str, MqttPlatform] = {"dris": cast(MqttPlatform, dris), "tits0117": cast(MqttPlatform, tits0117)}


def _client(platform: MqttPlatform, address: str, port: int, inbox: SimpleQueue[tuple[str, bytes]]) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-platform", protocol=paho.MQTTv5)

    def subscribe(
        client: paho.Client, userdata: object, flags: paho.ConnectFlags, reason: ReasonCode, more: Properties | None
    ) -> None:
        if reason.is_failure:
            print(f"broker refused: {reason}", file=sys.stderr)
        client.subscribe(platform.FILTER, qos=1)

    client.on_connect = subscribe
    client.on_message = lambda client, userdata, message: inbox.put((message.topic, bytes(message.payload)))
    client.reconnect_delay_set(1, 2)
    client.connect_async(address, port, _KEEPALIVE_S)
    client.loop_start()
    return client


def main(arguments: list[str] | None = None) -> int:
    """Hear until SIGTERM or SIGINT, then print the summary."""
    options = wanted("sim.mqtt_platforms", PLATFORMS, arguments)
    platform, counts = PLATFORMS[options.name], Counts()
    inbox: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
    client = _client(platform, options.address, options.port, inbox)
    for _ in until_told():
        try:
            topic, payload = inbox.get(timeout=_LOOK_S)
        except Empty:
            continue
        if topic.endswith(".ACK"):
            continue  # its own
        heard = platform.read(topic, payload)
        counts.take(topic, heard)
        if (answer := platform.reply(heard)) is not None:
            client.publish(*answer, qos=1)
    client.disconnect()
    client.loop_stop()
    counts.print(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
