"""Pairs that may belong together: places near each other, and tracks with detections."""

from __future__ import annotations

import msgspec
import numpy as np

from perception.kernel.native import contiguous, kernel
from perception.objects import Floats, Ints

FEW = 20_000  # pairs up to which it is faster to look at each
MARGIN = 1e-6  # margin of the searched area, relative and in metres: more than rounding


class Pairs(msgspec.Struct, frozen=True, eq=False):
    """Tracks and detections that may belong together, and the figures of each pair."""

    track: Ints  # (k,)
    detection: Ints  # (k,)
    score: Floats  # (k,) log-likelihood ratio
    square: Floats  # (k,) squared Mahalanobis distance of the position
    residual_m: Floats  # (2, k) m: measured less expected
    velocity_residual_mps: Floats  # (2, k) m/s
    weight: Floats  # (k,) share of the detection's information that counts

    def at(self, chosen: Ints) -> Pairs:
        """Return some of the pairs, by their numbers (m,)."""
        return Pairs(*(getattr(self, name).take(chosen, axis=-1) for name in self.__struct_fields__))

    def and_then(self, others: Pairs) -> Pairs:
        """Return these pairs and after them the others."""
        fields = self.__struct_fields__
        return Pairs(*(np.concatenate([getattr(self, name), getattr(others, name)], axis=-1) for name in fields))

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.track)


def neighbours(place: Floats, reach: Floats, other: Floats, other_reach: Floats | float) -> tuple[Ints, Ints]:
    """Return all pairs (i, j) of places[:, i] and [:, j] that differ by no more than both reaches on either axis.

    place (2, n), other (2, m) m; reach (n,), other_reach (m,) m. The pairs i (k,), j (k,) are in order of i, then of j.
    """
    if isinstance(other_reach, float):
        other_reach = np.full(other.shape[1], other_reach)
    if kernel is not None:
        found = kernel.neighbours(*contiguous(place, reach, other, other_reach))
        i, j = (np.frombuffer(numbers, np.int64) for numbers in found)
        return i, j
    return neighbours_twin(place, reach, other, other_reach)


def neighbours_twin(place: Floats, reach: Floats, other: Floats, other_reach: Floats) -> tuple[Ints, Ints]:
    """Return the same pairs (k,), (k,) without the kernel, of places (2, n), (2, m) m and reaches (n,), (m,) m."""
    if place.shape[1] * other.shape[1] > FEW:
        return _neighbours_of_many(place, reach, other, other_reach)
    limit = reach[:, None] + other_reach
    near = np.abs(place[0, :, None] - other[0]) <= limit
    near &= np.abs(place[1, :, None] - other[1]) <= limit
    i, j = near.nonzero()
    return i, j


def _neighbours_of_many(place: Floats, reach: Floats, other: Floats, other_reach: Floats) -> tuple[Ints, Ints]:
    """Return the same, (k,) and (k,), where there are many pairs.

    The others are sorted by column, as wide as the farthest reach, and along it, so that of three columns only a piece
    is looked at for each place.
    """
    aside = (reach + other_reach.max()) * (1.0 + MARGIN) + MARGIN
    width = float(aside.max())
    west, south = other.min(axis=1)
    height = float(other[1].max()) - south + 2.0 * width
    key = np.floor((other[0] - west) / width) * height + (other[1] - south)
    order = np.argsort(key, kind="stable")
    key = key[order]
    middle = (np.floor((place[0] - west) / width) + np.array([[-1.0], [0.0], [1.0]])) * height + (place[1] - south)
    first = np.searchsorted(key, (middle - aside).ravel())
    count = np.searchsorted(key, (middle + aside).ravel(), side="right") - first
    i = np.repeat(np.tile(np.arange(place.shape[1]), 3), count)
    j = order[np.arange(len(i)) + np.repeat(first - np.cumsum(count) + count, count)]
    gap = np.abs(place[:, i] - other[:, j])
    near = np.maximum(gap[0], gap[1]) <= reach[i] + other_reach[j]
    i, j = i[near], j[near]
    order = np.lexsort((j, i))
    return i[order], j[order]


def groups(count: int, one: Ints, other: Ints) -> Ints:
    """Return the number (count,) of the group of each; the two of a pair, one (k,) and other (k,), are in one group.

    Groups are numbered in order of their first members.
    """
    first, before = np.arange(count), None
    while before is None or (first != before).any():
        before, first = first, first.copy()
        roots = before[one], before[other]
        least = np.minimum(*roots)
        for root in roots:
            np.minimum.at(first, root, least)
        first = first[first]
    numbers: Ints = np.unique(first, return_inverse=True)[1]
    return numbers
