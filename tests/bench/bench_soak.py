"""`make soak HOURS=1`: the demo site for hours with random faults of `rsu drill`; nothing of the daemon may grow.

    python -m tests.bench soak [--hours 1] [--seed 1] [--address 127.0.0.1] [--run DIR]

Method: real processes. Faults of sensors, signals, clock, radio and platform come one after another at random; those
that end the daemon's own processes, so that these begin anew, are left to `make bench-kills`. Every ten seconds the
metrics are fetched, as Prometheus does, and memory, descriptors and threads of each process and the octets written are
noted, also into `soak.jsonl` of the run folder. Memory: slope through the medians of pairs (Theil and Sen) after the
warm-up, so that a burst counts little. Descriptors and threads: least of the last third less least of the first.
Figures in build/bench/soak.json; exit code 1: a limit was exceeded, a process ended, a false frame was on air or a
record was lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from scipy.stats import theilslopes

from rsu.bench.plan import ADDRESS, plan_of, prepare
from rsu.bench.processes import Plan
from rsu.drill.fault import Fault
from rsu.drill.faults import FAULTS, box
from rsu.drill.run import one
from rsu.drill.stage import Stage
from tests.bench_file import keep

LIMITS = {"rss_mib_per_h": 1.0, "descriptors": 0, "threads": 0}
WARM_S = 900.0  # at most a third of the whole
_SAMPLE_S = 10.0
_MIB, _GIB, _HOUR_S, _DAY_S = 1 << 20, 1 << 30, 3600.0, 86_400.0


class Sample(NamedTuple):
    """One process at one moment."""

    at_s: float  # since the start
    name: str
    pid: int
    rss_mib: float
    descriptors: int
    threads: int
    written: int  # octets handed to disks since it began


class SoakStage(Stage):
    """A stage that notes memory, descriptors and threads of the daemon's processes."""

    def __init__(self, plan: Plan, page: str) -> None:
        super().__init__(plan)
        self.samples: list[Sample] = []
        self.unanswered = 0
        self._page, self._began_s, self._next_s = page, time.monotonic(), 0.0
        self._file = (plan.run / "soak.jsonl").open("w", buffering=1)

    def step(self) -> None:
        """Take in the reports of the last moment."""
        super().step()
        if (now_s := time.monotonic() - self._began_s) >= self._next_s:
            self._next_s = now_s + _SAMPLE_S
            self._scrape()
            for sample in self._held(now_s):
                self.samples.append(sample)
                print(json.dumps(sample), file=self._file)

    def _scrape(self) -> None:
        try:
            with urlopen(self._page + "metrics", timeout=5) as answer:
                answer.read()
        except (URLError, TimeoutError):
            self.unanswered += 1

    def _held(self, now_s: float) -> Iterator[Sample]:
        pids = {name: view.pid for name, view in self.said().processes.items() if view.pid}
        for name, pid in {"root": self.bench.pids.get("daemon"), **pids}.items():
            try:
                process = psutil.Process(pid)
                with process.oneshot():
                    rss_mib, written = process.memory_info().rss / _MIB, process.io_counters().write_bytes
                    yield Sample(
                        round(now_s, 1), name, process.pid, round(rss_mib, 2), process.num_fds(),
                        process.num_threads(), written,
                    )  # fmt: skip
            except psutil.NoSuchProcess:
                continue

    def close(self) -> None:
        """End everything."""
        super().close()
        self._file.close()


def endless(source: random.Random) -> Iterator[Fault]:
    """Yield faults that can follow each other on one start, each kind once before any comes twice."""
    rows = [row for row in FAULTS if row not in box.ROWS and row.make and not row.prepare and not row.environment]
    while True:
        yield from source.sample(rows, len(rows))


def soak(stage: SoakStage, seconds: float, source: random.Random) -> list[dict[str, Any]]:
    """Make faults until the time is over; return the result of each."""
    made: list[dict[str, Any]] = []
    end_s = time.monotonic() + seconds
    for fault in endless(source):
        if time.monotonic() + fault.hold_s > end_s:
            stage.until(stage.healthy, _SAMPLE_S)
            return made
        result = one(stage, fault)
        made.append({"fault": fault.id, "held": result.held, "seen": result.seen, "wrong": len(result.wrong)})
        print(f"{fault.id}: {'as expected' if result.held else result.seen}", file=sys.stderr, flush=True)
    return made


def growth(samples: Sequence[Sample], warm_s: float) -> dict[str, Any]:
    """Return the figures of one process, of its longest life."""
    lives: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        lives[sample.pid].append(sample)
    life = max(lives.values(), key=len)
    warm = [each for each in life if each.at_s >= warm_s] or life
    third = max(1, len(warm) // 3)
    first, last = warm[:third], warm[-third:]
    hours = [each.at_s / _HOUR_S for each in warm]
    slope = theilslopes([each.rss_mib for each in warm], hours)[0] if len(warm) > 2 else 0.0
    return {
        "lives": len(lives),
        "rss_mib": [min(each.rss_mib for each in warm), max(each.rss_mib for each in warm)],
        "rss_mib_per_h": round(float(slope), 2),
        "descriptors": min(each.descriptors for each in last) - min(each.descriptors for each in first),
        "threads": min(each.threads for each in last) - min(each.threads for each in first),
        "most_descriptors": max(each.descriptors for each in warm),
        "most_threads": max(each.threads for each in warm),
        "written_gib_per_day": round(
            (warm[-1].written - warm[0].written) / _GIB / max(_SAMPLE_S, warm[-1].at_s - warm[0].at_s) * _DAY_S, 2
        ),
    }


def run(folder: Path, address: str, hours: float, seed: int) -> dict[str, Any]:
    """Run it; return its figures."""
    prepare(folder)
    plan = plan_of(folder, address, "sumo", 7)
    stage = SoakStage(plan, f"http://{address}:18080/")
    seconds = hours * _HOUR_S
    try:
        stage.start()
        made = soak(stage, seconds, random.Random(seed))
        lost = stage.lost()
    finally:
        stage.close()
    samples: dict[str, list[Sample]] = defaultdict(list)
    for sample in stage.samples:
        samples[sample.name].append(sample)
    kept = sum(path.stat().st_size for path in stage.data().rglob("*") if path.is_file())
    return {
        "hours": hours,
        "limits": LIMITS,
        "processes": {name: growth(each, min(WARM_S, seconds / 3)) for name, each in samples.items()},
        "faults": len(made),
        "unexpected": [each for each in made if not each["held"]],
        "wrong": len(stage.wrong),
        "lost": lost,
        "metrics_unanswered": stage.unanswered,
        "data_mib": round(kept / _MIB, 1),
    }


def verdicts(found: dict[str, Any]) -> list[str]:
    """Return the limits that were exceeded."""
    wrong = [
        f"{process}: {name} {held[name]:+}"
        for process, held in found["processes"].items()
        for name, limit in LIMITS.items()
        if held[name] > limit
    ]
    wrong += [
        f"{process}: began {held['lives']} times" for process, held in found["processes"].items() if held["lives"] > 1
    ]
    return wrong + [f"{name}: {found[name]}" for name in ("wrong", "lost") if found[name] > 0]


def main() -> None:
    """Print and keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench soak")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", default=ADDRESS)
    parser.add_argument("--run", type=Path, default=Path(tempfile.gettempdir()) / "rsu-soak")
    options = parser.parse_args()
    found = run(options.run, options.address, options.hours, options.seed)
    found["exceeded"] = verdicts(found)
    keep("soak", found)
    print(json.dumps(found, indent=1))
    sys.exit(bool(found["exceeded"]))


if __name__ == "__main__":
    main()
