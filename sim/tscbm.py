"""The emulated NTCIP controller: a traffic signal controller broadcast message at every capture, fixed time.

Written from the same documents as the driver, and apart from it: 16 blocks of times, 11 maps of bits, the trailer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sim import signal_faults
from sim.bench import Bench, SignalSpec
from sim.emulator import Emulator, Write
from sim.frames import WorldFrame
from sim.signal import lamps_at
from sim.signal_faults import HUNG
from sim.signals import load

MAP_OF_VEHICLES = {"red": 0, "yellow": 1, "green": 2, "flashing-green": 2, "flashing-yellow": 1, "flashing-red": 0}
MAP_OF_PEDESTRIANS = {"red": 3, "flashing-green": 4, "green": 5}
FLASH = 9
NEVER = b"\xff\xff"


class TscbmController(Emulator):
    """Tells the lamps of the demo's programme as phases: crosswalks as pedestrian phases of the same number."""

    FAULTS: ClassVar[Mapping[str, str]] = {HUNG: signal_faults.FAULTS[HUNG]}

    def __init__(self, name: str, spec: SignalSpec, bench: Bench) -> None:
        self.period_ns = spec.period_ms * 1_000_000
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._latency_ns = round(spec.latency_ms * 1e6)
        self._signals = load()
        self._last = b""

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the message of the lamps now."""
        if self.fault != HUNG or not self._last:
            self._last = self._message(number, frame)
        return [Write("udp", self._last, self._latency_ns)]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Send no answer: no device sends requests to such a controller."""
        return []

    def _message(self, number: int, frame: WorldFrame) -> bytes:
        maps, times = [0] * 11, {}
        for group, lamp in zip(self._signals.lamps, lamps_at(self._signals, frame.cycle_s), strict=True):
            walks, bit = group.movement == "crosswalk", 1 << group.phase - 1
            maps[(MAP_OF_PEDESTRIANS if walks else MAP_OF_VEHICLES)[lamp.colour]] |= bit
            if not walks and lamp.colour.startswith("flashing"):
                maps[FLASH] |= bit
            left = NEVER if lamp.countdown_s is None else round(10 * lamp.countdown_s).to_bytes(2, "big")
            times[group.phase, walks] = 2 * left
        nothing = bytes(4)
        blocks = b"".join(
            bytes((phase,)) + times.get((phase, False), nothing) + times.get((phase, True), nothing) + nothing
            for phase in range(1, 17)
        )
        second, millisecond = frame.stamp_ns // 1_000_000_000, frame.stamp_ns // 1_000_000 % 1000
        clock = bytes((number % 256, second // 3600 % 24, second // 60 % 60, second % 60))
        words = b"".join(each.to_bytes(2, "big") for each in maps)
        return b"\xcd\x10" + blocks + words + bytes(3) + clock + millisecond.to_bytes(2, "big")
