"""Where the lanes of a lane map lead: nodes, exits and lanes that are not there, turns that are none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rsu.core.errors import Finding
from rsu.site.lanemap import LaneMapFile, NodeId
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.shapes import heading, turn

_TURNS_DEG = {"left": (-170.0, -20.0), "right": (20.0, 170.0), "straight": (-55.0, 55.0)}  # right +
_LEAST_UTURN_DEG = 100.0


def targets(of: OfMap) -> Iterator[Finding]:
    """Find connections to exits and lanes that are not there."""
    roads = {_key(road.downstream): road for road in of.map.exits}
    numbers = defaultdict(list)
    for at in walk.exits(of.map):
        numbers[_key(at.road.downstream)].append(at)
    for place, node, _, lane, way in walk.ways(of.map):
        key = _key(way.downstream)
        if key == _key(node):
            yield of.source.warning((*place, "downstream"), f"expected another node, got {_name(key)}, its own")
        elif roads and key not in roads:
            there = ", ".join(map(_name, roads))
            text = f"expected a node that an exit leads to ({there}), got {_name(key)}"
            yield of.source.warning((*place, "downstream"), text)
        elif roads and way.lane not in {at.number for at in numbers[key]}:
            there = ", ".join(str(at.number) for at in numbers[key]) or "none"
            text = f"expected a lane of {roads[key].name} ({there}), got {way.lane}"
            yield of.source.warning((*place, "lane"), text)
        elif lane.type == "vehicle" and any(at.lane.type == "bike" for at in numbers[key] if at.number == way.lane):
            text = f"expected a vehicle lane of {roads[key].name}, got {way.lane}, a cycle lane"
            yield of.source.warning((*place, "lane"), text)


def exits(of: OfMap) -> Iterator[Finding]:
    """Find exits without lanes, exits that nothing leads to, and links that lead nowhere."""
    leads_to = {_key(at.way.downstream) for at in walk.ways(of.map)}
    if leads_to and not of.map.exits:
        text = "expected the roads that lead away, got none: ways through the junction are not known"
        yield of.source.warning(("exits",), text)
    seen: set[tuple[int, int]] = set()
    for n, road in enumerate(of.map.exits):
        key = _key(road.downstream)
        if key in seen:
            text = f"expected one exit to each node, got {_name(key)} again"
            yield of.source.warning(("exits", n, "downstream"), text)
        elif not road.lanes:
            yield of.source.warning(("exits", n, "lanes"), f"expected the lanes of {road.name}, got none")
        elif leads_to and key not in leads_to:
            text = f"expected a node that lanes lead to ({', '.join(map(_name, sorted(leads_to)))}), got {_name(key)}"
            yield of.source.warning(("exits", n, "downstream"), text)
        seen.add(key)
    for place, _, link, lane in walk.lanes(of.map) if leads_to else ():
        if not lane.connects_to:
            text = f"expected where lane {lane.id} of {link.name} leads to, got nothing"
            yield of.source.warning((*place, "connects_to"), text)


def upstream(of: OfMap) -> Iterator[Finding]:
    """Find links from their own node, and two links from one node: messages name a link by that node."""
    seen: dict[tuple[int, int, int, int], str] = {}
    for place, node, link in walk.links(of.map):
        key = (*_key(node), *_key(link.upstream))
        if _key(link.upstream) == _key(node):
            text = f"expected the node that {link.name} comes from, got {_name(_key(node))}, its own"
            yield of.source.warning((*place, "upstream"), text)
        elif key in seen:
            text = f"expected another node than that of {seen[key]}, got {_name(_key(link.upstream))} again"
            yield of.source.warning((*place, "upstream"), text)
        seen.setdefault(key, link.name)


def movements(of: OfMap) -> Iterator[Finding]:
    """Find what the movements of a link and the connections of its lanes say differently."""
    for place, _, link in walk.links(of.map):
        said = [_key(movement.downstream) for movement in link.movements]
        led = {_key(way.downstream) for lane in link.lanes for way in lane.connects_to}
        for number, key in enumerate(said):
            at = (*place, "movements", number, "downstream")
            if key in said[:number]:
                yield of.source.warning(at, f"expected each node once, got {_name(key)} again")
            elif led and key not in led:
                text = f"expected a node that a lane of {link.name} leads to, got {_name(key)}"
                yield of.source.warning(at, text)
        for at_way, _, other, _, way in walk.ways(of.map):
            if other is link and said and _key(way.downstream) not in said:
                text = f"expected a node of the movements of {link.name}, got {_name(_key(way.downstream))}"
                yield of.source.warning((*at_way, "downstream"), text)


def maneuvers(of: OfMap) -> Iterator[Finding]:
    """Find arrows of a lane that lead nowhere, connections without arrow, and turns to the wrong side."""
    away = _exit_headings(of.map)
    for place, _, _, lane in walk.lanes(of.map):
        led = {way.maneuver for way in lane.connects_to}
        for number, arrow in enumerate(lane.maneuvers):
            if arrow in lane.maneuvers[:number]:
                yield of.source.warning((*place, "maneuvers", number), f"expected each once, got {arrow} again")
            elif led and arrow not in led:
                text = f"expected one of its connections ({', '.join(sorted(led))}), got {arrow}"
                yield of.source.warning((*place, "maneuvers", number), text)
    for place, _, _, lane, way in walk.ways(of.map):
        onward = away.get((*_key(way.downstream), way.lane))
        if way.maneuver not in lane.maneuvers:
            there = ", ".join(lane.maneuvers) or "none"
            text = f"expected one of the lane's maneuvers ({there}), got {way.maneuver}"
            yield of.source.warning((*place, "maneuver"), text)
        elif onward is not None and not _is_turn(way.maneuver, turned := turn(heading(lane.points), onward)):
            side = "right" if turned > 0 else "left"
            text = f"expected what the lines show, {abs(turned):.0f} deg to the {side}, got {way.maneuver}"
            yield of.source.warning((*place, "maneuver"), text)


def _is_turn(maneuver: str, turned: float) -> bool:
    if maneuver == "uturn":
        return abs(turned) >= _LEAST_UTURN_DEG
    least, most = _TURNS_DEG[maneuver]
    return least <= turned <= most


def _exit_headings(lane_map: LaneMapFile) -> dict[tuple[int, int, int], float]:
    found = walk.exits(lane_map)
    return {(*_key(at.road.downstream), at.number): heading(at.lane.points, at_end=False) for at in found}


def _key(node: NodeId) -> tuple[int, int]:
    return node.region, node.id


def _name(key: tuple[int, int]) -> str:
    return f"{key[0]}/{key[1]}"
