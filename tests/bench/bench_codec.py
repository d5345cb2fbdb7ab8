"""Codec: microseconds per message, ours next to asn1tools, pycrate and asn1c's C on the same octets.

Method: 9 rounds; in each round every contestant encodes and decodes every message for about 30 ms of CPU time; the
median counts. asn1tools is taken as it is, without the checks that ours make.

`plain` and `c` are our engines with values in wire units, `records` is the whole way of the station: octets <-> typed
records in physical units, by the engine in use. A second table compares that way with the values of the same engine,
and tells the cost of a box without the C extension: how many times as long the plain engine takes. The last lines are
the time from a fresh process to the first message.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import v2x
from tests.bench.codec_messages import MESSAGES
from tests.bench.codec_peers import Asn1c, Asn1tools, Pair, Pycrate
from tests.bench_file import keep
from v2x.engine.engines import ENGINES
from v2x.messages import Messages, messages
from v2x.schema import FRAME, Schema, schema

ROUNDS, ROUND_S = 9, 0.03
WAYS = ("encode", "decode")
WHO = ("asn1tools", "pycrate", "plain", "c", "asn1c", "records")
COLUMN = {"plain": "plain", "native": "c"}  # of an engine
WHOLE_WAY = (("plain", "records by plain"), ("c", "records by c"))  # values and records of each engine

# run in a fresh process, "{engine}" is "plain" or "native"; the encoded message is an RSM with one participant
START = """
import sys, time
began = time.perf_counter()
if "{engine}" == "plain":
    sys.modules["v2x._uper"] = None
import v2x
imported = time.perf_counter()
from tests.bench.codec_messages import rsm
octets = v2x.encode(rsm())
print(v2x.engine_name(), imported - began, time.perf_counter() - began, time.process_time())
"""

Times = dict[str, dict[str, dict[str, float]]]  # message -> encode or decode -> codec -> us


def micros(work: Callable[[], object]) -> float:
    """Return the time of one call, measured over about ROUND_S."""
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < ROUND_S:
        for _ in range(5):
            work()
        count += 5
    return spent / count * 1e6


def ours(octets: bytes) -> dict[str, Pair]:
    """Return the calls of our engines for a message."""
    work: dict[str, Pair] = {}
    record = v2x.decode(octets)
    for name in ENGINES:
        who = COLUMN[name]
        work[who] = by_values(schema("ydt3709-2020", name), octets)
        work[f"records by {who}"] = by_records(messages("ydt3709-2020", name), octets)
    work["records"] = lambda: v2x.encode(record), lambda: v2x.decode(octets)
    return work


def by_values(engine: Schema, octets: bytes) -> Pair:
    """Return an engine's calls for the values of a message."""
    value = engine.decode(octets, FRAME)
    return lambda: engine.encode(value, FRAME), lambda: engine.decode(octets, FRAME)


def by_records(engine: Messages, octets: bytes) -> Pair:
    """Return an engine's calls for a message as a record."""
    record = engine.decode(octets)
    return lambda: engine.encode(record), lambda: engine.decode(octets)


def measure(folder: Path) -> Times:
    """Let all do their work in turns; return the medians."""
    messages = {name: v2x.encode(make()) for name, make in MESSAGES.items()}
    peers: dict[str, Asn1tools | Pycrate] = {"asn1tools": Asn1tools(), "pycrate": Pycrate(folder)}
    asn1c = Asn1c(folder) if Asn1c.is_there() else None
    rounds: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    jobs = {
        name: {who: peer.work(octets) for who, peer in peers.items()} | ours(octets)
        for name, octets in messages.items()
    }
    for _ in range(ROUNDS):
        for name, contestants in jobs.items():
            for who, pair in contestants.items():
                for way, work in zip(WAYS, pair, strict=True):
                    rounds[name, way, who].append(micros(work))
        for name, spent in (asn1c.times(messages) if asn1c else {}).items():
            for way, us in zip(WAYS, spent, strict=True):
                rounds[name, way, "asn1c"].append(us)
    return {
        name: {
            way: {
                who: round(statistics.median(us), 2)
                for (one, other, who), us in rounds.items()
                if (one, other) == (name, way)
            }
            for way in WAYS
        }
        for name in messages
    }


def print_table(times: Times) -> None:
    """Print all contestants, with how many times faster than asn1tools they are."""
    print(f"us per message (times faster than asn1tools); engine in use: {v2x.engine_name()}")
    print(f"{'':11}", *(f"{who:>17}" for who in WHO))
    for name, ways in times.items():
        for way, spent in ways.items():
            cells = [
                f"{spent[who]:8.1f} ({spent['asn1tools'] / spent[who]:5.1f})" if who in spent else "" for who in WHO
            ]
            print(f"{name:4} {way}", *(f"{cell:>17}" for cell in cells))


def print_whole_way(times: Times) -> None:
    """Print the cost of records, and its ratio to that of the same engine's values."""
    print("\nus per message, octets <-> records (times the values of the same engine)")
    print(f"{'':11}", *(f"{records:>17}" for _, records in WHOLE_WAY), f"{'without C':>10}")
    for name, ways in times.items():
        for way, spent in ways.items():
            cells = [
                f"{spent[records]:8.1f} ({spent[records] / spent[values]:5.2f})" if values in spent else ""
                for values, records in WHOLE_WAY
            ]
            plain, *c = [spent[records] for _, records in WHOLE_WAY if records in spent]
            print(f"{name:4} {way}", *(f"{cell:>17}" for cell in cells), *(f"{plain / one:9.0f}x" for one in c))


def print_start() -> None:
    """Print the time from a fresh process to the import and to the first message; the best of three."""
    print("\ns from the start of a fresh process: import of v2x, first message encoded, CPU time of the whole process")
    for engine in ENGINES:
        name, *spent = min((_start(engine) for _ in range(3)), key=lambda run: float(run[2]))
        print(f"{name:10}", *(f"{float(one):.3f}" for one in spent))


def _start(engine: str) -> list[str]:
    """Return the output of START in a process of its own."""
    command = [sys.executable, "-c", START.format(engine=engine)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=_environment())
    return run.stdout.split()


def _environment() -> dict[str, str]:
    """Return the environment with the modules of the tests in the path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def main() -> None:
    """Print and keep the tables."""
    with tempfile.TemporaryDirectory() as folder:
        times = measure(Path(folder))
    print_table(times)
    print_whole_way(times)
    print_start()
    kept = {
        name: {way: {who: spent[who] for who in WHO if who in spent} for way, spent in ways.items()}
        for name, ways in times.items()
    }
    keep("codec", kept)


if __name__ == "__main__":
    main()
