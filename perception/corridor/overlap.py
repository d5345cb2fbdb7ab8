"""Which tracks of two boxes are one road user, where both see: evidence of each pair, summed over the looks.

A look compares two explanations of the difference of two tracks in place and velocity: the errors of both, or two road
users of a usual density. Errors of following looks are alike, so that each look counts for a part.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from perception.corridor.estimates import TrackStates, image, inverted, log_determinant
from perception.objects import Floats, Ints, Mask
from perception.state.pairs import neighbours
from perception.tracking.assignment import best_twin

ELSEWHERE = 50.0 * 50.0  # m2 (m/s)2 of place and velocity for each other road user
LOOK_SHARE = 0.2  # of a look that counts
SURE, MOST = 2.5, 10.0  # sum from which two tracks are one road user; its bound
APART = -1.0  # of two tracks too far apart to be compared
NEAR_M = 6.0  # farther apart on an axis are two road users


class SameUsers(NamedTuple):
    """Pairs of tracks that are likely one road user."""

    own: Ints  # (k,) rows of the box's own tracks
    theirs: Ints  # (k,) rows of the neighbour's
    sure: Mask  # (k,) with the evidence of several looks


class Pairing:
    """The evidence about the pairs of the box's tracks with those of one neighbour."""

    def __init__(self) -> None:
        self._evidence: dict[tuple[int, int], float] = {}  # (own track, neighbour's track)

    def look(self, own_id: Ints, own: TrackStates, their_id: Ints, theirs: TrackStates) -> SameUsers:
        """Take a look at the tracks now, own (n,) and theirs (m,); return those that are likely one road user."""
        row, column, gain = _gains(own, theirs)
        keys = list(zip(own_id[row].tolist(), their_id[column].tolist(), strict=True))
        gains = dict(zip(keys, gain.tolist(), strict=True))
        here, there = set(own_id.tolist()), set(their_id.tolist())
        kept = {key: APART for key in self._evidence if key[0] in here and key[1] in there}
        summed = {key: self._evidence.get(key, 0.0) + LOOK_SHARE * each for key, each in (kept | gains).items()}
        self._evidence = {key: min(value, MOST) for key, value in summed.items() if value > 0.0}
        evidence = np.array([self._evidence.get(key, 0.0) for key in keys])
        chosen = best_twin(row, column, np.zeros(len(row), np.int64), evidence)
        return SameUsers(row[chosen], column[chosen], evidence[chosen] >= SURE)


def _gains(own: TrackStates, theirs: TrackStates) -> tuple[Ints, Ints, Floats]:
    """Return the pairs near each other, rows (k,), (k,), and the log-likelihood ratio (k,) of one road user."""
    reach = np.full(own.state.shape[1], NEAR_M)
    row, column = neighbours(own.state[:2], reach, theirs.state[:2], 0.0)
    spread = own.covariance[:, :, row] + theirs.covariance[:, :, column]
    away = theirs.state[:, column] - own.state[:, row]
    square = (away * image(inverted(spread), away)).sum(axis=0)
    gain: Floats = -0.5 * (square + log_determinant(spread)) - 2.0 * math.log(2.0 * math.pi) + math.log(ELSEWHERE)
    return row, column, gain
