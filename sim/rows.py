"""The exact, compact form of a frame's road users: one integer row each. SUMO's values are rounded to it and those
recorded in it, so that the live and the recorded world are equal to the last bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.frames import PERIOD_NS, WorldFrame

Rows = NDArray[np.int32]

# (n, 11): id, kind, equipped, east mm, north mm, east mm/s, north mm/s, heading 0.01 deg, length, width, height mm
WIDTH = 11


def frame(number: int, rows: Rows, signals: str, cycle_s: float) -> WorldFrame:
    """Return frame `number` of a world that began at stamp 0; its time in the signal cycle is `number` periods on."""
    tenths = number * PERIOD_NS // 100_000_000 % round(cycle_s * 10)
    return WorldFrame(
        stamp_ns=number * PERIOD_NS,
        id=rows[:, 0].astype(np.int64),
        kind=rows[:, 1].astype(np.int64),
        position_m=rows[:, 3:5] / 1000,
        velocity_mps=rows[:, 5:7] / 1000,
        heading_deg=rows[:, 7] / 100,
        size_m=rows[:, 8:11] / 1000,
        equipped=rows[:, 2].astype(np.int64),
        signals=signals,
        cycle_s=tenths / 10,
    )
