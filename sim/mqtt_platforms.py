"""The bench's platforms that are spoken to over a broker: receive, check every field, count; acknowledge where they do.

    python -m sim.mqtt_platforms NAME --port N [--address A] [--json]

NAME: of PLATFORMS. On SIGTERM or SIGINT the counts are printed, with --json as one object.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections import Counter
from queue import Empty, SimpleQueue
from typing import Any, Protocol, cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sim import dris, tits0117
from sim.openv2x_standard import HeardTopic

_KEEPALIVE_S = 5
_EXAMPLES = 5
_LOOK_S = 0.1


class MqttPlatform(Protocol):
    """A module with a platform's tables."""

    FILTER: str

    def read(self, topic: str, payload: bytes) -> HeardTopic:
        """Return the content of a message and its faults."""

    def reply(self, heard: HeardTopic) -> tuple[str, bytes] | None:
        """Return the answer to a message, topic and body."""


PLATFORMS: dict[str, MqttPlatform] = {"dris": cast(MqttPlatform, dris), "tits0117": cast(MqttPlatform, tits0117)}


class Counts:
    """Messages that a platform has received and refused. Pure."""

    def __init__(self) -> None:
        self._received: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._examples: list[str] = []
        self._boxes: set[str] = set()

    def take(self, topic: str, heard: HeardTopic) -> None:
        """Count one message."""
        self._received[heard.kind or "unknown"] += 1
        for fault in heard.faults:
            self._refusals[f"{heard.kind} {fault.reason}"] += 1
        if heard.faults:
            self._examples = [*self._examples, f"{topic}: {heard.faults[0]}"][:_EXAMPLES]
        else:
            self._boxes.add(heard.esn)

    def summary(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "received": dict(self._received),
            "refused": sum(self._refusals.values()),
            "refusals": dict(self._refusals),
            "examples": self._examples,
            "boxes": sorted(self._boxes),
        }


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
    parser = argparse.ArgumentParser(prog="python -m sim.mqtt_platforms", description=__doc__.splitlines()[0])
    parser.add_argument("name", choices=sorted(PLATFORMS))
    parser.add_argument("--port", type=int, required=True, help="of the broker")
    parser.add_argument("--address", default="127.0.0.1", help="of the broker (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    options = parser.parse_args(arguments)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stop.append(number))
    platform, counts = PLATFORMS[options.name], Counts()
    inbox: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
    client = _client(platform, options.address, options.port, inbox)
    while not stop:
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
    summary = counts.summary()
    print(json.dumps(summary) if options.json else "\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
