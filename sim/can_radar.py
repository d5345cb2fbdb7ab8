"""The emulated Continental ARS408 behind a CAN gateway: lists of objects in the radar's own bits, 13 octets a frame.

Its own transcription of the messages: values are packed from the first bit on (Motorola). It sends clusters until it is
told to send objects, tells of itself once a second, and sees walls and poles, which it calls stationary.

Errors, 1 sigma: 0.2 m in range, 0.3 deg in azimuth, 0.15 m/s along and 0.3 m/s across.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

import numpy as np

from perception.objects import RoadUser
from sim.bench import Bench, CanRadarSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import TargetNumbers, noisy, polar, to_sensor, visible

PERIOD_NS = 72_000_000
RANGE_SD, AZIMUTH_SD, ALONG_SD, ACROSS_SD = 0.2, np.radians(0.3), 0.15, 0.3
MISSED, SLOW_MPS = 0.04, 0.3
STATE_EVERY = 14  # lists: about a second
WALLS = [(35.0, 12.0), (35.5, 12.0), (80.0, -15.0)]  # m, forward and left
WALL_ID = 200
CLASSES = {
    RoadUser.CAR: 1, RoadUser.TRUCK: 2, RoadUser.BUS: 2, RoadUser.MOTORCYCLE: 4, RoadUser.BICYCLE: 5,
    RoadUser.PEDESTRIAN: 3,
}  # fmt: skip


def packed(*fields: tuple[int, int]) -> bytes:
    """Return whole octets of (value, bits), the first field in the highest bits."""
    number = size = 0
    for value, bits in fields:
        number, size = number << bits | min(max(value, 0), (1 << bits) - 1), size + bits
    return (number << -size % 8).to_bytes(-(-size // 8), "big")


class EmulatedCanRadar(Emulator):
    """One radar, switched on and set up for clusters."""

    FAULTS: ClassVar[Mapping[str, str]] = (
        ON_THE_WAY | TURNED | {"interference": "reports interference", "lost-frames": "every fifth frame is lost"}
    )
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: CanRadarSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed = name, bench.seed
        self._stands = {None: spec, "turned": turned(spec)}
        self._numbers, self._damage = TargetNumbers(), Damage()
        self._output, self._quality, self._extent = 2, False, False
        self._lists = 0

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Take a configuration."""
        spec = self._stands[None]
        for at in range(0, len(data) - 12, 13):
            head, number, d = data[at], int.from_bytes(data[at + 1 : at + 5], "big"), data[at + 5 : at + 13]
            if head == 8 and number == 0x200 + 0x10 * spec.sensor:
                self._output = d[4] >> 3 & 3 if d[0] & 0x08 else self._output
                self._quality = bool(d[5] & 0x04) if d[0] & 0x10 else self._quality
                self._extent = bool(d[5] & 0x08) if d[0] & 0x20 else self._extent
        return []

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return one list, and now and then the radar's state."""
        spec, rng = self._stands.get(self.fault) or self._stands[None], generator(self._seed, self._name, number)
        messages = [(0x201, self._state())] if self._lists % STATE_EVERY == 0 else []
        self._lists += 1
        if self._output == 1:
            messages += self._objects(spec, frame, rng)
        elif self._output == 2:
            messages += [(0x600, packed((1, 8), (0, 8), (self._lists & 0xFFFF, 16), (1, 4)))]
        if self.fault == "lost-frames":
            messages = [each for each in messages if rng.random() >= 0.2]
        data = b"".join(_gateway(kind + 0x10 * spec.sensor, content) for kind, content in messages)
        return self._damage.done(self.fault, [Write("link", data, round(spec.latency_ms * 1e6))], rng)

    def _state(self) -> bytes:
        errors = 0x10 if self.fault == "interference" else 0
        shown = self._output << 2 | self._quality << 4 | self._extent << 5
        return bytes([0x40, 125, errors, 0, 0x10, shown, 0, 0])

    def _objects(self, spec: CanRadarSpec, frame: WorldFrame, rng: np.random.Generator) -> list[tuple[int, bytes]]:
        """Return the messages of a list: its head, then the kinds of messages that are switched on."""
        objects = [*self._users(spec, frame, rng), *(_Object(WALL_ID + n, x, y) for n, (x, y) in enumerate(WALLS))]
        found = [(0x60A, packed((len(objects), 8), (self._lists & 0xFFFF, 16), (1, 4), (0, 4)))]
        found += [(0x60B, each.general()) for each in objects]
        if self._quality:
            found += [(0x60C, each.quality()) for each in objects]
        if self._extent:
            found += [(0x60D, each.extent()) for each in objects]
        return found

    def _users(self, spec: CanRadarSpec, frame: WorldFrame, rng: np.random.Generator) -> Iterator[_Object]:
        mount, rows = spec.mount, visible(frame, spec)
        rows = rows[rng.random(len(rows)) >= MISSED]
        position = to_sensor(mount, frame.position_m[rows] - [mount.east_m, mount.north_m])
        distance = polar(position).distance_m
        position = noisy(rng, position, np.full(len(rows), RANGE_SD), distance * AZIMUTH_SD)
        velocity = to_sensor(mount, frame.velocity_mps[rows])
        moving = np.hypot(velocity[:, 0], velocity[:, 1]) > SLOW_MPS
        velocity = velocity + rng.normal(size=velocity.shape) * [ALONG_SD, ACROSS_SD]
        numbers = self._numbers.of(frame.id[rows], frame.stamp_ns) % WALL_ID
        for row, number, place, speed, moves in zip(rows, numbers, position, velocity, moving, strict=True):
            kind = CLASSES.get(RoadUser(int(frame.kind[row])), 0)
            length, width = map(float, frame.size_m[row, :2])
            x, y, vx, vy = map(float, (*place, *speed))
            yield _Object(int(number), x, y, vx, vy, 0 if moves else 7, kind, length, width)


class _Object(NamedTuple):
    """One object, m and m/s, with the radar's bit fields."""

    id: int
    x_m: float
    y_m: float
    vx_mps: float = 0.0
    vy_mps: float = 0.0
    dynamics: int = 1
    kind: int = 0
    length_m: float = 0.2
    width_m: float = 0.2

    def general(self) -> bytes:
        """Return 60B; reflects with 5 dBm2."""
        place = (round((self.x_m + 500) / 0.2), 13), (round((self.y_m + 204.6) / 0.2), 11)
        speed = (round((self.vx_mps + 128) / 0.25), 10), (round((self.vy_mps + 64) / 0.25), 9)
        return packed((self.id, 8), *place, *speed, (0, 2), (self.dynamics, 3), (138, 8))

    def quality(self) -> bytes:
        """Return 60C: 0.224 m along, across by the distance; exists with 99.9 %, measured."""
        across = 17 if math.hypot(self.x_m, self.y_m) < 60 else 19
        rest = [(31, 5)] * 3  # of accelerations and orientation it says nothing
        return packed((self.id, 8), (15, 5), (across, 5), (13, 5), (16, 5), *rest, (0, 5), (6, 3), (2, 3), (0, 2))

    def extent(self) -> bytes:
        """Return 60D: no acceleration, orientation 0."""
        size = (round(self.length_m / 0.2), 8), (round(self.width_m / 0.2), 8)
        return packed((self.id, 8), (1000, 11), (250, 9), (0, 1), (self.kind, 3), (450, 10), (0, 6), *size)


def _gateway(number: int, data: bytes) -> bytes:
    return bytes([len(data)]) + number.to_bytes(4, "big") + data.ljust(8, b"\0")
