"""Traffic statistics: counts per lane and queue lengths of the whole station, beside the truth's, in dense traffic.

    python -m tests.bench statistics [--minutes 15] [--traffic 1.5] [--seed 201]

Method: emulated devices make their bytes of the bench world, real drivers parse them, the station counts in virtual
time. The truth is counted by the same definitions from the world's own road users, exact and all of them. Counts are
compared per lane over the whole time, queues by the longest of each lane and signal cycle.
Figures go to build/bench/statistics.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from itertools import islice, tee
from pathlib import Path
from typing import NamedTuple

import numpy as np
from virtual_site import run

from perception.traffic.statistics import StatisticsSettings
from sim import recorded
from sim.frames import WorldFrame
from tests.perception.watching import LANES, Watch

OUT = Path("build/bench/statistics.json")
QUEUE_M = 15.0  # shorter ones, two vehicles, are not judged by their share

PERIOD_TYPE = 4  # of T/ITS 0180.1: 60 s

Lane = tuple[str, int]


class Minute(NamedTuple):
    """One lane in one minute."""

    count: int
    queue_m: float


Minutes = dict[tuple[int, Lane], Minute]  # by begin of the minute, ms UTC


def world(seed: int, scale: float) -> Iterator[WorldFrame]:
    """Return dense traffic; the recording's where SUMO is not installed."""
    try:
        from sim import traffic
    except ImportError:
        return recorded.frames()
    return traffic.frames(seed, scale)


def truth(frames: Iterable[WorldFrame]) -> Minutes:
    """Return the minutes of the world itself."""
    watch = Watch(statistics=StatisticsSettings(periods_s=[60], signal_cycle=False), seed=None, seen_m=1e3)
    periods = [period for frame in frames for period in watch.look(frame)[2]]
    return {
        (period.start_ns // 1_000_000, (flow.link, flow.lane)): Minute(flow.volume, flow.queue_length)
        for period in periods
        for flow in period.lanes
    }


def station(seconds: float, frames: Iterator[WorldFrame]) -> Minutes:
    """Return the minutes as the station reports them to the cloud."""
    drafts = (draft for _, _, output in run(seconds, world=lambda: frames) for draft in output.drafts)
    periods = [draft.data for draft in drafts if draft.kind == "traffic" and draft.data["periodTime"] == PERIOD_TYPE]
    return {
        (period["startTime"], (flow["branchId"], flow["laneId"])): Minute(flow["trafficNumber"], flow["queueLength"])
        for period in periods
        for flow in period["laneFlowData"]
    }


def compare(said: Minutes, real: Minutes) -> dict[str, object]:
    """Return the figures: all lanes, motor lanes, and each lane."""
    lanes = {(line.link, line.lane): line.type == "vehicle" for line in LANES.lines if not line.leads_away}
    both = sorted(said.keys() & real.keys())
    per_lane = {
        f"{link} {lane}": {
            "count": sum(said[key].count for key in both if key[1] == (link, lane)),
            "true_count": sum(real[key].count for key in both if key[1] == (link, lane)),
        }
        for link, lane in lanes
    }
    motor = [key for key in both if lanes[key[1]]]
    counts = [sum(minutes[key].count for key in motor) for minutes in (said, real)]
    worst = max(abs(row["count"] - row["true_count"]) / max(row["true_count"], 1) for row in per_lane.values())
    queues = np.array([(said[key].queue_m, real[key].queue_m) for key in motor if real[key].queue_m >= QUEUE_M])
    error = np.abs(queues[:, 0] - queues[:, 1])
    return {
        "minutes": len({number for number, _ in both}),
        "count": counts[0],
        "true_count": counts[1],
        "count_error_percent": _percent(abs(counts[0] - counts[1]), counts[1]),
        "worst_lane_error_percent": round(100.0 * worst, 2),
        "queues": len(queues),
        "mean_queue_m": round(float(queues[:, 0].mean()), 2),
        "true_mean_queue_m": round(float(queues[:, 1].mean()), 2),
        "queue_error_percent": _percent(abs(float((queues[:, 0] - queues[:, 1]).sum())), float(queues[:, 1].sum())),
        "queue_mean_absolute_error_percent": _percent(float(error.sum()), float(queues[:, 1].sum())),
        "longest_true_queue_m": round(float(queues[:, 1].max()), 1),
        "lanes": per_lane,
    }


def _percent(part: float, whole: float) -> float:
    return round(100.0 * part / whole, 2)


def main() -> None:
    """Print the figures and write them down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench statistics", description=__doc__)
    parser.add_argument("--minutes", type=int, default=15, help="of dense traffic (default: %(default)s)")
    parser.add_argument("--traffic", type=float, default=1.5, help="times the usual demand (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=201, help="of the traffic (default: %(default)s)")
    options = parser.parse_args()
    began, seconds = time.monotonic(), options.minutes * 60 + 60  # the first minute is short
    for_station, for_truth = tee(world(options.seed, options.traffic))
    said = station(seconds + 1.0, for_station)
    result = compare(said, truth(islice(for_truth, seconds * 10 + 10)))
    for name, value in result.items():
        print(f"{name}: {value}", flush=True)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(result | {"traffic": options.traffic, "seed": options.seed}, indent=1))
    print(f"{time.monotonic() - began:.0f} s; written to {OUT}")


if __name__ == "__main__":
    main()
