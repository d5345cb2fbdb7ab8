"""Codec: microseconds per message, ours next to asn1tools, pycrate and asn1c's C on the same octets.

Method: 9 rounds; in each round every contestant encodes and decodes every message for about 30 ms of CPU time; the
median counts.
`python` and `c` are our engines with values in wire units, `records` is the whole way of the station: octets <-> typed
records in physical units, by the engine in use. asn1tools is taken as it is, without the checks that ours make.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from codec_messages import MESSAGES
from codec_peers import Asn1c, Asn1tools, Pair, Pycrate

import v2x
from v2x.engine import native
from v2x.schema import FRAME, schema

ROUNDS, ROUND_S = 9, 0.03
OUT = Path("build/bench/codec.json")
WAYS = ("encode", "decode")
WHO = ("asn1tools", "pycrate", "python", "c", "asn1c", "records")

Times = dict[str, dict[str, dict[str, float]]]  # message -> encode or decode -> who -> us


def micros(work: Callable[[], object]) -> float:
    """Return the time of one call, measured over about ROUND_S."""
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < ROUND_S:
        for _ in range(5):
            work()
        count += 5
    return spent / count * 1e6


def ours(octets: bytes) -> dict[str, Pair]:
    """Return what our engines do with a message."""
    work: dict[str, Pair] = {}
    for who, engine in (
        ("python", schema("ydt3709-2020", "python")),
        ("c", native.AVAILABLE and schema("ydt3709-2020")),
    ):
        if engine:
            value = engine.decode(octets, FRAME)
            work[who] = (
                lambda engine=engine, value=value: engine.encode(value, FRAME),
                lambda engine=engine: engine.decode(octets, FRAME),
            )
    record = v2x.decode(octets)
    work["records"] = lambda: v2x.encode(record), lambda: v2x.decode(octets)
    return work


def measure(folder: Path) -> Times:
    """Let all do their work in turns; return the medians."""
    messages = {name: v2x.encode(make()) for name, make in MESSAGES.items()}
    peers = {"asn1tools": Asn1tools(), "pycrate": Pycrate(folder)}
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
            way: {who: round(statistics.median(rounds[name, way, who]), 2) for who in WHO if (name, way, who) in rounds}
            for way in WAYS
        }
        for name in messages
    }


def main() -> None:
    """Print and keep the table."""
    with tempfile.TemporaryDirectory() as folder:
        times = measure(Path(folder))
    print(f"us per message (times faster than asn1tools); engine in use: {v2x.engine_name()}")
    print(f"{'':11}", *(f"{who:>17}" for who in WHO))
    for name, ways in times.items():
        for way, spent in ways.items():
            cells = [
                f"{spent[who]:8.1f} ({spent['asn1tools'] / spent[who]:5.1f})" if who in spent else "" for who in WHO
            ]
            print(f"{name:4} {way}", *(f"{cell:>17}" for cell in cells))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(times, indent=1))


if __name__ == "__main__":
    main()
