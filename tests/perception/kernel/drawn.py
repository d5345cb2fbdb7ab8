"""Tracks, detections and sensors drawn by chance, for the twins of the kernels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import strategies as st

from perception.kernel.native import kernel
from perception.objects import Floats, Mask
from perception.sensing.scan import Scan
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from perception.state.table import TrackTable

built = pytest.mark.skipif(kernel is None, reason="no compiler built the kernels")
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def spreads(rng: np.random.Generator, size: int, count: int) -> Floats:
    """Return covariances (size, size, count) of all shapes."""
    root = rng.normal(size=(size, size, count)) * 10.0 ** rng.integers(-2, 3, count)
    return np.einsum("iak,jak->ijk", root, root) + np.eye(size)[:, :, None] * 1e-6


def tracks(rng: np.random.Generator, count: int) -> TrackTable:
    table = TrackTable.new(count, 2)
    table.state[:] = rng.normal(size=(4, count)) * [[30.0], [30.0], [9.0], [9.0]]
    table.covariance[:] = spreads(rng, 4, count)
    return table


def detections(rng: np.random.Generator, count: int) -> Scan:
    certainty = spreads(rng, 2, count) * rng.integers(0, 2, count)
    none, zero = np.full(count, np.nan), np.zeros(count, np.int64)
    return Scan(zero, zero, zero, rng.normal(size=(2, count)) * 30.0, spreads(rng, 2, count),
                rng.normal(size=(2, count)) * 9.0, certainty, np.full((3, count), np.nan), zero, none, zero, none,
                zero, zero)  # fmt: skip


def same(ours: Floats | Mask, theirs: Floats | Mask) -> bool:
    """Tell whether arrays are the same, NaN where NaN is, and of which sign a zero is left open."""
    return np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")


def site(rng: np.random.Generator) -> Sensors:
    """Return three sensors, one of which sees nothing that stands."""
    return Sensors([
        Sensor(device=str(n), noise=Noise(azimuth_deg=n, speed_across_mps=3.0 if n else None), least_speed_mps=n // 2,
               mount=Mount(east_m=rng.uniform(-50.0, 50.0), north_m=rng.uniform(-50.0, 50.0), height_m=5.0,
                           yaw_deg=rng.uniform(-180.0, 180.0)),
               field_of_view=FieldOfView(range_m=90.0, near_m=5.0 * n, width_deg=360.0 if n == 1 else 100.0))
        for n in range(3)
    ], 9.0, 9.0, 1.0)  # fmt: skip
