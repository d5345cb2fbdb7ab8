"""The legs of a junction: the link and the exit of each road, and the node at its other end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hw.detail import Detail
from perception.geo import direction_of, heading_difference
from perception.objects import Floats
from rsu.lab.maps.network import Junction, RoadLane, RoadNetwork, RoadTurn
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.roads import Bundle, bundles, compass
from rsu.site.lanemap import NodeId

_ALIKE_DEG, _NEAR_M = 50.0, 60.0  # a link and an exit of one road: by direction, by the distance of their ends

_NUMBERS = Detail(
    "node numbers of this junction ({node}) and of its neighbours ({others}): give them the real ones, vehicles join "
    "the MAPs of neighbours by them",
    "本路口（{node}）与相邻路口（{others}）的节点编号：请改为实际编号，车辆按编号拼接相邻路口的 MAP",
)
_NEIGHBOURS = Detail(
    "node numbers of the neighbours that the file does not name: {others}", "文件未给出的相邻节点编号：{others}"
)


class Leg(NamedTuple):
    """One road of a junction."""

    node: NodeId  # at its other end
    name: str  # direction in which it lies
    link: Bundle | None
    exit: Bundle | None


def legs(network: RoadNetwork, junction: Junction, turns: list[RoadTurn], node: NodeId, notes: Notes) -> list[Leg]:
    """Return the legs clockwise from north, each with a node of its own."""
    links = bundles({turn.start: network.lanes[turn.start] for turn in turns}, incoming=True)
    exits = bundles(_leading_away(network, turns), incoming=False)
    pairs = [*_paired(links, exits)]
    pairs += [(None, each) for each in exits if all(each is not one for _, one in pairs)]
    pairs.sort(key=lambda pair: (_outwards(*pair) + 1.0) % 360.0)
    known = [_known(network, junction, *pair) for pair in pairs]
    numbers = _numbers(known, node)
    if None in known:
        others = ", ".join(f"{one.region}/{one.id}" for one, had in zip(numbers, known, strict=True) if had is None)
        text = _NEIGHBOURS if junction.number is not None else _NUMBERS
        notes.assumed(text.of(node=f"{node.region}/{node.id}", others=others))
    names = _names([compass(_outwards(*pair)) for pair in pairs])
    return [Leg(number, name, *pair) for number, name, pair in zip(numbers, names, pairs, strict=True)]


def _leading_away(network: RoadNetwork, turns: list[RoadTurn]) -> dict[str, RoadLane]:
    """Return the lanes in which ways end, and those beside them on the same road in which none does."""
    ends, starts = {turn.end for turn in turns}, {turn.start for turn in turns}
    roads = {network.lanes[key].road for key in ends} - {""}
    return {
        key: lane for key, lane in network.lanes.items() if key in ends or (lane.road in roads and key not in starts)
    }


def _paired(links: list[Bundle], exits: list[Bundle]) -> list[tuple[Bundle | None, Bundle | None]]:
    """Return each link with the exit that lies beside it and leads back; an exit goes with one link only."""
    near = sorted(
        (
            (_apart(link, way), n, k)
            for n, link in enumerate(links)
            for k, way in enumerate(exits)
            if _back(link, way) < _ALIKE_DEG and _apart(link, way) < _NEAR_M
        ),
    )
    found: dict[int, int] = {}
    for _, n, k in near:
        if n not in found and k not in found.values():
            found[n] = k
    return [(link, exits[found[n]] if n in found else None) for n, link in enumerate(links)]


def _back(link: Bundle, way: Bundle) -> float:
    return abs(float(heading_difference(link.heading_deg + 180.0, way.heading_deg)))


def _apart(link: Bundle, way: Bundle) -> float:
    return float(np.hypot(*(link.end_m - way.end_m)))


def _outwards(link: Bundle | None, way: Bundle | None) -> float:
    """Return the direction in which a leg lies, seen from the junction, in degrees."""
    if link is None or way is None:
        return (link.heading_deg + 180.0) % 360.0 if link is not None else way.heading_deg if way is not None else 0.0
    step: Floats = direction_of(way.heading_deg) - direction_of(link.heading_deg)
    return float(np.degrees(np.arctan2(step[0], step[1]))) % 360.0


def _known(network: RoadNetwork, junction: Junction, *pair: Bundle | None) -> tuple[int, int] | None:
    roads = [network.lanes[key].road for bundle in pair if bundle is not None for key in bundle.keys]
    return next((junction.neighbours[road] for road in roads if road in junction.neighbours), None)


def _numbers(known: list[tuple[int, int] | None], node: NodeId) -> list[NodeId]:
    """Return a node for each leg; two legs never have the same, nor that of the junction."""
    taken = {(node.region, node.id)}
    found = []
    free = (number for number in range(node.id + 1, node.id + 400) if (node.region, number) not in known)
    for each in known:
        pair = each if each is not None and each not in taken else (node.region, next(free) % 65536)
        taken.add(pair)
        found.append(NodeId(region=pair[0], id=pair[1]))
    return found


def _names(names: list[str]) -> list[str]:
    """Return names of which none is there twice."""
    return [name if names.count(name) == 1 else f"{name}{names[: n + 1].count(name)}" for n, name in enumerate(names)]
