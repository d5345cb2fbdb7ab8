"""The demo bench without processes and sockets: world -> emulators' bytes -> drivers -> fusion, judged by the truth.

    python -m tests.bench.demo_offline [--seconds 60] [--start 0] [--seed N] [--profile]

The world is the shipped recording, or with `--seed` SUMO's traffic of that seed, with the sensors' noise of that seed
too. Prints one JSON object: the tracks within 60 m of the centre judged as the demo's listener judges (`sim.score`),
after the first SETTLED_S, and the time that fusion took.
"""

from __future__ import annotations

import argparse
import cProfile
import heapq
import json
import pstats
import time
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np

from hw.driver import Driver
from hw.registry import driver_class
from perception.objects import Detections, Measurement, PointCloud, Reception, RoadUser
from perception.results import Tracks
from perception.tracking.fusion import Fusion
from rsu.site.config import Config, load
from rsu.station.vehicles.receiver import Receiver
from sim import bench as sim_bench
from sim import recorded, sight
from sim.bench import SensorSpec
from sim.emulate import make_emulator
from sim.emulator import Emulator
from sim.frames import PERIOD_NS, WorldFrame, at
from sim.score import GROUPS, Estimates, Score, Truth
from sim.sight import in_sight
from sim.truth import GROUP

CONFIGS = Path(__file__).parents[2] / "configs"
START_NS = 1_800_000_000_000_000_000
SENSORS = ("camera", "ti-mmwave", "radio-agent")
CYCLE_NS = 100_000_000
BYTE_NS = 10e9 / 921_600
SETTLED_S = 5.0
RADIUS_M, MARGIN_M = 60.0, 5.0
GROUP_OF = np.array([GROUPS.index(GROUP.get(kind, "unknown")) for kind in RoadUser])

World = Callable[[int], WorldFrame]


def world_of(source: Iterator[WorldFrame], first: int, seconds: float) -> World:
    """Return a world as a function of time, from its frame `first` on at START_NS."""
    count = int(seconds * 10) + 2
    frames = [
        msgspec.structs.replace(frame, stamp_ns=START_NS + number * PERIOD_NS)
        for number, frame in enumerate(islice(source, first, first + count))
    ]

    @lru_cache(4096)
    def world(stamp_ns: int) -> WorldFrame:
        number = min(max((stamp_ns - START_NS) // PERIOD_NS, 0), count - 2)
        return at(frames[number], frames[number + 1], stamp_ns)

    return world


def _frames(seed: int | None) -> Iterator[WorldFrame]:
    """Return the frames of the recording, or of SUMO's traffic of a seed."""
    if seed is None:
        return recorded.frames()
    from sim import traffic  # here, because libsumo is an extra

    return traffic.frames(seed)


def measurements(config: Config, bench: sim_bench.Bench, world: World, seconds: float) -> list[Measurement]:
    """Return the measurements of all sensors and the radio, in order of receipt."""
    found: list[Measurement] = []
    for name, spec in bench.emulators.items():
        if spec.kind in SENSORS:
            found += device(config, bench, name, make_emulator(bench, name), world, seconds)
    return sorted(found, key=lambda measurement: (measurement.receipt_ns, measurement.device))


def device(
    config: Config, bench: sim_bench.Bench, name: str, emulator: Emulator, world: World, seconds: float
) -> Iterator[Measurement]:
    """Yield the measurements of one device: its bytes go through its driver as on the wire."""
    kind = config.site.devices[name].kind
    driver = driver_class(kind)(name, config.drivers[name])
    _talk(emulator, driver)
    pending: list[tuple[int, int, str, bytes]] = []
    first = (START_NS - emulator.phase_ns) // emulator.period_ns + 1
    for step in range(int(seconds * 1e9) // emulator.period_ns):
        stamp_ns = (first + step) * emulator.period_ns + emulator.phase_ns
        if kind == "radio-agent":
            emulator.received("udp", driver.opened("link", stamp_ns)[0][1], stamp_ns)
        for write in emulator.capture(first + step, world(stamp_ns)):
            on_line = round(len(write.data) * BYTE_NS) if write.port == "data" else 0
            port = "link" if write.port in ("stream", "udp") else write.port
            heapq.heappush(pending, (stamp_ns + write.delay_ns + on_line, len(pending), port, write.data))
        while pending and pending[0][0] <= stamp_ns:
            receipt_ns, _, port, data = heapq.heappop(pending)
            for measurement in driver.received(port, data, receipt_ns):
                if isinstance(measurement, Detections | PointCloud | Reception):
                    yield measurement


def _talk(emulator: Emulator, driver: Driver) -> None:
    """Let a driver configure its device: a command each 20 ms, answered at once."""
    now_ns = START_NS - 10_000_000_000
    for port in ("cli", "data", "link"):
        driver.opened(port, now_ns)
    for step in range(400):
        for port, data in driver.due(now_ns + step * 20_000_000):
            for write in emulator.received(port, data, now_ns):
                driver.received(write.port, write.data, now_ns + step * 20_000_000)


def _estimates(tracks: Tracks) -> Estimates:
    speed = np.hypot(tracks.velocity_mps[:, 0], tracks.velocity_mps[:, 1])
    inside = np.hypot(tracks.position_m[:, 0], tracks.position_m[:, 1]) <= RADIUS_M
    return Estimates(tracks.id, GROUP_OF[tracks.kind], tracks.position_m, speed, tracks.heading_deg, inside)


def _truth(frame: WorldFrame, estimates: int, sensors: Sequence[SensorSpec]) -> Truth:
    """Return the road users in view of `sensors`, once for each of the estimates: all are of the frame's time."""
    away = np.hypot(frame.position_m[:, 0], frame.position_m[:, 1])
    near = away <= RADIUS_M + MARGIN_M
    speed = np.hypot(frame.velocity_mps[near, 0], frame.velocity_mps[near, 1])
    position, speed, heading = (
        np.repeat(values[None], estimates, axis=0)
        for values in (frame.position_m[near], speed, frame.heading_deg[near])
    )
    seen, equipped = in_sight(frame, sensors)[near], frame.equipped[near] > 0
    group, inside = GROUP_OF[frame.kind[near]], away[near] <= RADIUS_M
    return Truth(frame.id[near], group, position, speed, heading, inside, seen, equipped)


class Chain:
    """Fusion, and the reports the radio receives for it, as the station has them."""

    def __init__(self, config: Config) -> None:
        site, reference = config.site, config.site.site.reference.reference()
        self.fusion = Fusion(site.sensors, site.tracking, reference)
        self.receiver = Receiver(site.vehicles, site.messages.profile, reference)

    def ingest(self, measurement: Measurement) -> None:
        """Take one measurement."""
        if isinstance(measurement, Reception):
            self.receiver.add(measurement)
        elif isinstance(measurement, Detections | PointCloud):
            self.fusion.ingest(measurement)

    def tracks(self, now_ns: int) -> Tracks:
        """Return the tracks of a tick; then take in the received reports."""
        tracks = self.fusion.tracks(now_ns)
        self.receiver.refute(self.fusion.refuted())
        for report in self.receiver.reports(0, on_time=True):
            self.fusion.ingest(report)
        return tracks


def run(
    chain: Chain, stream: list[Measurement], world: World, seconds: float, sensors: Sequence[SensorSpec]
) -> dict[str, object]:
    """Feed the chain and look at its tracks every 100 ms; return the figures."""
    score, spent = Score(), [0.0]
    now_ns = START_NS + CYCLE_NS
    for measurement in stream:
        while measurement.receipt_ns >= now_ns < START_NS + seconds * 1e9:
            began = time.process_time()
            tracks = chain.tracks(now_ns)
            spent[-1] += time.process_time() - began
            if now_ns >= START_NS + SETTLED_S * 1e9:
                score.add(_estimates(tracks), _truth(world(now_ns), len(tracks), sensors))
            now_ns += CYCLE_NS
            spent.append(0.0)
        began = time.process_time()
        chain.ingest(measurement)
        spent[-1] += time.process_time() - began
    milliseconds = {f"p{q}": round(float(np.percentile(spent, q)) * 1e3, 2) for q in (50, 99)}
    accuracy = score.summary()
    groups = {name: group._asdict() for name, group in accuracy.groups.items()}
    return {
        **accuracy._asdict(),
        "groups": groups,
        "ms_per_100ms": milliseconds,
        "counters": dict(chain.fusion.counters + chain.receiver.counters),
    }


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--start", type=int, default=0, help="frame of the world to begin with")
    parser.add_argument("--seed", type=int, help="of SUMO's traffic and the sensors' noise")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    config, bench = load(CONFIGS / "demo.yaml"), sim_bench.load(CONFIGS / "demo-bench.yaml")
    if options.seed is not None:
        bench = bench.model_copy(update={"seed": options.seed})
    world = world_of(_frames(options.seed), options.start, options.seconds)
    stream = measurements(config, bench, world, options.seconds)
    chain = Chain(config)
    with cProfile.Profile() as profile:
        if not options.profile:
            profile.disable()
        figures = run(chain, stream, world, options.seconds, sight.sensors(bench))
    print(json.dumps(figures))
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
