"""One emulated device as a process, a small world around it, and the daemon's side of its ports."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec
import numpy as np
import zmq
from ruamel.yaml import YAML

from hw.device import Device, build
from hw.registry import driver_class
from hw.rounds import poll
from perception.objects import Measurement, encode_array
from sim.frames import PERIOD_NS, WorldFrame

REFERENCE = {"latitude_deg": 22.5431, "longitude_deg": 114.0579, "elevation_m": 12.0}
CYCLE_S = 60


def world(stamp_ns: int, vehicles: int = 6) -> WorldFrame:
    """Return equipped cars on a ring of 60 m around the reference, at 10 m/s."""
    angle = stamp_ns / 1e9 % 3600 / 6 + np.arange(vehicles)  # rad, clockwise from north
    ahead = np.stack([np.cos(angle), -np.sin(angle)], axis=1)
    return WorldFrame(
        stamp_ns=stamp_ns,
        id=np.arange(1, vehicles + 1),
        kind=np.ones(vehicles, dtype=np.int64),
        position_m=60 * np.stack([np.sin(angle), np.cos(angle)], axis=1),
        velocity_mps=10 * ahead,
        heading_deg=np.degrees(angle + np.pi / 2) % 360,
        size_m=np.tile([4.6, 1.8, 1.5], (vehicles, 1)),
        equipped=np.ones(vehicles, dtype=np.int64),
        signals="",
        cycle_s=stamp_ns / 1e9 % CYCLE_S,
    )


class Rig:
    """Runs the emulator of one bench entry, publishes the world, and serves the device that reads it."""

    def __init__(
        self, folder: Path, name: str, spec: dict[str, object], kind: str, settings: dict[str, object]
    ) -> None:
        self._folder = folder
        self._name = name
        self._bench = folder / "bench.yaml"
        bench = {
            "version": 1,
            "reference": REFERENCE,
            "seed": 7,
            "world": {"source": "sumo"},
            "emulators": {name: spec},
        }
        YAML().dump(bench, self._bench)
        checked = driver_class(kind).Settings.model_validate(settings)
        self.device: Device = build(name, kind, checked, folder, time.time_ns)
        self._emulator: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._publisher = threading.Thread(target=self._publish)

    def __enter__(self) -> Self:
        self._publisher.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._stop.set()
        self._publisher.join()
        self.device.close()

    def start(self) -> None:
        """Start the emulator's process."""
        command = ["sim.emulate", str(self._bench), self._name, "--run", str(self._folder)]
        self._emulator = subprocess.Popen([sys.executable, "-m", *command])

    def kill(self) -> None:
        """Cut its power."""
        if self._emulator is not None:
            self._emulator.kill()
            self._emulator.wait()
            self._emulator = None

    def until(self, reached: Callable[[list[Measurement]], bool], within_s: float) -> list[Measurement]:
        """Serve the device until its measurements since the call satisfy a condition; fail when they do not in time."""
        found: list[Measurement] = []
        deadline = time.monotonic() + within_s
        while not reached(found):
            assert time.monotonic() < deadline, f"not within {within_s} s: {len(found)} measurements, {self.health()}"
            found += poll([self.device], 0.02, time.time_ns)
        return found

    def health(self) -> str:
        """Return the device's state: starting, ok or lost."""
        return self.device.health(time.time_ns()).state

    def _publish(self) -> None:
        with zmq.Context() as context, context.socket(zmq.PUB) as socket:
            socket.setsockopt(zmq.LINGER, 0)
            socket.bind(f"ipc://{self._folder}/world.ipc")
            encoder = msgspec.msgpack.Encoder(enc_hook=encode_array)
            while not self._stop.is_set():
                now_ns = time.time_ns()
                next_ns = (now_ns // PERIOD_NS + 1) * PERIOD_NS
                self._stop.wait((next_ns - now_ns) / 1e9)
                socket.send_multipart([b"frame", encoder.encode(world(next_ns + PERIOD_NS))])
