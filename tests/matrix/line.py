"""A device on its real link, in virtual time: its emulator's octets, their damage on the way, its driver."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from pathlib import Path

from hw.device import Device
from hw.driver import DeviceSettings
from hw.endpoint import Port
from hw.errors import LostError, OpenError
from hw.link import PortLink
from hw.registry import driver_class
from perception.objects import Measurement
from sim.frames import PERIOD_NS
from tests.matrix.said import Said
from tests.rsu.recording.virtual import EPOCH_NS

STEP_NS = 10_000_000
Change = Callable[[bytes, random.Random], list[bytes]]  # a message, to the messages that arrive of it


class VirtualChannel:
    """Octets that the other side has written, for a `PortLink` to read."""

    def __init__(self, datagrams: bool) -> None:
        self.datagrams = datagrams
        self.arrived: deque[bytes] = deque()
        self.written: list[bytes] = []
        self.hung_up = False

    def fileno(self) -> int:
        return -1

    def connected(self) -> bool:
        return True

    def check(self) -> None:
        pass

    def read(self) -> bytes | None:
        if self.hung_up:
            raise LostError("closed by the device")
        return self.arrived.popleft() if self.arrived else None

    def write(self, data: bytes) -> int:
        self.written.append(data)
        return len(data)

    def close(self) -> None:
        self.arrived.clear()


class VirtualLink(PortLink):
    """A link whose channel and clocks are virtual; silence, opening again and reading are its own."""

    def __init__(self, place: Port, line: DeviceLine, reopen_ms: int) -> None:
        clock = lambda: line.now_ns  # noqa: E731
        super().__init__(
            place.endpoint, Path(), clock, silence_ms=place.silence_ms, reopen_ms=reopen_ms, monotonic=clock
        )
        way = place.endpoint
        self.wire = VirtualChannel(bool(way.udp or way.mqtt or way.local))
        self.can_open = True

    def _open(self, at_ns: int) -> bool:
        if not self.can_open:
            raise OpenError("Connection refused")
        self.wire.hung_up = False
        self._channel = self.wire
        self._opened_ns = self._checked_ns = at_ns
        return self._connect(self.wire, at_ns)


class DeviceLine:
    """One device. `said`: its emulator; `change`: its effect on each message on the way."""

    def __init__(self, name: str, kind: str, settings: DeviceSettings, said: Said) -> None:
        make = driver_class(kind)
        self.now_ns = EPOCH_NS
        self.kind, self.said = kind, said
        self.change: Change = lambda data, chance: [data]
        self._chance = random.Random(1)
        self.links = {port: VirtualLink(place, self, settings.reopen_ms) for port, place in settings.ports().items()}
        self.device = Device(name, kind, lambda: make(name, settings), dict(self.links))
        self.states: list[str] = []  # at every tick of 100 ms
        self.found: list[Measurement] = []
        self.codes: set[str] = set()  # alarms that were raised

    def run(self, seconds: float) -> None:
        """Let the time pass."""
        for _ in range(round(seconds * 1e9) // STEP_NS):
            self.now_ns += STEP_NS
            self._step()

    def _step(self) -> None:
        for port, data in self.said.says(self.now_ns):
            if (link := self.links[port]).up:
                link.wire.arrived.extend(self.change(data, self._chance))
        self.device.tick(self.now_ns)
        for port, link in self.links.items():
            while reads := self.device.read(port):
                for read in reads:
                    self.found += self.device.take(read)
            sent, link.wire.written = link.wire.written, []
            for data in sent:
                self.said.hears(port, data, self.now_ns)
        if self.now_ns % PERIOD_NS == 0:
            health = self.device.health(self.now_ns)
            self.states.append(health.state)
            self.codes |= {each.code for each in health.alarms}
