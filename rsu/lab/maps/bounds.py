"""Lanes between two bounds: middle line, width, direction; pairs of lines that are the edges of one area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from perception.objects import Floats
from rsu.lab.maps.network import at, length_m, tidy

_SAME_M = 0.2
_SAMPLES = 41
_LEAST_M = 0.3
_ZEBRA_M = (1.5, 12.0)  # depth of a crosswalk


class Bounds(NamedTuple):
    """A lane between its bounds, in driving direction."""

    left_m: Floats  # (n, 2) m
    right_m: Floats  # (n, 2) m
    middle_m: Floats  # (n, 2) m
    width_m: float

    def follows(self, other: Bounds) -> bool:
        """Tell whether a lane begins where another ends, with both bounds."""
        pairs = ((self.left_m, other.left_m), (self.right_m, other.right_m))
        return all(float(np.hypot(*(mine[0] - before[-1]))) < _SAME_M for mine, before in pairs)

    def reversed(self) -> Bounds:
        """Return the lane in the opposite direction."""
        return Bounds(self.right_m[::-1], self.left_m[::-1], self.middle_m[::-1], self.width_m)


def between(left: Sequence[Floats], right: Sequence[Floats]) -> Bounds | None:
    """Return the lane between bounds, each of one or more lines in a row (n, 2); None: one is missing.

    Lines may be stored against the driving direction: the left one is to the left of the lane that they make.
    """
    if not left or not right:
        return None
    one, other = _chained(left), _chained(right)
    if _crossed(one, other):
        other = other[::-1]
    samples = np.linspace(0.0, 1.0, _SAMPLES)
    first, second = (at(line, samples * length_m(line)) for line in (one, other))
    middle = (first + second) / 2
    width = float(np.median(np.hypot(*(first - second).T)))
    if length_m(middle) < _LEAST_M or width < _LEAST_M:
        return None
    ahead, aside = np.diff(middle, axis=0), (first - second)[:-1]
    if float(np.sum(ahead[:, 0] * aside[:, 1] - ahead[:, 1] * aside[:, 0])) < 0:
        one, other, middle = one[::-1], other[::-1], middle[::-1]
    return Bounds(one, other, tidy(middle), width)


def _chained(lines: Sequence[Floats]) -> Floats:
    """Return lines in a row as one; each is turned so that it begins where the one before ends."""
    whole = lines[0]
    for line in lines[1:]:
        ends = [float(np.hypot(*(whole[a] - line[b]))) for a, b in ((-1, 0), (-1, -1), (0, 0), (0, -1))]
        place = int(np.argmin(ends))
        if place > 1:
            whole = whole[::-1]
        whole = np.vstack([whole, line if place in (0, 2) else line[::-1]])
    return tidy(whole)


def _crossed(one: Floats, other: Floats) -> bool:
    """Tell whether two lines run against each other."""
    apart = np.hypot(*(one[0] - other[0])) + np.hypot(*(one[-1] - other[-1]))
    return bool(apart > np.hypot(*(one[0] - other[-1])) + np.hypot(*(one[-1] - other[0])))


def zebras(lines: Sequence[Floats]) -> list[Floats]:
    """Return the areas (4, 2) between pairs of lines that lie beside each other: the edges of crosswalks."""
    free = [line for line in lines if length_m(line) > 2.0]
    found = []
    while len(free) > 1:
        one = free.pop(0)
        gaps = [_gap(one, other) for other in free]
        nearest = int(np.argmin(gaps))
        if _ZEBRA_M[0] < gaps[nearest] < _ZEBRA_M[1]:
            other = free.pop(nearest)
            other = other[::-1] if _crossed(one, other) else other
            found.append(np.array([one[0], one[-1], other[-1], other[0]]))
    return found


def _gap(one: Floats, other: Floats) -> float:
    """Return how far two lines are apart, by their ends."""
    other = other[::-1] if _crossed(one, other) else other
    return float(np.hypot(*(one[0] - other[0])) + np.hypot(*(one[-1] - other[-1]))) / 2


def followers(lanes: dict[str, Bounds]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the pairs of lanes of which the second follows the first, and the lanes that had to be turned for that.

    A lane that follows none and is followed by none, but would be if its bounds were exchanged, was drawn against the
    driving direction: it is turned in `lanes`.
    """
    pairs = _pairs(lanes, lanes)
    turned = []
    for key in lanes.keys() - {key for pair in pairs for key in pair}:
        back = lanes | {key: lanes[key].reversed()}
        if found := _pairs(back, [key]):
            lanes[key] = back[key]
            turned.append(key)
            pairs += found
    return pairs, sorted(turned)


def _pairs(lanes: dict[str, Bounds], of: Iterable[str]) -> list[tuple[str, str]]:
    """Return the pairs of lanes that follow each other, of which one is among `of`."""
    keys, chosen = list(lanes), set(of)
    if not keys:
        return []
    starts = cKDTree([lanes[key].left_m[0] for key in keys])
    near = starts.query_ball_point([lanes[key].left_m[-1] for key in keys], _SAME_M)
    pairs = ((one, keys[index]) for one, found in zip(keys, near, strict=True) for index in found)
    return [
        (one, other)
        for one, other in pairs
        if one != other and (one in chosen or other in chosen) and lanes[other].follows(lanes[one])
    ]
