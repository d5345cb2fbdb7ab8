"""The emulated wide-area tracking radar of the ACC7320 class: it refuses clients without the right digest.

Its own transcription of the frames, octet by octet. It knows of one client at a time: the one that logged in last.
Errors, 1 sigma: 0.3 m in range, 0.25 deg in azimuth, 0.15 m/s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from perception.objects import RoadUser
from sim.bench import Bench, LinkedSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import TargetNumbers, noisy, polar, to_sensor, visible

PERIOD_NS = 100_000_000
RANGE_SD, AZIMUTH_SD, SPEED_SD = 0.3, np.radians(0.25), 0.15
USER, PASSWORD = "admin", "bench"
EXTRAPOLATED = 0.05  # share of the targets
STUCK_MS = 1_420_070_400_000
CLASSES = {
    RoadUser.CAR: 0, RoadUser.TRUCK: 2, RoadUser.BUS: 1, RoadUser.MOTORCYCLE: 4, RoadUser.BICYCLE: 5,
    RoadUser.PEDESTRIAN: 3,
}  # fmt: skip


class EmulatedAccRadar(Emulator):
    """One radar."""

    FAULTS: ClassVar[Mapping[str, str]] = (
        ON_THE_WAY
        | TURNED
        | {
            "stuck-clock": "its clock stands in 2015",
            "logged-out": "logs all clients out, and has another password meanwhile",
            "other-layout": "sends targets of 24 octets",
        }
    )
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed, self._spec, self._damage = name, bench.seed, spec, Damage()
        self._stands = {None: spec, "turned": turned(spec)}
        self._numbers = TargetNumbers()
        self._nonce, self._failures, self._is_in = b"", 0, False

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Let a client in, or not."""
        answers = [self._answer(part, now_ns) for part in data.split(b"\xdb") if part.endswith(b"\xdc")]
        return [Write("link", answer, round(self._spec.latency_ms * 1e6)) for answer in answers if answer]

    def _answer(self, part: bytes, now_ns: int) -> bytes:
        inside = part[:-1].replace(b"\x21\xfb", b"\xdc").replace(b"\x21\xfa", b"\xdb").replace(b"\x21\xfc", b"\x21")
        if inside[:2] == b"\xa1\x05":
            self._nonce = generator(self._seed, self._name, now_ns).bytes(8)
            return framed(0xAC, self._nonce + b"sha256", 1)
        if inside[:2] != b"\xad\x25":
            return b""
        password = PASSWORD if self.fault != "logged-out" else "another"
        expected = f"{USER}:{password}:".encode() + self._nonce
        for _ in range(1000):
            expected = hashlib.sha256(expected).digest()
        self._is_in = inside[2:34] == expected
        self._failures = 0 if self._is_in else self._failures + 1
        return framed(0xA2, bytes([not self._is_in, self._failures, 0, 0]), 1)

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return one list where a client is logged in."""
        delay_ns = round(self._spec.latency_ms * 1e6)
        if self.fault == "logged-out" and self._is_in:
            self._is_in = False
            return [Write("link", framed(0xA7, b"", 1), delay_ns)]
        if not self._is_in:
            return []
        rng = generator(self._seed, self._name, number)
        time_ms = STUCK_MS if self.fault == "stuck-clock" else frame.stamp_ns // 10**6
        head = (1).to_bytes(4, "big") + time_ms.to_bytes(8, "big") + bytes([number & 0xFF])
        writes = [Write("link", framed(0x80, head + self._targets(frame, rng), 2), delay_ns)]
        return self._damage.done(self.fault, writes, rng)

    def _targets(self, frame: WorldFrame, rng: np.random.Generator) -> bytes:
        spec = self._stands.get(self.fault) or self._spec
        rows = visible(frame, spec)
        true = to_sensor(spec.mount, frame.position_m[rows] - [spec.mount.east_m, spec.mount.north_m])
        place = noisy(rng, true, np.full(len(rows), RANGE_SD), polar(true).distance_m * AZIMUTH_SD)
        velocity = to_sensor(spec.mount, frame.velocity_mps[rows])
        velocity = velocity + rng.normal(0, SPEED_SD, velocity.shape)
        numbers, data = self._numbers.of(frame.id[rows], frame.stamp_ns), b""
        for row, key, (x, y), (vx, vy) in zip(rows, numbers, place, velocity, strict=True):
            flags = CLASSES.get(RoadUser(int(frame.kind[row])), 15) | (0x40 if rng.random() >= EXTRAPOLATED else 0)
            values = (-y * 10, x * 10, vx * 360, -vy * 360, 0, 0)
            data += int(key).to_bytes(4, "big")
            data += b"".join(round(float(each)).to_bytes(2, "big", signed=True) for each in values)
            data += b"\x01" + (100).to_bytes(2, "big") + bytes([flags])
            data += bytes(4) if self.fault == "other-layout" else b""
        return data


def framed(kind: int, content: bytes, width: int) -> bytes:
    """Return a frame; `width`: octets of its length."""
    inside = bytes([kind]) + (len(content) + 4 + width).to_bytes(width, "big") + content
    inside += bytes([sum(inside) % 256])
    codes = {0xDB: b"\x21\xfa", 0xDC: b"\x21\xfb", 0x21: b"\x21\xfc"}
    return b"\xdb" + b"".join(codes.get(octet, bytes([octet])) for octet in inside) + b"\xdc"
