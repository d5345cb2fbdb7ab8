"""Paths: where one source saw road users go, at common times, so that two sources can be laid on each other."""

from __future__ import annotations

import msgspec
import numpy as np

from perception.objects import Floats, Ints

GRID_NS = 200_000_000  # of the common times
LONGEST_GAP_NS = 500_000_000  # between two places of a path that are joined by a straight line


class Sightings(msgspec.Struct, frozen=True, eq=False):
    """n places of road users as one source stated them, each at its own time; site frame."""

    id: Ints  # (n,) the source's number of the road user
    stamp_ns: Ints  # (n,)
    position_m: Floats  # (n, 2) m
    velocity_mps: Floats  # (n, 2) m/s
    covariance_m2: Floats  # (n, 2, 2) m2, of the position


class Paths(msgspec.Struct, frozen=True, eq=False):
    """k places on the common grid of time, in its order."""

    grid: Ints  # (k,) GRID_NS since the epoch
    path: Ints  # (k,) 0.., which path
    position_m: Floats  # (k, 2) m
    velocity_mps: Floats  # (k, 2) m/s
    covariance_m2: Floats  # (k, 2, 2) m2

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.grid)

    @property
    def count(self) -> int:
        """Return the number of paths."""
        return int(self.path.max(initial=-1)) + 1


def join(sightings: Sightings) -> Paths:
    """Return the paths that sightings make; a road user that was away for longer comes back as another one."""
    order = np.lexsort((sightings.stamp_ns, sightings.id))
    number, stamp = sightings.id[order], sightings.stamp_ns[order]
    step = np.diff(stamp)
    joined = (number[1:] == number[:-1]) & (step > 0) & (step <= LONGEST_GAP_NS)
    path = np.concatenate([[0], np.cumsum(~joined)]) if len(order) else np.zeros(0, np.int64)
    first = np.flatnonzero(joined)
    slot = stamp // GRID_NS
    passed = slot[first + 1] - slot[first]  # grid times between two places
    rows = np.repeat(first, passed)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(passed) - passed, passed) + 1
    grid = slot[rows] + nth
    share = (grid * GRID_NS - stamp[rows]) / (stamp[rows + 1] - stamp[rows])
    at, after = order[rows], order[rows + 1]
    in_time = np.argsort(grid, kind="stable")
    return Paths(
        grid=grid[in_time],
        path=path[rows][in_time],
        position_m=_between(sightings.position_m, at, after, share)[in_time],
        velocity_mps=_between(sightings.velocity_mps, at, after, share)[in_time],
        covariance_m2=_between(sightings.covariance_m2, at, after, share)[in_time],
    )


def _between(values: Floats, at: Ints, after: Ints, share: Floats) -> Floats:
    """Return values (n, ...) of rows `at` (k,) and `after` (k,), mixed: `share` (k,) of the latter."""
    share = share.reshape(-1, *[1] * (values.ndim - 1))
    between: Floats = values[at] * (1.0 - share) + values[after] * share
    return between
