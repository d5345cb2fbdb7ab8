"""The contract of an emulated device: the world in, the device's real bytes out.

An emulator is sans-I/O like a driver: the runner (`sim/emulate.py`) opens its ptys and sockets, calls it at its
capture times with the world at that time, and writes what it returns when it is due. Each emulator is one class with
this shape, made with `(name, spec, bench)`; `spec` is its entry in the bench file.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol
from zlib import crc32

import numpy as np

from sim.frames import WorldFrame


class Write(NamedTuple):
    """Bytes that leave the device on a port, `delay_ns` after the capture or the request they answer."""

    port: str
    data: bytes
    delay_ns: int = 0


class Emulator(Protocol):
    """One device of the bench. Everything random comes from the seed and the capture's number."""

    period_ns: int  # nominal time between captures; a device may change it when its host says so
    phase_ns: int  # captures are at whole periods of UTC + phase, so that devices are not synchronous

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return what the device says of the world at `frame.stamp_ns`; `number` counts captures since the epoch."""

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Take what the host wrote and return the device's answer."""


def generator(seed: int, name: str, number: int) -> np.random.Generator:
    """Return the source of everything random in one capture of one device."""
    return np.random.default_rng([seed, crc32(name.encode()), number])
