"""Events: every scripted scene through the whole station, and ordinary traffic without a false one.

    python -m tests.bench events [--minutes 60] [--scenario NAME]... [--seed 7]... [--traffic-seed 101]... [--workers 2]

Method: emulated devices make their bytes of the bench world (SUMO, or its recording where that is not installed), real
drivers parse them, the station runs in virtual time. A scene is detected when its rule's event starts near its place;
delays are against the script's own times; of several seeds of the traffic around it the worst counts. An event in
ordinary traffic is false unless the simulation's own positions, speeds, sizes and headings, exact as they are, fulfil
the same rule at that place and time; each fulfilled rule is listed, and missed unless an event of the station runs near
it at some time of it. So are events beside those of a
scene. A queue end is true if the true queue is long enough within the accuracy demanded of queue lengths, 10 %.
Figures go to build/bench/events.json.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice, tee
from multiprocessing import get_context
from typing import Any, NamedTuple

from perception.events.queue_end import QueueEndSettings
from perception.events.settings import EventSettings
from perception.results import RoadEvent
from sim import recorded
from sim.frames import WorldFrame
from sim.scenarios import SCENARIOS, Scenario
from tests.bench_file import keep
from tests.perception.watching import Watch
from tests.rsu.recording.virtual import EPOCH_NS
from tests.rsu.virtual_site import run

WARM_UP_S = 4.0  # the station learns UTC, tracks are confirmed
LIMIT_S = {"congestion": 15.0}
USUAL_LIMIT_S = 2.0
NEAR_M, NEAR_S = 10.0, 3.0  # an event of the truth explains one of the station so near it
LONG_M = {"congestion": 60.0, "queue_end": 25.0}  # those that have no single place
LENIENT = EventSettings(queue_end=QueueEndSettings(least_length_m=0.9 * QueueEndSettings().least_length_m))
SCENE_SEEDS = (7, 8, 9)
TRAFFIC_SEEDS = (101, 102, 103, 104)

World = Callable[[], Iterator[WorldFrame]]


class Seen(NamedTuple):
    """The start or end of an event."""

    at_s: float  # since the world began
    name: str
    state: str
    id: int
    position: tuple[float, float]


def world(seed: int) -> Iterator[WorldFrame]:
    """Return the ordinary traffic."""
    try:
        from sim import traffic
    except ImportError:
        return recorded.frames()
    return traffic.frames(seed)


def watched(seconds: float, frames: World) -> Iterator[Seen]:
    """Yield the starts and ends of all events that the station finds."""
    states: dict[int, str] = {}
    for now_ns, station, _ in run(seconds, world=frames):
        for event in station.events:
            state = "end" if event.state == "end" else "start"
            if states.get(event.id) != state:
                states[event.id] = state
                yield Seen((now_ns - EPOCH_NS) / 1e9, event.name, state, event.id, event.position_m)


class Real(NamedTuple):
    """An event from its begin to its end, of the truth or of the station."""

    begin_s: float  # since the world began
    end_s: float
    name: str
    position: tuple[float, float]


def judge_scene(name: str, seed: int) -> dict[str, Any]:
    """Play a scene among the traffic of a seed; return the events found of it, and the others."""
    scene = SCENARIOS[name]()
    frames, truth = tee(scene.play(world(seed)))
    seen = list(watched(scene.seconds, lambda: frames))
    start = next((s for s in seen if s.state == "start" and _is_meant(scene, s)), None)
    end = next((s for s in seen if start and s.state == "end" and s.id == start.id and s.at_s > start.at_s), None)
    others = [s for s in seen if s.state == "start" and s.at_s > WARM_UP_S and s.name != scene.event]
    _, false = _judge(others, list(islice(truth, round(scene.seconds * 10))))
    delay_s = None if start is None else round(start.at_s - scene.begin_s, 2)
    limit_s = LIMIT_S.get(scene.event, USUAL_LIMIT_S)
    return {
        "event": scene.event,
        "seed": seed,
        "delay_s": delay_s,
        "limit_s": limit_s,
        "ended_s": None if end is None else round(end.at_s - scene.end_s, 2),
        "detected": delay_s is not None and delay_s <= limit_s,
        "ended": end is not None,
        "others": dict(Counter(s.name for s in others)),
        "false": [_told(s.name, s.at_s, s.position) for s in false],
    }


def _worst(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of the seed in which a scene was found last, if at all, with those of all seeds."""
    worst = max(rows, key=lambda row: (not row["ended"], math.inf if row["delay_s"] is None else row["delay_s"]))
    return worst | {"false": [each for row in rows for each in row["false"]], "seeds": rows}


def _is_meant(scene: Scenario, seen: Seen) -> bool:
    near = math.dist(seen.position, scene.place_m) <= scene.radius_m
    return seen.name == scene.event and near and seen.at_s >= scene.begin_s - NEAR_S


def judge_traffic(minutes: float, seed: int) -> dict[str, Any]:
    """Watch ordinary traffic; return the events, and those that are false."""
    frames, truth = tee(world(seed))
    told = list(watched(minutes * 60.0, lambda: frames))
    seen = [s for s in told if s.at_s > WARM_UP_S and s.state == "start"]
    real, false = _judge(seen, list(islice(truth, round(minutes * 600))))
    runs = list(_runs(told))
    missed = [r for r in real if r.begin_s > WARM_UP_S and not any(_meet(r, run) for run in runs)]
    return {
        "minutes": minutes,
        "seed": seed,
        "events": dict(Counter(s.name for s in seen)),
        "true": [_told(r.name, r.begin_s, r.position) for r in real],
        "missed": [_told(r.name, r.begin_s, r.position) for r in missed],
        "false": [_told(s.name, s.at_s, s.position) for s in false],
    }


def _told(name: str, at_s: float, position: tuple[float, float]) -> list[Any]:
    return [name, round(at_s, 1), [round(x, 1) for x in position]]


def _judge(seen: list[Seen], frames: list[WorldFrame]) -> tuple[list[Real], list[Seen]]:
    """Return the events of the truth, and the events seen although not even its lenient reading shows it."""
    real, may_be = (list(_truly(frames, settings)) for settings in (EventSettings(), LENIENT))
    return real, [s for s in seen if not any(_explains(other, s) for other in may_be)]


def _truly(frames: list[WorldFrame], settings: EventSettings) -> Iterator[Real]:
    """Yield the events that the truth itself shows."""
    running: dict[int, tuple[float, RoadEvent]] = {}
    for at_s, event in Watch(settings, seed=None).events(frames):
        if event.state == "start":
            running[event.id] = at_s, event
        else:
            begin_s, start = running.pop(event.id)
            yield Real(begin_s, at_s, start.name, start.position_m)
    yield from (Real(begin_s, math.inf, start.name, start.position_m) for begin_s, start in running.values())


def _runs(told: list[Seen]) -> Iterator[Real]:
    """Yield the station's events from begin to end."""
    running: dict[int, Seen] = {}
    for each in told:
        if each.state == "start":
            running[each.id] = each
        elif each.id in running:
            start = running.pop(each.id)
            yield Real(start.at_s, each.at_s, start.name, start.position)
    yield from (Real(start.at_s, math.inf, start.name, start.position) for start in running.values())


def _explains(real: Real, seen: Seen) -> bool:
    return _meet(real, Real(seen.at_s, seen.at_s, seen.name, seen.position))


def _meet(real: Real, run: Real) -> bool:
    near = math.dist(real.position, run.position) <= LONG_M.get(real.name, NEAR_M)
    return real.name == run.name and near and real.begin_s - NEAR_S <= run.end_s and run.begin_s <= real.end_s + NEAR_S


def _print(name: str, row: dict[str, Any]) -> None:
    delay, ended = row["delay_s"], row["ended_s"]
    print(
        f"{name:16} {row['event']:16} "
        f"{'not found' if delay is None else f'{delay:6.2f} s':>9} (limit {row['limit_s']:4.0f} s)  "
        f"end {'never' if ended is None else f'{ended:+6.2f} s':>8}  false events: {row['false'] or 'none'}",
        flush=True,
    )


def main() -> None:
    """Print the table and write it down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench events", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="of ordinary traffic (default: %(default)s)")
    parser.add_argument("--scenario", action="append", choices=list(SCENARIOS), help="only this one, no traffic")
    parser.add_argument(
        "--seed", action="append", type=int, help=f"of the traffic around scenes (default: {SCENE_SEEDS})"
    )
    parser.add_argument(
        "--traffic-seed",
        action="append",
        type=int,
        help=f"of ordinary traffic, in equal parts (default: {TRAFFIC_SEEDS})",
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    options = parser.parse_args()
    began = time.monotonic()
    seeds = options.traffic_seed or TRAFFIC_SEEDS
    minutes = 0.0 if options.scenario else options.minutes / len(seeds)
    with ProcessPoolExecutor(options.workers, get_context("spawn"), max_tasks_per_child=1) as pool:  # one SUMO each
        scenes = {
            name: [pool.submit(judge_scene, name, seed) for seed in options.seed or SCENE_SEEDS]
            for name in options.scenario or SCENARIOS
        }
        traffic = [pool.submit(judge_traffic, minutes, seed) for seed in seeds if minutes]
        print("scene            rule             found after                 over after")
        worst = {}
        for name, rows in scenes.items():
            worst[name] = _worst([row.result() for row in rows])
            _print(name, worst[name])
        hours = []
        for each in traffic:
            hours.append(hour := each.result())
            print(f"{hour['minutes']:.0f} min of ordinary traffic, seed {hour['seed']}: {hour['events'] or 'no event'}")
            for which in ("true", "missed", "false"):
                print(f"  {which}: {hour[which] or 'none'}", flush=True)
    result = {
        "scenarios": worst,
        "ordinary": {
            "minutes": sum(hour["minutes"] for hour in hours),
            "false": [each for hour in hours for each in hour["false"]],
            "slices": hours,
        },
    }
    print(f"{time.monotonic() - began:.0f} s; written to {keep('events', result)}")


if __name__ == "__main__":
    main()
