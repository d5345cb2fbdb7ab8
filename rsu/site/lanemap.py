"""The lane map of a site: the content of the MAP message, and the lanes of road users. Site frame, metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, ValidationError

from perception.sensor import Settings
from perception.traffic import lanes
from perception.traffic.ground import Areas, Polygon
from rsu.core.errors import ConfigError
from rsu.site.map_source import map_source

_TYPES = {"vehicle": "vehicle", "bike": "bikeLane"}  # the lane map's word -> the MAP's
USUAL_WIDTH_M = 3.25
WIDEST_LANE_M = 15.0  # a MAP has room for more, a road has not

Point = tuple[float, float]  # east, north in metres
Maneuver = Literal["straight", "left", "right", "uturn"]


class NodeId(Settings):
    """A node of the road network: region (RoadRegulatorID) and number."""

    region: int = Field(ge=0, le=65535, description="RoadRegulatorID of the node")
    id: int = Field(ge=0, le=65535, description="number of the node in its region")


class ConnectionModel(Settings):
    """Where a lane leads, and the signal phase that rules it."""

    downstream: NodeId
    lane: int = Field(ge=1, le=254, description="lane of the exit that it leads to")
    maneuver: Maneuver = Field(description="direction through the junction")
    phase: int | None = Field(None, ge=1, le=255, description="signal phase; none: that of the movement, if it has one")


class LaneModel(Settings):
    """One lane from the link's start to the stop line; ids count from the left in driving direction."""

    id: int = Field(ge=1, le=254, description="from 1, from the left in driving direction")
    width_m: float = Field(gt=0, le=WIDEST_LANE_M)
    type: Literal["vehicle", "bike"] = Field(description="motor or bicycle lane")
    maneuvers: list[Maneuver] = Field(description="arrows on the lane")
    points: list[Point] = Field(min_length=2, max_length=31, description="middle line, the last point at the stop line")
    speed_limit_mps: float | None = Field(None, gt=0, le=163, description="none: that of the link")
    connects_to: list[ConnectionModel] = Field([], max_length=8)


class MovementModel(Settings):
    """A way through the node, by downstream node."""

    downstream: NodeId
    phase: int | None = Field(None, ge=1, le=255, description="signal phase; none: not signalled")


class LinkModel(Settings):
    """The road from an upstream node to this one."""

    name: str = Field(min_length=1, max_length=63, pattern=r"^[\x20-\x7e]+$", description="ASCII; unique in the file")
    upstream: NodeId
    width_m: float = Field(gt=0, le=150, description="all lanes together")
    speed_limit_mps: float | None = Field(None, gt=0, le=163, description="none: not in MAP, no overspeed")
    points: list[Point] = Field(min_length=2, max_length=31, description="middle line, the last point at the stop line")
    movements: list[MovementModel] = Field([], max_length=32)
    lanes: list[LaneModel] = Field(min_length=1, max_length=32)


class NodeModel(NodeId):
    """The junction and the links that lead into it."""

    name: str = Field(min_length=1, max_length=63, pattern=r"^[\x20-\x7e]+$", description="ASCII; in MAP")
    position: Point = Field(description="middle of the junction")
    links: list[LinkModel] = Field(max_length=32)


class Crosswalk(Settings):
    """A pedestrian crossing, for drawing and for events."""

    phase: int | None = Field(None, ge=1, le=255, description="signal phase of the pedestrians")
    polygon: list[Point] = Field(min_length=3, max_length=64, description="corners in order")


class ExitLane(Settings):
    """A lane that leads away: where a way through the junction ends."""

    id: int | None = Field(None, ge=1, le=254, description="none: counted from the left")
    width_m: float | None = Field(None, gt=0, le=WIDEST_LANE_M, description="none: 3.25 m")
    type: str | None = Field(None, description="vehicle, bike; none: vehicle")
    points: list[Point] = Field(min_length=2, description="middle line, away from the junction")


class ExitModel(Settings):
    """A road that leads away."""

    name: str = Field(min_length=1, max_length=63, description="unique in the file")
    downstream: NodeId
    lanes: list[ExitLane] = Field(max_length=32)


class OriginModel(Settings):
    """The place of [0, 0], where the lane map knows it: then it must be the site's reference point."""

    latitude_deg: float = Field(ge=-89, le=89, description="north +")
    longitude_deg: float = Field(ge=-180, le=180, description="east +")
    elevation_m: float = Field(0.0, ge=-409.5, le=6143.9, description="above the WGS-84 ellipsoid")
    coordinates: Literal["wgs84", "cgcs2000"] = Field("wgs84", description="system of the survey")
    epoch_years: float | None = Field(None, ge=1984, le=2100, description="epoch of the coordinates; none: not known")


class LaneMapFile(Settings):
    """The whole file."""

    origin: OriginModel | None = Field(None, description="place of [0, 0]; none: that of the site file")

    nodes: list[NodeModel] = Field(min_length=1, max_length=32)
    crosswalks: list[Crosswalk] = Field([])
    exits: list[ExitModel] = Field([])


def load(path: Path) -> LaneMapFile:
    """Read a lane map, JSON or YAML by its name. ConfigError: every finding with line, column and key."""
    source = map_source(path)
    try:
        return LaneMapFile.model_validate(source.data)
    except ValidationError as error:
        raise ConfigError(source.findings(error, LaneMapFile)) from error


def lane_lines(lane_map: LaneMapFile) -> list[lanes.LaneLine]:
    """Return the lanes towards the crossing as perception takes them."""
    exits = {way.downstream: way.name for way in lane_map.exits}
    return [_towards(link, lane, exits) for node in lane_map.nodes for link in node.links for lane in link.lanes]


def exit_lines(lane_map: LaneMapFile) -> list[lanes.LaneLine]:
    """Return the lanes that lead away; where they have no ids they count from the left."""
    return [
        _away(way.name, lane.id or place, lane) for way in lane_map.exits for place, lane in enumerate(way.lanes, 1)
    ]


def areas(lane_map: LaneMapFile, zones: Sequence[Polygon]) -> Areas:
    """Return the crosswalks of a lane map, and the site file's zones, as perception takes them."""
    return Areas(crosswalks=[walk.polygon for walk in lane_map.crosswalks], zones=zones)


def _towards(link: LinkModel, lane: LaneModel, exits: Mapping[NodeId, str]) -> lanes.LaneLine:
    return lanes.LaneLine(
        link=link.name,
        lane=lane.id,
        points_m=np.array(lane.points, dtype=np.float64),
        width_m=lane.width_m,
        speed_limit_mps=lane.speed_limit_mps or link.speed_limit_mps,
        type=_TYPES[lane.type],
        connections=tuple(
            lanes.LaneConnection(way.maneuver, exits.get(way.downstream, ""), way.lane, way.phase)
            for way in lane.connects_to
        ),
    )


def _away(road: str, index: int, lane: ExitLane) -> lanes.LaneLine:
    return lanes.LaneLine(
        link=road,
        lane=index,
        points_m=np.array(lane.points, dtype=np.float64),
        width_m=lane.width_m or USUAL_WIDTH_M,
        type=_TYPES.get(lane.type or "vehicle", "sidewalk"),
        leads_away=True,
    )
