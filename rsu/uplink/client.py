"""Paho's MQTT client as the link needs it: it keeps the other side's first octets and a lost connection's error."""

from __future__ import annotations

import ssl
from typing import NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from hw.mqtt_client import ClosingClient
from rsu.uplink.dialect import Login, Publication

_CONNACK, _AUTH = 0x20, 0xF0
_FIRST_OCTETS = 200
_PUBLISH = 10  # octets beside topic and body: fixed header 1 + 4, topic's length 2, packet id 2, properties 1


class BrokerLimits(NamedTuple):
    """Limits in the broker's CONNACK."""

    max_packet: int | None = None  # octets
    max_qos: int = 1

    @property
    def room(self) -> int | None:
        """Return how many octets topic and body of a publication may have together; None: any number."""
        return None if self.max_packet is None else self.max_packet - _PUBLISH


class Client(ClosingClient):
    """One connection; it does not connect again by itself."""

    first = b""
    failure: Exception | None = None

    def allow_in_flight(self, publications: int) -> None:
        """Have at most so many without PUBACK. To be called before the first: paho's own setter comes too early."""
        self._max_inflight_messages = publications

    def _sock_recv(self, bufsize: int) -> bytes:
        try:
            data = super()._sock_recv(bufsize)
            if not self.first:
                self.first = data
                if data and data[0] not in (_CONNACK, _AUTH):
                    self.first += super()._sock_recv(_FIRST_OCTETS)
                    raise ConnectionError("no MQTT broker")
        except BlockingIOError:
            raise
        except OSError as error:
            self.failure = error
            raise
        return data


def make(login: Login, context: ssl.SSLContext | None, will: Publication | None, connect_timeout_s: float) -> Client:
    """Return a client with this login and the last will of a box. `context` None: no TLS."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=login.name, protocol=paho.MQTTv5, reconnect_on_failure=False)
    if context is not None:
        client.tls_set_context(context)
    if login.username is not None:
        client.username_pw_set(login.username, login.password)
    if will is not None:
        client.will_set(will.topic, will.body, will.qos)
    client.connect_timeout = connect_timeout_s
    client.on_socket_register_write = lambda *_: None  # else publish() writes on the caller's thread
    return client
