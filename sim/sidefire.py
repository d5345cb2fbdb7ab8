"""The emulated Wavetronix SmartSensor HD: it looks across the road and keeps vehicles that passed until it is asked.

Its own transcription of the packets. The sensor stands beside the road, its boresight across it; lanes are 3.5 m wide
and begin 3 m away. Errors, 1 sigma: 0.5 m/s, 0.3 m of length. Set to metric units and UTC.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from perception.objects import RoadUser
from sim.bench import Bench, LinkedSpec
from sim.damage import ON_THE_WAY, Damage
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import to_sensor

PERIOD_NS = 50_000_000
NUMBER, KEPT = 1, 64
FIRST_LANE_M, LANE_M = 3.0, 3.5
SPEED_SD, LENGTH_SD = 0.5, 0.3
CLASSES = {RoadUser.MOTORCYCLE: 0, RoadUser.CAR: 1, RoadUser.TRUCK: 3, RoadUser.BUS: 3}
REFUSED = 5  # a code of a result


class EmulatedSidefire(Emulator):
    """One sensor."""

    FAULTS: ClassVar[Mapping[str, str]] = ON_THE_WAY | {
        "refuses": "answers with an error",
        "local-time": "stamps events 8 h ahead, in the time of the site",
    }
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed, self._spec, self._damage = name, bench.seed, spec, Damage()
        self._along: dict[int, float] = {}  # world id -> m along the road from the boresight
        self._events: deque[bytes] = deque(maxlen=KEPT)
        self._answers = 0

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Keep the vehicles that have passed since the capture before."""
        mount = self._spec.mount
        place = to_sensor(mount, frame.position_m - [mount.east_m, mount.north_m])
        velocity = to_sensor(mount, frame.velocity_mps)
        rng = generator(self._seed, self._name, number)
        for row, key in enumerate(frame.id.tolist()):
            kind, away = CLASSES.get(RoadUser(int(frame.kind[row]))), float(place[row, 0])
            before, now = self._along.get(key), float(place[row, 1])
            self._along[key] = now
            if kind is None or before is None or before * now > 0 or not FIRST_LANE_M < away < self._spec.range_m:
                continue
            speed_mps = abs(float(velocity[row, 1])) + rng.normal(0, SPEED_SD)
            length_m = float(frame.size_m[row, 0]) + rng.normal(0, LENGTH_SD)
            self._events.append(self._event(frame.stamp_ns, away, speed_mps, kind, length_m))
        return []

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Answer a question for the next event."""
        writes: list[Write] = []
        while (at := data.find(b"Z1")) >= 0 and len(data) >= at + 15:
            packet, data = data[at : at + 15], data[at + 15 :]
            if int.from_bytes(packet[3:5], "big") == NUMBER and packet[11] == 0x67:
                self._answers += 1
                writes.append(Write("link", self._answer(packet[8]), round(self._spec.latency_ms * 1e6)))
        return self._damage.done(self.fault, writes, generator(self._seed, self._name, self._answers))

    def _answer(self, asked: int) -> bytes:
        if self.fault == "refuses":
            body = bytes([0x67, 0, 2]) + REFUSED.to_bytes(2, "big")
        else:
            body = self._events.popleft() if self._events else bytes([0x67, 0, 0]) + bytes(20)
        head = b"Z1" + bytes([0, 0, 0, 0]) + NUMBER.to_bytes(2, "big") + bytes([asked + 1 & 255, len(body)])
        return head + bytes([checksum(head)]) + body + bytes([checksum(body)])

    def _event(self, stamp_ns: int, away: float, speed_mps: float, kind: int, length_m: float) -> bytes:
        ahead_s = 8 * 3600 if self.fault == "local-time" else 0
        when = datetime.fromtimestamp(stamp_ns // 10**9 + ahead_s, UTC)
        date = when.year << 9 | when.month << 5 | when.day
        time = when.hour << 22 | when.minute << 16 | when.second << 10 | stamp_ns % 10**9 // 10**6
        lane = int((away - FIRST_LANE_M) / LANE_M)
        duration_ms = round(1000 * length_m / max(speed_mps, 0.5))
        speed = 0x800000 | round(max(speed_mps, 0.0) * 3.6 * 256) & 0x7FFFFF
        parts = [(date, 4), (time, 4), (lane, 1), (round(away * 256), 2), (duration_ms, 3), (speed, 3), (kind, 1)]
        parts.append((round(max(length_m, 0.5) * 256), 2))
        return bytes([0x67, 1, 0]) + b"".join(value.to_bytes(size, "big") for value, size in parts)


def checksum(data: bytes) -> int:
    """Return the remainder of the division by x^8 + x^4 + x^3 + x^2, bit by bit."""
    number = int.from_bytes(data, "big") << 8
    for bit in range(8 * len(data) - 1, -1, -1):
        if number >> bit + 8 & 1:
            number ^= 0x11C << bit
    return number
