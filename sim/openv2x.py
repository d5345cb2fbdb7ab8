"""The bench's OpenV2X: receives messages on its topics, checks every field (`sim/openv2x_standard.py`), counts.

    python -m sim.openv2x --port N [--address A] [--json]

As the platform does, it acknowledges nothing, and takes a box for online for 15 s after its heartbeat. On SIGTERM or
SIGINT it prints the counts, with --json as one object.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from queue import Empty, SimpleQueue
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sim.openv2x_standard import read

ONLINE_S = 15.0
_KEEPALIVE_S = 5
_EXAMPLES = 5
_LOOK_S = 0.1


class Edge:
    """The platform's memory. Pure: times (monotonic, s) come in."""

    def __init__(self) -> None:
        self._received: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._examples: list[str] = []
        self._boxes: dict[str, dict[str, Any]] = {}  # esn -> INFO
        self._heard_s: dict[str, float] = {}  # esn -> last heartbeat
        self._tracks: set[str] = set()
        self._running: dict[str, int] = {}  # alertID -> eventType

    def take(self, topic: str, payload: bytes, now_s: float) -> None:
        """Take one message."""
        heard = read(topic, payload)
        self._received[heard.kind or "unknown"] += 1
        for fault in heard.faults:
            self._refusals[f"{heard.kind} {fault.reason}"] += 1
        if heard.faults:
            self._examples = [*self._examples, f"{topic}: {heard.faults[0]}"][:_EXAMPLES]
        elif heard.kind == "INFO":
            self._boxes[heard.esn] = heard.content
        elif heard.kind == "HB":
            self._heard_s[heard.esn] = now_s
        elif heard.kind == "RSM":
            users = [user for rsm in heard.content["content"]["rsms"] for user in rsm["participants"]]
            self._tracks |= {user["global_track_id"] for user in users}
        elif heard.kind == "RSI":
            self._events(heard.content["rsiDatas"])

    def _events(self, told: list[dict[str, Any]]) -> None:
        for event in told:
            if event["eventStatus"]:
                self._running[event["alertID"]] = event["eventType"]
            else:
                self._running.pop(event["alertID"], None)

    def summary(self, now_s: float) -> dict[str, Any]:
        """Return the counts."""
        return {
            "received": dict(self._received),
            "refused": sum(self._refusals.values()),
            "refusals": dict(self._refusals),
            "examples": self._examples,
            "boxes": sorted(self._boxes),
            "online": sorted(esn for esn, heard_s in self._heard_s.items() if now_s - heard_s <= ONLINE_S),
            "tracks": len(self._tracks),
            "running": self._running,
        }


def _subscribe(
    client: paho.Client, userdata: object, flags: paho.ConnectFlags, reason: ReasonCode, properties: Properties | None
) -> None:
    if reason.is_failure:
        print(f"broker refused: {reason}", file=sys.stderr)
    client.subscribe("V2X/#", qos=1)


def _connect(address: str, port: int, inbox: SimpleQueue[tuple[str, bytes]]) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-openv2x", protocol=paho.MQTTv5)
    client.reconnect_delay_set(1, 2)
    client.on_connect = _subscribe
    client.on_message = lambda client, userdata, message: inbox.put((message.topic, bytes(message.payload)))
    client.connect_async(address, port, _KEEPALIVE_S)
    client.loop_start()
    return client


def main(arguments: list[str] | None = None) -> int:
    """Hear until SIGTERM or SIGINT, then print the summary."""
    parser = argparse.ArgumentParser(prog="python -m sim.openv2x", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True, help="of the broker")
    parser.add_argument("--address", default="127.0.0.1", help="of the broker (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    options = parser.parse_args(arguments)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stop.append(number))
    inbox: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
    client, edge = _connect(options.address, options.port, inbox), Edge()
    while not stop:
        try:
            edge.take(*inbox.get(timeout=_LOOK_S), time.monotonic())
        except Empty:
            continue
    client.disconnect()
    client.loop_stop()
    summary = edge.summary(time.monotonic())
    print(json.dumps(summary) if options.json else "\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
