"""A small MQTT 5 broker for one client at a time: its real octets on a real socket, behaving as a test wants."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = (
    0x10, 0x20, 0x30, 0x40, 0x80, 0x90, 0xC0, 0xD0, 0xE0,
)  # fmt: skip
MAXIMUM_PACKET_SIZE, RECEIVE_MAXIMUM, MAXIMUM_QOS, SERVER_KEEP_ALIVE = 0x27, 0x21, 0x24, 0x13
_WIDTH = {MAXIMUM_PACKET_SIZE: 4, RECEIVE_MAXIMUM: 2, MAXIMUM_QOS: 1, SERVER_KEEP_ALIVE: 2}


class Packet(NamedTuple):
    """One control packet: first octet, and the octets after the length."""

    head: int
    body: bytes

    @property
    def kind(self) -> int:
        return self.head & 0xF0

    @property
    def size(self) -> int:
        return 1 + len(varint(len(self.body))) + len(self.body)

    @property
    def qos(self) -> int:
        return self.head >> 1 & 3


class Publication(NamedTuple):
    """A PUBLISH, taken apart."""

    topic: str
    mid: int
    payload: bytes
    packet: Packet


def varint(value: int) -> bytes:
    """Return a Variable Byte Integer."""
    octets = bytearray()
    while True:
        value, low = divmod(value, 128)
        octets.append(low | (0x80 if value else 0))
        if not value:
            return bytes(octets)


def packet(head: int, body: bytes) -> bytes:
    return bytes([head]) + varint(len(body)) + body


def connack(reason: int = 0, **properties: int) -> bytes:
    """Return a CONNACK; `properties`: pNN=value by their identifier in hex."""
    found = b"".join(
        bytes([identifier := int(name[1:], 16)]) + value.to_bytes(_WIDTH[identifier], "big")
        for name, value in properties.items()
    )
    return packet(CONNACK, bytes([0, reason]) + varint(len(found)) + found)


def publish(topic: str, payload: bytes) -> bytes:
    """Return a PUBLISH with QoS 0."""
    return packet(PUBLISH, len(topic).to_bytes(2, "big") + topic.encode() + b"\0" + payload)


def publication(found: Packet) -> Publication:
    length = int.from_bytes(found.body[:2], "big")
    topic, rest = found.body[2 : 2 + length].decode(), found.body[2 + length :]
    mid, rest = (int.from_bytes(rest[:2], "big"), rest[2:]) if found.qos else (0, rest)
    return Publication(topic, mid, rest[1 + rest[0] :], found)  # properties are short


class Client:
    """The box's end of one connection, as the broker has it."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line

    def packets(self) -> Iterator[Packet]:
        """Yield the packets until the other side closes."""
        while head := self._read(1):
            length = shift = 0
            while True:
                octet = self._read(1)[0]
                length |= (octet & 0x7F) << shift
                shift += 7
                if not octet & 0x80:
                    break
            yield Packet(head[0], self._read(length))

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self.line.recv(count - len(data))
            if not part:
                return data
            data += part
        return data

    def say(self, data: bytes) -> None:
        self.line.sendall(data)


Behaviour = Callable[[Client], None]


class Broker:
    """Listens, and lets `behaviour` have each connection on a thread of its own."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.connections = 0
        self.behaviour = behaviour
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        try:
            self.behaviour(Client(line))
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def close(self) -> None:
        self._server.close()
        for line in self._lines:
            line.close()


class Talk:
    """An honest broker; the test changes its answers. `heard`: all publications with a number."""

    def __init__(self, **properties: int) -> None:
        self.properties = properties
        self.connack = 0
        self.suback = 1
        self.puback: int | None = 0  # None: never
        self.heard: list[Publication] = []
        self.connects: list[Packet] = []
        self.acknowledge: Callable[[Publication], bytes | None] = lambda _: None

    def __call__(self, client: Client) -> None:
        for found in client.packets():
            if found.kind == CONNECT:
                self.connects.append(found)
                client.say(connack(self.connack, **self.properties))
                if self.connack:
                    return
            elif found.kind == SUBSCRIBE:
                client.say(packet(SUBACK, found.body[:2] + b"\0" + bytes([self.suback])))
            elif found.kind == PINGREQ:
                client.say(packet(PINGRESP, b""))
            elif found.kind == PUBLISH:
                self._publish(client, publication(found))
            elif found.kind == DISCONNECT:
                return

    def _publish(self, client: Client, said: Publication) -> None:
        if b"seqNum" in said.payload:
            self.heard.append(said)
        if said.packet.qos and self.puback is not None:
            client.say(packet(PUBACK, said.mid.to_bytes(2, "big") + bytes([self.puback, 0])))
        answer = self.acknowledge(said)
        if answer is not None:
            client.say(publish(f"{said.topic}/ack", answer))
