"""Small worlds whose truth is known at any time, and the world's publisher for emulators in processes of their own."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from socket import create_server
from types import TracebackType
from typing import NamedTuple

import numpy as np
import zmq

from perception.objects import RoadUser
from sim.bench import Bench, load
from sim.frames import PERIOD_NS, SOCKET, TOPIC, WorldFrame, encode

ROOT = Path(__file__).parents[2]
BENCH_FILE = ROOT / "configs" / "demo-bench.yaml"


class User(NamedTuple):
    """A road user on a straight way: where it is at time 0."""

    id: int
    kind: RoadUser
    position_m: tuple[float, float]
    velocity_mps: tuple[float, float] = (0.0, 0.0)
    size_m: tuple[float, float, float] = (4.5, 1.8, 1.5)
    heading_deg: float = 0.0


def bench() -> Bench:
    return load(BENCH_FILE)


def frame(users: list[User], stamp_ns: int = 0, zero_ns: int = 0) -> WorldFrame:
    """Return the world at a time; `zero_ns`: when the users were at their positions."""
    velocity = np.array([user.velocity_mps for user in users], dtype=float).reshape(-1, 2)
    start = np.array([user.position_m for user in users], dtype=float).reshape(-1, 2)
    return WorldFrame(
        stamp_ns=stamp_ns,
        id=np.array([user.id for user in users], dtype=np.int64),
        kind=np.array([user.kind for user in users], dtype=np.int64),
        position_m=start + velocity * (stamp_ns - zero_ns) / 1e9,
        velocity_mps=velocity,
        heading_deg=np.array([user.heading_deg for user in users], dtype=float),
        size_m=np.array([user.size_m for user in users], dtype=float).reshape(-1, 3),
        equipped=np.zeros(len(users), dtype=np.int64),
        signals="",
        cycle_s=0.0,
    )


class World:
    """Publishes users on straight ways every 100 ms, one period ahead, until the block ends."""

    def __init__(self, folder: Path, users: list[User]) -> None:
        self.zero_ns = time.time_ns()
        self._folder = folder
        self._users = users
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._publish)

    def __enter__(self) -> World:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _publish(self) -> None:
        with zmq.Context() as context, context.socket(zmq.PUB) as socket:
            socket.linger = 0
            socket.bind(f"ipc://{self._folder}/{SOCKET}")
            stamp_ns = (time.time_ns() // PERIOD_NS + 1) * PERIOD_NS
            while not self._stop.wait(max(0.0, (stamp_ns - PERIOD_NS - time.time_ns()) / 1e9)):
                socket.send_multipart([TOPIC, encode(frame(self._users, stamp_ns, self.zero_ns))])
                stamp_ns += PERIOD_NS


def free_ports(count: int) -> list[int]:
    """Return TCP ports that are free now."""
    with ExitStack() as stack:
        return [stack.enter_context(create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def own_bench(folder: Path) -> Path:
    """Write the demo bench with ports that are free; return the file."""
    text = BENCH_FILE.read_text()
    used = sorted(set(re.findall(r"127\.0\.0\.1:(\d+)", text)))
    for port, free in zip(used, free_ports(len(used)), strict=True):
        text = text.replace(f":{port}", f":{free}")
    file = folder / "bench.yaml"
    file.write_text(text)
    return file


def start(file: Path, name: str, *options: str) -> subprocess.Popen[bytes]:
    """Start an emulator of a bench file whose run folder is that of the file."""
    command = [sys.executable, "-m", "sim.emulate", str(file), name, "--run", str(file.parent), *options]
    return subprocess.Popen(command, cwd=ROOT)
