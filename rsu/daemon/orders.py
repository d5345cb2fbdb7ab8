"""Orders of the supervisor to the zygote, and its news in return: datagrams on a pair of sockets.

Neither side ever waits for the other. Orders that the other does not fetch are dropped, and must not be needed: a
supervisor that starts anew is given the zygote's whole table.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import msgspec

_MOST = 1 << 18  # octets in one datagram
_QUEUE = 1 << 20


class StartOrder(msgspec.Struct, frozen=True, tag=True):
    """Start a process of a site."""

    name: str
    site: str  # path of the site file


class Kill(msgspec.Struct, frozen=True, tag=True):
    """Send a signal to a process that was started."""

    pid: int
    number: int


class Heed(msgspec.Struct, frozen=True, tag=True):
    """The supervisor's sign of life, with the state that the next supervisor needs."""

    memory: bytes


class Reloaded(msgspec.Struct, frozen=True, tag=True):
    """A reload has come to an end."""

    why: str  # why the site before stays in use; empty: the site file as it is now is in use


class Started(msgspec.Struct, frozen=True, tag=True):
    """A process was started."""

    name: str
    pid: int


class Ended(msgspec.Struct, frozen=True, tag=True):
    """A process has ended, or could not be started (pid 0)."""

    name: str
    pid: int
    why: str
    words: str  # its last ones: the end of a traceback, a message; empty: none


class Alive(msgspec.Struct, frozen=True, tag=True):
    """The zygote's sign of life."""


class Reload(msgspec.Struct, frozen=True, tag=True):
    """A reload of the site file was asked for."""


Order = StartOrder | Kill | Heed | Reloaded
News = Started | Ended | Alive | Reload
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Order | News).decode


class OrderLine:
    """One end of the pair."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _QUEUE)
        self._socket = end
        self.broken = False  # the other side is gone

    @classmethod
    def pair(cls) -> tuple[OrderLine, OrderLine]:
        """Return both ends."""
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(one), cls(other)

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        return self._socket.fileno()

    def send(self, message: Order | News) -> None:
        """Send, if the other side has room."""
        with suppress(OSError):
            self._socket.send(_encode(message))

    def received(self) -> Iterator[Order | News]:
        """Yield the messages that have come."""
        while not self.broken:
            try:
                data = self._socket.recv(_MOST)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self.broken = True
                return
            yield _decode(data)

    def close(self) -> None:
        """Close this end."""
        self._socket.close()
