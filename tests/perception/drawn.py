"""Tracks as they would come out of fusion, for tests of their users."""

import numpy as np

from perception.geo import direction_of
from perception.objects import RoadUser
from perception.results import Tracks
from perception.state.attributes import TYPICAL_SIZE


def tracks_of(rows, stamp_ns=0):
    """Return tracks of rows (id, east, north, heading, speed[, kind])."""
    count = len(rows)
    kind = np.array([row[5] if len(row) > 5 else RoadUser.CAR for row in rows], dtype=np.int64)
    heading = np.array([row[3] for row in rows], dtype=float)
    return Tracks(
        id=np.array([row[0] for row in rows], dtype=np.int64),
        stamp_ns=np.full(count, stamp_ns),
        receipt_ns=np.full(count, stamp_ns),
        position_m=np.array([row[1:3] for row in rows], dtype=float).reshape(-1, 2),
        velocity_mps=direction_of(heading) * np.array([row[4] for row in rows], dtype=float).reshape(-1, 1),
        covariance=np.tile(0.04 * np.eye(4), (count, 1, 1)),
        heading_deg=heading,
        heading_sd_deg=np.full(count, 2.0),
        size_m=TYPICAL_SIZE[kind],
        kind=kind,
        existence=np.full(count, 0.99),
        contested=np.zeros(count, dtype=np.bool_),
        sources=[("camera",)] * count,
        vehicle_id=[None] * count,
    )
