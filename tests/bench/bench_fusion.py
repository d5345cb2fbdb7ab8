"""Fusion: time per 100 ms of traffic and accuracy, beside public trackers and an oracle on the same detections.

    python -m tests.bench.bench_fusion [--seed N] [--seconds S] [--hard] [NUMBER ...]

Method: N road users on a 300 m crossing, 4 cameras and 4 radars (`fusion_world`), every tracker in the same run on the
same scans. Time is CPU time of the process; figures are judged from the first second on, within 120 m. A public
tracker that needs more than BUDGET_S is stopped there: its figures are those of the seconds that it got through. Ours
runs at N = 1000 too, for its time only. `--hard` runs the harder cases of `fusion_hard` instead.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator

import numpy as np

from perception.objects import Detections, Ints
from tests.bench.fusion_hard import CASES
from tests.bench.fusion_score import Score
from tests.bench.fusion_trackers import TRACKERS, Tracker, make
from tests.bench.fusion_world import SECOND_NS, START_NS, Case, lanes_and_walkers, scans, sensors
from tests.bench_file import keep

SEED = 20_260
SECONDS = 60.0
SIZES = (50, 100, 200, 300)
MANY, MANY_S = 1000, 20.0
HARD_USERS, HARD_S = 100, 15.0
BUDGET_S = 20.0  # CPU seconds for one public tracker at one number of road users
SETTLED_S = 1.0
CYCLE_NS = SECOND_NS // 10

Figures = dict[str, float]
Cycle = tuple[list[Detections], list[Ints]]


def cycles(case: Case, seconds: float, seed: int) -> list[Cycle]:
    """Return the scans that arrive in each cycle of 100 ms."""
    found: list[Cycle] = [([], []) for _ in range(int(seconds * 10))]
    for scan, owner in zip(*scans(case, seconds, seed), strict=True):
        number = (scan.receipt_ns - START_NS) // CYCLE_NS
        if number < len(found):
            found[number][0].append(scan)
            found[number][1].append(owner)
    return found


def measure(tracker: Tracker, case: Case, stream: list[Cycle], budget_s: float) -> Figures:
    """Feed a tracker for as long as it may take; return time and accuracy."""
    score, spent = Score(case.crowd), []
    for number, (heard, owners) in enumerate(stream):
        now_ns = START_NS + (number + 1) * CYCLE_NS
        began = time.process_time()
        found = tracker.cycle(heard, owners, now_ns)
        spent.append(time.process_time() - began)
        seconds = (now_ns - START_NS) / SECOND_NS
        if seconds >= SETTLED_S:
            score.look(seconds, *found)
        if sum(spent) > budget_s and seconds >= SETTLED_S + 0.3:
            break
    p50, p99 = np.percentile(spent, [50, 99]) * 1e3
    return {"p50_ms": round(p50, 2), "p99_ms": round(p99, 2), **score.summary(), "seconds": len(spent) / 10}


def compare(case: Case, stream: list[Cycle], names: list[str]) -> Iterator[tuple[str, Figures]]:
    """Yield the figures of each tracker that is installed."""
    for name in names:
        tracker = make(name, sensors())
        if tracker is None:
            print(f"{name} is not installed here: `make bench-fusion` installs it", file=sys.stderr)
        else:
            yield name, measure(tracker, case, stream, math.inf if name in ("ours", "oracle") else BUDGET_S)


def show(title: str, name: str, figures: Figures) -> None:
    """Print one line."""
    print(f"{title:<20} {name:9}", "  ".join(f"{key} {value:<6g}" for key, value in figures.items()), flush=True)


def crossing(sizes: list[int], seconds: float, seed: int) -> dict[str, dict[str, Figures]]:
    """Measure every tracker at every number of road users; ours at many more."""
    results: dict[str, dict[str, Figures]] = {}
    for count in sizes:
        many = count >= MANY
        length = min(seconds, MANY_S) if many else seconds
        case = Case(lanes_and_walkers(count, length, np.random.default_rng([seed, count])))
        results[str(count)] = {}
        for name, figures in compare(case, cycles(case, length, seed), ["ours"] if many else list(TRACKERS)):
            results[str(count)][name] = figures
            show(f"N={count}", name, figures)
    return results


def hard(seconds: float, seed: int) -> dict[str, dict[str, Figures]]:
    """Measure the harder cases."""
    results: dict[str, dict[str, Figures]] = {}
    for title, make_case in CASES.items():
        case = make_case(HARD_USERS, seconds, np.random.default_rng([seed, len(title)]))
        results[title] = {}
        for name, figures in compare(case, cycles(case, seconds, seed), ["ours", "oracle", "norfair", "oc-sort"]):
            results[title][name] = figures
            show(title, name, figures)
    return results


def growth(results: dict[str, dict[str, Figures]]) -> None:
    """Print how our time grows with the number of road users, over N log N."""
    sizes = sorted(map(int, results))
    small, large = sizes[0], sizes[-1]
    ratio = results[str(large)]["ours"]["p50_ms"] / results[str(small)]["ours"]["p50_ms"]
    allowed = large * math.log(large) / (small * math.log(small))
    print(f"time at N={large} / N={small}: {ratio:.1f}; N log N grows by {allowed:.1f}")


def main(arguments: list[str] | None = None) -> None:
    """Print all figures, write them to build/bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, metavar="NUMBER", default=[*SIZES, MANY], help="road users")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--hard", action="store_true")
    options = parser.parse_args(arguments)
    if not options.hard:
        results = crossing(options.sizes, options.seconds, options.seed)
        growth(results)
        keep("fusion", results)
    keep("fusion-hard", hard(min(options.seconds, HARD_S), options.seed))


if __name__ == "__main__":
    main()
