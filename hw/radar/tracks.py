"""One target of a radar that tracks by itself, and a list of targets as a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

import numpy as np

from perception.objects import Detections, RoadUser


class Track(NamedTuple):
    """One target in the sensor's frame, x forward, y left; NaN where the radar does not say."""

    id: int
    x_m: float
    y_m: float
    vx_mps: float = nan
    vy_mps: float = nan
    kind: RoadUser = RoadUser.UNKNOWN
    length_m: float = nan
    width_m: float = nan
    height_m: float = nan
    confidence: float = nan  # 0..1
    box_px: tuple[float, float, float, float] = (nan, nan, nan, nan)  # px: left, top, right, bottom


def detections(device: str, stamp_ns: int, receipt_ns: int, tracks: Sequence[Track]) -> Detections:
    """Return the measurement that a list of targets is; of how sure it is of places, such a radar says nothing."""
    count = len(tracks)
    numbers = np.array([(*one[1:5], *one[6:10], *one.box_px) for one in tracks], float).reshape(count, 12)
    return Detections(
        device=device,
        stamp_ns=stamp_ns,
        receipt_ns=receipt_ns,
        position_m=numbers[:, 0:2],
        covariance_m2=np.full((count, 2, 2), np.nan),
        velocity_mps=numbers[:, 2:4],
        velocity_variance_m2ps2=np.full(count, np.nan),
        box_px=numbers[:, 8:12],
        size_m=numbers[:, 4:7],
        kind=np.array([int(one.kind) for one in tracks], np.int64),
        confidence=numbers[:, 7],
        source_id=np.array([one.id for one in tracks], np.int64),
    )
