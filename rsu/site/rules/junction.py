"""Where the lanes of a lane map lead: nodes, exits and lanes that are not there, turns that are none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.lanemap import LaneMapFile, NodeId
from rsu.site.reading import OfMap
from rsu.site.rules import walk
from rsu.site.rules.shapes import heading, turn
from rsu.site.wording import NONE

_TURNS_DEG = {"left": (-170.0, -20.0), "right": (20.0, 170.0), "straight": (-55.0, 55.0)}  # right +
_LEAST_UTURN_DEG = 100.0

_OWN_NODE = Detail(
    "expected another node, got {node}, its own",
    "应为其他节点，实为本节点 {node}",
)
_NO_EXIT = Detail(
    "expected a node that an exit leads to ({there}), got {node}",
    "应为出口道通往的节点（{there}），实为 {node}",
)
_NO_EXIT_LANE = Detail(
    "expected a lane of {road} ({there}), got {lane}",
    "应为 {road} 的车道（{there}），实为 {lane}",
)
_CYCLE_LANE = Detail(
    "expected a vehicle lane of {road}, got {lane}, a cycle lane",
    "应为 {road} 的机动车道，实为 {lane}，是非机动车道",
)
_NO_EXITS = Detail(
    "expected the roads that lead away, got none: ways through the junction are not known",
    "应有驶离路口的出口道，实际没有：通过路口的流向未知",
)
_EXIT_TWICE = Detail(
    "expected one exit to each node, got {node} again",
    "通往每个节点的出口道应只有一条，实际 {node} 重复",
)
_NO_LANES = Detail(
    "expected the lanes of {road}, got none",
    "应有 {road} 的车道，实际没有",
)
_NOT_LED_TO = Detail(
    "expected a node that lanes lead to ({there}), got {node}",
    "应为车道通往的节点（{there}），实为 {node}",
)
_LEADS_NOWHERE = Detail(
    "expected where lane {lane} of {link} leads to, got nothing",
    "应给出 {link} 的车道 {lane} 通往何处，实际没有",
)
_FROM_ITSELF = Detail(
    "expected the node that {link} comes from, got {node}, its own",
    "应为 {link} 的上游节点，实为本节点 {node}",
)
_SAME_UPSTREAM = Detail(
    "expected another node than that of {link}, got {node} again",
    "应与 {link} 的上游节点不同，实际 {node} 重复",
)
_NODE_TWICE = Detail(
    "expected each node once, got {node} again",
    "每个节点应只出现一次，实际 {node} 重复",
)
_NO_LANE_THERE = Detail(
    "expected a node that a lane of {link} leads to, got {node}",
    "应为 {link} 的车道通往的节点，实为 {node}",
)
_NO_MOVEMENT = Detail(
    "expected a node of the movements of {link}, got {node}",
    "应为 {link} 的 movements 中的节点，实为 {node}",
)
_ARROW_TWICE = Detail(
    "expected each once, got {arrow} again",
    "每个流向应只出现一次，实际 {arrow} 重复",
)
_NO_CONNECTION = Detail(
    "expected one of its connections ({there}), got {arrow}",
    "应为其连接中的流向（{there}），实为 {arrow}",
)
_NO_ARROW = Detail(
    "expected one of the lane's maneuvers ({there}), got {maneuver}",
    "应为该车道的流向之一（{there}），实为 {maneuver}",
)
_OTHER_TURN = Detail(
    "expected the turn of the lines, {angle:.0f} deg to the {side}, got {maneuver}",
    "应与线形一致，即{side}转 {angle:.0f} 度，实为 {maneuver}",
)
_RIGHT, _LEFT = Detail("right", "右"), Detail("left", "左")


def targets(of: OfMap) -> Iterator[Finding]:
    """Find connections to exits and lanes that are not there."""
    roads = {_key(road.downstream): road for road in of.map.exits}
    numbers = defaultdict(list)
    for at in walk.exits(of.map):
        numbers[_key(at.road.downstream)].append(at)
    for place, node, _, lane, way in walk.ways(of.map):
        key = _key(way.downstream)
        if key == _key(node):
            yield of.source.warning((*place, "downstream"), _OWN_NODE.of(node=_name(key)))
        elif roads and key not in roads:
            there = ", ".join(map(_name, roads))
            yield of.source.warning((*place, "downstream"), _NO_EXIT.of(there=there, node=_name(key)))
        elif roads and way.lane not in {at.number for at in numbers[key]}:
            numbered = ", ".join(str(at.number) for at in numbers[key]) or NONE
            yield of.source.warning(
                (*place, "lane"), _NO_EXIT_LANE.of(road=roads[key].name, there=numbered, lane=way.lane)
            )
        elif lane.type == "vehicle" and any(at.lane.type == "bike" for at in numbers[key] if at.number == way.lane):
            yield of.source.warning((*place, "lane"), _CYCLE_LANE.of(road=roads[key].name, lane=way.lane))


def exits(of: OfMap) -> Iterator[Finding]:
    """Find exits without lanes, exits that nothing leads to, and links that lead nowhere."""
    leads_to = {_key(at.way.downstream) for at in walk.ways(of.map)}
    if leads_to and not of.map.exits:
        yield of.source.warning(("exits",), _NO_EXITS)
    seen: set[tuple[int, int]] = set()
    for n, road in enumerate(of.map.exits):
        key = _key(road.downstream)
        if key in seen:
            yield of.source.warning(("exits", n, "downstream"), _EXIT_TWICE.of(node=_name(key)))
        elif not road.lanes:
            yield of.source.warning(("exits", n, "lanes"), _NO_LANES.of(road=road.name))
        elif leads_to and key not in leads_to:
            yield of.source.warning(
                ("exits", n, "downstream"),
                _NOT_LED_TO.of(there=", ".join(map(_name, sorted(leads_to))), node=_name(key)),
            )
        seen.add(key)
    for place, _, link, lane in walk.lanes(of.map) if leads_to else ():
        if not lane.connects_to:
            yield of.source.warning((*place, "connects_to"), _LEADS_NOWHERE.of(lane=lane.id, link=link.name))


def upstream(of: OfMap) -> Iterator[Finding]:
    """Find links from their own node, and two links from one node: messages name a link by that node."""
    seen: dict[tuple[int, int, int, int], str] = {}
    for place, node, link in walk.links(of.map):
        key = (*_key(node), *_key(link.upstream))
        if _key(link.upstream) == _key(node):
            yield of.source.warning((*place, "upstream"), _FROM_ITSELF.of(link=link.name, node=_name(_key(node))))
        elif key in seen:
            yield of.source.warning(
                (*place, "upstream"), _SAME_UPSTREAM.of(link=seen[key], node=_name(_key(link.upstream)))
            )
        seen.setdefault(key, link.name)


def movements(of: OfMap) -> Iterator[Finding]:
    """Find contradictions between the movements of a link and the connections of its lanes."""
    for place, _, link in walk.links(of.map):
        said = [_key(movement.downstream) for movement in link.movements]
        led = {_key(way.downstream) for lane in link.lanes for way in lane.connects_to}
        for number, key in enumerate(said):
            at = (*place, "movements", number, "downstream")
            if key in said[:number]:
                yield of.source.warning(at, _NODE_TWICE.of(node=_name(key)))
            elif led and key not in led:
                yield of.source.warning(at, _NO_LANE_THERE.of(link=link.name, node=_name(key)))
        for at_way, _, other, _, way in walk.ways(of.map):
            if other is link and said and _key(way.downstream) not in said:
                yield of.source.warning(
                    (*at_way, "downstream"), _NO_MOVEMENT.of(link=link.name, node=_name(_key(way.downstream)))
                )


def maneuvers(of: OfMap) -> Iterator[Finding]:
    """Find arrows of a lane that lead nowhere, connections without arrow, and turns to the wrong side."""
    away = _exit_headings(of.map)
    for place, _, _, lane in walk.lanes(of.map):
        led = {way.maneuver for way in lane.connects_to}
        for number, arrow in enumerate(lane.maneuvers):
            if arrow in lane.maneuvers[:number]:
                yield of.source.warning((*place, "maneuvers", number), _ARROW_TWICE.of(arrow=arrow))
            elif led and arrow not in led:
                yield of.source.warning(
                    (*place, "maneuvers", number), _NO_CONNECTION.of(there=", ".join(sorted(led)), arrow=arrow)
                )
    for place, _, _, lane, way in walk.ways(of.map):
        onward = away.get((*_key(way.downstream), way.lane))
        if way.maneuver not in lane.maneuvers:
            there = ", ".join(lane.maneuvers) or NONE
            yield of.source.warning((*place, "maneuver"), _NO_ARROW.of(there=there, maneuver=way.maneuver))
        elif onward is not None and not _is_turn(way.maneuver, turned := turn(heading(lane.points), onward)):
            side = _RIGHT if turned > 0 else _LEFT
            yield of.source.warning(
                (*place, "maneuver"), _OTHER_TURN.of(angle=abs(turned), side=side, maneuver=way.maneuver)
            )


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
