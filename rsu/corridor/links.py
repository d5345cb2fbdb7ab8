"""The sockets between boxes: each publishes its tracks on one port and subscribes to each neighbour's.

CURVE proves both ends by their keys and enciphers; a key that is not a neighbour's is refused. Only the newest message
counts, so that none waits in a queue: a box that cannot be reached costs nothing, and is reached again by itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import zmq
from zmq.auth.thread import ThreadAuthenticator

from rsu.corridor.keys import KeyPair
from rsu.site.corridor import CorridorLinkSettings

_HEARTBEAT_MS = 1000
_RECONNECT_MS = 100, 2000
_MOST_OCTETS = 1 << 20  # of a message


class _Known:
    """The keys that may connect, Z85; pyzmq asks."""

    def __init__(self, keys: set[bytes]) -> None:
        self._keys = keys

    def callback(self, domain: str, key: bytes) -> bool:
        """Return whether the owner of a public key may connect."""
        return key in self._keys


class NeighbourLinks:
    """All sockets of a box."""

    def __init__(self, settings: CorridorLinkSettings, pair: KeyPair) -> None:
        """Listen and connect. zmq.ZMQError: the address cannot be listened on."""
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._gate = ThreadAuthenticator(self._context)
        self._gate.start()
        known = _Known({each.public_key.encode() for each in settings.neighbours.values()})
        self._gate.configure_curve_callback(credentials_provider=known)
        self._outlet = self._socket(zmq.PUB, pair)
        self._outlet.curve_server = True
        self._inlets = {name: self._inlet(pair, each.public_key) for name, each in settings.neighbours.items()}
        try:
            self._outlet.bind(f"tcp://{settings.listen}")
            for name, each in settings.neighbours.items():
                self._inlets[name].connect(f"tcp://{each.address}")
        except zmq.ZMQError:
            self.close()
            raise

    def _socket(self, kind: int, pair: KeyPair) -> zmq.Socket[bytes]:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.ipv6 = True
        socket.heartbeat_ivl, socket.heartbeat_timeout = _HEARTBEAT_MS, 3 * _HEARTBEAT_MS
        socket.maxmsgsize = _MOST_OCTETS
        socket.conflate = True
        socket.curve_publickey, socket.curve_secretkey = pair
        return socket

    def _inlet(self, pair: KeyPair, public_key: str) -> zmq.Socket[bytes]:
        socket = self._socket(zmq.SUB, pair)
        socket.curve_serverkey = public_key.encode()
        socket.reconnect_ivl, socket.reconnect_ivl_max = _RECONNECT_MS
        socket.subscribe(b"")
        return socket

    def join(self, poller: zmq.Poller) -> None:
        """Have a poller wait for messages of neighbours."""
        for socket in self._inlets.values():
            poller.register(socket, zmq.POLLIN)

    def messages(self) -> Iterator[tuple[str, bytes]]:
        """Yield (neighbour, message) of the newest messages that are there."""
        for name, socket in self._inlets.items():
            try:
                yield name, socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                continue

    def send(self, message: bytes) -> None:
        """Send to all neighbours that are there, without waiting."""
        self._outlet.send(message, zmq.NOBLOCK)

    def close(self) -> None:
        """Close all sockets."""
        self._outlet.close()
        for socket in self._inlets.values():
            socket.close()
        self._gate.stop()
        self._context.term()
