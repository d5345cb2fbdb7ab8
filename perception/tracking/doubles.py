"""Two tracks of one road user: how they are found, and how they become one."""

from __future__ import annotations

import numpy as np

from perception.algebra import adjugate, determinant, form
from perception.objects import Floats, Ints, Mask
from perception.state.pairs import neighbours
from perception.state.table import TrackTable, trusted
from perception.tracking import numbers

SAME_GATE = 9.2  # squared distance (99 %) within which two tracks may be one road user
SAME_M = 4.0  # and metres, per axis
SHARED = 0.55  # share of any sensor's scans with either in which both are, at most; of two road users it is near 1
CROWDED_M, CROWDED_MPS, CROWDED_SCANS = 1.0, 1.0, 40  # nearer and slower to each other, for more scans
RETURNED_SCANS = 40  # a road user seen more often is not taken for one that is hidden
_OF_VEHICLE = ["vehicle", "vehicle_ns", "vehicle_heading_deg", "agreement", "radio"]


def pairs(table: TrackTable) -> list[tuple[int, int]]:
    """Return pairs (kept, dropped) of rows that are one road user: alike, hardly ever seen both at once."""
    if len(table) < 2:
        return []
    first, second = neighbours(table.state[:2], np.full(len(table), SAME_M), table.state[:2], 0.0)
    possible = (first < second) & ~(trusted(table)[first] & trusted(table)[second])
    possible &= _may_return(table, first, second)
    first, second = first[possible], second[possible]
    together, either = _scans_of(table.history.take(first, axis=-1), table.history.take(second, axis=-1))
    alone = (together <= SHARED * either).all(
        axis=0
    )  # of two behind each other, a sensor that looks along them sees but one
    scans = either.sum(axis=0, dtype=np.int64)
    alone &= scans > 0
    first, second, scans = first[alone], second[alone], scans[alone]
    gap = table.state.take(first, axis=-1) - table.state.take(second, axis=-1)
    spread = table.covariance.take(first, axis=-1) + table.covariance.take(second, axis=-1)
    alike = _square(gap[:2], spread[:2, :2]) + _square(gap[2:], spread[2:, 2:]) < SAME_GATE
    close = (np.hypot(gap[0], gap[1]) < CROWDED_M) & (np.hypot(gap[2], gap[3]) < CROWDED_MPS)
    alike |= close & (scans >= CROWDED_SCANS)  # one too many that lives by its neighbours' detections
    alike |= numbers.shared(table, first, second)
    return [_by_rank(table, int(i), int(j)) for i, j in zip(first[alike], second[alike], strict=True)]


def join(table: TrackTable, kept: int, dropped: int) -> None:
    """Take into a row all that its double knows better: the surer state, the vehicle's id."""
    surer = table.covariance[0, 0] + table.covariance[1, 1]
    newer = table.stamp_ns[dropped] > table.stamp_ns[kept]
    fields = ["stamp_ns", "receipt_ns"] * bool(newer)
    fields += ["state", "covariance", "heading_deg", "heading_sd_deg", "moving"] * bool(surer[dropped] < surer[kept])
    fields += _OF_VEHICLE * bool(table.agreement[dropped] > table.agreement[kept])
    for field in fields:
        values = getattr(table, field)
        values[..., kept] = values[..., dropped]


def _may_return(table: TrackTable, first: Ints, second: Ints) -> Mask:
    """Return which pairs (k,) may be one where one is hidden: a track that comes out of hiding is new."""
    hidden, new = table.hidden > 0, table.scans <= RETURNED_SCANS
    return np.where(hidden[first], ~hidden[second] & new[second], ~hidden[second] | new[first])


def _scans_of(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Return in how many scans (sensors, k) both tracks of pairs, and either, were seen since both are known.

    first, second (sensors, k): their histories, bit by bit.
    """
    known = [first, second]
    for shift in (1, 2, 4, 8, 16):
        known = [history | history >> shift for history in known]
    since = known[0] & known[1]
    return np.bitwise_count(first & second), np.bitwise_count((first | second) & since)


def _square(gap: Floats, spread: Floats) -> Floats:
    """Return squared Mahalanobis distances (k,) of gaps (2, k) by covariances (2, 2, k)."""
    return form(adjugate(spread), gap) / determinant(spread)


def _by_rank(table: TrackTable, first: int, second: int) -> tuple[int, int]:
    """Order two rows: confirmed before not, then the longer known."""
    rank = [(table.id[row] > 0, table.scans[row]) for row in (first, second)]
    return (first, second) if rank[0] >= rank[1] else (second, first)
