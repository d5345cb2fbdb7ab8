"""Ports of emulated devices that call their host: a publisher on an MQTT broker, a poster of HTTP requests.

Both try again by themselves and drop messages that they cannot send, as devices do.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from sim.openings import MqttPublisher, Poster

AGAIN_S = 0.5


class MqttPort:
    """Publishes each message that is written."""

    byte_ns = 0.0

    def __init__(self, opening: MqttPublisher) -> None:
        self._topic = opening.topic
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect_async(*opening.broker, keepalive=10)
        self._client.loop_start()

    def descriptors(self) -> list[int]:
        """Return nothing: the host says nothing."""
        return []

    def read(self, descriptor: int) -> list[bytes]:
        """Return nothing."""
        return []

    def write(self, data: bytes) -> None:
        """Publish a message."""
        if self._client.is_connected():
            self._client.publish(self._topic, data)

    def close(self) -> None:
        """End the connection."""
        self._client.disconnect()
        self._client.loop_stop()


class PostPort:
    """Sends each request that is written over one connection to the host."""

    byte_ns = 0.0

    def __init__(self, opening: Poster) -> None:
        self._host = opening.host
        self._socket: socket.socket | None = None
        self._tried_s = 0.0

    def descriptors(self) -> list[int]:
        """Return the connection, where there is one."""
        return [self._socket.fileno()] if self._socket else []

    def read(self, descriptor: int) -> list[bytes]:
        """Return the host's answers."""
        data = b""
        if self._socket is not None:
            with suppress(OSError):
                data = self._socket.recv(65536)
        if not data:
            self.close()
        return [data] if data else []

    def write(self, data: bytes) -> None:
        """Send a request; connect first where the host has hung up."""
        if self._socket is None and time.monotonic() - self._tried_s > AGAIN_S:
            self._tried_s = time.monotonic()
            with suppress(OSError):
                self._socket = socket.create_connection(self._host, 0.2)
        if self._socket is not None:
            try:
                self._socket.sendall(data)
            except OSError:
                self.close()

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
