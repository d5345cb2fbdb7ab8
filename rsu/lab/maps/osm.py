"""OpenStreetMap extracts (.osm): roads by their middle lines, lanes and arrows by their tags."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hw.detail import Detail
from rsu.lab.maps import osm_file, osm_tags
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.map_exits import shifted
from rsu.lab.maps.network import Junction, LaneKind, RoadLane, RoadNetwork, Walkway, at, band, cut, length_m, tidy
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.osm_arms import Arm, OsmCrossing, crossings, near
from rsu.lab.maps.osm_file import OsmFile
from rsu.lab.maps.osm_tags import BIKE_LANE_M, Carriageway, OsmRoad
from rsu.lab.maps.placing import Placing, Stated
from rsu.lab.maps.turns import supposed

_WALK_M, _BEFORE_WALK_M = 4.0, 3.5  # depth of a crosswalk; from its middle to the stop line
_CLEAR_M = 5.0  # between the road that is crossed and the stop line
_LEAST_M = 12.0  # of an arm

_NO_ROADS = Detail("{file} has no roads for motor vehicles", "{file} 中没有机动车道路")
_OTHER_ROADS = Detail("way with highway={kind}", "highway={kind} 的路线")
_CUT = Detail(
    "{count} nodes that the extract does not have: roads end there", "提取范围外的 {count} 个节点：道路止于此处"
)
_BY_TAGS = Detail(
    "lines of lanes: side by side around the middle line of the road; OpenStreetMap is metres off",
    "车道线形：绕道路中线依次排列；OpenStreetMap 误差可达数米",
)
_TURNS = Detail(
    "ways through the crossing: by `turn:lanes`, else by the usual arrows",
    "通过路口的流向：按 `turn:lanes`，否则按常规箭头",
)
_STOP = Detail(
    "stop line: at the light or 3.5 m before the crosswalk, else 5 m before the road that is crossed",
    "停止线：位于信号灯处或人行横道前 3.5 m，否则位于相交道路前 5 m",
)
_LIGHTS = Detail(
    "phases: one for each approach of a crossing with lights; give them the numbers of the controller",
    "相位：有信号灯的路口每个进口一个；请改为信号机的编号",
)
_FORBIDDEN = Detail("turn restriction {kind}", "转向限制 {kind}")


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read an extract. MapError: it is none, or has no roads."""
    file = osm_file.load(path)
    placing = Placing(stated, notes, degrees=True)
    metres = placing(np.array([(node.longitude_deg, node.latitude_deg) for node in file.nodes.values()]))
    places = dict(zip(file.nodes, metres, strict=True))
    ways = {key: way.nodes for key, way in file.ways.items() if _motor(way.tags, notes) and len(way.nodes) > 1}
    if not ways:
        raise MapError(_NO_ROADS.of(file=path.name))
    if file.cut:
        notes.left_out(_CUT.of(count=file.cut))
    network = RoadNetwork(reference=None)
    for crossing in crossings(file, ways, places):
        _crossing(crossing, file, network, notes)
    for text in (_BY_TAGS, _TURNS, _STOP, *([_LIGHTS] if any(turn.signal for turn in network.turns) else [])):
        notes.assumed(text)
    placing.settle(network)
    return network


def _motor(tags: dict[str, str], notes: Notes) -> bool:
    kind = tags.get("highway")
    if kind is not None and (kind not in osm_tags.MOTOR or tags.get("area") == "yes"):
        notes.left_out(_OTHER_ROADS.of(kind=kind))
    return kind in osm_tags.MOTOR and tags.get("area") != "yes"


def _crossing(crossing: OsmCrossing, file: OsmFile, network: RoadNetwork, notes: Notes) -> None:
    """Take over a crossing: the lanes of its arms, its turns, lights and crosswalks."""
    roads = [osm_tags.road(file.ways[arm.way].tags, notes) for arm in crossing.arms]
    lit = any(file.nodes[node].tags.get("highway") == "traffic_signals" for node in crossing.nodes)
    lit = lit or any(near(arm, file, ("traffic_signals",)) for arm in crossing.arms)
    half = max((_width(road) / 2 for road in roads), default=0.0)
    spread = (
        max(float(np.hypot(*(arm.line_m[0] - crossing.middle_m))) for arm in crossing.arms) if crossing.arms else 0.0
    )
    starts: list[str] = []
    ends: list[str] = []
    for number, (arm, road) in enumerate(zip(crossing.arms, roads, strict=True), 1):
        stop = _stop(arm, file, half + _CLEAR_M if spread < 1.0 else _CLEAR_M + half / 2)
        if length_m(arm.line_m) < stop + _LEAST_M:
            continue
        name = f"{crossing.key} {arm.way}.{number}"
        inwards, outwards = (road.backward, road.forward) if arm.forward else (road.forward, road.backward)
        starts += _lanes(network, arm, name, inwards, outwards, road, stop, True)
        ends += _lanes(network, arm, name, outwards, inwards, road, stop, False)
        _walk(arm, file, road, network)
    turns = supposed(network, crossing.key, starts, ends)
    allowed = [turn for turn in turns if not _forbidden(network, turn.start, turn.end, file, notes)]
    for turn in allowed:
        turn.signal = network.lanes[turn.start].road if lit else None
    if allowed:
        names = dict.fromkeys(_name(file.ways[arm.way].tags) for arm in crossing.arms)
        network.junctions[crossing.key] = Junction(crossing.key, crossing.middle_m, " / ".join(filter(None, names)))
        network.turns += allowed


def _name(tags: dict[str, str]) -> str:
    return tags.get("name:en") or tags.get("name", "")


def _width(road: OsmRoad) -> float:
    sides = (road.forward, road.backward)
    return sum(side.lanes * road.width_m + side.bike_lane * BIKE_LANE_M for side in sides)


def _stop(arm: Arm, file: OsmFile, usual: float) -> float:
    """Return the distance of the stop line on an arm."""
    if (walk := near(arm, file, ("crossing",))) is not None and walk[1] > 1.0:
        return walk[1] + _BEFORE_WALK_M
    light = near(arm, file, ("traffic_signals", "stop"))
    return light[1] if light is not None and light[1] > 3.0 else usual


def _lanes(
    network: RoadNetwork,
    arm: Arm,
    name: str,
    mine: Carriageway,
    other: Carriageway,
    road: OsmRoad,
    stop: float,
    inwards: bool,
) -> list[str]:
    """Add the lanes of one direction of an arm, from the left; return their keys."""
    line = cut(arm.line_m, stop, length_m(arm.line_m))
    line = tidy(line[::-1] if inwards else line)
    counts = (
        mine.lanes * road.width_m + mine.bike_lane * BIKE_LANE_M,
        other.lanes * road.width_m + other.bike_lane * BIKE_LANE_M,
    )
    edge = (counts[1] - counts[0]) / 2  # left edge of these lanes, to the right of the middle line
    keys = []
    lanes: list[tuple[LaneKind, float]] = [("vehicle", road.width_m)] * mine.lanes
    for place, (kind, width) in enumerate(lanes + ([("bike", BIKE_LANE_M)] if mine.bike_lane else [])):
        key = f"{name} {'in' if inwards else 'out'} {place + 1}"
        network.lanes[key] = RoadLane(
            line_m=tidy(shifted(line, edge + width / 2)),
            width_m=width,
            road=f"{name} {'in' if inwards else 'out'}",
            kind=kind,
            limit_mps=road.limit_mps,
            arrows=mine.arrows[place] if inwards and kind == "vehicle" and mine.arrows else (),
        )
        edge += width
        keys.append(key)
    return keys


def _walk(arm: Arm, file: OsmFile, road: OsmRoad, network: RoadNetwork) -> None:
    """Add the crosswalk of an arm where it has a crossing."""
    if (walk := near(arm, file, ("crossing",))) is not None:
        place = at(arm.line_m, np.array([max(walk[1] - 0.5, 0.0), walk[1] + 0.5]))
        ahead = (place[1] - place[0]) / max(float(np.hypot(*(place[1] - place[0]))), 1e-6)
        aside = np.array([-ahead[1], ahead[0]]) * _width(road) / 2
        middle = place.mean(axis=0)
        network.walks.append(Walkway(band(np.array([middle - aside, middle + aside]), _WALK_M)))


def _forbidden(network: RoadNetwork, start: str, end: str, file: OsmFile, notes: Notes) -> bool:
    """Tell whether a restriction forbids a way from one road to another."""
    ways = [network.lanes[key].road.split(" ")[1].rpartition(".")[0] for key in (start, end)]
    for each in file.relations.values():
        kind = each.tags.get("restriction", "")
        if each.tags.get("type") == "restriction" and kind.startswith("no_"):
            members = {role: ref for _, ref, role in each.members}
            if [members.get("from"), members.get("to")] == ways:
                notes.read(_FORBIDDEN.of(kind=kind))
                return True
    return False
