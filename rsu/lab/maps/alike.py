"""Lanes that lie on each other where they reach a junction: drawn twice, or parting just before it. They are one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from hw.detail import Detail
from perception.geo import heading_difference, heading_of
from rsu.lab.maps.network import RoadNetwork, RoadTurn, length_m, towards
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.roads import lengthened

_SAME_M, _SAME_DEG = 1.8, 25.0
_REACH_M = 150.0  # with the pieces before or after it

_ONE = Detail(
    "lane {key}: it ends or begins on lane {other}, the two are taken for one",
    "车道 {key}：与车道 {other} 端点重合，视为同一车道",
)


def merged(network: RoadNetwork, turns: Sequence[RoadTurn], notes: Notes) -> list[RoadTurn]:
    """Return the turns of a junction with one lane of those that lie on each other: that of the longest road."""
    starts = _ones(network, sorted({turn.start for turn in turns}), True, notes)
    ends = _ones(network, sorted({turn.end for turn in turns}), False, notes)
    found: dict[tuple[str, str], RoadTurn] = {}
    for turn in turns:
        pair = starts[turn.start], ends[turn.end]
        found.setdefault(pair, msgspec.structs.replace(turn, start=pair[0], end=pair[1]))
    return list(found.values())


def _ones(network: RoadNetwork, keys: list[str], incoming: bool, notes: Notes) -> dict[str, str]:
    """Return the lane that stands for each lane."""
    found: dict[str, str] = {}
    lengths_m = {key: length_m(lengthened(key, network, _REACH_M, incoming)[0]) for key in keys}
    for key in sorted(keys, key=lambda each: -lengths_m[each]):
        same = [other for other in set(found.values()) if _same(network, key, other, incoming)]
        found[key] = min(same) if same else key
        if same:
            notes.left_out(_ONE.of(key=key, other=found[key]))
    return found


def _same(network: RoadNetwork, key: str, other: str, incoming: bool) -> bool:
    one, two = network.lanes[key], network.lanes[other]
    place = -1 if incoming else 0
    if one.kind != two.kind or float(np.hypot(*(one.line_m[place] - two.line_m[place]))) > _SAME_M:
        return False
    headings = (heading_of(towards(lane.line_m, incoming)) for lane in (one, two))
    return abs(float(heading_difference(*headings))) < _SAME_DEG
