"""Traffic statistics: everything that the whole station counts in dense traffic, beside the truth's.

    python -m tests.bench statistics [--minutes 15] [--traffic 1.5] [--seed 201]...

Method: emulated devices make their bytes of the bench world, real drivers parse them, the station counts in virtual
time and makes its records for the cloud; those are judged. The truth is counted by the same definitions from the
world's own road users, exact and all of them. Counts are compared per lane over the whole time, queues by the longest
of each lane and minute, everything else per lane, loop and zone in periods of 1 s, 5 s, 60 s, 15 min and signal cycle.
Figures go to build/bench/statistics.json: those of the first seed, and of each one under `seeds`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, tee
from typing import Any

import numpy as np

from perception.results import DirectionFlow, LaneFlow, SpotFlow
from perception.traffic.statistics import StatisticsSettings
from rsu.recording import worded
from rsu.site import config
from sim import recorded
from sim.frames import WorldFrame
from tests.bench_file import keep
from tests.perception.watching import LANES, Watch
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.virtual_site import run

QUEUE_M = 15.0  # shorter ones, two vehicles, are not judged by their share
CYCLE, MINUTE = "cycle", "60 s"
PERIODS = {1: "1 s", 5: "5 s", 60: MINUTE}  # by length in s; the longest, 15 min, may have begun with the bench
LONGEST = "15 min"
SIGNAL_CYCLE = 1  # periodTime of T/ITS 0180.1
SPOTS = {
    "loops": [
        {"name": f"{link} {lane}", "link": link, "lane": lane, "to_stop_line_m": 30.0, "length_m": 2.0}
        for link in ("north_in", "east_in", "south_in", "west_in")
        for lane in (2, 3)
    ],
    "zones": [{"name": "junction", "polygon_m": [(-20, -20), (20, -20), (20, 20), (-20, 20)]}],
}
FLOW_TYPES = {1: "straight", 2: "left", 3: "right", 4: "uturn"}

Where = tuple[str, str]  # lane, way, loop or zone; its name
Values = Mapping[str, float | None]  # by indicator, SI units; None: there was nothing to measure
Flows = dict[tuple[str, int, Where], Values]  # by period, its begin in ms UTC, and place


def world(seed: int, scale: float) -> Iterator[WorldFrame]:
    """Return dense traffic; the recording's where SUMO is not installed."""
    try:
        from sim import traffic
    except ImportError:
        return recorded.frames()
    return traffic.frames(seed, scale)


def truth(frames: Iterable[WorldFrame]) -> Flows:
    """Return the true statistics of the world."""
    watch = Watch(statistics=StatisticsSettings.model_validate(SPOTS), seed=None, seen_m=1e3)
    periods = [period for frame in frames for period in watch.look(frame)[2]]
    flows: Flows = {}
    for period in periods:
        length_s, begin_ms = round((period.end_ns - period.start_ns) / 1e9), period.start_ns // 1_000_000
        name = CYCLE if period.cycle else PERIODS.get(length_s, LONGEST)
        begin_ms = round(begin_ms, -3)  # a cycle begins when its green is known
        flows |= {(name, begin_ms, ("lane", f"{flow.link} {flow.lane}")): _of_lane(flow) for flow in period.lanes}
        flows |= {
            (name, begin_ms, ("way", f"{flow.link} {flow.movement}")): _of_way(flow) for flow in period.directions
        }
        flows |= {(name, begin_ms, ("loop", flow.name)): _of_spot(flow) for flow in period.loops}
        flows |= {(name, begin_ms, ("zone", flow.name)): _of_spot(flow) for flow in period.zones}
    return flows


def _of_lane(flow: LaneFlow) -> Values:
    return {
        "count": flow.volume,
        "speed": flow.mean_speed_mps,
        "speed85": flow.speed_85_mps,
        "length": flow.mean_length_m,
        "occupancy": flow.occupancy,
        "space_occupancy": flow.space_occupancy,
        "headway": flow.headway_s,
        "gap": flow.gap_s,
        "queue_m": flow.queue_length_m,
        "queue_count": flow.queue_count,
        "stops": flow.stops,
        "delay": flow.delay_s,
    }


def _of_way(flow: DirectionFlow) -> Values:
    return {"count": flow.volume, "delay": flow.delay_s}


def _of_spot(flow: SpotFlow) -> Values:
    return {
        "count": flow.volume,
        "speed": flow.mean_speed_mps,
        "occupancy": flow.occupancy,
        "mean_count": flow.mean_count,
    }


def station(seconds: float, frames: Iterator[WorldFrame]) -> Flows:
    """Return the periods as the station reports them to the cloud."""
    site = config.load(CONFIGS / "demo.yaml")
    counted = site.site.statistics.model_copy(update=dict(StatisticsSettings.model_validate(SPOTS)))
    site = site._replace(site=site.site.model_copy(update={"statistics": counted}))
    drafts = (draft for _, _, output in run(seconds, world=lambda: frames, site=site) for draft in output.drafts)
    flows: Flows = {}
    teller = worded.teller(site)
    for data in (json.loads(teller.body(*draft[:3])) for draft in drafts if draft.kind == "traffic"):
        begin_ms = data["startTime"]
        name = CYCLE if data["periodTime"] == SIGNAL_CYCLE else PERIODS.get(data["duration"], LONGEST)
        begin_ms = round(begin_ms, -3)
        for flow in data["laneFlowData"]:
            flows[name, begin_ms, ("lane", f"{flow['branchId']} {flow['laneId']}")] = _said_of_lane(flow)
        for flow in data["directionFlowData"]:
            movement = FLOW_TYPES[flow["flowType"]]
            values = {"count": flow["trafficNumber"], "delay": flow.get("wasteTime")}
            flows[name, begin_ms, ("way", f"{flow['branchId']} {movement}")] = values
        for kind in ("loop", "zone"):
            for flow in data.get(f"{kind}FlowData", []):
                flows[name, begin_ms, (kind, flow["name"])] = {
                    "count": flow["trafficNumber"],
                    "speed": flow.get("speed"),
                    "occupancy": flow["occupancy"],
                    "mean_count": flow["meanCount"],
                }
    return flows


def _said_of_lane(flow: dict[str, object]) -> Values:
    more = flow["extended"]
    assert isinstance(more, dict)
    named = {"speed85": "speed85", "length": "AvgVehLen", "space_occupancy": "spaceOccupancy"}
    named |= {"headway": "HeadTime", "gap": "gap", "stops": "stops"}
    own = {"count": "trafficNumber", "queue_m": "queueLength", "queue_count": "queueCount", "delay": "wasteTime"}
    values = {name: more.get(key) for name, key in named.items()} | {name: flow.get(key) for name, key in own.items()}
    speed, occupancy = more.get("Speed"), more["Occupancy"]
    return values | {"speed": None if speed is None else speed / 3.6, "occupancy": occupancy / 100.0}


def compare(said: Flows, real: Flows) -> dict[str, object]:
    """Return the figures: counts and queues of all motor lanes, counts of each lane, every indicator of each period."""
    motor = {("lane", f"{line.link} {line.lane}") for line in LANES.lines if line.type == "vehicle"}
    both = sorted(said.keys() & real.keys())
    minutes = [key for key in both if key[0] == MINUTE]
    per_lane = {
        place[1]: {
            "count": sum(_number(said[key], "count") for key in minutes if key[2] == place),
            "true_count": sum(_number(real[key], "count") for key in minutes if key[2] == place),
        }
        for place in dict.fromkeys(key[2] for key in minutes if key[2][0] == "lane")
    }
    counts = [sum(_number(flows[key], "count") for key in minutes if key[2] in motor) for flows in (said, real)]
    lanes = [key for key in minutes if key[2] in motor and _number(real[key], "queue_m") >= QUEUE_M]
    queues = np.array([(_number(said[key], "queue_m"), _number(real[key], "queue_m")) for key in lanes])
    error = queues[:, 0] - queues[:, 1]
    return {
        "minutes": len({begin for _, begin, _ in minutes}),
        "count": counts[0],
        "true_count": counts[1],
        "count_error_percent": _percent(abs(counts[0] - counts[1]), counts[1]),
        "worst_lane_error": max(abs(row["count"] - row["true_count"]) for row in per_lane.values()),
        "worst_lane_error_percent": max(
            _percent(abs(row["count"] - row["true_count"]), max(row["true_count"], 1)) for row in per_lane.values()
        ),
        "queues": len(queues),
        "mean_queue_m": round(float(queues[:, 0].mean()), 2),
        "true_mean_queue_m": round(float(queues[:, 1].mean()), 2),
        "queue_error_percent": _percent(abs(float(error.sum())), float(queues[:, 1].sum())),
        "queue_mean_absolute_error_percent": _percent(float(np.abs(error).sum()), float(queues[:, 1].sum())),
        "longest_true_queue_m": round(float(queues[:, 1].max()), 1),
        "lanes": per_lane,
        "indicators": {
            period: _indicators([(said[key], real[key], key[2][0]) for key in both if key[0] == period])
            for period in (*PERIODS.values(), CYCLE, LONGEST)
        },
    }


def _indicators(pairs: list[tuple[Values, Values, str]]) -> dict[str, dict[str, float | int]]:
    """Return each indicator of each kind of place: how often both measured it, both means, and the mean error."""
    found: dict[str, list[tuple[float, float]]] = {}
    for said, real, kind in pairs:
        for name, value in real.items():
            other = said[name]
            if value is not None and other is not None:
                found.setdefault(f"{kind} {name}", []).append((float(other), float(value)))
    figures = {}
    for name, values in found.items():
        own, true = np.array(values).T
        figures[name] = {
            "n": len(values),
            "mean": round(float(own.mean()), 3),
            "true_mean": round(float(true.mean()), 3),
            "mean_absolute_error": round(float(np.abs(own - true).mean()), 3),
        }
    return figures


def _number(values: Values, name: str) -> float:
    return values[name] or 0.0


def _percent(part: float, whole: float) -> float:
    return round(100.0 * part / whole, 2)


def judge(minutes: int, scale: float, seed: int) -> dict[str, object]:
    """Count some minutes of the traffic of a seed; return the figures."""
    seconds = minutes * 60 + 60  # the first minute is short
    for_station, for_truth = tee(world(seed, scale))
    said = station(seconds + 1.0, for_station)
    return compare(said, truth(islice(for_truth, 1, seconds * 10 + 12))) | {"traffic": scale, "seed": seed}


def _print(result: Mapping[str, Any]) -> None:
    for name, value in result.items():
        if name not in ("lanes", "indicators"):
            print(f"{name}: {value}")
    for lane, row in result["lanes"].items():
        print(f"  {lane:12} counted {row['count']:4.0f} of {row['true_count']:4.0f}")
    for period, figures in result["indicators"].items():
        print(f"  {period:22}      n      mean      true   mean error")
        for name, row in figures.items():
            mean, true, error = row["mean"], row["true_mean"], row["mean_absolute_error"]
            print(f"    {name:20} {row['n']:6} {mean:9.3f} {true:9.3f} {error:9.3f}")
    print(flush=True)


def main() -> None:
    """Print the figures and write them down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench statistics", description=__doc__)
    parser.add_argument("--minutes", type=int, default=15, help="of dense traffic (default: %(default)s)")
    parser.add_argument("--traffic", type=float, default=1.5, help="times the usual demand (default: %(default)s)")
    parser.add_argument("--seed", type=int, action="append", help="of the traffic (default: 201)")
    options = parser.parse_args()
    began, results = time.monotonic(), []
    for seed in options.seed or [201]:
        results.append(judge(options.minutes, options.traffic, seed))
        _print(results[-1])
    print(f"{time.monotonic() - began:.0f} s; written to {keep('statistics', results[0] | {'seeds': results})}")


if __name__ == "__main__":
    main()
