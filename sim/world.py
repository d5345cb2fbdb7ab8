"""`python -m sim.world --run DIR [--seed N] [--source sumo|recorded] [--scenario NAME]`: the bench world in real time.

Publishes a `WorldFrame` every 100 ms on ZeroMQ PUB `ipc://DIR/world.ipc`, stamped on the 100 ms grid of UTC, one period
before it is true, and writes them down in `DIR/truth` (`sim/truth_writer.py`). Where SUMO (libsumo) is not installed it
plays a recording of the same world. Ends on SIGINT or SIGTERM.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import zmq

from sim import recorded
from sim.frames import PERIOD_NS, SOCKET, TOPIC, WorldFrame, encode
from sim.recorded import SEED
from sim.scenarios import SCENARIOS
from sim.truth_writer import TruthWriter


def source(name: str, seed: int) -> Iterator[WorldFrame]:
    """Return the frames of the live or the recorded world."""
    if name == "sumo":
        try:
            from sim import traffic  # here, because libsumo is an extra
        except ImportError as error:
            print(f"world: SUMO is not available ({error}), playing the shipped recording", file=sys.stderr)
        else:
            return traffic.frames(seed)
    if seed != SEED:
        print(f"world: the recording has seed {SEED}, not {seed}", file=sys.stderr)
    return recorded.frames()


def publish(frames: Iterator[WorldFrame], socket: zmq.Socket[bytes], truth: TruthWriter, stop: threading.Event) -> None:
    """Publish frames until told to stop, each one period before its stamp; write them down as the truth."""
    frame = next(frames)  # begins the world: takes up to a second
    epoch_ns = (time.time_ns() // PERIOD_NS + 2) * PERIOD_NS
    while not stop.wait((epoch_ns + frame.stamp_ns - PERIOD_NS - time.time_ns()) / 1e9):
        stamped = msgspec.structs.replace(frame, stamp_ns=epoch_ns + frame.stamp_ns)
        socket.send_multipart([TOPIC, encode(stamped)])
        truth.write(stamped)
        frame = next(frames)


def main() -> None:
    """Parse the command line and publish until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m sim.world", description=__doc__)
    parser.add_argument("--run", type=Path, required=True, metavar="DIR", help="folder of the sockets")
    parser.add_argument("--seed", type=int, default=SEED, help="of all randomness (default: %(default)s)")
    parser.add_argument("--source", choices=["sumo", "recorded"], default="sumo", help="default: %(default)s")
    parser.add_argument("--scenario", choices=list(SCENARIOS), help="a scripted scene among the traffic")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    options.run.mkdir(parents=True, exist_ok=True)
    with zmq.Context() as context, context.socket(zmq.PUB) as socket:
        socket.linger = 0
        socket.bind(f"ipc://{options.run}/{SOCKET}")
        with closing(TruthWriter(options.run / "truth")) as truth:
            frames = source(options.source, options.seed)
            scene = SCENARIOS[options.scenario]().play(frames) if options.scenario else frames
            publish(scene, socket, truth, stop)


if __name__ == "__main__":
    main()
