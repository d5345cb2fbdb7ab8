"""Fusion: time per 100 ms of traffic and accuracy, beside a tracker as one would write it in an afternoon.

Method: N road users in lanes and on crosswalks of a 300 m crossing, 4 cameras and 4 radars at 10 Hz, out of step,
10 % misses, 2 false alarms a scan, 20 s, seeded; both trackers get the same detections in the same run. CPU time of
the process. The peer takes the nearest detection within 3 m and smooths with fixed gains (alpha-beta), and counts hits.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from perception.objects import Detections, RoadUser, Tracks
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.settings import FusionSettings
from perception.tracking.fusion import Fusion
from perception.tracking.scan import project
from sim.frames import WorldFrame
from tests.perception.scenario import REFERENCE, SECOND_NS, START_NS, Behaviour, Bench, User, straight, truth
from tests.perception.score import Score
from tests.perception.traffic import tracks_of

SECONDS = 20.0
SIZES = (50, 100, 200, 300)
HALF_M = 150.0
CYCLE_NS = SECOND_NS // 10
OUT = Path("build/bench/fusion.json")


class Tracker(Protocol):
    """What is compared."""

    def ingest(self, measurement: Detections) -> None:
        """Use one scan."""

    def tracks(self, now_ns: int) -> Tracks:
        """Return the road users."""


class NearestNeighbour:
    """The peer: rows (id, east, north, east speed, north speed, stamp, hits, misses)."""

    ALPHA, BETA, GATE_M, HITS, MISSES = 0.4, 0.1, 3.0, 4, 12

    def __init__(self, sensors: list[Sensor]) -> None:
        self._sensors = {sensor.device: sensor for sensor in sensors}
        self._rows: list[list[float]] = []
        self._next = 1

    def ingest(self, measurement: Detections) -> None:
        """Give every row the nearest detection that is left."""
        left = [*project(measurement, self._sensors[measurement.device]).position]
        for row in self._rows:
            dt = max((measurement.stamp_ns - row[5]) * 1e-9, 1e-3)
            place = np.array(row[1:3]) + np.array(row[3:5]) * dt
            distance = [math.hypot(*(found - place)) for found in left]
            row[7] += 1
            if distance and min(distance) < self.GATE_M:
                residual = left.pop(int(np.argmin(distance))) - place
                row[1:5] = [*(place + self.ALPHA * residual), *(np.array(row[3:5]) + self.BETA / dt * residual)]
                row[5:8] = [measurement.stamp_ns, row[6] + 1, 0]
        self._rows = [row for row in self._rows if row[7] < self.MISSES]
        for place in left:
            self._rows.append([self._next, *place, 0.0, 0.0, measurement.stamp_ns, 1, 0])
            self._next += 1

    def tracks(self, now_ns: int) -> Tracks:
        """Return what was hit often enough."""
        rows = [row for row in self._rows if row[6] >= self.HITS]
        tracks = tracks_of(
            [(int(r[0]), r[1], r[2], math.degrees(math.atan2(r[3], r[4])) % 360, math.hypot(r[3], r[4])) for r in rows]
        )
        tracks.stamp_ns[:] = [int(row[5]) for row in rows]
        return tracks


def sensors() -> dict[str, Sensor]:
    """Return a camera and a radar on each side, looking across the crossing."""
    found = []
    for yaw in (0.0, 90.0, 180.0, 270.0):
        angle = math.radians(yaw)
        mount = Mount(east_m=-25.0 * math.sin(angle), north_m=-25.0 * math.cos(angle), height_m=7.0, yaw_deg=yaw)
        for kind, noise in (
            ("camera", Noise(along_m=0.9, across_m=0.5, speed_mps=1.0)),
            ("radar", Noise(along_m=0.3, across_m=0.3, azimuth_deg=0.5, speed_mps=0.3)),
        ):
            view = FieldOfView(range_m=190.0, width_deg=110.0)
            found.append(
                Sensor(device=f"{kind}-{yaw:.0f}", mount=mount, field_of_view=view, noise=noise, false_alarms=2.0)
            )
    return {sensor.device: sensor for sensor in found}


def users(count: int, seed: int) -> list[User]:
    """Return road users of whom about `count` are there at any time: four fifths in eight lanes, the rest on foot."""
    rng, found = np.random.default_rng(seed), []
    for lane in range(8):
        speed = rng.uniform(7.0, 14.0)
        gap = 2 * HALF_M / (0.8 * count / 8) / speed  # s between two in the lane
        offset = 2.0 + 3.5 * (lane // 4)
        way = [(offset, -HALF_M, 0, 1), (-offset, HALF_M, 0, -1), (-HALF_M, -offset, 1, 0), (HALF_M, offset, -1, 0)]
        east, north, right, up = way[lane % 4]
        for number in range(math.ceil((SECONDS + 2 * HALF_M / speed) / gap)):
            begin = (number + rng.uniform(0.0, 0.3)) * gap - 2 * HALF_M / speed
            path = straight(east - right * speed * begin, north - up * speed * begin, right * speed, up * speed)
            found.append(User(len(found) + 1, RoadUser.CAR, path, begin, begin + 2 * HALF_M / speed))
    for _ in range(count // 5):
        place, pace = rng.uniform(-40.0, 40.0, 2), rng.normal(0.0, 1.0, 2)
        found.append(User(len(found) + 1, RoadUser.PEDESTRIAN, straight(*place, *pace)))
    return found


def measure(tracker: Tracker, stream: list[Detections], world: Callable[[int], WorldFrame]) -> dict[str, float]:
    """Feed a tracker; return time and accuracy."""
    score, spent, now_ns = Score(radius=120.0), [0.0], START_NS + CYCLE_NS
    for scan in stream:
        while scan.receipt_ns >= now_ns:
            if now_ns >= START_NS + 2 * SECOND_NS:
                score.look(tracker.tracks(now_ns), world, now_ns)
            now_ns += CYCLE_NS
            spent.append(0.0)
        began = time.process_time()
        tracker.ingest(scan)
        spent[-1] += time.process_time() - began
    figures = score.summary()
    p50, p99 = np.percentile(spent, [50, 99]) * 1e3
    kept = ("gospa", "missed", "false", "id_switches", "position_p95_m", "speed_p95_mps")
    return {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2), **{name: figures[name] for name in kept}}


def main() -> None:
    """Print both trackers' figures for every number of road users."""
    results: dict[int, dict[str, dict[str, float]]] = {}
    for count in SIZES:
        crowd, site = users(count, seed=count), sensors()
        world = {}

        def at(stamp_ns: int, crowd: list[User] = crowd, world: dict[int, WorldFrame] = world) -> WorldFrame:
            return world.setdefault(stamp_ns, truth(crowd, stamp_ns)) if stamp_ns not in world else world[stamp_ns]

        behaviour = {
            name: Behaviour(phase_s=0.0125 * number, false_alarms=2.0, velocity="radar" in name, kind="camera" in name)
            for number, name in enumerate(site)
        }
        stream = Bench(site, behaviour, seed=count).measurements(at, SECONDS)
        ours = measure(Fusion(list(site.values()), FusionSettings(), REFERENCE), stream, at)
        peer = measure(NearestNeighbour(list(site.values())), stream, at)
        results[count] = {"ours": ours, "nearest": peer}
        for name, figures in results[count].items():
            print(f"N={count:<4} {name:8}", "  ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
        ratio = {name: ours[name] / peer[name] for name in ("p50_ms", "gospa")}
        print(f"       ours / nearest: time {ratio['p50_ms']:.2f}, GOSPA {ratio['gospa']:.2f}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
