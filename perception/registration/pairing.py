"""Which path of one source is which path of another: the same road user seen twice."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perception.objects import Floats, Ints
from perception.registration.paths import Paths

LEAST_TOGETHER = 5  # common times, one second
FAR_SHARE = 0.7  # of the gate: paths that are farther apart on average are not the same


class Couples(NamedTuple):
    """Rows of two sources that are the same road user at the same time."""

    first: Ints  # (n,) rows of the one
    second: Ints  # (n,) rows of the other
    couple: Ints  # (n,) 0.., which two paths


def couples(first: Paths, second: Paths, gate_m: float) -> Couples:
    """Pair paths that are each other's best: long together, close in place and velocity (m, and m/s as m)."""
    rows, others = _same_time(first.grid, second.grid)
    apart = np.hypot(*(first.position_m[rows] - second.position_m[others]).T)
    unlike = np.hypot(*(first.velocity_mps[rows] - second.velocity_mps[others]).T)
    cost = np.minimum(np.hypot(apart, np.nan_to_num(unlike)), gate_m)
    key = first.path[rows] * max(second.count, 1) + second.path[others]
    keys, of = np.unique(key, return_inverse=True)
    together = np.bincount(of, minlength=len(keys))
    gain = np.bincount(of, gate_m - cost, minlength=len(keys)).astype(np.float64)
    possible = (together >= LEAST_TOGETHER) & (gain > (1.0 - FAR_SHARE) * gate_m * together)
    mine, theirs = keys // max(second.count, 1), keys % max(second.count, 1)
    worth = np.where(possible, gain, 0.0)
    chosen = possible & (worth >= _best(worth, mine)[mine]) & (worth >= _best(worth, theirs)[theirs])
    used = chosen[of] & (apart < gate_m)
    return Couples(rows[used], others[used], of[used])


def _same_time(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Return all pairs (k,), (k,) of rows whose values are equal in two sorted columns (n,), (m,)."""
    begin, end = np.searchsorted(second, first, "left"), np.searchsorted(second, first, "right")
    count = end - begin
    rows = np.repeat(np.arange(len(first)), count)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return rows, np.repeat(begin, count) + nth


def _best(gain: Floats, path: Ints) -> Floats:
    """Return the largest gain (paths,) of every path; gain (k,), path (k,) of the pairs."""
    best = np.zeros(int(path.max(initial=-1)) + 1)
    np.maximum.at(best, path, gain)
    return best
