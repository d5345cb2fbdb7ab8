"""The emulated OmniPreSense OPS243: lines of speeds in the unit and form that its commands chose.

Its own transcription of the commands: two letters each. Switched on, it prints speeds alone, in m/s, and nothing on an
empty road. Errors, 1 sigma: 0.1 m/s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from sim.bench import Bench, LinkedSpec
from sim.damage import ON_THE_WAY, Damage
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import polar, to_sensor, visible

PERIOD_NS = 100_000_000
SPEED_SD, SLOWEST_MPS, MOST = 0.1, 0.3, 4
PER_MPS = {"UM": 1.0, "UK": 3.6, "US": 2.2369, "UF": 3.2808, "UC": 100.0}
SWITCHES = {"OJ": ("json", True), "Oj": ("json", False), "OM": ("magnitude", True), "Om": ("magnitude", False)}
SWITCHES |= {"BZ": ("zero", True), "BV": ("zero", False)}


class EmulatedDoppler(Emulator):
    """One radar."""

    FAULTS: ClassVar[Mapping[str, str]] = ON_THE_WAY
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed, self._spec, self._damage = name, bench.seed, spec, Damage()
        self._per_mps = 1.0
        self._is = dict.fromkeys(("json", "magnitude", "zero"), False)

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Take commands; one that changes the unit is answered."""
        text = data.decode("latin-1")
        answers = b""
        for command in (text[at : at + 2] for at in range(0, len(text), 2)):
            if command in PER_MPS:
                self._per_mps = PER_MPS[command]
                answers += b'{"Units":"' + command.encode() + b'"}\r\n'
            elif command in SWITCHES:
                name, value = SWITCHES[command]
                self._is[name] = value
        return [Write("link", answers)] if answers else []

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return one line, the nearest first; none where nothing moves and no zeros were requested."""
        rng = generator(self._seed, self._name, number)
        mount, rows = self._spec.mount, visible(frame, self._spec)
        place = to_sensor(mount, frame.position_m[rows] - [mount.east_m, mount.north_m])
        distance = polar(place).distance_m
        inbound = -(place * to_sensor(mount, frame.velocity_mps[rows])).sum(axis=1) / np.maximum(distance, 0.1)
        order = [int(row) for row in np.argsort(distance) if abs(inbound[row]) > SLOWEST_MPS][:MOST]
        speeds = [round(float(inbound[row] + rng.normal(0, SPEED_SD)) * self._per_mps, 2) for row in order]
        magnitudes = [round(float(3000 / max(distance[row], 1.0)), 2) for row in order]
        if not speeds and not self._is["zero"]:
            return []
        line = self._line(speeds or [0.0], magnitudes or [0.0])
        writes = [Write("link", line.encode() + b"\r\n", round(self._spec.latency_ms * 1e6))]
        return self._damage.done(self.fault, writes, rng)

    def _line(self, speeds: list[float], magnitudes: list[float]) -> str:
        if not self._is["json"]:
            return f"{magnitudes[0]}, {speeds[0]}" if self._is["magnitude"] else f"{speeds[0]}"
        values = {"magnitude": magnitudes} if self._is["magnitude"] else {}
        values |= {"speed": speeds}
        return json.dumps(values if len(speeds) > 1 else {key: value[0] for key, value in values.items()})
