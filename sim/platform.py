"""The bench's cloud platform: subscribes `rscu/#` on a broker, keeps every record, then acknowledges it.

    python -m sim.platform --run DIR --port N [--json] [--lose-acks SHARE]

Down, on the record's topic with `/ack` behind it, which numbers are kept, and which are refused since they do not fit
the standard (`sim/standard.py`), with an error code of T/ITS 0117 (1 bad parameter) and the reason:

    {"ackList": [{"bootId": "b", "first": 1, "last": 4},
                 {"bootId": "b", "first": 5, "last": 5, "errorCode": 1, "errorDesc": "ptcList[0].ptcId: expected ..."}]}

On SIGTERM or SIGINT it prints the counts (`sim.archive.Summary`), with --json as one object. `--lose-acks` leaves out a
share of the acknowledgements, seeded. TLS: `--tls DIR` with ca.pem, platform.pem, platform.key. A fault of `FAULTS`
named in RUN/platform.fault holds while the file is there.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, SimpleQueue

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sim.archive import Archive, ArchivedMessage
from sim.emulator import FaultFile

_BATCH_S = 0.05
_KEEPALIVE_S = 5
_BAD_PARAMETER = 1  # errorCode
_LONGEST_DESCRIPTION = 128  # characters of errorDesc
LOSE_ACKS, BOGUS_ACKS, SILENT, REFUSE_ALL = "lose-acks", "bogus-acks", "silent", "refuse-all"
SKEWED, SKEW_MS = "skewed", 3_600_000
FAULTS = {
    LOSE_ACKS: "keeps every record, and every acknowledgement is lost",
    BOGUS_ACKS: "acknowledges what was never sent, and says what is no acknowledgement",
    SILENT: "neither keeps nor acknowledges anything",
    REFUSE_ALL: "finds every record wrong",
    SKEWED: "has a clock that is an hour ahead",
}


def ranges(numbers: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join (first, last) pairs that touch."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(numbers):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


class Platform:
    """The client on the broker, and the records that it got."""

    def __init__(
        self,
        archive: Archive,
        port: int,
        lose_acks: float = 0.0,
        tls: Path | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        """Connect, and again whenever the broker comes back."""
        self._archive = archive
        self._lose_acks = lose_acks
        self._ahead_ms = 0  # of its clock
        self._chance = random.Random(7)
        self._inbox: SimpleQueue[tuple[str, bytes]] = SimpleQueue()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id="bench-platform", protocol=paho.MQTTv5)
        if tls is not None:
            self._client.tls_set(str(tls / "ca.pem"), str(tls / "platform.pem"), str(tls / "platform.key"))
        self._client.reconnect_delay_set(1, 2)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.connect_async("localhost" if tls else address, port, _KEEPALIVE_S)
        self._client.loop_start()

    def _on_connect(
        self,
        client: paho.Client,
        userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            print(f"broker refused: {reason}", file=sys.stderr)
        client.subscribe("rscu/#", qos=1)

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        if message.topic.endswith("/up"):
            self._inbox.put((message.topic, bytes(message.payload)))

    def _batch(self) -> list[tuple[str, bytes]]:
        batch = []
        end_s = time.monotonic() + _BATCH_S
        while (left_s := end_s - time.monotonic()) > 0:
            try:
                batch.append(self._inbox.get(timeout=left_s))
            except Empty:
                break
        return batch

    def serve(self, fault: str | None = None) -> None:
        """Take one batch: keep it, then acknowledge it. `fault`: of FAULTS, holds now."""
        self._ahead_ms = SKEW_MS if fault == SKEWED else 0
        by_topic: defaultdict[str, list[ArchivedMessage]] = defaultdict(list)
        for topic, payload in self._batch():
            message = self._archive.read(topic.split("/")[-2], payload) if fault != SILENT else None
            if message is not None and fault == REFUSE_ALL:
                message = message._replace(refusal="everything is wrong today")
            if message is not None:
                by_topic[topic].append(message)
        self._archive.keep([message for messages in by_topic.values() for message in messages])
        for topic, messages in by_topic.items():
            if fault == BOGUS_ACKS:
                self._acknowledge_wrongly(topic, messages)
            elif fault != LOSE_ACKS and self._chance.random() >= self._lose_acks:
                self._acknowledge(topic, messages)

    def _acknowledge(self, topic: str, messages: list[ArchivedMessage]) -> None:
        whole = [message for message in messages if self._archive.is_whole(message)]
        by_answer: defaultdict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for message in whole:
            by_answer[message.boot, message.refusal].append((message.first, message.seq))
        self._answer(topic, [
            {"bootId": boot, "first": first, "last": last}
            | ({"errorCode": _BAD_PARAMETER, "errorDesc": refusal[:_LONGEST_DESCRIPTION]} if refusal else {})
            for (boot, refusal), numbers in by_answer.items()
            for first, last in ranges(numbers)
        ])  # fmt: skip

    def _acknowledge_wrongly(self, topic: str, messages: list[ArchivedMessage]) -> None:
        for boot in {message.boot for message in messages}:
            self._answer(topic, [{"bootId": boot, "first": 1, "last": 1 << 40}])
            self._answer(topic, [{"bootId": "no-boot", "first": 1, "last": 1000}])
        self._client.publish(f"{topic}/ack", b'{"ackList": 7', qos=1)

    def _answer(self, topic: str, ranges_: list[dict[str, object]]) -> None:
        if ranges_:
            reply = {"timeStamp": time.time_ns() // 1_000_000 + self._ahead_ms, "ackList": ranges_}
            self._client.publish(f"{topic}/ack", json.dumps(reply), qos=1)

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()


def _fault(faults: FaultFile) -> str | None:
    try:
        return faults.read()
    except ValueError as error:
        print(error, file=sys.stderr)
        return None


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT, then print the summary."""
    parser = argparse.ArgumentParser(prog="python -m sim.platform", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="folder for platform.sqlite")
    parser.add_argument("--port", type=int, required=True, help="of the broker on this machine")
    parser.add_argument("--address", default="127.0.0.1", help="of the broker (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.add_argument("--lose-acks", type=float, default=0.0, metavar="SHARE", help="0..1, not sent")
    parser.add_argument("--tls", type=Path, help="folder with ca.pem, platform.pem, platform.key")
    options = parser.parse_args(arguments)
    options.run.mkdir(parents=True, exist_ok=True)
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stop.append(number))
    archive = Archive(options.run / "platform.sqlite")
    platform = Platform(archive, options.port, options.lose_acks, options.tls, options.address)
    faults = FaultFile(options.run / "platform.fault", FAULTS)
    while not stop:
        platform.serve(_fault(faults))
    platform.close()
    summary = archive.summary()
    archive.close()
    print(json.dumps(summary) if options.json else "\n".join(f"{name}: {value}" for name, value in summary.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
