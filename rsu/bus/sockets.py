"""The bus: ZeroMQ publish-subscribe on ipc sockets in the run folder, msgpack records by the table in `topics`.

Publishing never blocks: records that a slow or dead subscriber does not fetch are dropped for that subscriber alone.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import zmq

from perception.objects import decode_array, encode_array
from rsu.bus import topics

_HEARTBEAT_MS = 1000
_LOOK_S = 1.0
_ENCODER = msgspec.msgpack.Encoder(enc_hook=encode_array)


@functools.cache
def _decoder(record: type[msgspec.Struct]) -> msgspec.msgpack.Decoder[msgspec.Struct]:
    return msgspec.msgpack.Decoder(record, dec_hook=decode_array)  # one for each type of record


def decoded(topic: str, payload: bytes) -> msgspec.Struct:
    """Return the record of a topic's octets."""
    record: msgspec.Struct = _decoder(topics.topic(topic).record).decode(payload)
    return record


class Bound:
    """A ZeroMQ socket at a path in the run folder; bound again when the path is gone, as in an emptied folder."""

    def __init__(self, kind: int, path: Path) -> None:
        self.socket: zmq.Socket[bytes] = zmq.Context.instance().socket(kind)
        self.socket.setsockopt(zmq.LINGER, 0)
        self._path = path
        self._looked_s = time.monotonic()

    def bind(self) -> None:
        """Take the place at the path, from a process before us too."""
        self.socket.bind(f"ipc://{self._path}")

    def keep(self) -> None:
        """See now and then that the path is still there. Connected processes notice nothing."""
        now_s = time.monotonic()
        if now_s - self._looked_s < _LOOK_S:
            return
        self._looked_s = now_s
        if not self._path.exists() and self._path.parent.exists():
            with suppress(zmq.ZMQError):
                self.socket.unbind(f"ipc://{self._path}")
            with suppress(zmq.ZMQError):
                self.bind()


class Publisher:
    """The one socket on which a process publishes all its topics."""

    def __init__(self, run: Path, process: str, queue: int = 2000) -> None:
        self._bound = Bound(zmq.PUB, run / f"{process}.ipc")
        self._socket = self._bound.socket
        self._socket.setsockopt(zmq.SNDHWM, queue)
        self._bound.bind()
        self._process = process

    def publish(self, topic: str, record: msgspec.Struct) -> None:
        """Send one record; `topic` must be one of this process's rows in the table."""
        assert topics.topic(topic).publisher == self._process
        self._bound.keep()
        self._socket.send_multipart((topic.encode(), _ENCODER.encode(record)), zmq.NOBLOCK)

    def close(self) -> None:
        """Close the socket, dropping records not sent."""
        self._socket.close()


class Subscriber:
    """Some topics, from whichever processes publish them, started before or after us."""

    def __init__(self, run: Path, wanted: list[str]) -> None:
        self._socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.RECONNECT_IVL, 50)
        self._socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
        # a publisher that was killed and does not die keeps its end open: only its silence tells that another is there
        self._socket.setsockopt(zmq.HEARTBEAT_IVL, _HEARTBEAT_MS)
        self._socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 2 * _HEARTBEAT_MS)
        self._socket.setsockopt(zmq.HANDSHAKE_IVL, 2 * _HEARTBEAT_MS)
        for publisher in sorted({topics.topic(topic).publisher for topic in wanted}):
            self._socket.connect(f"ipc://{run / publisher}.ipc")
        for topic in wanted:
            self._socket.setsockopt(zmq.SUBSCRIBE, topic.encode())

    def wait(self, timeout_s: float) -> bool:
        """Return whether a record is there, waiting at most `timeout_s`."""
        return bool(self._socket.poll(max(0, round(timeout_s * 1000))))

    def records(self) -> Iterator[tuple[str, msgspec.Struct]]:
        """Yield (topic, record) of everything that is there now, without waiting."""
        return ((topic, decoded(topic, payload)) for topic, payload in self.payloads())

    def payloads(self) -> Iterator[tuple[str, bytes]]:
        """Yield (topic, octets) of everything that is there now, without waiting; `decoded` makes records of them."""
        while True:
            try:
                topic, payload = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            yield topic.decode(), payload

    def join(self, poller: zmq.Poller) -> None:
        """Have a poller that waits for other sockets wait for records too."""
        poller.register(self._socket, zmq.POLLIN)

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when records may be there (edge-triggered: drain it)."""
        return int(self._socket.getsockopt(zmq.FD))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
