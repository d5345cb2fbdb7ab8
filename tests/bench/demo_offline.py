"""The demo bench without processes and sockets: world -> emulators' bytes -> drivers -> fusion, judged by the truth.

    python -m tests.bench.demo_offline [--seconds 60] [--start 0] [--profile]

Prints one JSON object: accuracy of the tracks within 60 m of the centre, and the time that fusion took.
"""

from __future__ import annotations

import argparse
import cProfile
import heapq
import json
import pstats
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np

from hw.driver import Driver
from hw.registry import driver_class
from perception.objects import Measurement, Reception
from perception.tracking.fusion import Fusion
from rsu.messages.bsm import vehicle_report
from rsu.site.config import Config, load
from sim import bench as sim_bench
from sim import recorded
from sim.emulate import make_emulator
from sim.emulator import Emulator
from sim.frames import PERIOD_NS, WorldFrame, at
from tests.perception.score import Score
from v2x import CodecError, decode, dsmp

CONFIGS = Path(__file__).parents[2] / "configs"
START_NS = 1_800_000_000_000_000_000
SENSORS = ("camera", "ti-mmwave", "radio-agent")
CYCLE_NS = 100_000_000
BYTE_NS = 10e9 / 921_600

World = Callable[[int], WorldFrame]


def recorded_world(first: int, seconds: float) -> World:
    """Return the shipped recording as a function of time, from its frame `first` on at START_NS."""
    count = int(seconds * 10) + 2
    frames = [
        msgspec.structs.replace(frame, stamp_ns=START_NS + number * PERIOD_NS)
        for number, frame in enumerate(islice(recorded.frames(), first, first + count))
    ]

    @lru_cache(4096)
    def world(stamp_ns: int) -> WorldFrame:
        number = min(max((stamp_ns - START_NS) // PERIOD_NS, 0), count - 2)
        return at(frames[number], frames[number + 1], stamp_ns)

    return world


def measurements(config: Config, bench: sim_bench.Bench, world: World, seconds: float) -> list[Measurement]:
    """Return what the drivers of all sensors and the radio make of the world, in order of receipt."""
    found: list[Measurement] = []
    for name, spec in bench.emulators.items():
        if spec.kind in SENSORS:
            found += _device(config, bench, name, world, seconds)
    return sorted(found, key=lambda measurement: (measurement.receipt_ns, measurement.device))


def _device(config: Config, bench: sim_bench.Bench, name: str, world: World, seconds: float) -> Iterator[Measurement]:
    """Yield the measurements of one device: its bytes go through its driver as on the wire."""
    emulator = make_emulator(bench, name)
    device = config.site.devices[name]
    driver = driver_class(device.kind)(name, config.drivers[name])
    _talk(emulator, driver)
    pending: list[tuple[int, int, str, bytes]] = []
    first = (START_NS - emulator.phase_ns) // emulator.period_ns + 1
    for step in range(int(seconds * 1e9) // emulator.period_ns):
        stamp_ns = (first + step) * emulator.period_ns + emulator.phase_ns
        if device.kind == "radio-agent":
            emulator.received("udp", driver.opened("link", stamp_ns)[0][1], stamp_ns)
        for write in emulator.capture(first + step, world(stamp_ns)):
            on_line = round(len(write.data) * BYTE_NS) if write.port == "data" else 0
            port = "link" if write.port in ("stream", "udp") else write.port
            heapq.heappush(pending, (stamp_ns + write.delay_ns + on_line, len(pending), port, write.data))
        while pending and pending[0][0] <= stamp_ns:
            receipt_ns, _, port, data = heapq.heappop(pending)
            for measurement in driver.received(port, data, receipt_ns):
                report = _of_vehicle(measurement)
                if report is not None:
                    yield report


def _talk(emulator: Emulator, driver: Driver) -> None:
    """Let a driver configure its device: a command each 20 ms, answered at once."""
    now_ns = START_NS - 10_000_000_000
    for port in ("cli", "data", "link"):
        driver.opened(port, now_ns)
    for step in range(400):
        for port, data in driver.due(now_ns + step * 20_000_000):
            for write in emulator.received(port, data, now_ns):
                driver.received(write.port, write.data, now_ns + step * 20_000_000)


def _of_vehicle(measurement: Measurement) -> Measurement | None:
    """Turn what the radio received into the report of a vehicle, None if it is none; pass on everything else."""
    if not isinstance(measurement, Reception):
        return measurement if hasattr(measurement, "position") or hasattr(measurement, "points") else None
    try:
        return vehicle_report(decode(dsmp.parse(measurement.payload).payload), measurement)
    except CodecError:
        return None


def run(fusion: Fusion, stream: list[Measurement], world: World, seconds: float) -> dict[str, object]:
    """Feed the fusion and look at its tracks every 100 ms; return the figures."""
    score, spent = Score(), [0.0]
    now_ns = START_NS + CYCLE_NS
    for measurement in stream:
        while measurement.receipt_ns >= now_ns < START_NS + seconds * 1e9:
            began = time.process_time()
            tracks = fusion.tracks(now_ns)
            spent[-1] += time.process_time() - began
            if now_ns >= START_NS + 2_000_000_000:
                score.look(tracks, world, now_ns)
            now_ns += CYCLE_NS
            spent.append(0.0)
        began = time.process_time()
        fusion.ingest(measurement)
        spent[-1] += time.process_time() - began
    milliseconds = {f"p{q}": round(float(np.percentile(spent, q)) * 1e3, 2) for q in (50, 99)}
    return {**score.summary(), "ms_per_100ms": milliseconds, "counters": dict(fusion.counters)}


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--start", type=int, default=0, help="frame of the recording to begin with")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    config, bench = load(CONFIGS / "demo.yaml"), sim_bench.load(CONFIGS / "demo-bench.yaml")
    world = recorded_world(options.start, options.seconds)
    stream = measurements(config, bench, world, options.seconds)
    fusion = Fusion(config.site.sensors, config.site.tracking, config.site.site.reference.reference())
    with cProfile.Profile() as profile:
        if not options.profile:
            profile.disable()
        figures = run(fusion, stream, world, options.seconds)
    print(json.dumps(figures))
    if options.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
