"""The octets that a device sends, tick by tick."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from hw.radar.ti_frames import LAYOUTS, Table, TiFrame, encode
from hw.radar.ti_types import STATS, TARGETS
from tests.hw.fed import BEGIN_NS, TICK_NS, Fed

Say = Callable[[int], bytes]  # tick -> bytes
CHANCE = random.Random(1)


def car(number: int, tick: int, noise: random.Random = CHANCE) -> dict[str, Any]:
    """Return a car that drives towards the camera."""
    place = [60.0 - 0.8 * tick / 10 + 8 * number + noise.gauss(0, 0.05), 3.0 + noise.gauss(0, 0.05)]
    return {"id": number, "class": "car", "confidence": 0.9, "position": [round(x, 2) for x in place]}


def line(tick: int, objects: object, **others: object) -> bytes:
    utc_ms = (BEGIN_NS + tick * TICK_NS) / 1e6 + 40
    frame = {"v": 1, "camera": "n", "seq": tick, "time": utc_ms, "objects": objects} | others
    return json.dumps(frame).encode() + b"\n"


def targets(number: int, tick: int) -> Table:
    rows = np.zeros(number, LAYOUTS[TARGETS])
    rows["tid"], rows["confidence"], rows["g"] = np.arange(number), 0.9, 3.0
    rows["position"] = [[4.0 * n, 20.0 + 0.5 * tick + CHANCE.gauss(0, 0.1), -5.0] for n in range(number)]
    rows["velocity"][:, 1] = 5.0 + CHANCE.gauss(0, 0.1)
    rows["ec"] = np.diag([0.09, 0.01, 0.01, 0.01])
    return rows


def radar_frame(tick: int, *others: bytes, rows: Table | None = None) -> bytes:
    """Return a frame with statistics, and with a target list and TLVs of other kinds."""
    tlvs = {STATS: np.zeros(1, LAYOUTS[STATS])} | ({} if rows is None else {TARGETS: rows})
    return encode(TiFrame(tick + 1, 0, tlvs, others={1 << 20 | n: other for n, other in enumerate(others)}))


def noise(size: int) -> Say:
    return lambda tick: random.Random(tick).randbytes(size)


def run(fed: Fed, say: Say, seconds: float, port: str = "link") -> list[str]:
    """Let a device speak for some seconds; return its states."""
    states: list[str] = []
    for tick in range(round(seconds * 10)):
        fed.hear(say(tick), port)
        states.append(fed.health().state)
    return states
