"""When emulators write: on their grid, no faster than the line, nothing while they are mute; no process, no clock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from perception.objects import RoadUser
from sim.emulate import Runner
from sim.emulator import MUTE, Emulator, FaultFile, Write
from sim.frames import WorldFrame
from tests.sim.emul_scene import User, frame

MS = 1_000_000
USERS = [
    User(1, RoadUser.CAR, (-2.0, 20.0), (0.0, 5.0)),
    User(2, RoadUser.TRUCK, (9.0, 80.0), (0.0, -8.0), (9.0, 2.5, 3.4)),
    User(3, RoadUser.PEDESTRIAN, (-15.0, 30.0), (1.2, 0.0), (0.4, 0.5, 1.7)),
]


class Clockwork(Emulator):
    """An emulator that says the number of its capture, in words of 100 bytes."""

    period_ns = 100 * MS
    phase_ns = 30 * MS

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        return [Write("line", b"%99d\n" % number, 20 * MS)]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        return [Write("line", b"answer", 5 * MS)]


class Wire:
    """A port that notes octets with the time at which they are written."""

    def __init__(self, byte_ns: float) -> None:
        self.byte_ns = byte_ns
        self.now_ns = 0
        self.written: list[tuple[int, bytes]] = []

    def descriptors(self) -> list[int]:
        return [1]

    def read(self, descriptor: int) -> list[bytes]:
        return [b"question"]

    def write(self, data: bytes) -> None:
        self.written.append((self.now_ns, data))

    def close(self) -> None:
        pass


def run(wire: Wire, steps_ms: list[int]) -> None:
    """Step a runner at these times, with a world that is published one period ahead."""
    runner = Runner(Clockwork(), {"line": wire})
    published = -1
    for now_ms in steps_ms:
        while published * 100 < now_ms + 100:
            published += 1
            runner.add_frame(frame(USERS, published * 100 * MS))
        wire.now_ns = now_ms * MS
        runner.step(wire.now_ns)


def test_a_mute_device_says_nothing_and_is_back_at_once() -> None:
    wire = Wire(0)
    runner = Runner(Clockwork(), {"line": wire})
    for now_ms in range(1000):
        if now_ms % 100 == 0:
            runner.add_frame(frame(USERS, (now_ms + 100) * MS))
        runner.suffer(MUTE if 320 <= now_ms < 630 else None)
        if now_ms == 400:
            runner.read("line", 1, 400 * MS)
        wire.now_ns = now_ms * MS
        runner.step(wire.now_ns)
    assert [int(data) for _, data in wire.written] == [1, 2, 6, 7, 8, 9]


def test_a_fault_file_names_what_is_wrong_now(tmp_path: Path) -> None:
    path = tmp_path / "x.fault"
    faults = FaultFile(path, {MUTE: "says nothing"})
    assert faults.read() is None
    path.write_text("mute\n")
    assert faults.read() == MUTE
    path.write_text("loud\n")
    with pytest.raises(ValueError, match=r"x.fault: no fault 'loud', but mute"):
        faults.read()
    assert faults.read() is None  # said once
    path.unlink()
    assert faults.read() is None


def test_captures_lie_on_the_grid_and_leave_after_the_latency() -> None:
    wire = Wire(0)
    run(wire, list(range(1000)))
    assert [(at // MS, int(data)) for at, data in wire.written] == [
        (100 * n + 50, n) for n in range(10) if 100 * n + 50 < 1000
    ]


def test_bytes_leave_no_faster_than_the_line_carries_them() -> None:
    wire = Wire(400_000)  # 25 bytes in 10 ms
    run(wire, list(range(300)))
    word = wire.written[:5]
    assert b"".join(data for _, data in word) == b"%99d\n" % 0
    for at, sent in zip([at for at, _ in word], np.cumsum([len(data) for _, data in word]), strict=True):
        assert 50 + sent * 0.4 <= at / MS <= 50 + sent * 0.4 + 1.5


def test_a_device_that_was_stopped_does_not_catch_up() -> None:
    wire = Wire(0)
    run(wire, [*range(200), *range(2000, 2200)])
    assert [int(data) for _, data in wire.written] == [0, 1, 19, 20, 21]
