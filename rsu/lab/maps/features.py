"""A lane map as GeoJSON (RFC 7946: longitude, latitude in WGS-84), for maps of other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hw.detail import Detail
from perception.geo import Reference, to_wgs84
from rsu.lab.maps.errors import PlaceUnknownError
from rsu.site.lanemap import LaneMapFile, Point
from rsu.site.ways import through

_NO_ORIGIN = Detail(
    "the lane map does not say where its [0, 0] lies: write the site's reference point as its `origin`",
    "车道地图未说明其 [0, 0] 的位置：请将站点的基准点写为其 `origin`",
)


def geojson(lane_map: LaneMapFile) -> str:
    """Return lanes, ways and crosswalks as features, with their keys as properties. PlaceUnknownError: no origin."""
    if lane_map.origin is None:
        raise PlaceUnknownError(_NO_ORIGIN)
    origin = Reference(lane_map.origin.latitude_deg, lane_map.origin.longitude_deg)
    features = [_feature(*each, origin) for each in _parts(lane_map)]
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n"


def _parts(lane_map: LaneMapFile) -> Iterator[tuple[str, Sequence[Any], dict[str, Any]]]:
    """Yield the geometry, its points in metres and the properties of each part."""
    for node in lane_map.nodes:
        yield "Point", [node.position], {"part": "node", "region": node.region, "id": node.id, "name": node.name}
        for link in node.links:
            for lane in link.lanes:
                keys = lane.model_dump(mode="json", include={"id", "width_m", "type", "maneuvers", "speed_limit_mps"})
                yield "LineString", lane.points, {"part": "lane", "link": link.name, **keys}
    for road in lane_map.exits:
        for place, exit_lane in enumerate(road.lanes, 1):
            keys = {"id": exit_lane.id or place, "width_m": exit_lane.width_m, "type": exit_lane.type or "vehicle"}
            yield "LineString", exit_lane.points, {"part": "exit", "road": road.name, **keys}
    for way in through(lane_map):
        keys = {"link": way.link.name, "lane": way.lane.id, "maneuver": way.connection.maneuver, "phase": way.phase}
        yield "LineString", way.line_m.tolist(), {"part": "way", **keys}
    for walk in lane_map.crosswalks:
        yield "Polygon", [*walk.polygon, walk.polygon[0]], {"part": "crosswalk", "phase": walk.phase}


def _feature(kind: str, points: Sequence[Point], keys: dict[str, Any], origin: Reference) -> dict[str, Any]:
    line = np.array(points, dtype=np.float64)
    latitude, longitude = to_wgs84(line[:, 0], line[:, 1], origin)
    places = np.column_stack([longitude, latitude]).round(8).tolist()
    coordinates = places[0] if kind == "Point" else [places] if kind == "Polygon" else places
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": keys}
