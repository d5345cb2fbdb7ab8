"""Channels, which a link opens: one small contract, and the sockets behind it. Nothing here waits.

The methods of a channel raise `OpenError` and `LostError` (`hw/errors.py`) instead of the operating
system's errors; its constructor leaves those to the caller.
"""

from __future__ import annotations

import errno
import os
import select
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from hw import system
from hw.detail import Detail
from hw.endpoint import Endpoint, SocketAddress, Udp, split_address
from hw.errors import LostError, OpenError

READ_SIZE = 65536
STRANGERS_NAMED = 4
DATAGRAMS_PER_READ = 32  # a flood on one socket leaves the others their turn

T = TypeVar("T")

MET_ITSELF = Detail("met itself", "连接到了自身")
CLOSED = Detail("closed by the device", "连接被设备关闭")
GONE = Detail("{} is gone", "{} 已不存在")
DETAILS = (MET_ITSELF, CLOSED, GONE, *system.DETAILS)


class Channel(Protocol):
    """One channel, open or being connected."""

    datagrams: bool

    def fileno(self) -> int:
        """Return the descriptor to poll."""

    def connected(self) -> bool:
        """Return whether bytes can flow; OpenError when they never will."""

    def check(self) -> None:
        """Raise LostError when the channel leads nowhere any more though no read has failed."""

    def read(self) -> bytes | None:
        """Return the octets that are there, None when there are none; LostError at the end."""

    def write(self, data: bytes) -> int:
        """Return how many bytes were taken, 0 when none can be; LostError at the end."""

    def close(self) -> None:
        """Give the descriptor back."""


def open_socket(endpoint: Endpoint, counters: Counter[str]) -> Channel:
    """Open a tcp or udp endpoint; raises OSError."""
    if endpoint.tcp:
        return _TcpChannel(split_address(endpoint.tcp))
    assert endpoint.udp
    return _UdpChannel(endpoint.udp, counters)


class _TcpChannel:
    """A TCP connection that we open."""

    datagrams = False

    def __init__(self, address: SocketAddress) -> None:
        self._socket = _socket(address, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = self._socket.connect_ex(address)
        if code not in (0, errno.EINPROGRESS):
            self.close()
            raise OSError(code, os.strerror(code))

    def fileno(self) -> int:
        return self._socket.fileno()

    def connected(self) -> bool:
        if not select.select([], [self._socket], [], 0)[1]:
            return False
        if code := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OpenError(os.strerror(code))
        # On one host, a connection to a port without a listener can get that very port as its own and meet itself.
        if attempt(lambda: self._socket.getsockname() == self._socket.getpeername()):
            raise OpenError(MET_ITSELF.en)
        return True

    def check(self) -> None:
        """Nothing to see: the end of a connection shows at the next read."""

    def read(self) -> bytes | None:
        data = attempt(lambda: self._socket.recv(READ_SIZE))
        if data == b"":
            raise LostError(CLOSED.en)
        return data

    def write(self, data: bytes) -> int:
        return attempt(lambda: self._socket.send(data)) or 0

    def close(self) -> None:
        self._socket.close()


class _UdpChannel:
    """A bound UDP socket with one peer."""

    datagrams = True

    def __init__(self, place: Udp, counters: Counter[str]) -> None:
        address = split_address(place.listen)
        self._peer, self._any_port = split_address(place.peer), place.any_port
        self._counters = counters
        self._socket = _socket(address, socket.SOCK_DGRAM)
        try:
            self._socket.bind(address)
        except OSError:
            self.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def connected(self) -> bool:
        return True

    def check(self) -> None:
        """Nothing to see: a UDP socket does not know its peer's health."""

    def read(self) -> bytes | None:
        for _ in range(DATAGRAMS_PER_READ):
            received = attempt(lambda: self._socket.recvfrom(READ_SIZE))
            if received is None or self._is_peer(received[1][:2]):
                return received and received[0]
            self._count_stranger("{}:{}".format(*received[1][:2]))
        return None

    def _is_peer(self, sender: SocketAddress) -> bool:
        return sender == self._peer or (self._any_port and sender[0] == self._peer[0])

    def _count_stranger(self, sender: str) -> None:
        """Count a datagram of another sender; the first few are named."""
        self._counters["stranger"] += 1
        name = f"stranger {sender}"
        if name in self._counters or sum(key.startswith("stranger ") for key in self._counters) < STRANGERS_NAMED:
            self._counters[name] += 1

    def write(self, data: bytes) -> int:
        """A datagram is taken whole; one that cannot be sent is lost like any other datagram."""
        with suppress(OSError):
            self._socket.sendto(data, self._peer)
        return len(data)

    def close(self) -> None:
        self._socket.close()


class LocalChannel:
    """A datagram socket in the run folder, for processes of this box that pass on data of their device."""

    datagrams = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        path.unlink(missing_ok=True)  # of a station before us
        try:
            self._socket.bind(str(path))
        except OSError:
            self.close()
            raise
        self._own = path.stat()

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._socket.fileno()

    def connected(self) -> bool:
        """Return that bytes can flow."""
        return True

    def check(self) -> None:
        """Notice that the path leads elsewhere: no process would reach this socket."""
        if not self._path.exists() or not os.path.samestat(self._path.stat(), self._own):
            raise LostError(GONE.say(self._path.name))

    def read(self) -> bytes | None:
        """Return a datagram, None when there is none."""
        return attempt(lambda: self._socket.recv(READ_SIZE))

    def write(self, data: bytes) -> int:
        """No process listens on the other side: bytes on this socket are never answered."""
        return len(data)

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()


def _socket(address: SocketAddress, kind: socket.SocketKind) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, kind)
    made.setblocking(False)
    return made


def attempt(operation: Callable[[], T]) -> T | None:
    """Return the result of the operation, None when it would have to wait; LostError when the channel failed."""
    try:
        return operation()
    except (BlockingIOError, InterruptedError):
        return None
    except OSError as error:
        raise LostError(message(error)) from error


def message(error: Exception) -> str:
    """Return the part of an operating system's error that helps a person."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
