"""`python -m sim.corridor_world --boxes N --run DIR [--seed S]`: the corridor's road in real time, for every box.

Publishes `sim.corridor`'s frames as `sim.world` does, on `ipc://DIR/box-K/world.ipc` about the middle of each box.
"""

from __future__ import annotations

import argparse
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import numpy as np
import zmq

from perception.objects import Floats
from sim import corridor, corridor_site
from sim.frames import PERIOD_NS, SOCKET, TOPIC, WorldFrame, encode

NEAR_M = 300.0  # road users farther from a box are left out of its world


def seen_from(frame: WorldFrame, origin_m: Floats) -> WorldFrame:
    """Return the road users about a place (2,) m, which becomes the origin."""
    place = frame.position_m - origin_m
    near = np.hypot(*place.T) < NEAR_M
    columns = {
        column: getattr(frame, column)[near]
        for column in ("id", "kind", "velocity_mps", "heading_deg", "size_m", "equipped")
    }
    return msgspec.structs.replace(frame, position_m=place[near], **columns)


def publish(boxes: int, seed: int, sockets: Sequence[zmq.Socket[bytes]], stop: threading.Event) -> None:
    """Publish frames until told to stop, each one period before its stamp."""
    place, frames = corridor.layout(boxes), corridor.frames(seed, boxes)
    origins = [np.array(corridor_site.origin(place, box)) for box in range(1, boxes + 1)]
    frame = next(frames)  # begins the world: takes some seconds
    epoch_ns = (time.time_ns() // PERIOD_NS + 2) * PERIOD_NS
    while not stop.wait((epoch_ns + frame.stamp_ns - PERIOD_NS - time.time_ns()) / 1e9):
        stamped = msgspec.structs.replace(frame, stamp_ns=epoch_ns + frame.stamp_ns)
        for socket, origin in zip(sockets, origins, strict=True):
            socket.send_multipart([TOPIC, encode(seen_from(stamped, origin))])
        frame = next(frames)


def main() -> None:
    """Parse the command line and publish until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m sim.corridor_world", description=__doc__)
    parser.add_argument("--boxes", type=int, required=True)
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="folder of the boxes' run folders")
    parser.add_argument("--seed", type=int, default=7, help="of the traffic (default: %(default)s)")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with zmq.Context() as context, ExitStack() as stack:
        sockets = []
        for box in range(1, options.boxes + 1):
            socket = stack.enter_context(context.socket(zmq.PUB))
            socket.linger = 0
            socket.bind(f"ipc://{options.run}/box-{box}/{SOCKET}")
            sockets.append(socket)
        publish(options.boxes, options.seed, sockets, stop)


if __name__ == "__main__":
    main()
