"""The gate as a model: random steps of an adversarial clock and controller, judged by an oracle that knows the world.

    python -m tests.bench gate [--steps N] [--seed S] [--workers W]

Prints the outcome of each kind of defect, writes build/bench/gate.json, and ends with exit code 1 where anything wrong
was on air longer than guarantees G1 to G3 allow, or the truth was not told again long after a defect.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from typing import Any

import structlog

from tests.bench_file import keep
from tests.rsu.station.gate_model.defects.table import KINDS
from tests.rsu.station.gate_model.model import Model

PIECE = 20_000  # steps of one run: each begins with a station that has just started
ENOUGH = 0.999  # of the ticks long after a defect: everything is told, and as it is


def piece(seed: int, steps: int) -> dict[str, Any]:
    """Run one piece; a function of its seed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    model = Model(seed)
    model.run(steps)
    return {
        "steps": steps,
        "frames": model.oracle.frames,
        "wrong": dict(model.oracle.wrong),
        "first": {kind: f"seed {seed}: {what}" for kind, what in model.oracle.first.items()},
        "healthy": dict(model.healthy),
        "kinds": {name: tally._asdict() for name, tally in model.tallies.items()},
    }


def together(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum up."""
    wrong, healthy, first = Counter[str](), Counter[str](), dict[str, str]()
    kinds: dict[str, dict[str, Any]] = {
        name: {"episodes": 0, "ticks": 0, "sent": 0, "recovered_s": []} for name in KINDS
    }
    for each in pieces:
        wrong.update(each["wrong"])
        healthy.update(each["healthy"])
        first |= each["first"] | first
        for name, tally in each["kinds"].items():
            for key, value in tally.items():
                kinds[name][key] += value
    for tally in kinds.values():
        recovered = sorted(tally.pop("recovered_s"))
        tally["recovered_p50_s"] = median(recovered) if recovered else None
        tally["recovered_max_s"] = recovered[-1] if recovered else None
    return {
        "steps": sum(each["steps"] for each in pieces),
        "frames": sum(each["frames"] for each in pieces),
        "wrong": dict(wrong),
        "first": first,
        "limits": {"told_long_after": ENOUGH},
        "told_long_after": healthy["right"] / healthy["ticks"] if healthy["ticks"] else None,
        "kinds": kinds,
    }


def show(result: dict[str, Any]) -> None:
    """Print it."""
    print(f"{'defect':20} {'episodes':>8} {'ticks':>8} {'on air':>7} {'told again after s: p50':>24} {'max':>6}")
    for name, tally in result["kinds"].items():
        share = tally["sent"] / tally["ticks"] if tally["ticks"] else 0.0
        p50, most = tally["recovered_p50_s"], tally["recovered_max_s"]
        print(f"{name:20} {tally['episodes']:8} {tally['ticks']:8} {share:7.0%} {p50!s:>24} {most!s:>6}")
    print(f"{result['steps']} steps, {result['frames']} SPATs on air, {len(result['kinds'])} kinds of defects")
    print(f"told as it is long after a defect: {result['told_long_after']:.4%}")
    print(f"wrong: {result['wrong'] or 0}")
    for what in result["first"].values():
        print(f"  {what}")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench gate", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    began_s = time.monotonic()
    sizes = [min(PIECE, options.steps - begin) for begin in range(0, options.steps, PIECE)]
    with ProcessPoolExecutor(options.workers) as pool:
        pieces = list(pool.map(piece, range(options.seed * 100_000, options.seed * 100_000 + len(sizes)), sizes))
    result = together(pieces)
    result["took_s"] = round(time.monotonic() - began_s, 1)
    show(result)
    keep("gate", result)
    if result["wrong"] or (result["told_long_after"] or 0.0) < ENOUGH:
        sys.exit(1)
