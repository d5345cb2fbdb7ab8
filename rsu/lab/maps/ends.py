"""Junctions where lanes end and others begin with no line between them: places where such ends lie together."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fclusterdata

from hw.detail import Detail
from perception.geo import heading_difference, heading_of
from perception.objects import Floats
from rsu.lab.maps.network import Junction, RoadNetwork, towards
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.turns import supposed

_TOGETHER_M = 32.0  # from one end of a lane to the next around a junction
_ACROSS_DEG = 30.0

_SUPPOSED = Detail(
    "ways through the crossing: by the arrows of the lanes, else by the usual ones; the file does not tell them",
    "通过路口的流向：按车道箭头，否则按常规箭头；文件未给出",
)


def junctions(network: RoadNetwork, notes: Notes) -> None:
    """Find the places where lanes of different roads end and begin, with the ways that are to be supposed there."""
    before, after = {first for first, _ in network.follows}, {last for _, last in network.follows}
    used = {turn.start for turn in network.turns}, {turn.end for turn in network.turns}
    starts = [key for key in network.lanes if key not in before | used[0]]
    ends = [key for key in network.lanes if key not in after | used[1]]
    if len(starts) < 2 or not ends:
        return
    places = np.array(
        [network.lanes[key].line_m[-1] for key in starts] + [network.lanes[key].line_m[0] for key in ends]
    )
    group = fclusterdata(places, _TOGETHER_M, criterion="distance", method="single")
    for number in np.unique(group):
        here = group == number
        mine = [key for key, chosen in zip(starts, here[: len(starts)], strict=True) if chosen]
        away = [key for key, chosen in zip(ends, here[len(starts) :], strict=True) if chosen]
        if mine and away and _meet(network, mine):
            _junction(network, mine, away, places[here], notes)


def _meet(network: RoadNetwork, starts: list[str]) -> bool:
    """Tell whether lanes come from different directions."""
    headings = heading_of(np.array([towards(network.lanes[key].line_m) for key in starts]))
    return bool((np.abs(heading_difference(headings, headings[0])) > _ACROSS_DEG).any())


def _junction(network: RoadNetwork, starts: list[str], ends: list[str], places: Floats, notes: Notes) -> None:
    key = str(len(network.junctions) + 1)
    if turns := supposed(network, key, starts, ends):
        notes.assumed(_SUPPOSED)
        network.junctions[key] = Junction(key, (places.min(axis=0) + places.max(axis=0)) / 2)
        network.turns += turns
