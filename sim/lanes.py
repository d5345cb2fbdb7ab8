"""`python -m sim.lanes > configs/demo-lanes.json`: the demo site's lane map, generated from the crossing's net.

The file holds the data for the MAP message and lane matching, in site metres (east, north):

    nodes: [{region, id, name, position, links: [link]}]      the crossing, node 10
    link: {name, upstream: {region, id}, width_m, speed_limit_mps, points, movements: [{downstream, phase}],
           lanes: [lane]}              from a neighbour node (11 north, 12 east, 13 south, 14 west) to the crossing
    lane: {id, width_m, type: vehicle|bike, maneuvers: [straight|left|right], points, speed_limit_mps,
           connects_to: [{downstream, lane, maneuver, phase}]}  id 1.. from the left; points run to the stop line
    crosswalks: [{phase, polygon}]
    exits: [{name, downstream, lanes: [{id, width_m, type, points}]}]     points run away from the crossing

`phase` is the SPAT phase id; a connection's `lane` is the lane id in the exit to its downstream node.
"""

from __future__ import annotations

import gzip
import json
import math
import sys
from typing import NamedTuple
from xml.etree import ElementTree

from sim import signals
from sim.build_net import ARMS, DATA, arm, movement, turn

REGION, NODE = 1, 10
NAME = "demo crossing"

Point = tuple[float, float]
Json = dict[str, object]


class NetLane(NamedTuple):
    """A lane of the net that carries vehicles or bicycles."""

    place: int  # in the net, 0 at the right
    type: str
    width_m: float  # m
    speed_mps: float  # m/s
    points: list[Point]

    def describe(self, number: int) -> Json:
        """Return the common keys of the lanes of links and exits."""
        return {"id": number, "width_m": self.width_m, "type": self.type, "points": self.points}


def shape(text: str) -> list[Point]:
    """Parse SUMO's `x,y x,y ...`."""
    return [(float(x) + 0.0, float(y) + 0.0) for x, y in (pair.split(",") for pair in text.split())]


def road_lanes(edge: ElementTree.Element) -> list[NetLane]:
    """Return an edge's lanes without the sidewalk, from the left."""
    found = []
    for lane in edge.iter("lane"):
        allow = lane.get("allow")
        if allow != "pedestrian":
            width, speed, place = float(lane.attrib["width"]), float(lane.attrib["speed"]), int(lane.attrib["index"])
            found.append(
                NetLane(place, "bike" if allow == "bicycle" else "vehicle", width, speed, shape(lane.attrib["shape"]))
            )
    return sorted(found, key=lambda lane: -lane.place)


def centre_line(lanes: list[NetLane]) -> list[Point]:
    """Return the line midway between the road's outer borders; lanes are given from the left."""
    left, right = lanes[0], lanes[-1]
    line = []
    for (x, y), (u, v) in zip(left.points, right.points, strict=True):
        share = 0.5 + (right.width_m - left.width_m) / 4 / math.dist((x, y), (u, v))
        line.append((round(x + share * (u - x), 3), round(y + share * (v - y), 3)))
    return line


class Crossing:
    """The net, its signal groups, and the lane map made of both."""

    def __init__(self) -> None:
        """Read the packaged net and signal programme."""
        self._net = ElementTree.fromstring(gzip.decompress((DATA / "crossing.net.xml.gz").read_bytes()))
        self._phases = {str(group.link): group.phase for group in signals.load().lamps}
        edges = {edge.attrib["id"]: edge for edge in self._net.iter("edge")}
        self._inward = {name: road_lanes(edges[f"{name}_in"]) for name in ARMS}
        self._outward = {name: road_lanes(edges[f"{name}_out"]) for name in ARMS}

    def lane_map(self) -> Json:
        """Return the whole file."""
        node = {"region": REGION, "id": NODE, "name": NAME, "position": (0.0, 0.0)}
        node["links"] = [self._link(name) for name in ARMS]
        return {"nodes": [node], "crosswalks": self._crosswalks(), "exits": [self._exit(name) for name in ARMS]}

    def _neighbour(self, name: str) -> Json:
        return {"region": REGION, "id": NODE + 1 + ARMS.index(name)}

    def _link(self, name: str) -> Json:
        inward = self._inward[name]
        lanes = [self._lane(name, number, lane) for number, lane in enumerate(inward, 1)]
        phases = {arm(c["to"]): self._phases[c["linkIndex"]] for c in self._connections(name)}
        return {
            "name": f"{name}_in",
            "upstream": self._neighbour(name),
            "width_m": sum(lane.width_m for lane in inward),
            "speed_limit_mps": inward[0].speed_mps,
            "points": centre_line(inward),
            "movements": [{"downstream": self._neighbour(to), "phase": phase} for to, phase in phases.items()],
            "lanes": lanes,
        }

    def _lane(self, name: str, number: int, lane: NetLane) -> Json:
        connects = [self._connection(name, c) for c in self._connections(name) if c["fromLane"] == str(lane.place)]
        maneuvers = [connection["maneuver"] for connection in connects]
        return lane.describe(number) | {
            "speed_limit_mps": lane.speed_mps,
            "maneuvers": maneuvers,
            "connects_to": connects,
        }

    def _connection(self, name: str, connection: dict[str, str]) -> Json:
        to = arm(connection["to"])
        places = [lane.place for lane in self._outward[to]]
        return {
            "downstream": self._neighbour(to),
            "lane": places.index(int(connection["toLane"])) + 1,
            "maneuver": movement(name, to),
            "phase": self._phases[connection["linkIndex"]],
        }

    def _connections(self, name: str) -> list[dict[str, str]]:
        """Return the signalled connections from an arm, left turns first."""
        found = [
            c.attrib for c in self._net.iter("connection") if c.attrib["from"] == f"{name}_in" and "tl" in c.attrib
        ]
        return sorted(found, key=lambda connection: turn(name, arm(connection["to"])))

    def _crosswalks(self) -> list[Json]:
        rulers = {c.attrib["to"]: c.attrib["linkIndex"] for c in self._net.iter("connection") if "tl" in c.attrib}
        walks = []
        for edge in self._net.iter("edge"):
            if edge.get("function") == "crossing":
                lane = next(edge.iter("lane"))
                polygon = widened(shape(lane.attrib["shape"]), float(lane.attrib["width"]))
                walks.append({"phase": self._phases[rulers[edge.attrib["id"]]], "polygon": polygon})
        return walks

    def _exit(self, name: str) -> Json:
        lanes = [lane.describe(number) for number, lane in enumerate(self._outward[name], 1)]
        return {"name": f"{name}_out", "downstream": self._neighbour(name), "lanes": lanes}


def widened(line: list[Point], width: float) -> list[Point]:
    """Return the rectangle of a given width around a line of two points."""
    (x, y), (u, v) = line
    across = width / 2 / math.dist((x, y), (u, v))
    e, n = -(v - y) * across, (u - x) * across
    corners = [(x + e, y + n), (u + e, v + n), (u - e, v - n), (x - e, y - n)]
    return [(round(east, 3), round(north, 3)) for east, north in corners]


def main() -> None:
    """Print the lane map."""
    json.dump(Crossing().lane_map(), sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
