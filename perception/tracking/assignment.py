"""Which detection belongs to which track: one global assignment for each sensor and round."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints
from perception.state.pairs import Pairs, groups


def assign(pairs: Pairs, sensor: Ints) -> Pairs:
    """Return the pairs of the best assignments, ordered by track; `sensor` (k,): that of the pair's detection.

    For each sensor every track and every detection is in one pair at most, and every score is positive. Pairs
    without a rival are made at once; the others are small dense problems, one for each group of rivals.
    """
    if kernel is None:
        return pairs.at(best_twin(pairs.track, pairs.detection, sensor, pairs.score))
    return pairs.at(best(pairs.track, pairs.detection, sensor, pairs.score))


def best(track: Ints, detection: Ints, sensor: Ints, score: Floats) -> Ints:
    """Return the numbers (m,) of the pairs (k,) that are made, by the kernel."""
    chosen = np.empty(len(track), dtype=np.int64)
    count = kernel.assign(*contiguous(track, detection, sensor, score, chosen))
    return chosen[:count]


def best_twin(track: Ints, detection: Ints, sensor: Ints, score: Floats) -> Ints:
    """Return the numbers (m,) of the pairs (k,) that are made, without the kernel."""
    worth: Ints = (score > 0.0).nonzero()[0]
    track, detection, sensor = track[worth], detection[worth], sensor[worth]
    if not len(worth):
        return worth
    slot = sensor * (track.max() + 1) + track
    alone = (np.bincount(slot)[slot] == 1) & (np.bincount(detection)[detection] == 1)
    contested = (~alone).nonzero()[0]
    rivals = _contest(slot[contested], detection[contested], contested, score[worth])
    chosen = np.concatenate([alone.nonzero()[0], *rivals])
    ordered: Ints = worth[chosen[np.argsort(track[chosen], kind="stable")]]
    return ordered


def _contest(slot: Ints, detection: Ints, number: Ints, score: Floats) -> Iterator[Ints]:
    """Yield for each group of rivals the numbers of the pairs (k,) that make its best assignment.

    A slot is a track for one sensor, so that no group has pairs of two.
    """
    from scipy.optimize import linear_sum_assignment  # it takes longer to load than all of ours

    slots, row = np.unique(slot, return_inverse=True)
    detections, column = np.unique(detection, return_inverse=True)
    group = groups(len(slots) + len(detections), row, len(slots) + column)[row]
    for one in range(group.max(initial=-1) + 1):
        rival = (group == one).nonzero()[0]
        rows, columns = (np.unique(values[rival], return_inverse=True)[1] for values in (row, column))
        found = np.full((rows.max() + 1, columns.max() + 1), -1)
        found[rows, columns] = number[rival]
        benefit = np.where(found >= 0, score[found], 0.0)
        best = found[linear_sum_assignment(benefit, maximize=True)]
        yield best[best >= 0]
