"""The city's client on its broker: batches of records to `Ingest`, its answers back."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import NamedTuple

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from rsu.city.commands import CommandDesk
from rsu.city.ingest import Ingest, InMessage
from rsu.city.store import NotKeptError

RECORDS = "rscu/+/+/up"
_BATCH_S, _MOST = 0.05, 2000  # a commit costs a sync of the disk: one for many records
_WAITING = 20_000  # messages; with more the connection is not read, so that the broker holds them
_AGAIN_S = 1.0  # after a disk that is full or fails, or a log without a leader
_KEEPALIVE_S = 10
_ANSWERS = "rscu/+/+/down/ack"
_NO_PORT = 1  # paho wants one for a socket too, and does not use it
_log = structlog.get_logger()

_Message = tuple[int, paho.MQTTMessage]  # the connection on which a message came: another one has other numbers


class BrokerDial(NamedTuple):
    """How the broker is reached."""

    client: str  # its name there
    host: str  # or the path of a socket
    port: int | None = None  # None: a socket
    username: str | None = None
    password: str | None = None
    ca: Path | None = None  # None: plain
    topic: str = RECORDS
    session_s: int = 0  # how long the broker keeps the session of a client that is away


class CityLink:
    """The connection. A message is confirmed to the broker (PUBACK) only when its batch is durable."""

    def __init__(self, dial: BrokerDial, ingest: Ingest, commands: CommandDesk | None = None) -> None:
        """Connect, and again whenever the broker comes back. `commands` None: records alone."""
        self._dial, self._ingest, self._commands = dial, ingest, commands
        self._under_way: dict[int, paho.MQTTMessageInfo] = {}  # commands, by their number
        self._inbox: Queue[_Message] = Queue(_WAITING)
        self._connection = 0
        self.subscribed = threading.Event()  # records of boxes arrive from now on
        self._client = _client(dial)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = dial.session_s
        session.ReceiveMaximum = 65535
        port = _NO_PORT if dial.port is None else dial.port
        self._client.connect_async(dial.host, port, _KEEPALIVE_S, clean_start=dial.session_s == 0, properties=session)
        self._client.loop_start()

    def _on_connect(
        self, client: paho.Client, userdata: object, flags: paho.ConnectFlags, reason: ReasonCode, _: Properties | None
    ) -> None:
        if reason.is_failure:
            _log.error("broker refused the city", reason=str(reason))
        else:
            self._connection += 1
            client.subscribe([(topic, 1) for topic in (self._dial.topic, *([_ANSWERS] if self._commands else []))])

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        self._inbox.put((self._connection, message))

    def serve(self, stop: threading.Event) -> None:
        """Take batches until `stop`. While no batch can be kept, it waits, and nothing is acknowledged."""
        batch: list[_Message] = []
        while not stop.is_set():
            batch = batch or self._batch()
            try:
                self._take(batch)
            except NotKeptError as error:
                _log.error("records of the city not kept", reason=str(error))
                stop.wait(_AGAIN_S)
            else:
                batch = []
                if self._commands is not None:
                    self._command(self._commands, time.time_ns() // 1_000_000)
        self._client.disconnect()
        self._client.loop_stop()

    def _command(self, desk: CommandDesk, now_ms: int) -> None:
        """Give the broker the commands that wait, and note those that it has."""
        for number in [number for number, info in self._under_way.items() if info.rc == 0 and info.is_published()]:
            desk.sent(number)
            del self._under_way[number]
        if self._client.is_connected():
            for each in desk.waiting(now_ms):
                if each.id not in self._under_way:
                    said = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
                    said.MessageExpiryInterval, said.CorrelationData = each.expiry_s, each.correlation
                    said.UserProperty = [("signature", each.signature)]
                    self._under_way[each.id] = self._client.publish(each.topic, each.body, 1, properties=said)
        desk.follow(now_ms)

    def _batch(self) -> list[_Message]:
        batch: list[_Message] = []
        end_s = time.monotonic() + _BATCH_S
        while len(batch) < _MOST and (left_s := end_s - time.monotonic()) > 0:
            try:
                batch.append(self._inbox.get(timeout=left_s))
            except Empty:
                break
        return batch

    def _take(self, batch: list[_Message]) -> None:
        now_ms = time.time_ns() // 1_000_000
        records = [message for _, message in batch if message.topic.endswith("/up")]
        messages = [InMessage(message.topic, bytes(message.payload)) for message in records]
        for answer in self._ingest.take(messages, now_ms):
            self._client.publish(answer.topic, answer.body, qos=1)
        for connection, message in batch:
            if self._commands is not None and not message.topic.endswith("/up"):
                correlation = getattr(message.properties, "CorrelationData", b"")
                self._commands.answered(message.topic, bytes(message.payload), correlation, now_ms)
            if message.qos and connection == self._connection:
                self._client.ack(message.mid, message.qos)


def _client(dial: BrokerDial) -> paho.Client:
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=dial.client,
        protocol=paho.MQTTv5,
        transport="unix" if dial.port is None else "tcp",
        manual_ack=True,
    )
    client.reconnect_delay_set(1, 5 if dial.port is None else 2)
    if dial.username is not None:
        client.username_pw_set(dial.username, dial.password)
    if dial.ca is not None:
        client.tls_set(str(dial.ca))
    return client
