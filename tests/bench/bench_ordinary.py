"""Ordinary traffic through the whole station: nothing false on air.

    python -m tests.bench ordinary [--minutes 6] [--seed 101]... [--scenario NAME] [--liars N] [--blind]

Method: for each seed SUMO drives, emulated devices make their bytes (the video camera's pictures are drawn, and looked
at by the product's own eye), drivers and station run in virtual time, and the bench's own judge and listener hear every
frame for the radio, as in `rsu demo`. `--blind`: without pictures, at twice the speed; `--liars`: as `rsu demo` has
them. Exit code 1: something false was on air. Figures go to build/bench/ordinary.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from hw.radio.protocol import Transmit, encode_transmit
from rsu.site import config
from sim import bench as sim_bench
from sim import sight
from sim.frames import PERIOD_NS, WorldFrame
from sim.judge.judge import Judge
from sim.listener import Listener
from sim.scenarios import SCENARIOS
from tests.bench_file import keep
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, record

SEEDS = tuple(range(101, 111))
RANGE_M = 60.0
ON_AIR_NS = 1_000_000  # from a tick to the arrival of its frames at the radio


class Ears:
    """Judge and listener of one run's air; they get the world as it is made."""

    def __init__(self) -> None:
        place = config.load(CONFIGS / "demo.yaml").site.site
        reference = place.reference.reference()
        self.judge = Judge(reference, (place.region, place.node))
        self.listener = Listener(reference, RANGE_M, sight.sensors(sim_bench.load(CONFIGS / "demo-bench.yaml")))

    def world(self, frames: Iterator[WorldFrame]) -> Iterator[WorldFrame]:
        """Pass on the frames of the world, and know them."""
        for frame in frames:
            known = msgspec.structs.replace(frame, stamp_ns=EPOCH_NS - PERIOD_NS + frame.stamp_ns)
            self.judge.look(known)
            self.listener.world.add(known)
            yield frame

    def hear(self, arrival_ns: int, datagram: bytes) -> None:
        """Take a datagram for the radio."""
        self.judge.frame(arrival_ns, datagram)
        self.listener.datagram(arrival_ns, datagram)


def judged(seed: int, minutes: float, scenario: str | None, drawn: bool, liars: int) -> dict[str, Any]:
    """Return the messages on air in so many minutes of a seed's traffic, and whether it was so."""
    from sim import traffic  # here, because libsumo is an extra

    ears, frames = Ears(), traffic.frames(seed)
    frames = SCENARIOS[scenario]().play(frames) if scenario else frames
    now_ns = EPOCH_NS
    for tape in record(minutes * 60.0, lambda: ears.world(frames), noise=seed, drawn=drawn, liars=liars):
        now_ns = tape.outcome.now_ns
        for frame in tape.outcome.frames:
            ears.hear(now_ns + ON_AIR_NS, encode_transmit(Transmit(frame.aid, frame.priority, frame.frame)))
    ears.listener.judge()
    accuracy = ears.listener.summary(now_ns)["accuracy"]
    kept = ("recall", "recall_all", "v2x_only", "false", "position_p95_m", "id_switches")
    return {
        "seed": seed,
        "events": ears.judge.events.summary(),
        "wrong_frames": ears.judge.wrong,
        "accuracy": {name: accuracy[name] for name in kept},
    }


def main() -> None:
    """Print a line for each seed, write all figures down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench ordinary", description=__doc__)
    parser.add_argument("--minutes", type=float, default=6.0, help="of each seed's traffic (default: %(default)s)")
    parser.add_argument("--seed", action="append", type=int, help=f"of the traffic (default: {SEEDS[0]}..{SEEDS[-1]})")
    parser.add_argument("--scenario", choices=list(SCENARIOS), help="a scripted scene among the traffic")
    parser.add_argument("--liars", type=int, default=0, help="so many of the vehicles that send at once lie")
    parser.add_argument("--blind", action="store_true", help="without the video camera")
    options = parser.parse_args()
    rows = []
    for seed in options.seed or SEEDS:
        began = time.monotonic()
        rows.append(judged(seed, options.minutes, options.scenario, not options.blind, options.liars))
        print(
            f"seed {seed}, {options.minutes:g} min: {json.dumps(rows[-1])}  {time.monotonic() - began:.0f} s",
            flush=True,
        )
    made = {"minutes": options.minutes, "scenario": options.scenario, "liars": options.liars, "seeds": rows}
    false = sum(row["events"]["false"] for row in rows)
    print(
        f"{false} false events on air in {len(rows) * options.minutes:g} minutes; written to {keep('ordinary', made)}"
    )
    sys.exit(1 if false else 0)


if __name__ == "__main__":
    main()
