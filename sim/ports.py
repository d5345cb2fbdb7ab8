"""The device side of every kind of port: ptys, TCP servers, UDP sockets. Nothing here waits.

Like real devices they send whether a host listens or not: bytes that are not taken are gone.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import tty
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import zmq

from hw.endpoint import SocketAddress
from sim.openings import (
    BenchPublisher,
    LocalSocket,
    MjpegServer,
    MqttPublisher,
    Opening,
    Poster,
    Pty,
    TcpServer,
    UdpSocket,
)
from sim.outward import MqttPort, PostPort
from sim.video.mjpeg import MjpegPort

READ_SIZE = 65536
_SO_TIMESTAMPNS, _TIMESPEC = 35, struct.Struct("@ll")  # Linux: sys/socket.h
BITS_PER_BYTE = 10  # start bit, 8 data bits, stop bit


class DevicePort(Protocol):
    """One open port of an emulated device."""

    byte_ns: float  # time that one byte takes on the wire; 0: no time that matters

    def descriptors(self) -> list[int]:
        """Return the files to poll for reading; asked again before every poll."""

    def read(self, descriptor: int) -> list[bytes]:
        """Return the octets that the host wrote."""

    def write(self, data: bytes) -> None:
        """Send bytes to all that listen."""

    def close(self) -> None:
        """Give everything back."""


def open_port(opening: Opening, folder: Path) -> DevicePort:
    """Open a port of the bench file; raises OSError."""
    if isinstance(opening, Pty):
        return _PtyPort(folder / opening.name, opening.baud)
    if isinstance(opening, TcpServer):
        return _TcpPort(opening.listen)
    if isinstance(opening, LocalSocket):
        return _LocalPort(folder / opening.name)
    if isinstance(opening, MjpegServer):
        return MjpegPort(opening.listen)
    if isinstance(opening, MqttPublisher):
        return MqttPort(opening)
    if isinstance(opening, Poster):
        return PostPort(opening)
    if isinstance(opening, BenchPublisher):
        return _PublisherPort(folder / opening.name, opening.topic)
    return _UdpPort(opening)


class _PtyPort:
    """The master side of a pty; the slave's name stands behind a symlink that is replaced atomically."""

    def __init__(self, link: Path, baud: int) -> None:
        self.byte_ns = BITS_PER_BYTE * 1e9 / baud
        self._link = link
        self._master, slave = os.openpty()
        tty.setraw(slave)
        self._name = os.ttyname(slave)
        os.close(slave)  # with our own end open we could not tell whether a host is there
        os.set_blocking(self._master, False)
        fresh = link.with_name(f"{link.name}.{os.getpid()}")
        fresh.symlink_to(self._name)
        fresh.replace(link)

    def descriptors(self) -> list[int]:
        return [self._master] if self._attended() else []

    def read(self, descriptor: int) -> list[bytes]:
        with suppress(OSError):  # the host has just closed
            return [os.read(descriptor, READ_SIZE)]
        return []

    def write(self, data: bytes) -> None:
        if self._attended():
            with suppress(OSError):  # the host does not read: a UART overruns
                os.write(self._master, data)

    def close(self) -> None:
        os.close(self._master)
        with suppress(FileNotFoundError):
            if self._link.readlink() == Path(self._name):
                self._link.unlink()

    def _attended(self) -> bool:
        poller = select.poll()
        poller.register(self._master, 0)
        return not any(events & select.POLLHUP for _, events in poller.poll(0))


class _TcpPort:
    """A server for many clients; one that does not keep up is dropped."""

    byte_ns = 0.0

    def __init__(self, listen: SocketAddress) -> None:
        self._server = socket.create_server(listen, reuse_port=False)  # sets SO_REUSEADDR
        self._server.setblocking(False)
        self._clients: dict[int, socket.socket] = {}

    def descriptors(self) -> list[int]:
        return [self._server.fileno(), *self._clients]

    def read(self, descriptor: int) -> list[bytes]:
        if descriptor == self._server.fileno():
            self._accept()
            return []
        try:
            data = self._clients[descriptor].recv(READ_SIZE)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self._clients.pop(descriptor).close()
        return [data] if data else []

    def write(self, data: bytes) -> None:
        for descriptor, client in list(self._clients.items()):
            try:
                complete = client.send(data) == len(data)
            except OSError:
                complete = False
            if not complete:
                self._clients.pop(descriptor).close()

    def close(self) -> None:
        for client in (*self._clients.values(), self._server):
            client.close()

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._server.accept()
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients[client.fileno()] = client


class _UdpPort:
    """A bound socket; its datagrams go to its host, listening or not.

    `arrived_ns`: UTC at which the newest datagram came, by the kernel, so that a busy emulator makes no reply late.
    """

    byte_ns = 0.0
    arrived_ns: int | None = None

    def __init__(self, opening: UdpSocket) -> None:
        self._host = opening.host
        self._socket = socket.socket(socket.AF_INET6 if ":" in opening.listen[0] else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(opening.listen)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def descriptors(self) -> list[int]:
        return [self._socket.fileno()]

    def read(self, descriptor: int) -> list[bytes]:
        with suppress(OSError):
            data, stamps, _, _ = self._socket.recvmsg(READ_SIZE, socket.CMSG_SPACE(_TIMESPEC.size))
            for level, kind, stamp in stamps:
                if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
                    seconds, rest_ns = _TIMESPEC.unpack(stamp)
                    self.arrived_ns = seconds * 1_000_000_000 + rest_ns
            return [data]
        return []

    def write(self, data: bytes) -> None:
        with suppress(OSError):
            self._socket.sendto(data, self._host)

    def close(self) -> None:
        self._socket.close()


class _LocalPort:
    """An unbound socket whose datagrams go to the host's, if it is there; nothing comes back."""

    byte_ns = 0.0

    def __init__(self, host: Path) -> None:
        self._host = str(host)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def descriptors(self) -> list[int]:
        return []

    def read(self, descriptor: int) -> list[bytes]:
        return []

    def write(self, data: bytes) -> None:
        with suppress(OSError):
            self._socket.sendto(data, self._host)

    def close(self) -> None:
        self._socket.close()


class _PublisherPort:
    """Messages to all subscribers; nothing ever comes back."""

    byte_ns = 0.0

    def __init__(self, path: Path, topic: bytes) -> None:
        self._topic = topic
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.PUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.bind(f"ipc://{path}")

    def descriptors(self) -> list[int]:
        return []

    def read(self, descriptor: int) -> list[bytes]:
        return []

    def write(self, data: bytes) -> None:
        self._socket.send_multipart([self._topic, data])

    def close(self) -> None:
        self._socket.close()
