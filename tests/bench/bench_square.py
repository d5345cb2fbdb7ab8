"""People on an open square before one camera: are people still reported that have left?

    python -m tests.bench square [--seed N]... [--seconds S]

Method: pedestrians and bicycles cross a square of 40 m x 30 m by waypoints, turn, stop and start at random, and leave
for good at its sides or through a door, some of them behind others. One camera at 6 m height, at the middle of one
side, sees each person not hidden by more than half behind a nearer body (a body hides as far as its height reaches),
with 10 % misses and a false alarm every other scan. Every tracker of `bench_fusion` that is installed gets the same
scans. Figures are those of `fusion_score`; they go to build/bench/square.json.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.sensing.scan import rotation_of, sight_covariance
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.state.attributes import TYPICAL_SIZE
from tests.bench.bench_fusion import CYCLE_NS, Cycle, measure, show
from tests.bench.fusion_trackers import TRACKERS, make
from tests.bench.fusion_world import LATENCY_NS, START_NS, Case, Crowd, Mask, detections

OUT = Path("build/bench/square.json")
SEEDS = (1, 2, 3)
HALF_EAST_M, NORTH_M = 20.0, 30.0
DOOR_M = np.array([12.0, 22.0])  # a person inside is gone
PEOPLE, BICYCLES = 1.2, 0.25  # that come in a second
STEP_S = 0.1
CAMERA = Sensor(
    device="camera",
    mount=Mount(east_m=0.0, north_m=-8.0, height_m=6.0, yaw_deg=0.0),
    field_of_view=FieldOfView(range_m=60.0, width_deg=110.0),
    noise=Noise(along_m=0.5, across_m=0.25),
    false_alarms=0.5,
)


class Strollers(Crowd):
    """u people on ways of their own: places (t, u, 2) m at every STEP_S, NaN while they are not there."""

    def __init__(self, kind: Ints, place: Floats) -> None:
        none: Floats = np.zeros(len(kind))
        self._place, self._velocity = place, np.gradient(place, STEP_S, axis=0)
        super().__init__(kind, place[0], np.nan_to_num(self._velocity[0]), none, none)

    def at(self, seconds: float) -> tuple[Ints, Floats]:
        """Return the people present and their places (k, 2)."""
        step = min(round(seconds / STEP_S), len(self._place) - 1)
        here = np.flatnonzero(np.isfinite(self._place[step, :, 0]))
        self.velocity = np.nan_to_num(self._velocity[step])
        return here, self._place[step, here]


def strollers(seconds: float, rng: np.random.Generator) -> Strollers:
    """Return people that come and leave in so many seconds; some are there from the beginning."""
    steps, warm = round(seconds / STEP_S), round(30.0 / STEP_S)
    ways = []
    for rate, kind, pace in ((PEOPLE, RoadUser.PEDESTRIAN, 1.3), (BICYCLES, RoadUser.BICYCLE, 4.0)):
        for step in np.flatnonzero(rng.random(steps + warm) < rate * STEP_S):
            ways.append((int(kind), int(step) - warm, _way(pace * rng.uniform(0.7, 1.3), kind, rng)))
    place = np.full((steps, len(ways), 2), np.nan)
    for user, (_, begin, way) in enumerate(ways):
        shown = way[max(-begin, 0) : steps - begin]
        place[max(begin, 0) : max(begin, 0) + len(shown), user] = shown
    return Strollers(np.array([kind for kind, _, _ in ways], dtype=np.int64), place)


def _way(pace: float, kind: RoadUser, rng: np.random.Generator) -> Floats:
    """Return the places (t, 2) of one way over the square: in at a side, by a waypoint, out at a side or the door."""
    by_door = kind == RoadUser.PEDESTRIAN and rng.random() < 0.3
    goals = [rng.uniform([-12.0, 6.0], [12.0, 24.0]), DOOR_M if by_door else _side(rng)]
    place, velocity, found, halt = _side(rng), np.zeros(2), [], 0
    while goals:
        away = goals[0] - place
        distance = math.hypot(*away)
        halt = int(rng.integers(20, 80)) if halt == 0 and rng.random() < 0.004 else max(halt - 1, 0)
        wanted = np.zeros(2) if halt else pace * away / max(distance, 1e-6)
        velocity = velocity + (wanted - velocity) * STEP_S / 0.5 + rng.normal(0.0, 0.1, 2)
        place = place + velocity * STEP_S
        found.append(place)
        if distance < max(1.0, pace * 0.5):
            goals.pop(0)
    return np.array(found)


def _side(rng: np.random.Generator) -> Floats:
    """Return a place on the square's left, right or far side."""
    along = rng.uniform(0.0, NORTH_M)
    sides = [(-HALF_EAST_M, along), (HALF_EAST_M, along), (rng.uniform(-HALF_EAST_M, HALF_EAST_M), NORTH_M)]
    return np.array(sides[rng.integers(3)])


def cycles(crowd: Strollers, seconds: float, rng: np.random.Generator) -> list[Cycle]:
    """Return the camera's detections of each cycle of 100 ms."""
    turned, foot = rotation_of(CAMERA.mount), np.array([CAMERA.mount.east_m, CAMERA.mount.north_m])
    found: list[Cycle] = []
    for step in range(round(seconds * 1e9) // CYCLE_NS):
        here, place = crowd.at(step * STEP_S)
        place = (place - foot) @ turned
        seen = np.flatnonzero(~_hidden(place, crowd.kind[here]) & (rng.random(len(here)) < 0.9))
        spread = np.linalg.cholesky(sight_covariance(place[seen], CAMERA.noise))
        noisy = place[seen] + (spread @ rng.normal(size=(len(seen), 2, 1)))[:, :, 0]
        alarms = rng.uniform([8.0, -20.0], [38.0, 20.0], (rng.poisson(0.5), 2))
        owner = np.concatenate([here[seen], np.full(len(alarms), -1)])
        kind = np.concatenate([crowd.kind[here[seen]], rng.integers(5, 7, len(alarms))])
        stamp_ns = START_NS + step * CYCLE_NS
        scan = detections(CAMERA.device, stamp_ns, LATENCY_NS, np.vstack([noisy, alarms]), None, kind)
        found.append(([scan], [owner]))
    return found


def _hidden(place: Floats, kind: Ints) -> Mask:
    """Return which people (k,), at (k, 2) m in the camera's frame, are hidden behind nearer bodies by half or more."""
    distance, bearing = np.hypot(*place.T), np.arctan2(place[:, 1], place[:, 0])
    width, tall = TYPICAL_SIZE[kind, 1] / distance, TYPICAL_SIZE[kind, 2]
    share = distance / distance[:, None]  # of the way to the target (row) at which the body (column) stands
    line = CAMERA.mount.height_m + (tall[:, None] / 2.0 - CAMERA.mount.height_m) * share
    gap = np.abs(bearing[:, None] - bearing)
    covered = np.clip((width[:, None] + width) / 2.0 - gap, 0.0, np.minimum(width[:, None], width))
    hides: Mask = (share < 1.0) & (line < tall)
    part: Floats = (covered * hides).sum(axis=1) / width
    return part >= 0.5


def main() -> None:
    """Print all figures, write them to build/bench."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench square", description=__doc__)
    parser.add_argument("--seed", action="append", type=int, help=f"of people and camera (default: {SEEDS})")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    results: dict[str, dict[str, dict[str, float]]] = {}
    for seed in options.seed or SEEDS:
        rng = np.random.default_rng(seed)
        crowd = strollers(options.seconds, rng)
        stream = cycles(crowd, options.seconds, rng)
        for name in TRACKERS:
            if (tracker := make(name, [CAMERA])) is not None:
                figures = measure(tracker, Case(crowd), stream, math.inf)
                results.setdefault(str(seed), {})[name] = figures
                show(f"seed {seed}", name, figures)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
