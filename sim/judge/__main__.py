"""`python -m sim.judge --run DIR --reference LAT,LON --node REGION/ID`: judge messages on air until told to stop.

Publishes its verdicts on ZeroMQ PUB `ipc://DIR/judge.ipc` as JSON lines `{"t": s, "kind": KIND, "wrong": [WHY, ...]}`,
one a frame, `t` monotonic seconds; at its end it prints `{"frames": {KIND: n}, "wrong": {KIND: n},
"events": {...}}`, the last one as `sim.judge.events` sums it up.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
import zmq

from perception.geo import Reference
from sim import frames
from sim.judge.judge import Judge

SOCKET = "judge.ipc"
_datagram = msgspec.msgpack.Decoder(tuple[int, bytes]).decode


def judge_until(judge: Judge, folder: Path, air: str, stop: threading.Event) -> None:
    """Feed the judge from its sockets, the world first: the truth must be there."""
    with ExitStack() as stack:
        context = stack.enter_context(zmq.Context())
        world, heard = (stack.enter_context(context.socket(zmq.SUB)) for _ in range(2))
        verdicts = stack.enter_context(context.socket(zmq.PUB))
        verdicts.linger = 0
        verdicts.bind(f"ipc://{folder}/{SOCKET}")
        world.connect(f"ipc://{folder}/{frames.SOCKET}")
        world.subscribe(frames.TOPIC)
        heard.connect(air)
        heard.subscribe(b"tx")
        poller = zmq.Poller()
        poller.register(world, zmq.POLLIN)
        poller.register(heard, zmq.POLLIN)
        while not stop.is_set():
            ready = dict(poller.poll(100))
            if world in ready:
                judge.look(frames.decode(world.recv_multipart()[1]))
            if heard in ready:
                judge.lights.fault = _fault(folder / "signal.fault")
                kind, wrong = judge.frame(*_datagram(heard.recv_multipart()[1]))
                verdicts.send(json.dumps({"t": time.monotonic(), "kind": kind, "wrong": wrong}).encode())


def _fault(path: Path) -> str | None:
    """Return the fault that the bench gave the signal controller, whose lamps then differ from the world's signals."""
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def _node(text: str) -> tuple[int, int]:
    region, number = text.split("/")
    return int(region), int(number)


def _reference(text: str) -> Reference:
    latitude, longitude = map(float, text.split(","))
    return Reference(latitude, longitude)


def main() -> None:
    """Parse the command line, judge until a signal comes, print."""
    parser = argparse.ArgumentParser(prog="python -m sim.judge", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="folder of the bench's sockets")
    parser.add_argument("--air", metavar="ENDPOINT", help="where the radio publishes (default: DIR/air.ipc)")
    parser.add_argument("--reference", type=_reference, required=True, metavar="LAT,LON", help="WGS-84 degrees")
    parser.add_argument("--node", type=_node, required=True, metavar="REGION/ID", help="of the crossing, as surveyed")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    judge = Judge(options.reference, options.node)
    judge_until(judge, options.run, options.air or f"ipc://{options.run}/air.ipc", stop)
    print(json.dumps({"frames": judge.frames, "wrong": judge.wrong, "events": judge.events.summary()}))


if __name__ == "__main__":
    main()
