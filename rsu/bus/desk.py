"""Orders to a running process: one request, one answer, over a ZeroMQ socket in the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import zmq

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.bus.sockets import Bound
from rsu.core.errors import NotReachableError

_WAIT_MS = 3000

Order = TypeVar("Order", bound=msgspec.Struct)
Answer = TypeVar("Answer", bound=msgspec.Struct)
_RUNS_NOT = Detail(
    "no {who} runs in {folder}; name the daemon's run folder with --run",
    "{folder} 中没有运行 {who} 进程；请用 --run 指定守护程序的运行目录",
)
_ANSWERS_NOT = Detail("no {who} answers in {folder}", "{folder} 中的 {who} 进程无应答")


class Desk(Generic[Order, Answer]):
    """The side of the process. `lost`: the answer to a request that is not understood."""

    def __init__(self, place: Path, kind: type[Order], lost: Answer) -> None:
        self._bound = Bound(zmq.REP, place)
        self._socket = self._bound.socket
        self._bound.bind()
        self._kind = kind
        self._lost = lost

    def order(self) -> Order | None:
        """Return an order that waits, to be answered; None: there is none."""
        self._bound.keep()
        try:
            return msgspec.msgpack.decode(self._socket.recv(zmq.NOBLOCK), type=self._kind)
        except zmq.Again:
            return None
        except UNDECODABLE:
            self.answer(self._lost)
            return None

    def answer(self, answer: Answer) -> None:
        """Answer the order that `order` returned."""
        self._socket.send(msgspec.msgpack.encode(answer))

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


def ask(place: Path, order: msgspec.Struct, kind: type[Answer], who: str) -> Answer:
    """Give an order and return the answer. NotReachableError: no process answers there."""
    if not place.exists():
        raise NotReachableError(_RUNS_NOT.of(who=who, folder=place.parent))
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.REQ)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(f"ipc://{place}")
    try:
        socket.send(msgspec.msgpack.encode(order))
        if not socket.poll(_WAIT_MS):
            raise NotReachableError(_ANSWERS_NOT.of(who=who, folder=place.parent))
        return msgspec.msgpack.decode(socket.recv(), type=kind)
    finally:
        socket.close()
