"""Faults that sensors of several kinds can have: damage to their bytes on the way, wrong mounts, ghosts."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from perception.objects import Floats
from sim.bench import CameraSpec, CanRadarSpec, LinkedSpec, RadarSpec, VideoSpec
from sim.emulator import Write

LATE_NS = 300_000_000
TURNED_DEG = 1.0
TORN_EVERY = 3  # messages, of which one is cut
BAUD_RATIO = 0.5  # of the speed at which the line is read to that at which it is written

ON_THE_WAY = {
    "garbage": "sends random octets",
    "duplicate": "sends everything twice",
    "reorder": "sends every second message before the one before it",
    "torn": "loses the rest of every third message",
    "late": "sends everything 300 ms later",
    "wrong-baud": "sends at twice the speed at which the line is read",
}
TURNED = {"turned": "was turned by 1 deg by the wind"}

Spec = TypeVar("Spec", CameraSpec, CanRadarSpec, LinkedSpec, RadarSpec, VideoSpec)


class Damage:
    """Damages the writes of one device as ON_THE_WAY says."""

    def __init__(self) -> None:
        self._held: list[Write] = []
        self._count = 0

    def done(self, fault: str | None, writes: list[Write], rng: np.random.Generator) -> list[Write]:
        """Return the messages that arrive of some messages."""
        if fault == "duplicate":
            return [write for write in writes for _ in range(2)]
        if fault == "reorder":
            writes, self._held = ([*writes, *self._held], []) if self._held else ([], writes)
            return writes
        self._held = []
        return [self._changed(fault, write, rng) for write in writes]

    def _changed(self, fault: str | None, write: Write, rng: np.random.Generator) -> Write:
        self._count += 1
        if fault == "garbage":
            return write._replace(data=rng.bytes(max(len(write.data), 64)))
        if fault == "torn" and self._count % TORN_EVERY == 0:
            return write._replace(data=write.data[: int(rng.integers(1, len(write.data)))])
        if fault == "late":
            return write._replace(delay_ns=write.delay_ns + LATE_NS)
        if fault == "wrong-baud":
            return write._replace(data=heard_at(write.data, BAUD_RATIO))
        return write


def heard_at(data: bytes, ratio: float) -> bytes:
    """Return the octets that a UART reads (8N1) from given ones, at `ratio` times the speed of writing."""
    octets = np.frombuffer(data, np.uint8)[:, None] >> np.arange(8) & 1
    line = np.concatenate([np.zeros((len(octets), 1)), octets, np.ones((len(octets), 1))], axis=1).ravel() > 0
    heard, at = bytearray(), 0.0
    while (start := _falling(line, at)) is not None:
        samples = (start + (np.arange(9) + 1.5) / ratio).astype(int)  # 8 bits and the stop bit, each in its middle
        if samples[-1] >= len(line):
            break
        bits = line[samples]
        heard.append(int(bits[:8] @ (1 << np.arange(8))))
        at = start + 9.5 / ratio  # a break where the stop bit should be is read all the same
    return bytes(heard)


def _falling(line: np.ndarray[tuple[int], np.dtype[np.bool_]], at: float) -> int | None:
    """Return where the next start bit begins."""
    low = np.flatnonzero(~line[int(at) :])
    return int(at) + int(low[0]) if len(low) else None


def turned(spec: Spec) -> Spec:
    """Return where a sensor stands after it was turned."""
    mount = spec.mount.model_copy(update={"yaw_deg": (spec.mount.yaw_deg + TURNED_DEG) % 360})
    return spec.model_copy(update={"mount": mount})


def ghosts(rng: np.random.Generator, spec: CameraSpec | RadarSpec, number: int) -> Floats:
    """Return places (number, 2) m in a sensor's field of view, sensor frame."""
    bearing = np.radians(rng.uniform(-spec.width_deg / 2, spec.width_deg / 2, number))
    away = spec.range_m * np.sqrt(rng.uniform(0.01, 1, number))
    return np.column_stack([away * np.cos(bearing), away * np.sin(bearing)])
