"""The demo site in virtual time: emulators, drivers and station joined without ports and without a clock.

Emulated devices make their real bytes of the recorded world; the drivers of the site file parse them; the station makes
frames and records. Everything is a function of the site file, the bench file and the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import msgspec

from hw.device import DeviceHealth
from hw.driver import Driver
from hw.registry import driver_class
from perception.objects import Measurement
from rsu.messages.scene import TICK_NS
from rsu.site import config
from rsu.station.station import Output, Station
from sim import bench, recorded
from sim.emulate import Runner, make_emulator
from sim.frames import PERIOD_NS, WorldFrame
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, STEP_NS, Wire

SEED = bytes(16)


class DrivenDevice:
    """One emulator and its driver."""

    def __init__(
        self, name: str, made: bench.Bench, site: config.Config, ingest: Callable[[Measurement], None]
    ) -> None:
        self.name = name
        self.kind = site.site.devices[name].kind
        self._driver: Driver = driver_class(self.kind)(name, site.drivers[name])
        self._emulator = make_emulator(made, name)
        self._ingest = ingest
        self._ports = list(site.drivers[name].ports())
        self._opened = False
        self.cut = False
        self.now_ns = EPOCH_NS
        openings = made.emulators[name].ports()
        self.runner = Runner(self._emulator, {port: Wire(self._to_driver(port)) for port in openings})

    def _to_driver(self, port: str) -> Callable[[bytes], None]:
        own = port if port in self._ports else self._ports[0]

        def deliver(data: bytes) -> None:
            if port != "air" and not self.cut:
                for measurement in self._driver.received(own, data, self.now_ns):
                    self._ingest(measurement)

        return deliver

    def step(self, now_ns: int) -> None:
        """Let the driver write and the emulator answer, then let the emulator's bytes come."""
        self.now_ns = now_ns
        sends = [] if self._opened else [send for port in self._ports for send in self._driver.opened(port, now_ns)]
        self._opened = True
        for port, data in [*sends, *self._driver.due(now_ns)]:
            for write in self._emulator.received(port if port != "link" else "udp", data, now_ns):
                self.runner._schedule([write], now_ns)
        self.runner.step(now_ns)

    def health(self) -> DeviceHealth:
        return DeviceHealth(
            name=self.name,
            kind=self.kind,
            state="lost" if self.cut else "ok",
            last_receipt_ns=self.now_ns,
            rate_hz=0.0,
            counters={},
            error="cut" if self.cut else None,
        )


def run(
    seconds: float,
    cuts: dict[str, tuple[float, float]] | None = None,
    world: Callable[[], Iterator[WorldFrame]] = recorded.frames,
    site: config.Config | None = None,
    reloads: Mapping[float, config.Config] | None = None,
) -> Iterator[tuple[int, Station, Output]]:
    """Yield (now, station, output) of every tick. `cuts`: device -> (from, to) in seconds in which it says nothing.

    `reloads`: after so many seconds the station goes over to another site.
    """
    site = site or config.load(CONFIGS / "demo.yaml")
    made = bench.load(CONFIGS / "demo-bench.yaml")
    station = Station(site, SEED)
    named = [name for name, spec in made.emulators.items() if spec.kind != "video"]  # drawing pictures takes too long
    devices = [DrivenDevice(name, made, site, lambda measurement: station.ingest(measurement)) for name in named]
    stamped = (msgspec.structs.replace(f, stamp_ns=EPOCH_NS - PERIOD_NS + f.stamp_ns) for f in world())
    for first in islice(stamped, 2):
        for device in devices:
            device.runner.add_frame(first)
    for step in range(round(seconds * 1e9) // STEP_NS):
        now_ns = EPOCH_NS + step * STEP_NS
        if now_ns % PERIOD_NS == 0:
            frame = next(stamped)
            for device in devices:
                device.runner.add_frame(frame)
        for device in devices:
            begin, end = (cuts or {}).get(device.name, (0.0, 0.0))
            device.cut = begin <= (now_ns - EPOCH_NS) / 1e9 < end
            device.step(now_ns)
        if now_ns % TICK_NS == 0:
            yield now_ns, station, station.advance(now_ns, [device.health() for device in devices])
            if (fresh := (reloads or {}).get((now_ns - EPOCH_NS) / 1e9)) is not None:
                before, station = station, Station(fresh, SEED, station)
                station.take_over(before)
