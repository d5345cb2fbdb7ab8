"""One crossing of four roads, written in the formats of others: the lanes that an import must find in all of them.

The north road has two lanes in (left; straight and right), the others one; every road has one lane out. Metres, 3.5 m
lanes, stop lines 15 m from the middle, roads of 100 m.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from perception.geo import Reference, to_wgs84
from perception.traffic.paths import bend

SHENZHEN = Reference(22.5431, 114.0579)

WIDTH_M, STOP_M, REACH_M = 3.5, 15.0, 115.0
OUTWARDS = {"north": (0.0, 1.0), "east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0)}
LANES_IN = {"north": 2, "east": 1, "south": 1, "west": 1}
TO = {  # road -> where left, straight and right lead
    "north": ("east", "south", "west"),
    "east": ("south", "west", "north"),
    "south": ("west", "north", "east"),
    "west": ("north", "east", "south"),
}
ARROWS = {("north", 1): ["left"], ("north", 2): ["straight", "right"]}


def arrows(road: str, lane: int) -> list[str]:
    return ARROWS.get((road, lane), ["left", "straight", "right"])


def ways() -> list[tuple[str, int, str, str]]:
    """Return (road, lane, manoeuvre, road that it leads to)."""
    return [
        (road, lane, arrow, TO[road][["left", "straight", "right"].index(arrow)])
        for road, count in LANES_IN.items()
        for lane in range(1, count + 1)
        for arrow in arrows(road, lane)
    ]


def lane_in(road: str, lane: int) -> np.ndarray:
    """Return the middle line towards the crossing."""
    out = np.array(OUTWARDS[road])
    right = np.array([-out[1], out[0]])
    return np.array([REACH_M * out, STOP_M * out]) + (lane - 0.5) * WIDTH_M * right


def lane_out(road: str) -> np.ndarray:
    """Return the middle line away from the crossing."""
    out = np.array(OUTWARDS[road])
    return np.array([STOP_M * out, REACH_M * out]) - 0.5 * WIDTH_M * np.array([-out[1], out[0]])


def _shape(line: Any) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in line)


def sumo(offset: tuple[float, float] = (0.0, 0.0), projection: str = "!") -> str:
    """Return the crossing as a network of SUMO with a signal program."""
    parts = [
        f'<net><location netOffset="{offset[0]},{offset[1]}" convBoundary="0,0,1,1" origBoundary="0,0,1,1" '
        f'projParameter="{projection}"/>'
    ]
    move = np.array(offset)
    for road, count in LANES_IN.items():
        parts.append(f'<edge id="{road}_in" from="{road}" to="J">')
        for index in range(count):  # SUMO counts from the right
            line = lane_in(road, count - index) + move
            parts.append(
                f'<lane id="{road}_in_{index}" index="{index}" speed="16.67" width="3.5" shape="{_shape(line)}"/>'
            )
        line = lane_out(road) + move
        parts.append(
            f'</edge><edge id="{road}_out" from="J" to="{road}"><lane id="{road}_out_0" index="0" '
            f'speed="16.67" width="3.5" shape="{_shape(line)}"/></edge>'
        )
    found = ways()
    green = ["G" if road in ("north", "south") else "r" for road, *_ in found]
    other = ["r" if each == "G" else "G" for each in green]
    parts.append('<tlLogic id="J" type="static" programID="0" offset="0">')
    parts += [f'<phase duration="30" state="{"".join(state)}"/>' for state in (green, other)]
    parts.append(f'</tlLogic><junction id="J" type="traffic_light" x="{offset[0]}" y="{offset[1]}"/>')
    for index, (road, lane, _, target) in enumerate(found):
        parts.append(
            f'<connection from="{road}_in" to="{target}_out" fromLane="{LANES_IN[road] - lane}" toLane="0" '
            f'tl="J" linkIndex="{index}"/>'
        )
    return "\n".join([*parts, "</net>"])


def opendrive(header: str = "") -> str:
    """Return the crossing as OpenDRIVE: one lane of each kind, ways as parametric cubics, a light on the north road."""
    parts = [f"<OpenDRIVE><header>{header}</header>"]
    ids = {road: number for number, road in enumerate(OUTWARDS, 1)}
    for road, out in OUTWARDS.items():
        light = '<signals><signal s="2" t="0" id="77" dynamic="yes" orientation="-" type="1000001"/></signals>'
        left = "".join(_lane(lane, "driving", WIDTH_M) for lane in range(LANES_IN[road], 0, -1))
        parts.append(
            f'<road id="{ids[road]}" junction="-1" length="100"><link><predecessor elementType="junction" '
            f'elementId="9"/></link><type s="0" type="town"><speed max="60" unit="km/h"/></type><planView><geometry '
            f's="0" x="{STOP_M * out[0]}" y="{STOP_M * out[1]}" hdg="{math.atan2(out[1], out[0])}" length="100"><line/>'
            f'</geometry></planView><lanes><laneSection s="0"><left>{left}</left><center><lane id="0" type="none"/>'
            f"</center><right>{_lane(-1, 'driving', WIDTH_M)}{_lane(-2, 'sidewalk', 2.0)}</right></laneSection></lanes>"
            f"{light if road == 'north' else ''}</road>"
        )
    links = []
    for number, (road, lane, _, target) in enumerate(ways(), 100):
        parts.append(_way(number, road, lane, target, ids))
        links.append(
            f'<connection id="{number}" incomingRoad="{ids[road]}" connectingRoad="{number}" '
            f'contactPoint="start"><laneLink from="{lane}" to="-1"/></connection>'
        )
    parts.append(f'<junction id="9" name="Main">{"".join(links)}</junction></OpenDRIVE>')
    return "\n".join(parts)


def _lane(number: int, kind: str, width: float) -> str:
    return f'<lane id="{number}" type="{kind}"><width sOffset="0" a="{width}" b="0" c="0" d="0"/></lane>'


def _way(number: int, road: str, lane: int, target: str, ids: dict[str, int]) -> str:
    first, ahead = lane_in(road, lane)[-1], -np.array(OUTWARDS[road])
    last, onward = lane_out(target)[0], np.array(OUTWARDS[target])
    reach = 0.4 * float(np.hypot(*(last - first)))
    turn = np.array([ahead, [-ahead[1], ahead[0]]])
    a, b, c, d = (turn @ each for each in (first - first, reach * ahead, last - reach * onward - first, last - first))
    terms = (a, 3 * (b - a), 3 * (a - 2 * b + c), d - 3 * c + 3 * b - a)
    cubic = " ".join(f'{"abcd"[n]}{axis}="{each[k]}"' for n, each in enumerate(terms) for k, axis in enumerate("UV"))
    lanes = (
        f'<laneOffset s="0" a="1.75" b="0" c="0" d="0"/><laneSection s="0"><center><lane id="0" type="none"/></center>'
        f'<right><lane id="-1" type="driving"><link><predecessor id="{lane}"/><successor id="-1"/></link>'
        f'<width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection>'
    )
    return (
        f'<road id="{number}" junction="9" length="20"><link><predecessor elementType="road" elementId="{ids[road]}" '
        f'contactPoint="start"/><successor elementType="road" elementId="{ids[target]}" contactPoint="start"/></link>'
        f'<planView><geometry s="0" x="{first[0]}" y="{first[1]}" hdg="{math.atan2(ahead[1], ahead[0])}" length="20">'
        f'<paramPoly3 {cubic} pRange="normalized"/></geometry></planView><lanes>{lanes}</lanes></road>'
    )


def _degrees(points: Any) -> list[tuple[float, float]]:
    """Return longitudes and latitudes of metres around Shenzhen."""
    metres = np.array(points, dtype=float)
    latitude, longitude = to_wgs84(metres[:, 0], metres[:, 1], SHENZHEN)
    return list(zip(longitude.tolist(), latitude.tolist(), strict=True))


class _Osm:
    """The XML of OpenStreetMap while it is written."""

    def __init__(self) -> None:
        self.nodes: dict[tuple[float, float], int] = {}
        self.tags: dict[int, str] = {}
        self.parts: list[str] = []

    def way(self, points: Any, tags: dict[str, str], marks: dict[int, dict[str, str]] | None = None) -> int:
        refs = [self.nodes.setdefault((round(x, 3), round(y, 3)), len(self.nodes) + 1) for x, y in points]
        for index, each in (marks or {}).items():
            self.tags[refs[index]] = _tags(each)
        number = 1000 + len(self.parts)
        self.parts.append(
            f'<way id="{number}">{"".join(f"<nd ref={chr(34)}{ref}{chr(34)}/>" for ref in refs)}{_tags(tags)}</way>'
        )
        return number

    def relation(self, members: list[tuple[str, int, str]], tags: dict[str, str]) -> int:
        inner = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
        number = 1000 + len(self.parts)
        self.parts.append(f'<relation id="{number}">{inner}{_tags(tags)}</relation>')
        return number

    def text(self) -> str:
        places = _degrees(list(self.nodes))
        nodes = [
            f'<node id="{number}" lon="{lon:.9f}" lat="{lat:.9f}">{self.tags.get(number, "")}</node>'
            for number, (lon, lat) in zip(self.nodes.values(), places, strict=True)
        ]
        return "\n".join(['<osm version="0.6">', *nodes, *self.parts, "</osm>"])


def _tags(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


def curve(road: str, lane: int, target: str) -> np.ndarray:
    """Return the middle line of a way through the crossing."""
    return bend(lane_in(road, lane)[-1], -np.array(OUTWARDS[road]), lane_out(target)[0], np.array(OUTWARDS[target]))


def lanelet2() -> str:
    """Return the crossing as lanelets, with a traffic light at the stop line of the north road."""
    file = _Osm()
    lanes = [lane_in(road, lane) for road, count in LANES_IN.items() for lane in range(1, count + 1)]
    for line in [*lanes, *map(lane_out, OUTWARDS), *(curve(road, lane, target) for road, lane, _, target in ways())]:
        ahead = np.gradient(line, axis=0) / np.hypot(*np.gradient(line, axis=0).T)[:, None]
        ahead[[0, -1]] = ahead[[0, -1]].round()  # all roads lead along an axis
        left = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * WIDTH_M / 2
        sides = [file.way(side, {"type": "line_thin"}) for side in (line + left, line - left)]
        members = [("way", side, role) for side, role in zip(sides, ("left", "right"), strict=True)]
        file.relation(members, {"type": "lanelet", "subtype": "road", "speed_limit": "60"})
    stop = file.way([(-8.0, STOP_M), (0.5, STOP_M)], {"type": "stop_line"})
    light = file.way([(-8.0, -20.0), (-7.0, -20.0)], {"type": "traffic_light"})
    tags = {"type": "regulatory_element", "subtype": "traffic_light"}
    file.relation([("way", stop, "ref_line"), ("way", light, "refers")], tags)
    return file.text()


def osm() -> str:
    """Return the crossing as OpenStreetMap has it: lanes by tags, crosswalks, lights in the middle."""
    file = _Osm()
    common = {"highway": "secondary", "maxspeed": "60", "width": "7"}
    # the stop line is 3.5 m before the crosswalk at 11.5 m; the middle of three lanes is to the west of x = 0
    north = {**common, "width": "10.5", "lanes": "3", "lanes:forward": "1", "lanes:backward": "2", "name": "Main"}
    file.way(
        [(-1.75, 0.0), (-1.75, 11.5), (-1.75, REACH_M)],
        north | {"turn:lanes:backward": "left|through;right"},
        {1: {"highway": "crossing"}, 0: {"highway": "traffic_signals"}},
    )
    for road in ("east", "south", "west"):
        out = np.array(OUTWARDS[road])
        file.way(
            [(-1.75, 0.0), tuple(11.5 * out), tuple(REACH_M * out)],
            common | {"lanes": "2"},
            {1: {"highway": "crossing"}},
        )
    file.way([(40.0, 40.0), (40.0, 60.0)], {"highway": "footway"})
    return file.text()


def lines(with_ways: bool = True) -> str:
    """Return the middle lines as GeoJSON, with or without the ways through the crossing."""
    found = [lane_in(road, lane) for road, count in LANES_IN.items() for lane in range(1, count + 1)]
    found += [lane_out(road) for road in OUTWARDS]
    found += [curve(road, lane, target) for road, lane, _, target in ways()] if with_ways else []
    geometries = [{"type": "LineString", "coordinates": _degrees(line)} for line in found]
    return json.dumps({"type": "GeometryCollection", "geometries": geometries})


def boundaries() -> str:
    """Return the lines between the lanes as GeoJSON, each in the direction of its lanes."""
    found = []
    for road, count in LANES_IN.items():
        right = np.array([-OUTWARDS[road][1], OUTWARDS[road][0]]) * WIDTH_M / 2
        found += [lane_in(road, 1) - right, *(lane_in(road, lane) + right for lane in range(1, count + 1))]
        found += [lane_out(road) - right, lane_out(road) + right]
    geometries = [{"type": "LineString", "coordinates": _degrees(line)} for line in found]
    return json.dumps({"type": "GeometryCollection", "geometries": geometries})


def survey() -> str:
    """Return points as a surveyor lists them: each lane by two points, stop line to the crossing, and a crosswalk."""
    rows = ["name,longitude,latitude,width_m,arrows,phase,speed_limit_mps"]
    for number, (road, count) in enumerate(LANES_IN.items(), 1):
        for lane in range(1, count + 1):
            for lon, lat in _degrees(lane_in(road, lane)):
                rows.append(f"{road} {lane},{lon:.9f},{lat:.9f},3.5,{'+'.join(arrows(road, lane))},{number},16.67")
        rows += [f"{road} out,{lon:.9f},{lat:.9f},3.5,,," for lon, lat in _degrees(lane_out(road))]
    corners = [(-8.0, 9.0), (4.0, 9.0), (4.0, 13.0), (-8.0, 13.0)]
    rows += [f"crosswalk north,{lon:.9f},{lat:.9f},,,9," for lon, lat in _degrees(corners)]
    return "\n".join(rows) + "\n"
