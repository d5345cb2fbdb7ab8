"""The city's client on its broker: batches of records to `Ingest`, its answers back."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from queue import Empty, Queue

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from rsu.city.commands import CommandDesk
from rsu.city.ingest import Ingest, InMessage

_BATCH_S, _MOST = 0.05, 2000  # a commit costs a sync of the disk: one for many records
_WAITING = 20_000  # messages; with more the connection is not read, so that the broker holds them
_AGAIN_S = 1.0  # after a disk that is full or fails
_KEEPALIVE_S = 10
_ANSWERS = "rscu/+/+/down/ack"
_NO_PORT = 1  # paho wants one for a socket too, and does not use it
_SESSION_S = 7 * 24 * 3600  # how long the broker keeps records that it confirmed and the city has not taken
_log = structlog.get_logger()


class CityLink:
    """The connection. A message is confirmed to the broker (PUBACK) only when its batch is durable."""

    def __init__(self, socket: Path, ingest: Ingest, commands: CommandDesk) -> None:
        """Connect, and again whenever the broker comes back."""
        self._ingest, self._commands = ingest, commands
        self._under_way: dict[int, paho.MQTTMessageInfo] = {}  # commands, by their number
        self._inbox: Queue[paho.MQTTMessage] = Queue(_WAITING)
        self.subscribed = threading.Event()  # records of boxes arrive from now on
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id="rsu-city",
            protocol=paho.MQTTv5,
            transport="unix",
            manual_ack=True,
        )
        self._client.reconnect_delay_set(1, 5)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = _SESSION_S
        session.ReceiveMaximum = 65535
        self._client.connect_async(str(socket), _NO_PORT, _KEEPALIVE_S, clean_start=False, properties=session)
        self._client.loop_start()

    def _on_connect(
        self, client: paho.Client, userdata: object, flags: paho.ConnectFlags, reason: ReasonCode, _: Properties | None
    ) -> None:
        if not reason.is_failure:
            client.subscribe([("rscu/+/+/up", 1), (_ANSWERS, 1)])

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        self._inbox.put(message)

    def serve(self, stop: threading.Event) -> None:
        """Take batches until `stop`. While the disk takes none, a batch waits, and nothing is acknowledged."""
        batch: list[paho.MQTTMessage] = []
        while not stop.is_set():
            batch = batch or self._batch()
            try:
                self._take(batch)
            except sqlite3.OperationalError as error:
                _log.error("records of the city not kept", reason=str(error))
                stop.wait(_AGAIN_S)
            else:
                batch = []
                self._command(time.time_ns() // 1_000_000)
        self._client.disconnect()
        self._client.loop_stop()

    def _command(self, now_ms: int) -> None:
        """Give the broker the commands that wait, and note those that it has."""
        for number in [number for number, info in self._under_way.items() if info.rc == 0 and info.is_published()]:
            self._commands.sent(number)
            del self._under_way[number]
        if self._client.is_connected():
            for each in self._commands.waiting(now_ms):
                if each.id not in self._under_way:
                    said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
                    said.MessageExpiryInterval, said.CorrelationData = each.expiry_s, each.correlation
                    said.UserProperty = [("signature", each.signature)]
                    self._under_way[each.id] = self._client.publish(each.topic, each.body, 1, properties=said)
        self._commands.follow(now_ms)

    def _batch(self) -> list[paho.MQTTMessage]:
        batch: list[paho.MQTTMessage] = []
        end_s = time.monotonic() + _BATCH_S
        while len(batch) < _MOST and (left_s := end_s - time.monotonic()) > 0:
            try:
                batch.append(self._inbox.get(timeout=left_s))
            except Empty:
                break
        return batch

    def _take(self, batch: list[paho.MQTTMessage]) -> None:
        now_ms = time.time_ns() // 1_000_000
        records = [message for message in batch if message.topic.endswith("/up")]
        messages = [InMessage(message.topic, bytes(message.payload)) for message in records]
        for answer in self._ingest.take(messages, now_ms):
            self._client.publish(answer.topic, answer.body, qos=1)
        for message in batch:
            if message not in records:
                correlation = getattr(message.properties, "CorrelationData", b"")
                self._commands.answered(message.topic, bytes(message.payload), correlation, now_ms)
            if message.qos:
                self._client.ack(message.mid, message.qos)
