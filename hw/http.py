"""Requests that a device posts to us: a listening TCP port, one connection at a time, its octets as they come.

The newest connection of the device is read; those of other addresses are closed and counted (`stranger`).
Reading the requests and answering them is the driver's (`hw/multipart.py`).
"""

from __future__ import annotations

import socket
from collections import Counter
from ipaddress import ip_address

from hw.channel import READ_SIZE, attempt
from hw.endpoint import Http, split_address
from hw.errors import LostError


class HttpChannel:
    """One listening port."""

    datagrams = False

    def __init__(self, place: Http, counters: Counter[str]) -> None:
        self._peer, self._counters = ip_address(place.peer), counters
        host, port = split_address(place.listen)
        self._server = socket.create_server((host, port), family=_family(host), backlog=4)
        self._server.setblocking(False)
        self._connection: socket.socket | None = None

    def fileno(self) -> int:
        """Return the descriptor to poll: of the connection, or of the port where there is none."""
        return (self._connection or self._server).fileno()

    def connected(self) -> bool:
        """Return that requests can come."""
        return True

    def check(self) -> None:
        """Take a newer connection: the device may have left the old one without a word."""
        self._accept()

    def read(self) -> bytes | None:
        """Return octets that the device has posted, None when there are none."""
        if self._connection is None:
            self._accept()
        connection = self._connection
        if connection is None:
            return None
        try:
            data = attempt(lambda: connection.recv(READ_SIZE))
        except LostError:
            data = b""
        if data == b"":
            self._hang_up()
            return None
        return data

    def write(self, data: bytes) -> int:
        """Send an answer; to a device that has hung up it is lost."""
        connection = self._connection
        if connection is None:
            return len(data)
        try:
            return attempt(lambda: connection.send(data)) or 0
        except LostError:
            self._hang_up()
            return len(data)

    def close(self) -> None:
        """Give the port back."""
        self._hang_up()
        self._server.close()

    def _accept(self) -> None:
        while (found := attempt(self._server.accept)) is not None:
            connection, sender = found
            if ip_address(sender[0]) != self._peer:
                self._counters["stranger"] += 1
                connection.close()
                continue
            self._hang_up()
            connection.setblocking(False)
            self._connection = connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
