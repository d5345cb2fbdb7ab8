"""Road users that no box sees for a while, on the way from one box to the next, and those that arrive.

Between the last look (place s0, speed v0, time t0) and the first one (s1, v1, t1) the speed wanders from v0 to v1: the
way is (v0 + v1) / 2 * (t1 - t0), with the variance of a random walk that is bound at both ends, q (t1 - t0)^3 / 12.
Lane, length and class speak too. All arrivals that wait are assigned together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from perception.corridor.identity import GlobalIdentity
from perception.objects import Floats, RoadUser
from perception.tracking.assignment import best_twin

WANDER = 0.3  # m2/s3: spectral density of the acceleration on the way
PLACE_VARIANCE = 2.0  # m2 of both looks together, datum included
SPEED_VARIANCE = 0.3**2  # (m/s)2 of one look
LANE_SD_M, LANE_KEPT, ROAD_M = 0.6, 0.85, 14.0  # error aside; share that keeps its lane; width of the road
LENGTH_SD_M, LENGTHS_M = 0.8, 12.0  # error of both lengths together; spread of lengths on the road
KIND_KEPT = 0.95  # share whose class both boxes see alike
UNEXPECTED_PER_M = 1 / 2000.0  # road users per metre of road that appear without having been seen before
LEAST_MPS = 0.5  # slower has no direction


class OnWay(NamedTuple):
    """One look at a road user on the road."""

    identity: GlobalIdentity | None  # None: it is open
    stamp_ns: int
    along_m: float
    aside_m: float
    speed_mps: float  # along the axis, against it is negative
    length_m: float
    kind: int  # RoadUser


def assign(gone: Sequence[OnWay], come: Sequence[OnWay]) -> list[tuple[int, int]]:
    """Return pairs of road users that are gone and that have come, by their places in the lists."""
    if not gone or not come:
        return []
    score = likelihoods(gone, come)
    row, column = (score > 0.0).nonzero()
    chosen = best_twin(row, column, np.zeros(len(row), np.int64), score[row, column])
    return list(zip(row[chosen].tolist(), column[chosen].tolist(), strict=True))


def likelihoods(gone: Sequence[OnWay], come: Sequence[OnWay]) -> Floats:
    """Return the log-likelihood ratios (gone, come) of one road user against two of which one is unexpected."""
    left, arrived = (_columns(looks, gone[0].stamp_ns) for looks in (gone, come))
    before, after = left[:, :, None], arrived[:, None, :]
    time_s = (after[0] - before[0]) * 1e-9
    way = after[1] - before[1]
    expected = (before[3] + after[3]) / 2.0 * time_s
    variance = PLACE_VARIANCE + WANDER * np.abs(time_s) ** 3 / 12.0 + SPEED_VARIANCE * time_s**2 / 2.0
    score = -0.5 * ((way - expected) ** 2 / variance + np.log(2.0 * math.pi * variance)) - math.log(UNEXPECTED_PER_M)
    score += _lane(after[2] - before[2])
    score += _gauss(after[4] - before[4], LENGTH_SD_M) + math.log(LENGTHS_M)
    score += _kind(before[5], after[5])
    same_way = (before[3] * after[3] > 0.0) & (np.abs(before[3]) > LEAST_MPS) & (time_s > 0.0)
    found: Floats = np.where(same_way, score, -np.inf)
    return found


def _columns(looks: Sequence[OnWay], first_ns: int) -> Floats:
    """Return (6, n): ns since `first_ns`, m along, m aside, m/s, m of length, class."""
    return np.array([[look.stamp_ns - first_ns, *look[2:]] for look in looks], dtype=np.float64).T


def _gauss(away: Floats, spread: float) -> Floats:
    """Return the logarithms of the normal densities (...,) of differences (...,)."""
    density: Floats = -0.5 * (away / spread) ** 2 - math.log(spread * math.sqrt(2.0 * math.pi))
    return density


def _lane(away: Floats) -> Floats:
    """Return how the differences aside (...,) m speak: kept its lane, or changed it to any other."""
    kept = LANE_KEPT * np.exp(_gauss(away, LANE_SD_M))
    found: Floats = np.log(kept + (1.0 - LANE_KEPT) / ROAD_M) + math.log(ROAD_M)
    return found


def _kind(before: Floats, after: Floats) -> Floats:
    """Return how the classes (...,) speak; an unknown one says nothing."""
    known = (before != RoadUser.UNKNOWN) & (after != RoadUser.UNKNOWN)
    others = len(RoadUser) - 1
    told = np.where(before == after, KIND_KEPT * others, (1.0 - KIND_KEPT) * others / (others - 1))
    found: Floats = np.where(known, np.log(told), 0.0)
    return found
