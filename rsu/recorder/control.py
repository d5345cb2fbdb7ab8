"""Orders to the recorder of a running daemon: one request, one answer, over a ZeroMQ socket in the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
import zmq

from rsu.bus import Bound
from rsu.errors import NotReachableError

_WAIT_MS = 3000
SOCKET = "recorder-orders.ipc"  # in the run folder


class Order(msgspec.Struct, frozen=True):
    """What somebody wants of the recorder."""

    verb: Literal["start", "stop", "keep"]
    why: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What came of it."""

    state: str
    files: list[str]  # those that are kept


class Desk:
    """The recorder's side."""

    def __init__(self, run: Path) -> None:
        self._bound = Bound(zmq.REP, run / SOCKET)
        self._socket = self._bound.socket
        self._bound.bind()

    def order(self) -> Order | None:
        """Return an order that waits, to be answered; None: there is none."""
        self._bound.keep()
        try:
            return msgspec.msgpack.decode(self._socket.recv(zmq.NOBLOCK), type=Order)
        except zmq.Again:
            return None
        except msgspec.DecodeError:
            self.answer(Answer("not understood", []))
            return None

    def answer(self, answer: Answer) -> None:
        """Answer the order that `order` returned."""
        self._socket.send(msgspec.msgpack.encode(answer))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def ask(run: Path, order: Order) -> Answer:
    """Give an order and return the answer. NotReachableError: no recorder answers in the run folder."""
    if not (run / SOCKET).exists():
        raise NotReachableError(f"no recorder runs in {run}")
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.REQ)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(f"ipc://{run / SOCKET}")
    try:
        socket.send(msgspec.msgpack.encode(order))
        if not socket.poll(_WAIT_MS):
            raise NotReachableError(f"no recorder answers in {run}")
        return msgspec.msgpack.decode(socket.recv(), type=Answer)
    finally:
        socket.close()
