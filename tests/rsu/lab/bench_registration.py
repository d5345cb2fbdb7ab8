"""How well wrong mounts are found: 1 m and 3 deg put into a radar and a camera, for several pairs of them.

    python -m tests.rsu.lab.bench_registration [--seconds 60] [--start 30]

The demo site is recorded in virtual time; then its site file gets wrong mounts, and the code of `rsu tune
--registration` has to find them. Keeps the figures, prints them, and ends with 1 where an error is
above its limit.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

import msgspec
import numpy as np

from rsu.lab.hearing import Sensed, sensed
from rsu.lab.tune.parameters import applied
from rsu.lab.tune.registering import registrations
from rsu.site import config
from rsu.site.config import Config
from sim import recorded
from sim.frames import PERIOD_NS, WorldFrame
from tests.bench_file import keep
from tests.rsu.recording.virtual import CONFIGS, record

LIMIT_M, LIMIT_DEG = 0.1, 0.1
Wrong = dict[str, tuple[float, float, float]]  # device -> m east, m north, deg
CASES: dict[str, Wrong] = {
    "none": {},
    "a camera turned, a radar shifted": {"camera-north": (0.0, 0.0, 1.0), "radar-east": (-0.6, 0.8, 0.0)},
    "apart": {"radar-north": (0.6, -0.8, 3.0), "camera-east": (-0.8, 0.6, -3.0)},
    "one pole, opposite": {"radar-south": (1.0, 0.0, -3.0), "camera-south": (0.0, 1.0, 3.0)},
    "one pole, alike": {"radar-west": (1.0, 0.0, 3.0), "camera-west": (1.0, 0.0, 3.0)},
    "three times as wrong": {"radar-east": (2.0, 2.2, 6.0), "camera-north": (-3.0, 0.0, -5.0)},
}
EARLY = ["none", "apart"]  # those that are tried with other traffic too


def wrong_site(site: Config, wrong: Wrong) -> Config:
    """Return a site whose mounts are wrong by so much."""
    values: dict[tuple[str | int, ...], float] = {}
    for index, sensor in enumerate(site.site.sensors):
        east, north, yaw = wrong.get(sensor.device, (0.0, 0.0, 0.0))
        values["sensors", index, "mount", "east_m"] = sensor.mount.east_m + east
        values["sensors", index, "mount", "north_m"] = sensor.mount.north_m + north
        values["sensors", index, "mount", "yaw_deg"] = (sensor.mount.yaw_deg + yaw) % 360.0
    return applied(site, values)


def world(start_s: float) -> Iterator[WorldFrame]:
    """Yield the recorded world from some second on."""
    for number, frame in enumerate(islice(recorded.frames(), round(start_s * 10), None)):
        yield msgspec.structs.replace(frame, stamp_ns=number * PERIOD_NS)


def judge(site: Config, heard: Sequence[Sensed], wrong: Wrong) -> tuple[dict[str, object], bool]:
    """Return the mounts found for a site with wrong mounts, and whether that is within the limits."""
    found = registrations(wrong_site(site, wrong), heard)
    moved = {one.device for one in found if one.verdict == "moved"}
    put = [(one, wrong[one.device]) for one in found if one.device in wrong]
    worst_m = max((float(np.hypot(one.east_m + east, one.north_m + north)) for one, (east, north, _) in put), default=0)
    worst_deg = max((abs(one.yaw_deg + yaw) for one, (_, _, yaw) in put), default=0)
    right = moved == set(wrong)
    case = {
        "moved": sorted(moved),
        "right_sensors": right,
        "worst_m": round(worst_m, 3),
        "worst_deg": round(worst_deg, 3),
    }
    return case, right and worst_m <= LIMIT_M and worst_deg <= LIMIT_DEG


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--start", type=float, default=30.0, help="second of the recorded world to begin with")
    options = parser.parse_args()
    site = config.load(CONFIGS / "demo.yaml")
    answer: dict[str, object] = {"seconds": options.seconds, "limit_m": LIMIT_M, "limit_deg": LIMIT_DEG}
    good = True
    for start_s, names in ((options.start, list(CASES)), (0.0, EARLY)):
        tapes = record(options.seconds, partial(world, start_s), site=site)
        heard = list(sensed(site, tapes))
        for name in names:
            case, within = judge(site, heard, CASES[name])
            good &= within
            told = name if start_s else f"{name}, from the start"
            answer[told] = case
            print(f"{told}: {case}", flush=True)
    keep("registration", answer)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
