"""The arms of OpenStreetMap crossings: which nodes are one crossing, and the roads that leave it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fclusterdata

from perception.objects import Floats
from rsu.lab.maps.network import length_m
from rsu.lab.maps.osm_file import OsmFile

_ONE_CROSSING_M = 28.0
_REACH_M = 220.0
_NEAR_M = 40.0  # of the crossing: stop lines, lights, crosswalks


class Arm(NamedTuple):
    """A road that leaves a crossing."""

    way: str
    forward: bool  # the way runs away from the crossing
    nodes: list[str]  # from the crossing outwards
    line_m: Floats  # (n, 2) m, outwards


class OsmCrossing(NamedTuple):
    """Nodes that are one crossing, and its arms."""

    key: str
    nodes: set[str]
    middle_m: Floats  # (2,) m
    arms: list[Arm]


def crossings(file: OsmFile, ways: Mapping[str, list[str]], places: Mapping[str, Floats]) -> list[OsmCrossing]:
    """Return the crossings of roads. `ways`: their nodes; `places`: (2,) m of nodes."""
    ends: dict[str, int] = defaultdict(int)
    for nodes in ways.values():
        for index, node in enumerate(nodes):
            ends[node] += 1 if index in (0, len(nodes) - 1) else 2
    meets = sorted(node for node, count in ends.items() if count > 2)
    if not meets:
        return []
    points = np.array([places[node] for node in meets])
    groups = (
        fclusterdata(points, _ONE_CROSSING_M, criterion="distance", method="single") if len(meets) > 1 else np.ones(1)
    )
    found = []
    for number in np.unique(groups):
        inside = {node for node, group in zip(meets, groups, strict=True) if group == number}
        middle = np.mean([places[node] for node in inside], axis=0)
        arms = [arm for way in ways for arm in _arms(way, ways, inside, places)]
        found.append(OsmCrossing(min(inside), inside, middle, arms))
    return found


def _arms(way: str, ways: Mapping[str, list[str]], inside: set[str], places: Mapping[str, Floats]) -> list[Arm]:
    """Return the arms that a way has at a crossing: where it leaves its nodes."""
    nodes = ways[way]
    found = []
    for index, node in enumerate(nodes):
        if node not in inside:
            continue
        for forward in (True, False):
            run = nodes[index:] if forward else nodes[index::-1]
            if len(run) > 1 and run[1] not in inside:
                stop = next((n for n, each in enumerate(run) if n and each in inside), len(run))
                if stop < len(run):
                    continue  # it comes back: a part of the crossing
                run = _continued(run, way, ways, places)
                found.append(Arm(way, forward, run, np.array([places[each] for each in run])))
    return found


def _continued(run: list[str], way: str, ways: Mapping[str, list[str]], places: Mapping[str, Floats]) -> list[str]:
    """Return the nodes of an arm with those of the ways that go on where it ends, as long as only one does."""
    seen = {way}
    while length_m(np.array([places[each] for each in run])) < _REACH_M:
        more = [key for key, nodes in ways.items() if key not in seen and run[-1] in (nodes[0], nodes[-1])]
        if len(more) != 1:
            break
        seen.add(more[0])
        nodes = ways[more[0]]
        run = run + (nodes[1:] if nodes[0] == run[-1] else nodes[-2::-1])
    return run


def near(arm: Arm, file: OsmFile, values: tuple[str, ...]) -> tuple[str, float] | None:
    """Return the nearest node of an arm with one of these values of `highway`, and its distance on it; None: none."""
    for index, node in enumerate(arm.nodes):
        away = length_m(arm.line_m[: index + 1]) if index else 0.0
        if away > _NEAR_M:
            return None
        if file.nodes[node].tags.get("highway") in values:
            return node, away
    return None
