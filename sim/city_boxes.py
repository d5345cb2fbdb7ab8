"""Many boxes of a city on one broker: real records, moved and renumbered, each box with its own serial number.

    python -m sim.city_boxes --records FILE --port N [--boxes N] [--for S] [--connections N] [--answers FILE]

FILE holds one record a line, as a box sent it: {"kind": "participant", "body": {...}}. Every box sends one record of
each kind a second, at its own part of the second, its basic status once; boxes stand on a grid 500 m apart. A record
without an acknowledgement is sent again, as boxes do, also after the broker was away. Prints one JSON object: records
sent and acknowledged, and the time from the first sending to the acknowledgement. `--answers`: file for every
acknowledgement, one JSON list a line: time (s since 1970), box, number.
"""

from __future__ import annotations

import argparse
import json
import math
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

_STAMP, _BEGIN = "8888888888888", "7777777777777"  # stand in a template for the time and for a second before, ms UTC
_SPACING_M, _DEGREE_M = 500.0, 111_320.0
_TIMES = dict.fromkeys(("timeStamp", "timestamp", "signalControllerStamp", "endTime"), _STAMP) | {"startTime": _BEGIN}
_DRAIN_S = 15.0
_BOOT = "bench"
_AGAIN_S = 5.0  # without an acknowledgement for so long, a record is sent again
QOS = {"participant": 0, "lamp": 0}
ONCE = {"basic-status"}  # says where the box is


def moved(value: Any, east_deg: float, north_deg: float) -> Any:
    """Return a record with its places moved and its times taken out."""
    if isinstance(value, list):
        return [moved(each, east_deg, north_deg) for each in value]
    if not isinstance(value, dict):
        return value
    steps = {"longitude": east_deg, "latitude": north_deg}
    return {
        key: int(_TIMES[key]) if key in _TIMES
        else round(each + steps[key], 7) if key in steps
        else moved(each, east_deg, north_deg)
        for key, each in value.items()
    }  # fmt: skip


class _Unacknowledged(NamedTuple):
    """A record that is not acknowledged yet."""

    first_s: float  # monotonic
    last_s: float
    topic: str
    body: bytes
    qos: int


class CityBox:
    """One box: its templates and its numbers."""

    def __init__(self, number: int, side: int, records: dict[str, list[Any]]) -> None:
        self.name = f"BOX-{number:05d}"
        self.offset = (number * 0.618034) % 1.0  # of a second
        north = (number // side) * _SPACING_M / _DEGREE_M
        east = (number % side) * _SPACING_M / _DEGREE_M / math.cos(math.radians(22.5))
        self._templates = {kind: [self._template(each, east, north) for each in rows] for kind, rows in records.items()}
        self.seq = 0
        self.waiting: dict[int, _Unacknowledged] = {}  # by number

    def _template(self, body: Any, east: float, north: float) -> tuple[bytes, bytes]:
        told = {key: each for key, each in moved(body, east, north).items() if key not in ("bootId", "seqNum", "ack")}
        told["rscuSn"] = self.name
        text = json.dumps(told | {"bootId": _BOOT, "seqNum": 0, "ack": True}, separators=(",", ":"))
        head, _, tail = text.partition('"seqNum":0')
        return head.encode(), tail.encode()

    def send(self, client: paho.Client, turn: int) -> None:
        """Send one record of each kind; the basic status only at the first turn."""
        now_ms = time.time_ns() // 1_000_000
        stamp, begin = b"%d" % now_ms, b"%d" % (now_ms - 1000)
        for kind, templates in self._templates.items():
            if kind in ONCE and turn:
                continue
            head, tail = templates[turn % len(templates)]
            self.seq += 1
            body = (
                head.replace(_STAMP.encode(), stamp).replace(_BEGIN.encode(), begin) + b'"seqNum":%d' % self.seq + tail
            )
            now_s = time.monotonic()
            record = _Unacknowledged(now_s, now_s, f"rscu/{self.name}/{kind}/up", body, QOS.get(kind, 1))
            self.waiting[self.seq] = record
            client.publish(record.topic, record.body, record.qos)

    def again(self, client: paho.Client) -> None:
        """Send records again that have waited too long."""
        now_s = time.monotonic()
        for number, record in [*self.waiting.items()]:  # answers come meanwhile
            if now_s - record.last_s > _AGAIN_S and number in self.waiting:
                self.waiting[number] = record._replace(last_s=now_s)
                client.publish(record.topic, record.body, record.qos)


class CityLoad:
    """The boxes of one connection."""

    def __init__(self, boxes: list[CityBox], port: int) -> None:
        self.boxes = {box.name: box for box in boxes}
        self.took_s: list[float] = []
        self.refused = 0
        self.answers: list[tuple[float, str, int]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.max_inflight_messages_set(1000)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.reconnect_delay_set(1, 2)
        self._client.connect("127.0.0.1", port, 30)
        self._client.loop_start()

    def _on_connect(self, client: paho.Client, *_: object) -> None:
        for name in self.boxes:
            client.subscribe(f"rscu/{name}/+/up/ack")

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        now, box = time.monotonic(), self.boxes[message.topic.split("/")[1]]
        for entry in json.loads(message.payload)["ackList"]:
            for number in range(entry["first"], entry["last"] + 1):
                if (sent := box.waiting.pop(number, None)) is not None:
                    self.took_s.append(now - sent.first_s)
                    self.answers.append((time.time(), box.name, number))
                    self.refused += entry.get("errorCode", 0) != 0

    def run(self, seconds: float) -> None:
        """Send for some seconds, then wait for the last answers."""
        begin = time.monotonic()
        plan = sorted(self.boxes.values(), key=lambda box: box.offset)
        for turn in range(round(seconds)):
            for box in plan:
                left = begin + turn + box.offset - time.monotonic()
                if left > 0:
                    time.sleep(left)
                box.send(self._client, turn)
                box.again(self._client)
        end = time.monotonic() + _DRAIN_S
        while any(box.waiting for box in plan) and time.monotonic() < end:
            time.sleep(0.1)
            for box in plan:
                box.again(self._client)
        self.lasted_s = time.monotonic() - begin
        self._client.disconnect()
        self._client.loop_stop()


def main() -> None:
    """Run, then print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--records", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--boxes", type=int, default=100)
    parser.add_argument("--for", dest="seconds", type=float, default=30.0)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--answers", type=Path)
    options = parser.parse_args()
    records: defaultdict[str, list[Any]] = defaultdict(list)
    for line in options.records.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        records[row["kind"]].append(row["body"])
    side = math.ceil(math.sqrt(options.boxes))
    boxes = [CityBox(number, side, records) for number in range(options.boxes)]
    loads = [CityLoad(boxes[first :: options.connections], options.port) for first in range(options.connections)]
    time.sleep(1.0)  # subscriptions
    threads = [threading.Thread(target=load.run, args=(options.seconds,)) for load in loads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if options.answers is not None:
        lines = [json.dumps(each) for load in loads for each in load.answers]
        options.answers.write_text("\n".join(lines), encoding="utf-8")
    took = sorted(each for load in loads for each in load.took_s)
    print(json.dumps({
        "boxes": options.boxes,
        "sent": sum(box.seq for box in boxes),
        "acknowledged": len(took),
        "refused": sum(load.refused for load in loads),
        "p50_s": round(took[len(took) // 2], 3) if took else None,
        "p99_s": round(took[len(took) * 99 // 100], 3) if took else None,
        "lasted_s": round(max(load.lasted_s for load in loads), 1),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
