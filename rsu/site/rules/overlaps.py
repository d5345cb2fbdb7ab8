"""Lanes that lie on each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from perception.state.pairs import neighbours
from rsu.core.errors import Finding
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.shapes import Points, heading, line, steps, turn
from rsu.site.source import Path_

_EVERY_M = 4.0
_MOST_SAMPLES = 100  # of a lane
_SHARE = 0.6  # of the shorter lane's samples; lanes that part lie on each other for a while
_INSIDE = 0.35  # of the narrower lane's width: nearer than this the middles are no neighbours'

_LIES_ON = Detail(
    "expected beside {lane}, got points that lie on it, {how} (copied?)",
    "应位于{lane}旁，实际与其重叠，{how}（是否为复制所致？）",
)
_NAME = Detail("lane {number} of {road}", " {road} 的车道 {number} ")
_OPPOSITE = Detail("in the opposite direction", "方向相反")
_ALIKE = Detail("in the same direction", "方向相同")


class _Lane(NamedTuple):
    place: Path_
    name: Detail
    points: Points
    width_m: float


def lanes(of: OfMap) -> Iterator[Finding]:
    """Find lanes of which one lies on another one for most of its length."""
    found = [
        _Lane(a.place, _NAME.of(number=a.lane.id, road=a.link.name), a.lane.points, a.lane.width_m)
        for a in walk.lanes(of.map)
    ]
    found += [
        _Lane(a.place, _NAME.of(number=a.number, road=a.road.name), a.lane.points, a.lane.width_m or 3.0)
        for a in walk.exits(of.map)
    ]
    if len(found) < 2:
        return
    samples = [_samples(lane.points) for lane in found]
    owner = np.repeat(np.arange(len(found)), [len(each) for each in samples])
    widest = max(lane.width_m for lane in found)
    every = np.concatenate(samples)
    near = neighbours(every.T, np.full(len(every), _INSIDE * widest + _EVERY_M / 2), every.T, 0.0)
    together = {(one, other) for one, other in np.unique(owner[np.array(near)], axis=1).T.tolist() if one < other}
    for one, other in sorted(together):
        if _lies_on(found[one], found[other], samples[one], samples[other]):
            way = abs(turn(heading(found[one].points), heading(found[other].points)))
            how = _OPPOSITE if way > 120.0 else _ALIKE
            yield of.source.warning((*found[other].place, "points"), _LIES_ON.of(lane=found[one].name, how=how))


def _samples(points: Points) -> Floats:
    along = np.concatenate([[0.0], np.cumsum(steps(points))])
    count = int(np.clip(along[-1] / _EVERY_M, 2, _MOST_SAMPLES))
    at = np.linspace(0.0, along[-1], count)
    return np.column_stack([np.interp(at, along, axis) for axis in line(points).T])


def _lies_on(one: _Lane, other: _Lane, samples: Floats, others: Floats) -> bool:
    """Tell whether most of the shorter lane lies within the middle of the longer one."""
    if steps(one.points).sum() < steps(other.points).sum():
        one, other, samples, others = other, one, others, samples
    near = _off_line(others, line(one.points)) < _INSIDE * min(one.width_m, other.width_m)
    return float(near.mean()) > _SHARE


def _off_line(points: Floats, corners: Floats) -> Floats:
    """Return the distances (n,) of points (n, 2) from a line of corners (k, 2)."""
    start, step = corners[:-1], np.diff(corners, axis=0)
    share = ((points[:, None] - start) * step).sum(axis=2) / (step * step).sum(axis=1)
    off: Floats = np.hypot(*(points[:, None] - start - np.clip(share, 0, 1)[..., None] * step).transpose(2, 0, 1))
    nearest: Floats = off.min(axis=1)
    return nearest
