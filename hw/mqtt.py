"""Messages that a device publishes on an MQTT broker, as datagrams: one message, one datagram.

Paho runs on a thread of its own; its messages come through a pair of sockets, so that the poll loop waits for them as
for every other port, and never for a broker. Messages that the loop does not take in time are dropped and counted
(`overrun`, octets), as the kernel does with datagrams. Nothing is published.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections import Counter
from contextlib import suppress
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from hw import credential
from hw.channel import READ_SIZE, attempt, message
from hw.detail import Detail
from hw.endpoint import BrokerTls, Mqtt, split_address
from hw.errors import LostError, OpenError
from hw.mqtt_client import ClosingClient

KEEP_ALIVE_S = 10
CONNECT_S = 2.0

REFUSED = Detail("the broker refuses: {}", "消息服务器拒绝连接：{}")
BROKER_GONE = Detail("the broker closed the connection", "消息服务器关闭了连接")
DETAILS = (REFUSED, BROKER_GONE)


class MqttChannel:
    """One subscription."""

    datagrams = True

    def __init__(self, place: Mqtt, counters: Counter[str]) -> None:
        self._counters = counters
        self._topic = place.topic
        self._failure: str | None = None
        self._subscribed = self._closed = False
        self._client = ClosingClient(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        self._client.connect_timeout = CONNECT_S
        if place.user is not None:
            self._client.username_pw_set(place.user, credential.first_line(place.password_file) or None)
        if place.tls is not None:
            self._client.tls_set_context(_context(place.tls))
        self._client.on_connect, self._client.on_message = self._connected, self._message
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        threading.Thread(target=self._run, args=split_address(place.broker), daemon=True).start()

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._ours.fileno()

    def connected(self) -> bool:
        """Return whether messages can come; OpenError: the broker cannot be reached or refuses."""
        if self._failure is not None:
            raise OpenError(self._failure)
        return self._subscribed

    def check(self) -> None:
        """Nothing to see: the end of a connection shows at the next read."""

    def read(self) -> bytes | None:
        """Return a message, None when there is none; LostError when the broker is gone."""
        data = attempt(lambda: self._ours.recv(READ_SIZE))
        if data == b"":
            raise LostError(self._failure or BROKER_GONE.en)
        return data

    def write(self, data: bytes) -> int:
        """The device is only listened to."""
        return len(data)

    def close(self) -> None:
        """Give the descriptor back; the thread ends by itself."""
        self._closed = True
        self._ours.close()
        with suppress(OSError, ValueError):
            self._client.disconnect()

    def _run(self, host: str, port: int) -> None:
        try:
            self._client.connect(host, port, KEEP_ALIVE_S)
            if not self._closed:
                self._client.loop_forever()
        except OSError as error:
            self._failure = message(error)
        finally:
            self._theirs.close()

    def _connected(self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._failure = REFUSED.say(str(reason))
            client.disconnect()
        else:
            client.subscribe(self._topic)
            self._subscribed = True

    def _message(self, _client: paho.Client, _data: Any, one: paho.MQTTMessage) -> None:
        try:
            self._theirs.send(one.payload or b"\n")  # a datagram of no octets would look like the end
        except OSError:
            self._counters["overrun"] += len(one.payload)


def _context(tls: BrokerTls) -> ssl.SSLContext:
    """Return a context that verifies the broker's chain and address, with our certificate where there is one."""
    context = ssl.create_default_context(cafile=str(credential.place(tls.ca)))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate is not None and tls.key is not None:
        context.load_cert_chain(credential.place(tls.certificate), credential.place(tls.key))
    return context
