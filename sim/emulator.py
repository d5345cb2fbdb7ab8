"""The contract of an emulated device: the world in, the device's real bytes out.

An emulator is sans-I/O like a driver: the runner (`sim/emulate.py`) opens its ptys and sockets, calls it at its
capture times with the world at that time, and writes the returned octets when they are due. Each emulator is one class
of this kind, made with `(name, spec, bench)`; `spec` is its entry in the bench file.

A device gets a fault while it runs: the run folder's file `NAME.fault` holds the name of a fault, one
of the class's `FAULTS` or of those that every device can have; without the file the device is healthy.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol
from zlib import crc32

import numpy as np

from sim.frames import WorldFrame


class Write(NamedTuple):
    """Bytes that leave the device on a port, `delay_ns` after the capture or the request they answer."""

    port: str
    data: bytes
    delay_ns: int = 0


MUTE = "mute"
EVERY_FAULT = {MUTE: "says nothing, hears nothing"}  # of every device: the runner sees to them


class Emulator(Protocol):
    """One device of the bench. Everything random comes from the seed and the capture's number."""

    FAULTS: ClassVar[Mapping[str, str]] = {}  # faults of such a device: name -> its behaviour then
    fault: str | None = None  # the present fault, one of FAULTS
    period_ns: int  # nominal time between captures; a device may change it when its host says so
    phase_ns: int  # captures are at whole periods of UTC + phase, so that devices are not synchronous

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the device's octets about the world at `frame.stamp_ns`; `number` counts captures since the epoch."""

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Take the host's octets and return the device's answer."""


class FaultFile:
    """`RUN/NAME.fault`, looked at by the runner; `known`: the faults that the device can have."""

    def __init__(self, path: Path, known: Mapping[str, str]) -> None:
        self._path = path
        self._known = known
        self._refused = ""

    def read(self) -> str | None:
        """Return the fault that the device has now. ValueError, once for each: it cannot have that one."""
        try:
            fault = self._path.read_text(encoding="utf-8").strip()
        except OSError:
            return None
        if not fault or fault in self._known:
            return fault or None
        if fault == self._refused:
            return None
        self._refused = fault
        raise ValueError(f"{self._path.name}: no fault {fault!r}, but {', '.join(sorted(self._known))}")


def generator(seed: int, name: str, number: int) -> np.random.Generator:
    """Return the source of everything random in one capture of one device."""
    return np.random.default_rng([seed, crc32(name.encode()), number])
