"""The ports that emulated devices open."""

from __future__ import annotations

from typing import NamedTuple

from hw.endpoint import SocketAddress


class Pty(NamedTuple):
    """A serial port: a pty behind a symlink in the run folder, its output paced as by this baud rate."""

    name: str
    baud: int


class TcpServer(NamedTuple):
    """A listening TCP socket for any number of clients; each gets everything."""

    listen: SocketAddress


class UdpSocket(NamedTuple):
    """A bound UDP socket that sends to one host."""

    listen: SocketAddress
    host: SocketAddress


class LocalSocket(NamedTuple):
    """A process of the box itself, whose datagrams go to a local socket of the run folder."""

    name: str


class MjpegServer(NamedTuple):
    """A listening HTTP socket whose every answer is the same film."""

    listen: SocketAddress


class BenchPublisher(NamedTuple):
    """A ZeroMQ publisher in the run folder: for the bench itself to watch, on no wire of the device."""

    name: str
    topic: bytes


class MqttPublisher(NamedTuple):
    """Messages that a device publishes on a broker, under one topic."""

    broker: SocketAddress
    topic: str


class Poster(NamedTuple):
    """Requests that a device posts to its host, over one connection."""

    host: SocketAddress


Opening = Pty | TcpServer | UdpSocket | LocalSocket | MjpegServer | BenchPublisher | MqttPublisher | Poster
