"""lanelet2 maps (.osm): lanelets between bounds, stop lines, traffic lights, crosswalks."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from hw.detail import Detail
from perception.geo import Reference
from perception.objects import Floats
from rsu.lab.maps import osm_file
from rsu.lab.maps.bounds import Bounds, between, followers, zebras
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.inference import junctions
from rsu.lab.maps.network import LaneKind, RoadLane, RoadNetwork, Walkway, tidy
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.osm_file import OsmFile
from rsu.lab.maps.placing import Placing, Stated

_KINDS: dict[str, LaneKind] = {"road": "vehicle", "highway": "vehicle", "bus_lane": "vehicle", "bicycle_lane": "bike"}
_ZEBRAS = ("zebra", "zebra_marking", "pedestrian_marking")
_ZERO_DEG = 0.05  # maps that were drawn around latitude 0, longitude 0
_NEAR_M, _STEPS = 1.0, 2  # from a stop line; lanelets between it and the crossing

_NO_LANELETS = Detail("{file} has no lanelets", "{file} 中没有 lanelet")
_BROKEN = Detail("lanelet {key}: a bound is missing or has no length", "lanelet {key}：边界缺失或长度为零")
_OTHERS = Detail("lanelet of subtype {kind}", "{kind} 类型的 lanelet")
_BOTH_WAYS = Detail("the second direction of lanelet {key}", "lanelet {key} 的反方向")
_TURNED = Detail(
    "lanelet {key} turned round: its bounds are exchanged, as it stands it leads to no other",
    "lanelet {key} 已反向：其左右边界颠倒，按原样不与任何 lanelet 相连",
)
_JUNCTIONS = Detail(
    "crossings: the places where lanelets cross; the file does not name them", "路口：取 lanelet 相交之处；文件未给出"
)
_LIGHTS = Detail(
    "phases: one for each stop line with a traffic light; give them the numbers of the controller",
    "相位：每条有信号灯的停止线一个；请改为信号机的编号",
)


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a map. MapError: it has no lanelets."""
    file = osm_file.load(path)
    lanelets = {key: each for key, each in file.relations.items() if each.tags.get("type") == "lanelet"}
    if not lanelets:
        raise MapError(_NO_LANELETS.of(file=path.name))
    network = RoadNetwork(reference=None)
    lines = _lines(file, stated, network, notes)
    found: dict[str, Bounds] = {}
    for key, each in lanelets.items():
        sides = [[lines[ref] for kind, ref, role in each.members if role == side and ref in lines] for side in _SIDES]
        bounds = between(*sides)
        if bounds is None:
            notes.left_out(_BROKEN.of(key=key))
        elif _lane(key, each.tags, bounds, network, notes):
            found[key] = bounds
    network.follows, turned = followers(found)
    for key in turned:
        notes.assumed(_TURNED.of(key=key))
        network.lanes[key].line_m = found[key].middle_m
    ways = file.ways.items()
    network.stop_lines_m = [lines[key] for key, way in ways if way.tags.get("type") == "stop_line" and key in lines]
    marked = [lines[key] for key, way in ways if way.tags.get("type") in _ZEBRAS and key in lines]
    network.walks += [Walkway(polygon) for polygon in zebras(marked)]
    notes.assumed(_JUNCTIONS)
    junctions(network, _lights(file, lines, network, notes))
    return network


_SIDES = ("left", "right")


def _lines(file: OsmFile, stated: Stated, network: RoadNetwork, notes: Notes) -> dict[str, Floats]:
    """Return the ways (n, 2) in metres, of local coordinates where the file is drawn around zero."""
    degrees = np.array([(node.longitude_deg, node.latitude_deg) for node in file.nodes.values()])
    local = [(node.tags.get("local_x"), node.tags.get("local_y")) for node in file.nodes.values()]
    if np.abs(degrees).max() > _ZERO_DEG:
        placing = Placing(stated, notes, degrees=True)
        metres = placing(degrees)
    else:
        placing = Placing(stated, notes)
        if all(x is not None and y is not None for x, y in local):
            metres = placing(np.array(local, dtype=np.float64))
        else:
            zero = Placing(Stated(datum="wgs84", origin=Reference(0.0, 0.0)), Notes(), degrees=True)
            zero.reference = Reference(0.0, 0.0)
            metres = placing(zero(degrees))
    placing.settle(network)
    places = dict(zip(file.nodes, metres, strict=True))
    lines = {key: tidy(np.array([places[ref] for ref in way.nodes])) for key, way in file.ways.items() if way.nodes}
    return {key: line for key, line in lines.items() if len(line) > 1}


def _lane(key: str, tags: dict[str, str], bounds: Bounds, network: RoadNetwork, notes: Notes) -> bool:
    """Take over a lanelet; crosswalks become such. Tells whether it is a lane."""
    subtype = tags.get("subtype", "road")
    if subtype == "crosswalk":
        network.walks.append(Walkway(np.vstack([bounds.left_m, bounds.right_m[::-1]])))
        return False
    if (kind := _KINDS.get(subtype)) is None:
        notes.left_out(_OTHERS.of(kind=subtype))
        return False
    if tags.get("one_way") == "no":
        notes.left_out(_BOTH_WAYS.of(key=key))
    network.lanes[key] = RoadLane(
        line_m=bounds.middle_m, width_m=bounds.width_m, kind=kind, limit_mps=_limit(tags.get("speed_limit", ""))
    )
    return True


def _limit(text: str) -> float | None:
    """Return a limit in m/s; without a unit it is in km/h."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*(\S*)", text)
    if found is None or not 0.0 < float(found[1]) < 300.0:
        return None
    return float(found[1]) * {"mph": 0.44704, "m/s": 1.0, "mps": 1.0}.get(found[2], 1 / 3.6)


def _lights(file: OsmFile, lines: dict[str, Floats], network: RoadNetwork, notes: Notes) -> dict[str, str]:
    """Return the traffic light of each lanelet: of its own, else of the stop line at which it ends or begins."""
    from shapely import LineString

    found: dict[str, str] = {}
    lights = {key: each for key, each in file.relations.items() if each.tags.get("subtype") == "traffic_light"}
    for key, each in file.relations.items():
        own = [ref for _, ref, _ in each.members if ref in lights]
        if own and key in network.lanes:
            found[key] = f"light {own[0]}"
    for key, light in lights.items():
        stops = [LineString(lines[ref]) for _, ref, role in light.members if role == "ref_line" and ref in lines]
        near = {
            lane
            for lane, each in network.lanes.items()
            for stop in stops
            if stop.distance(LineString(each.line_m[-1:].repeat(2, axis=0))) < _NEAR_M
        }
        for _ in range(_STEPS):
            near |= {after for before, after in network.follows if before in near}
        found |= {lane: f"light {key}" for lane in near if lane not in found}
    if found:
        notes.assumed(_LIGHTS)
    return found
