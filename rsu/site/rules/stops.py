"""The last metres of lanes: stop lines on or behind a crosswalk, lanes closer together than they are wide."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from hw.detail import Detail
from perception.geo import direction_of, heading_of
from rsu.core.errors import Finding
from rsu.site.conflicts import crosses
from rsu.site.lanemap import LaneModel, LinkModel
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.shapes import distance, line, outline, turn

_BESIDE_M, _BESIDE_DEG = 25.0, 40.0  # crosswalks that lie across the end of a lane
_SLACK_M = 0.5  # a stop line may touch the crosswalk
_LEAST_SHARE = 0.6  # of the widths of two lanes

_ON_CROSSWALK = Detail(
    "expected the stop line before crosswalk {number}, got it on or behind it",
    "停止线应在人行横道 {number} 之前，实际在其上或其后",
)
_CLOSE = Detail(
    "expected lane {one} about {wanted:.1f} m beside lane {other}, by their widths, got {got:.1f}",
    "按宽度车道 {one} 应距车道 {other} 约 {wanted:.1f} m，实为 {got:.1f}",
)


def on_crosswalks(of: OfMap) -> Iterator[Finding]:
    """Find lanes that end on a crosswalk or behind it."""
    for at in walk.lanes(of.map):
        last = line(at.lane.points)[-2:]
        last[1] += _SLACK_M * (last[0] - last[1]) / max(distance(*last), 1e-9)
        for number, each in enumerate(of.map.crosswalks, 1):
            near = distance(last[-1], line(each.polygon).mean(axis=0)) < _BESIDE_M
            if near and crosses(last, outline(each.polygon)):
                place = (*at.place, "points", len(at.lane.points) - 1)
                yield of.source.warning(place, _ON_CROSSWALK.of(number=number))
                break


def apart(of: OfMap) -> Iterator[Finding]:
    """Find lanes of a link whose stop lines are closer together than they are wide."""
    for place, _, link in walk.links(of.map):
        for left, right in _neighbours(link):
            one, other = link.lanes[left], link.lanes[right]
            wanted, got = (one.width_m + other.width_m) / 2, _aside(one, other)
            if 0.0 < got < _LEAST_SHARE * wanted:
                text = _CLOSE.of(one=other.id, other=one.id, wanted=wanted, got=got)
                yield of.source.warning((*place, "lanes", right, "points"), text)


def _neighbours(link: LinkModel) -> Iterator[tuple[int, int]]:
    """Yield the places of lanes side by side that lead in about the same direction."""
    order = sorted(range(len(link.lanes)), key=lambda n: link.lanes[n].id)
    for left, right in pairwise(order):
        if abs(turn(_heading(link.lanes[left]), _heading(link.lanes[right]))) < _BESIDE_DEG:
            yield left, right


def _heading(lane: LaneModel) -> float:
    last = line(lane.points)[-2:]
    return float(heading_of(last[1] - last[0]))


def _aside(one: LaneModel, other: LaneModel) -> float:
    """Return how far to the right of one lane another ends."""
    ahead = direction_of(_heading(one))
    return float((line(other.points)[-1] - line(one.points)[-1]) @ np.array([ahead[1], -ahead[0]]))
