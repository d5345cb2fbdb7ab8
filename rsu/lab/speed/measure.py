"""How long a box takes for the work of its site: drivers, perception, the whole tick of the station, the codec.

The site's own sensors see synthetic traffic. Where the driver's bytes can be made here (`samples`), they go through the
driver; other sensors' scans go to the station as they are. Time is that of the wall, so that a limit on the processor
and other work on the box count.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

import v2x
from hw.tape import LinkState, Read, Round
from perception.objects import Detections, Fix, Floats, Lamp, Measurement, SignalState
from perception.tracking.fusion import Fusion
from rsu.core import progress
from rsu.lab.speed.samples import SAMPLES
from rsu.lab.speed.traffic import EvenTraffic, Flow, reported_by, seen_by
from rsu.replay.player import Player
from rsu.site.config import Config
from rsu.site.lanemap import exit_lines, lane_lines
from v2x import dsmp

TICK_NS, TICK_MS = 100_000_000, 100.0  # messages leave ten times a second
START_NS = 1_795_000_000_000_000_000
SEED = bytes(16)
WARM_UP = 20  # ticks: tracks begin and are confirmed
ROUND = 4  # type of a lamp, GA/T 1743
EQUIPPED = 4  # every so many road users sends BSMs
# ms at p99 of a tick of 100 ms: the other half of the core is for bursts, the bus and the other processes
BUDGET_MS = {"drivers": 10.0, "perception": 25.0, "station": 50.0, "codec": 5.0}


class Timing(NamedTuple):
    """The time of one part of the work in each tick."""

    name: str  # of BUDGET_MS
    p50_ms: float
    p99_ms: float

    @property
    def budget_ms(self) -> float:
        """How long it may take."""
        return BUDGET_MS[self.name]

    @property
    def fits(self) -> bool:
        """Whether it takes no longer than it may."""
        return self.p99_ms <= self.budget_ms


class Speed(NamedTuple):
    """The result of a box for a site with so many road users."""

    timings: list[Timing]
    fed: list[str]  # sensors whose driver was timed
    unfed: list[str]  # sensors whose driver was not

    @property
    def fits(self) -> bool:
        """Whether the box can carry the site."""
        return all(timing.fits for timing in self.timings)


class SpeedTest:
    """A site at work, tick by tick, without its devices."""

    def __init__(self, config: Config, users: int) -> None:
        site = config.site
        self._config = config
        lines = [line.points_m for line in (*lane_lines(config.lane_map), *exit_lines(config.lane_map))]
        self._traffic, self._users = EvenTraffic(lines, site.sensors, users), users
        self._player = Player(config, SEED)
        self.station = self._player.station
        self._fusion = Fusion(site.sensors, site.tracking, site.site.reference.reference())
        self._noise = np.random.default_rng(0)
        self._ports = {
            name: next(port for port in SAMPLES[device.kind].ports if port in config.drivers[name].ports())
            for name, device in site.devices.items()
            if device.kind in SAMPLES
        }
        self._links = [
            LinkState(name, port, 1, True, True, None, {})
            for name in site.devices
            for port in config.drivers[name].ports()
        ]

    def run(self, ticks: int) -> Speed:
        """Work for so many ticks, and return how long they took."""
        taken: list[dict[str, float]] = []
        for number in range(WARM_UP + ticks):
            progress.tell("ticks", number, WARM_UP + ticks)
            taken.append(self._tick(number))
        progress.tell("ticks", WARM_UP + ticks, WARM_UP + ticks)
        found = {name: np.array([each[name] for each in taken[WARM_UP:]]) for name in BUDGET_MS}
        names = [sensor.device for sensor in self._config.site.sensors]
        return Speed(
            [_timing(name, each) for name, each in found.items()],
            [name for name in names if name in self._ports],
            [name for name in names if name not in self._ports],
        )

    def _tick(self, number: int) -> dict[str, float]:
        now_ns = START_NS + number * TICK_NS
        flow = self._traffic.at(number * TICK_NS / 1e9)
        scans = [seen_by(sensor, flow, now_ns, self._noise) for sensor in self._config.site.sensors]
        given = [*self._others(flow, now_ns), *(scan for scan in scans if scan.device not in self._ports)]
        served = Round(now_ns, self._links, list(self._reads(scans, number)))
        began = time.perf_counter()
        self._player.serve(served)
        driven = time.perf_counter()
        for measurement in given:
            self.station.ingest(measurement)
        outcome = self._player.advance(now_ns, [])
        done = time.perf_counter()
        frames = [frame.frame for frame in outcome.frames]
        return {
            "drivers": driven - began,
            "perception": _time_of_perception(self._fusion, scans, now_ns),
            "station": done - began,
            "codec": _time_of_codec(frames, self._config.site.messages.profile),
        }

    def _reads(self, scans: list[Detections], number: int) -> Iterator[Read]:
        for scan in scans:
            if port := self._ports.get(scan.device):
                sample = SAMPLES[self._config.site.devices[scan.device].kind]
                yield Read(scan.device, port, scan.receipt_ns, sample.bytes_of(scan, number + 1))

    def _others(self, flow: Flow, now_ns: int) -> Iterator[Measurement]:
        """Yield the measurements of the other devices: time and place, lights, vehicles' messages."""
        site = self._config.site
        reference = site.site.reference.reference()
        yield from (
            Fix(device=name, stamp_ns=now_ns, receipt_ns=now_ns, valid=True, kind="3d",
                latitude_deg=reference.latitude_deg, longitude_deg=reference.longitude_deg,
                height_m=reference.elevation_m, satellites=12, horizontal_accuracy_m=1.0, time_accuracy_ns=50)
            for name, device in site.devices.items() if device.kind == "gnss"
        )  # fmt: skip
        if site.signal is not None:
            told = {lamp.lamp: (lamp.angle_deg, lamp.type) for lamp in site.signal.lamps}
            lamps = [Lamp(each.lamp, *told.get(each.lamp, (0, ROUND)), "red", None) for each in site.signal.phases]
            yield SignalState(device=site.signal.device, stamp_ns=now_ns, receipt_ns=now_ns, lamps=lamps)
        for user in range(0, self._users, EQUIPPED):
            yield reported_by(user, flow, site.radios[0], now_ns, reference)


def _timing(name: str, seconds: Floats) -> Timing:
    p50, p99 = np.percentile(seconds * 1e3, [50, 99]).round(2).tolist()
    return Timing(name, p50, p99)


def _time_of_perception(fusion: Fusion, scans: list[Detections], now_ns: int) -> float:
    """Return how long one round takes, s."""
    began = time.perf_counter()
    for scan in scans:
        fusion.ingest(scan)
    fusion.tracks(now_ns)
    return time.perf_counter() - began


def _time_of_codec(frames: list[bytes], profile: v2x.Profile) -> float:
    """Return how long it takes to decode all frames of a tick, and encode them again, s."""
    began = time.perf_counter()
    for frame in frames:
        v2x.encode(v2x.decode(dsmp.parse(frame).payload, profile), profile)
    return time.perf_counter() - began
