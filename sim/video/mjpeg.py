"""The camera's side of MJPEG over HTTP: an endless multipart answer, one JPEG a part, to any number of clients."""

from __future__ import annotations

import socket
from contextlib import suppress

from hw.endpoint import SocketAddress

BOUNDARY = b"picture"
ANSWER = b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n\r\n"
REQUEST_END = b"\r\n\r\n"
LONGEST_REQUEST = 8192


class _Client:
    """One connection: its request, and the octets that it has not taken yet."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.asked = b""
        self.unsent = b""

    @property
    def watches(self) -> bool:
        return REQUEST_END in self.asked


class MjpegPort:
    """A port that is written whole JPEGs. A client that is still taking one does not get the next."""

    byte_ns = 0.0

    def __init__(self, listen: SocketAddress) -> None:
        self._server = socket.create_server(listen)
        self._server.setblocking(False)
        self._clients: dict[int, _Client] = {}

    def descriptors(self) -> list[int]:
        """Return the files to poll for reading."""
        return [self._server.fileno(), *self._clients]

    def read(self, descriptor: int) -> list[bytes]:
        """Take connections and requests; nothing of it is for the emulator."""
        if descriptor == self._server.fileno():
            self._accept()
            return []
        client = self._clients[descriptor]
        try:
            data = client.connection.recv(LONGEST_REQUEST)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        begins = not client.watches
        client.asked = (client.asked + data)[:LONGEST_REQUEST]
        if not data:
            self._drop(descriptor)
        elif begins and client.watches:
            client.unsent = ANSWER
            self._flush(descriptor)
        return []

    def write(self, data: bytes) -> None:
        """Send a picture to all clients that wait for one."""
        head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, len(data))
        for descriptor, client in list(self._clients.items()):
            if client.watches and not client.unsent:
                client.unsent = head + data + b"\r\n"
            self._flush(descriptor)

    def close(self) -> None:
        """Close everything."""
        for descriptor in list(self._clients):
            self._drop(descriptor)
        self._server.close()

    def _flush(self, descriptor: int) -> None:
        client = self._clients[descriptor]
        try:
            while client.unsent:
                client.unsent = client.unsent[client.connection.send(client.unsent) :]
        except BlockingIOError:
            return
        except OSError:
            self._drop(descriptor)

    def _drop(self, descriptor: int) -> None:
        self._clients.pop(descriptor).connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            connection, _ = self._server.accept()
            connection.setblocking(False)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients[connection.fileno()] = _Client(connection)
