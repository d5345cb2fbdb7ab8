"""The parts of a lane map with the places where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rsu.site.lanemap import ConnectionModel, ExitLane, ExitModel, LaneMapFile, LaneModel, LinkModel, NodeModel
from rsu.site.source import Path_


class LinkAt(NamedTuple):
    """A link and its node."""

    place: Path_
    node: NodeModel
    link: LinkModel


class LaneAt(NamedTuple):
    """A lane towards a node."""

    place: Path_
    node: NodeModel
    link: LinkModel
    lane: LaneModel


class WayAt(NamedTuple):
    """Where a lane leads."""

    place: Path_
    node: NodeModel
    link: LinkModel
    lane: LaneModel
    way: ConnectionModel


class ExitAt(NamedTuple):
    """A lane that leads away."""

    place: Path_
    road: ExitModel
    lane: ExitLane
    number: int  # its id, or its place from the left


def links(lane_map: LaneMapFile) -> Iterator[LinkAt]:
    """Yield the links of all nodes."""
    for n, node in enumerate(lane_map.nodes):
        for k, link in enumerate(node.links):
            yield LinkAt(("nodes", n, "links", k), node, link)


def lanes(lane_map: LaneMapFile) -> Iterator[LaneAt]:
    """Yield the lanes of all links."""
    for place, node, link in links(lane_map):
        for number, lane in enumerate(link.lanes):
            yield LaneAt((*place, "lanes", number), node, link, lane)


def ways(lane_map: LaneMapFile) -> Iterator[WayAt]:
    """Yield the connections of all lanes."""
    for place, node, link, lane in lanes(lane_map):
        for number, way in enumerate(lane.connects_to):
            yield WayAt((*place, "connects_to", number), node, link, lane, way)


def exits(lane_map: LaneMapFile) -> Iterator[ExitAt]:
    """Yield the lanes of all exits."""
    for n, road in enumerate(lane_map.exits):
        for number, lane in enumerate(road.lanes):
            yield ExitAt(("exits", n, "lanes", number), road, lane, lane.id or number + 1)
