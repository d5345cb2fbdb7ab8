"""The city's client on the broker: batches of records to `Ingest`, its answers back. Messages wait while it is away."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from rsu.city.ingest import Ingest, InMessage

_BATCH_S, _MOST = 0.05, 2000  # a commit costs a sync of the disk: one for many records
_KEEPALIVE_S = 10
_SESSION_S = 7 * 24 * 3600  # how long the broker keeps records for a city that is down


class BrokerAddress(NamedTuple):
    """The broker as the city reaches it."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    ca: str | None = None  # path of the authority's certificate; None: plain


class CityLink:
    """The connection. A message is confirmed to the broker (PUBACK) only when its batch is durable."""

    def __init__(self, address: BrokerAddress, ingest: Ingest) -> None:
        """Connect, and again whenever the broker comes back."""
        self._ingest = ingest
        self._inbox: SimpleQueue[paho.MQTTMessage] = SimpleQueue()
        self.subscribed = threading.Event()  # records of boxes arrive from now on
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id="rsu-city", protocol=paho.MQTTv5, manual_ack=True
        )
        if address.user is not None:
            self._client.username_pw_set(address.user, address.password)
        if address.ca is not None:
            self._client.tls_set(address.ca)
        self._client.reconnect_delay_set(1, 5)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = _SESSION_S
        session.ReceiveMaximum = 65535
        self._client.connect_async(address.host, address.port, _KEEPALIVE_S, clean_start=False, properties=session)
        self._client.loop_start()

    def _on_connect(
        self, client: paho.Client, userdata: object, flags: paho.ConnectFlags, reason: ReasonCode, _: Properties | None
    ) -> None:
        if not reason.is_failure:
            client.subscribe("rscu/+/+/up", qos=1)

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        self._inbox.put(message)

    def _batch(self) -> list[paho.MQTTMessage]:
        batch: list[paho.MQTTMessage] = []
        end_s = time.monotonic() + _BATCH_S
        while len(batch) < _MOST and (left_s := end_s - time.monotonic()) > 0:
            try:
                batch.append(self._inbox.get(timeout=left_s))
            except Empty:
                break
        return batch

    def serve(self, stop: threading.Event) -> None:
        """Take batches until `stop`."""
        while not stop.is_set():
            if batch := self._batch():
                messages = [InMessage(message.topic, bytes(message.payload)) for message in batch]
                for answer in self._ingest.take(messages, time.time_ns() // 1_000_000):
                    self._client.publish(answer.topic, answer.body, qos=1)
                for message in batch:
                    if message.qos:
                        self._client.ack(message.mid, message.qos)
        self._client.disconnect()
        self._client.loop_stop()
