"""Tracks as a box shares them."""

from __future__ import annotations

import numpy as np

from perception.corridor.shared import SharedTracks
from perception.objects import RoadUser


def shared(box: str, count: int, stamp_ns: int = 1_800_000_000_000_000_000) -> SharedTracks:
    """Return so many tracks, all different."""
    number = np.arange(1, count + 1)
    return SharedTracks(
        box=box,
        id=number,
        stamp_ns=np.full(count, stamp_ns),
        position_m=np.column_stack([10.0 * number, -3.0 * number]),
        velocity_mps=np.tile([14.0, 0.5], (count, 1)),
        covariance=np.tile(np.diag([0.3, 0.3, 0.1, 0.1]), (count, 1, 1)),
        size_m=np.tile([4.6, 1.8, 1.5], (count, 1)),
        kind=np.full(count, RoadUser.CAR),
        global_id=number + 1000,
        since_ns=np.full(count, stamp_ns),
        travelled_m=np.full(count, 12.0),
    )
