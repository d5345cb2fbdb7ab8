"""Targets of TI's area scanner, 40 octets: number u32; f32 x, y of place, velocity and acceleration, then their z."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

AREA = np.dtype(
    [
        ("tid", "<u4"),
        *((name, "<f4", 2) for name in ("position", "velocity", "acceleration")),
        *((name, "<f4") for name in ("position_z", "velocity_z", "acceleration_z")),
    ]
)


def converted(payload: bytes, layout: np.dtype[Any]) -> NDArray[Any] | None:
    """Return the targets in the layout of the other radars, their certainty unknown; None: no whole number of them."""
    if len(payload) % AREA.itemsize:
        return None
    rows = np.frombuffer(payload, AREA)
    targets = np.zeros(len(rows), layout)
    targets["tid"], targets["ec"], targets["g"], targets["confidence"] = rows["tid"], np.nan, np.nan, np.nan
    for name in ("position", "velocity", "acceleration"):
        targets[name] = np.column_stack([rows[name], rows[f"{name}_z"]])
    return targets
