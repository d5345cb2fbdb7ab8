"""SUMO networks (.net.xml): edges, lanes, connections, crossings and signal programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.maps import xml_file
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.network import Junction, LaneKind, RoadLane, RoadNetwork, RoadTurn, Walkway, band, tidy
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Placing, Stated
from rsu.lab.maps.xml_file import Element, number, text

_USUAL_WIDTH_M = 3.2  # SUMO's where a lane names none
_NO_PROJECTION = ("!", "-", ".", "")
_MOTOR = {"passenger", "private", "bus", "truck", "delivery", "taxi", "coach", "hov"}

_NO_NET = Detail("no SUMO network: the root element is {tag}, not net", "不是 SUMO 路网：根元素为 {tag}，应为 net")
_BAD_SHAPE = Detail("line {line}: {tag}: its shape cannot be read", "第 {line} 行：{tag}：无法读取其 shape")
_OTHERS = Detail("a lane on which neither motor vehicles nor bicycles drive", "机动车与非机动车均不行驶的车道")
_WIDTH = Detail("width of a lane that names none: 3.2 m", "未注明宽度的车道：宽 3.2 m")
_GROUPS = Detail(
    "phases: the lanes of one approach that have the same light throughout the program; give them the numbers of the "
    "controller",
    "相位：同一进口道上、在整个方案中灯色相同的车道为一个相位；请改为信号机的编号",
)


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a network. MapError: it is none."""
    net = xml_file.root(xml_file.octets(path), path.name)
    if net.tag != "net":
        raise MapError(_NO_NET.of(tag=net.tag))
    location = net.find("location")
    crs = "" if location is None else location.get("projParameter", "!")
    placing = Placing(stated, notes, crs=None if crs in _NO_PROJECTION else crs)
    network = RoadNetwork(reference=None)
    offset = np.zeros(2) if location is None or crs in _NO_PROJECTION else _shape(location, "netOffset")[0]
    kinds = {text(each, "id"): each for each in net.iter("type")}
    walks = {text(each, "id"): _crossing(each) for each in net.iter("edge") if each.get("function") == "crossing"}
    for edge in net.iter("edge"):
        if edge.get("function", "normal") == "normal":
            _edge(edge, kinds, network, notes)
    _turns(net, network, walks, notes)
    network.walks = list(walks.values())
    _junctions(net, network)
    _place(network, placing, offset)
    return network


def _crossing(edge: Element) -> Walkway:
    lane = edge.find("lane")
    return Walkway(band(_shape(edge if lane is None else lane), 4.0 if lane is None else number(lane, "width", 4.0)))


def _edge(edge: Element, kinds: Mapping[str, Element], network: RoadNetwork, notes: Notes) -> None:
    kind = kinds.get(edge.get("type"))
    for lane in edge.iter("lane"):
        if (users := _users(lane, kind)) is None:
            notes.left_out(_OTHERS)
            continue
        width = lane.get("width") or (None if kind is None else kind.get("width"))
        if width is None:
            notes.assumed(_WIDTH)
        network.lanes[text(lane, "id")] = RoadLane(
            line_m=_shape(lane),
            width_m=number(lane, "width", _USUAL_WIDTH_M if kind is None else number(kind, "width", _USUAL_WIDTH_M)),
            road=text(edge, "id"),
            kind=users,
            limit_mps=number(lane, "speed", 13.89),
        )


def _users(lane: Element, kind: Element | None) -> LaneKind | None:
    """Return the road users of a lane; None: neither vehicles nor bicycles."""
    allowed, forbidden = (
        set((lane.get(name) or ("" if kind is None else kind.get(name, ""))).split()) for name in ("allow", "disallow")
    )
    if "all" in forbidden and not allowed:
        return None
    if allowed and "all" not in allowed:
        return "vehicle" if allowed & _MOTOR else "bike" if "bicycle" in allowed else None
    return "vehicle" if _MOTOR - forbidden else None if "bicycle" in forbidden else "bike"


def _turns(net: Element, network: RoadNetwork, walks: Mapping[str, Walkway], notes: Notes) -> None:
    """Read the connections between edges; those of a junction with a signal carry its group."""
    lights = _lights(net)
    ends = {edge.get("id"): edge.get("to", "") for edge in net.iter("edge")}
    for each in net.iter("connection"):
        start, end = (f"{text(each, key)}_{text(each, lane)}" for key, lane in (("from", "fromLane"), ("to", "toLane")))
        light = (each.get("tl"), each.get("linkIndex"))
        signal = f"{text(each, 'from')} {lights.get(light, light)}" if light[0] else None
        if (walk := walks.get(text(each, "to"))) is not None and signal:
            walk.signal = f"{text(each, 'to')} {signal}"
        if start in network.lanes and end in network.lanes:
            network.turns.append(RoadTurn(start, end, ends.get(text(each, "from"), ""), signal))
    if any(turn.signal for turn in network.turns):
        notes.assumed(_GROUPS)


def _lights(net: Element) -> dict[tuple[str | None, str | None], str]:
    """Return the lights of each connection in the order of its program's steps: (program, index) -> letters."""
    found: dict[tuple[str | None, str | None], str] = {}
    for program in net.iter("tlLogic"):
        steps = [text(step, "state").lower() for step in program.iter("phase")]
        for index in range(min(map(len, steps), default=0)):
            found[program.get("id"), str(index)] = "".join(step[index] for step in steps)
    return found


def _junctions(net: Element, network: RoadNetwork) -> None:
    """Keep the junctions with three neighbours or more; elsewhere a road goes on, its pieces follow each other."""
    edges = {text(each, "id"): each for each in net.iter("edge")}
    neighbours: dict[str, set[str | None]] = defaultdict(set)
    for turn in network.turns:
        first, last = (edges[network.lanes[lane].road] for lane in (turn.start, turn.end))
        neighbours[turn.junction] |= {first.get("from"), last.get("to")}
    places = {text(each, "id"): each for each in net.iter("junction")}
    for key in [key for key, around in neighbours.items() if len(around) > 2 and key in places]:
        middle = np.array([number(places[key], "x"), number(places[key], "y")])
        network.junctions[key] = Junction(key, middle, places[key].get("name", ""))
    network.follows = [(turn.start, turn.end) for turn in network.turns if turn.junction not in network.junctions]
    network.turns = [turn for turn in network.turns if turn.junction in network.junctions]


def _place(network: RoadNetwork, placing: Placing, offset: Floats) -> None:
    """Bring all coordinates from the network's own to metres."""
    for lane in network.lanes.values():
        lane.line_m = tidy(placing(lane.line_m - offset))
    for junction in network.junctions.values():
        junction.position_m = placing(junction.position_m[None] - offset)[0]
    for walk in network.walks:
        walk.polygon_m = placing(walk.polygon_m - offset)
    placing.settle(network)


def _shape(element: Element, name: str = "shape") -> Floats:
    """Return the points (n, 2) of a shape; heights are left away."""
    try:
        points = [[float(part) for part in point.split(",")[:2]] for point in text(element, name).split()]
        found = np.array(points, dtype=np.float64).reshape(-1, 2)
    except ValueError as error:
        raise MapError(_BAD_SHAPE.of(line=element.sourceline, tag=element.tag)) from error
    if len(found) < (1 if name == "netOffset" else 2) or not np.isfinite(found).all():
        raise MapError(_BAD_SHAPE.of(line=element.sourceline, tag=element.tag))
    return found
