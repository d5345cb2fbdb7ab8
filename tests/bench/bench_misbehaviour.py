"""Misbehaviour of vehicles: which known attacks are found within 5 s, and how often honest vehicles are accused (G10).

    python -m tests.bench misbehaviour [--seeds 11,12,13] [--honest-minutes 6] [--lies NAME,NAME]

Method: the demo crossing without processes and sockets (`demo_offline`), every motor vehicle with an on-board unit, its
GNSS errors of 0.5 to 1 m wander, 1 % to 40 % of the frames are lost, 0.3 % of them spoiled. For each lie of
`sim/lies.py` up to LIARS vehicles that drive near the centre begin to tell it at BEGIN_S; some lies also from the first
message on, so that nothing breaks. Found: an offence of one of its ids, or of its radio, is recorded within 5 s (of the
lies that were always told: by 5 s after BEGIN_S). False alarms are all records of honest vehicles, in runs with and
without liars: the vehicle minutes of both are stated. Each minute without liars has traffic of a seed of its own, as
dense as the roads are after a minute. Figures go to build/bench/misbehaviour.json.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np

from perception.objects import Measurement, RoadUser
from rsu.bus.records import Misbehaviour
from rsu.site.config import load
from sim import bench as sim_bench
from sim import recorded
from sim.emulate import make_emulator
from sim.frames import OBU, WorldFrame
from sim.lies import LIES
from sim.obu import RANGE_M
from sim.radio import Radio
from tests.bench.demo_offline import CONFIGS, CYCLE_NS, START_NS, Chain, World, device, measurements, world_of
from tests.bench_file import keep

BEGIN_S, LIMIT_S, SECONDS = 20.0, 5.0, 27.0
HONEST_S = 60.0  # of one piece of honest traffic
LIARS = 6
ALWAYS = ("constant-position", "constant-offset", "mirrored-position", "speed-offset", "reversed-heading")
NEAR_M, LEAST_MPS = 80.0, 4.0  # a standing vehicle that says so does not lie
_MOTOR = [RoadUser.CAR, RoadUser.TRUCK, RoadUser.BUS, RoadUser.MOTORCYCLE]


class Piece(NamedTuple):
    """Some traffic, and the sensors' view of it."""

    bench: sim_bench.Bench
    world: World
    seconds: float
    seen: list[Measurement]


class Case(NamedTuple):
    """The outcome of a run."""

    liars: int
    found_s: list[float]  # after they began, in order
    false: list[Misbehaviour]
    honest_minutes: float


def _frames(seed: int) -> Iterator[WorldFrame]:
    """Yield SUMO's traffic of a seed, or the recording where it is not installed; all motor vehicles are equipped."""
    try:
        from sim import traffic  # here, because libsumo is an extra
    except ImportError:
        source = recorded.frames()
    else:
        source = traffic.frames(seed)
    for frame in source:
        yield msgspec.structs.replace(frame, equipped=np.isin(frame.kind, _MOTOR) * OBU)


CONFIG = load(CONFIGS / "demo.yaml")


def piece(seed: int, seconds: float) -> Piece:
    """Return some traffic."""
    bench = sim_bench.load(CONFIGS / "demo-bench.yaml").model_copy(update={"seed": seed})
    world = world_of(_frames(seed), 600, seconds)  # the first minute fills the roads
    sensors = {name: spec for name, spec in bench.emulators.items() if spec.kind != "radio-agent"}
    return Piece(
        bench, world, seconds, measurements(CONFIG, bench.model_copy(update={"emulators": sensors}), world, seconds)
    )


def run(one: Piece, lie: str | None, always: bool = False) -> Case:
    """Let some vehicles lie, or none; return the accused vehicles. `always`: they have lied since they are there."""
    radio = make_emulator(one.bench, "radio")
    assert isinstance(radio, Radio)
    begin_ns = START_NS + round(BEGIN_S * 1e9)
    chosen = [] if lie is None else _chosen(one.world, begin_ns)
    liars = [radio.fleet.lie(vehicle, lie or "", 0 if always else begin_ns) for vehicle in chosen]
    heard = device(CONFIG, one.bench, "radio", radio, one.world, one.seconds)
    stream = sorted(chain(one.seen, heard), key=lambda each: (each.receipt_ns, each.device))
    records = list(_records(stream, one.seconds))
    by_name = {name: number for number, names in enumerate(liars) for name in names}
    first: dict[int, float] = {}
    false = []
    for record in records:
        number = by_name.get(record.vehicle_id or "", by_name.get(str(record.source)))
        if number is None:
            false.append(record)
        elif always or record.stamp_ns >= begin_ns:
            first.setdefault(number, (record.stamp_ns - begin_ns) / 1e9)
    minutes = sum(_honest(one.world(START_NS + step * CYCLE_NS)) for step in range(round(one.seconds * 10))) / 600.0
    return Case(len(liars), sorted(first.values()), false, minutes)


def _chosen(world: World, begin_ns: int) -> list[int]:
    """Return vehicles that drive near the centre when the lies begin, and 2 s later."""
    there = [_driving(world(begin_ns + wait_ns)) for wait_ns in (0, 2_000_000_000)]
    return sorted(there[0] & there[1])[:LIARS]


def _driving(frame: WorldFrame) -> set[int]:
    rows = (
        (frame.equipped > 0) & (np.hypot(*frame.velocity_mps.T) > LEAST_MPS) & (np.hypot(*frame.position_m.T) < NEAR_M)
    )
    return set(frame.id[rows].tolist())


def _honest(frame: WorldFrame) -> int:
    return int(((frame.equipped > 0) & (np.hypot(*frame.position_m.T) < RANGE_M)).sum())


def _records(stream: list[Measurement], seconds: float) -> Iterator[Misbehaviour]:
    chain_ = Chain(CONFIG)
    now_ns = START_NS + CYCLE_NS
    for measurement in stream:
        while measurement.receipt_ns >= now_ns < START_NS + seconds * 1e9:
            chain_.tracks(now_ns)
            yield from chain_.receiver.misbehaviour(0)
            now_ns += CYCLE_NS
        chain_.ingest(measurement)


def _summary(cases: list[Case]) -> dict[str, object]:
    liars, found = sum(case.liars for case in cases), sorted(chain(*(case.found_s for case in cases)))
    in_time = sum(each <= LIMIT_S for each in found)
    return {
        "liars": liars,
        "recall": round(in_time / liars, 3) if liars else None,
        "median_s": round(found[len(found) // 2], 2) if found else None,
    }


def main() -> None:
    """Print recall by lie, and false alarms."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench misbehaviour")
    parser.add_argument("--seeds", default="11,12,13", help="of SUMO's traffic")
    parser.add_argument("--honest-minutes", type=float, default=6.0, help="of traffic without liars")
    parser.add_argument("--lies", default=",".join(LIES))
    options = parser.parse_args()
    names = [name for name in options.lies.split(",") if name]
    pieces = [piece(int(seed), SECONDS) for seed in options.seeds.split(",")]
    found: dict[str, dict[str, object]] = {}
    all_cases: list[Case] = []
    for name, always in [*((name, False) for name in names), *((name, True) for name in names if name in ALWAYS)]:
        cases = [run(one, name, always) for one in pieces]
        all_cases += cases
        title = f"{name}, always" if always else name
        found[title] = _summary(cases)
        print(f"{title:28} {found[title]}", flush=True)
    for number in range(round(options.honest_minutes * 60 / HONEST_S)):
        all_cases.append(honest := run(piece(100 + number, HONEST_S), None))
        print(f"honest, seed {100 + number}: {honest.honest_minutes:.0f} vehicle minutes, {len(honest.false)} false")
    _tell(found, all_cases)


def _tell(found: Mapping[str, Mapping[str, object]], cases: list[Case]) -> None:
    false = [record for case in cases for record in case.false]
    honest = [case for case in cases if not case.liars]
    minutes, quiet = sum(case.honest_minutes for case in cases), sum(case.honest_minutes for case in honest)
    figures = {
        "lies": found,
        "honest_vehicle_minutes": round(quiet),
        "false_alarms": len([record for case in honest for record in case.false]),
        "vehicle_minutes_beside_liars": round(minutes - quiet),
        "false_alarms_beside_liars": len([record for case in cases if case.liars for record in case.false]),
        "false_by_reason": dict(Counter(record.reason for record in false)),
    }
    for record in false:
        print(f"false: {record.reason} {record.text} {record.vehicle_id or record.source}")
    print(json.dumps({name: value for name, value in figures.items() if name != "lies"}))
    keep("misbehaviour", figures)


if __name__ == "__main__":
    main()
