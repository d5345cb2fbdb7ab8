"""Codec: microseconds per message that the demo's station makes, ours next to pycrate on the same octets.

Method: 7 rounds; in each round every contestant does every message for about 50 ms; the median round counts. The peer
is pycrate with the same ASN.1 modules; asn1tools, on which ours stands, shows what the records cost on top.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from pycrate_asn1c.asnproc import GLOBAL, PycrateGenerator, compile_text
from virtual_site import run

import v2x
from v2x import dsmp
from v2x.schema import decode_value, encode_value

ROUNDS, ROUND_S = 7, 0.05
OUT = Path("build/bench/codec.json")


def messages() -> dict[str, bytes]:
    """Return the longest message of each kind that the demo's station made in 12 s."""
    longest: dict[str, bytes] = {}
    for _, _, output in run(12.0):
        for frame in output.frames:
            payload = dsmp.parse(frame.frame).payload
            longest[frame.kind] = max(longest.get(frame.kind, b""), payload, key=len)
    return longest


def peer() -> Any:
    """Compile the default profile's modules with pycrate; return its MessageFrame."""
    folder = Path(v2x.__file__).parent / "asn1"
    GLOBAL.clear()
    compile_text([path.read_text() for path in sorted(folder.glob("*.asn")) if path.stem not in v2x.PROFILES])
    target = OUT.parent / "pycrate_v2x.py"
    PycrateGenerator(str(target))
    sys.path.insert(0, str(target.parent))
    return importlib.import_module("pycrate_v2x").MsgFrame.MessageFrame


def micros(work: Callable[[], object]) -> float:
    """Return the time of one call, measured over about ROUND_S."""
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < ROUND_S:
        for _ in range(5):
            work()
        count += 5
    return spent / count * 1e6


def main() -> None:
    """Print and keep the table."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    frame = peer()
    found: dict[str, dict[str, dict[str, float]]] = {}
    for kind, octets in messages().items():
        record, (name, value) = v2x.decode(octets), decode_value(octets)
        frame.from_uper(octets)
        native = frame.get_val()
        jobs = {
            ("encode", "pycrate"): lambda native=native: (frame.set_val(native), frame.to_uper()),
            ("encode", "asn1tools"): lambda pair=(name, value): encode_value(pair),
            ("encode", "records"): lambda record=record: v2x.encode(record),
            ("decode", "pycrate"): lambda octets=octets: (frame.from_uper(octets), frame.get_val()),
            ("decode", "asn1tools"): lambda octets=octets: decode_value(octets),
            ("decode", "records"): lambda octets=octets: v2x.decode(octets),
        }
        rounds = [{job: micros(work) for job, work in jobs.items()} for _ in range(ROUNDS)]
        medians = {job: statistics.median(r[job] for r in rounds) for job in jobs}
        found[kind] = {
            way: {who: round(medians[way, who], 1) for w, who in jobs if w == way} for way in ("encode", "decode")
        }
        for way in ("encode", "decode"):
            cells = islice(found[kind][way].items(), 3)
            ratio = found[kind][way]["pycrate"] / found[kind][way]["records"]
            text = "  ".join(f"{who} {us:8.1f} us" for who, us in cells)
            print(f"{kind:5} {len(octets):5} octets  {way}  {text}  records / pycrate: {ratio:.1f} times faster")
    OUT.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
