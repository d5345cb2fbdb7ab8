"""OpenDRIVE (.xodr): roads, lanes, junctions, signals, crosswalks (ASAM OpenDRIVE 1.4 to 1.8)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hw.detail import Detail
from rsu.lab.maps import xml_file
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.network import Junction, RoadLane, RoadNetwork, RoadTurn, tidy
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.opendrive_links import Links, key
from rsu.lab.maps.opendrive_objects import crosswalks, stop_lines
from rsu.lab.maps.opendrive_road import KINDS, Road
from rsu.lab.maps.opendrive_signals import RoadSignals
from rsu.lab.maps.placing import Placing, Stated
from rsu.lab.maps.xml_file import Element, number

_NO_OPENDRIVE = Detail("no OpenDRIVE: the root element is {tag}", "不是 OpenDRIVE：根元素为 {tag}")
_OTHER_LANES = Detail("lane of type {kind}", "{kind} 类型的车道")
_DIRECT = Detail("junction {key} of type {kind}", "{kind} 类型的路口 {key}")


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a file. MapError: it is none, or damaged."""
    root = xml_file.root(xml_file.octets(path), path.name)
    if root.tag != "OpenDRIVE":
        raise MapError(_NO_OPENDRIVE.of(tag=root.tag))
    placing = Placing(stated, notes, crs=_projection(root))
    roads = {road.id: road for road in map(Road, root.iterfind("road"))}
    network = RoadNetwork(reference=None)
    for road in roads.values():
        _lanes(road, network, notes)
    links = Links(roads)
    network.follows = [pair for pair in links.outside() if pair[0] in network.lanes and pair[1] in network.lanes]
    signals = RoadSignals(root, roads, notes)
    for junction in root.iterfind("junction"):
        if (kind := junction.get("type", "default")) not in ("default", "common"):
            notes.left_out(_DIRECT.of(key=junction.get("id"), kind=kind))
            continue
        _junction(junction, links, signals, network)
    network.walks = [walk for road in roads.values() for walk in crosswalks(road)]
    network.stop_lines_m = [line for road in roads.values() for line in stop_lines(road)]
    signals.leftovers(network)
    _place(network, placing, root.find("header/offset"))
    return network


def _projection(root: Element) -> str | None:
    """Return the projection of the header; None: the file has none."""
    found = root.find("header/geoReference")
    text = "" if found is None else (found.text or "").strip()
    return text or None


def _lanes(road: Road, network: RoadNetwork, notes: Notes) -> None:
    """Take over the lanes of a road on which vehicles or bicycles drive; those in junctions are ways, not lanes."""
    for piece in road.pieces.values():
        if (kind := KINDS.get(piece.kind)) is None:
            if road.junction == "-1":
                notes.left_out(_OTHER_LANES.of(kind=piece.kind))
        elif road.junction == "-1":
            side = "right" if piece.lane < 0 else "left"
            network.lanes[key(road.id, piece.section, piece.lane)] = RoadLane(
                line_m=piece.line_m,
                width_m=piece.width_m,
                road=f"{road.id}.{piece.section} {side}",
                kind=kind,
                limit_mps=piece.limit_mps,
            )


def _junction(junction: Element, links: Links, signals: RoadSignals, network: RoadNetwork) -> None:
    """Take over the ways of a junction, and its middle by the ends of its lanes."""
    name = junction.get("id", "")
    ends = []
    for way in links.through(junction):
        if way.start in network.lanes and way.end in network.lanes:
            network.turns.append(RoadTurn(way.start, way.end, name, signals.of(way)))
            ends += [network.lanes[way.start].line_m[-1], network.lanes[way.end].line_m[0]]
    if ends:
        middle = (np.min(ends, axis=0) + np.max(ends, axis=0)) / 2
        network.junctions[name] = Junction(name, middle, junction.get("name", ""))


def _place(network: RoadNetwork, placing: Placing, offset: Element | None) -> None:
    """Bring all coordinates from the file's own to metres."""
    shift, turn = np.zeros(2), np.eye(2)
    if offset is not None:
        shift = np.array([number(offset, "x", 0.0), number(offset, "y", 0.0)])
        heading = number(offset, "hdg", 0.0)
        turn = np.array([[np.cos(heading), np.sin(heading)], [-np.sin(heading), np.cos(heading)]])
    for lane in network.lanes.values():
        lane.line_m = tidy(placing(lane.line_m @ turn + shift))
    for junction in network.junctions.values():
        junction.position_m = placing(junction.position_m[None] @ turn + shift)[0]
    for walk in network.walks:
        walk.polygon_m = placing(walk.polygon_m @ turn + shift)
    network.stop_lines_m = [placing(line @ turn + shift) for line in network.stop_lines_m]
    placing.settle(network)
