"""A site as CityJSON 2.0.1: roads with a surface per lane, crosswalks, poles, sensors, signals and signs.

Source: CityJSON 2.0 specification (cityjson.org/specs), module Transportation of CityGML 3.0. A lane is a TrafficArea;
its outline runs along its left side and back along its right, point beside point, so that the middle line is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from perception.objects import Floats
from perception.sensor import Mount
from rsu.exports.common import Json
from rsu.exports.datum import CGCS2000, Projected, Survey
from rsu.site.lanemap import USUAL_WIDTH_M, LaneMapFile
from rsu.site.model import Site

_CRS = "https://www.opengis.net/def/crs/EPSG/0/"
_LOD = "2"


class _Vertices:
    """The one list of vertices of a file, as whole steps of `scale` from `translate`."""

    def __init__(self, projected: Projected, survey: Survey) -> None:
        self._projected = projected
        self._ground_m = survey.reference.elevation_m - (survey.geoid_m or 0.0)
        first = projected.forth(np.zeros((1, 2)))[0].round(0 if projected.digits < 9 else 3)
        self._translate = np.array([*first, round(self._ground_m)])
        step = 10.0**-projected.digits
        self._scale = np.array([step, step, 0.001])
        self._places: dict[tuple[int, ...], int] = {}

    def numbers(self, points: Floats, height_m: float = 0.0) -> list[int]:
        """Return the numbers of points (n, 2) of the site frame at a height above the road."""
        places = np.column_stack([self._projected.forth(points), np.full(len(points), self._ground_m + height_m)])
        steps = np.rint((places - self._translate) / self._scale).astype(int).tolist()
        return [self._places.setdefault(tuple(each), len(self._places)) for each in steps]

    def keys(self) -> Json:
        """Return the keys of the file that hold them."""
        transform = {"scale": self._scale.tolist(), "translate": self._translate.tolist()}
        return {"transform": transform, "vertices": [list(each) for each in self._places]}


class _Surface(NamedTuple):
    """One lane or crosswalk."""

    outline_m: Floats  # (n, 2) m, site frame
    keys: Json


def city_model(site: Site, lane_map: LaneMapFile, survey: Survey, epsg: int) -> Json:
    """Return a site as CityJSON in a system of CGCS2000. ImportError: pyproj is missing; ValueError: no such system."""
    vertices = _Vertices(Projected(epsg, survey), survey)
    objects = {name: _road(vertices, keys, surfaces) for name, keys, surfaces in _roads(lane_map)}
    objects |= dict(_furniture(vertices, site, lane_map))
    return {
        "type": "CityJSON",
        "version": "2.0",
        "metadata": {"title": site.site.name, "referenceSystem": f"{_CRS}{epsg}"},
        "CityObjects": {"site": _site(site, survey, epsg, list(objects))} | objects,
        **vertices.keys(),
    }


def _site(site: Site, survey: Survey, epsg: int, children: list[str]) -> Json:
    """Return the group of all objects; its attributes give datum, epoch and order of the coordinates."""
    place = survey.reference
    attributes = {
        "name": site.site.name,
        "region": site.site.region,
        "node": site.site.node,
        "originLatitudeDeg": place.latitude_deg,
        "originLongitudeDeg": place.longitude_deg,
        "originEllipsoidalHeightM": place.elevation_m,
        "coordinates": survey.coordinates,
        "surveyEpochYears": survey.epoch_years,
        "coordinateEpochYears": None if survey.epoch_years is None else 2000.0,
        "heightDatum": "ellipsoidal, CGCS2000" if survey.geoid_m is None else "1985 national height datum",
        "geoidHeightM": survey.geoid_m,
        "axisOrder": "longitude, latitude, height" if epsg == CGCS2000 else "easting, northing, height",
    }
    return {"type": "CityObjectGroup", "children": children, "attributes": attributes}


def _roads(lane_map: LaneMapFile) -> Iterator[tuple[str, Json, list[_Surface]]]:
    """Yield the name, attributes and surfaces of each road."""
    for node in lane_map.nodes:
        at_node = {"nodeRegion": node.region, "nodeId": node.id, "nodeName": node.name, "nodePosition": node.position}
        for link in node.links:
            keys = link.model_dump(mode="json", exclude={"lanes"})
            yield f"link {link.name}", {"direction": "in", **at_node, **keys}, [_surface(lane) for lane in link.lanes]
    for road in lane_map.exits:
        keys = road.model_dump(mode="json", exclude={"lanes"})
        yield f"exit {road.name}", {"direction": "out", **keys}, [_surface(lane) for lane in road.lanes]
    for number, walk in enumerate(lane_map.crosswalks, 1):
        keys = {"function": "crosswalk", "phase": walk.phase}
        yield f"crosswalk {number}", {}, [_Surface(np.array(walk.polygon), keys)]


def _surface(lane: Any) -> _Surface:
    keys = lane.model_dump(mode="json", exclude={"points", "type"}) | {"lane_type": lane.type}
    line = np.array(lane.points, dtype=np.float64)
    return _Surface(outline(line, lane.width_m or USUAL_WIDTH_M), {"function": "lane", **keys})


def outline(line: Floats, width_m: float) -> Floats:
    """Return the outline (2 n, 2) of a lane: its left side, and its right side backwards, square to each corner."""
    steps = np.diff(line, axis=0)
    steps /= np.hypot(*steps.T)[:, None]
    before, after = np.vstack([steps[:1], steps]), np.vstack([steps, steps[-1:]])
    left = np.column_stack([-before[:, 1] - after[:, 1], before[:, 0] + after[:, 0]])
    left /= np.maximum((left**2).sum(axis=1), 1.0)[:, None] / 2.0  # a mitre of at most the lane's width
    aside = left * width_m / 2.0
    return np.vstack([line + aside, (line - aside)[::-1]])


def _road(vertices: _Vertices, attributes: Json, surfaces: Sequence[_Surface]) -> Json:
    geometry = {
        "type": "MultiSurface",
        "lod": _LOD,
        "boundaries": [[vertices.numbers(each.outline_m)] for each in surfaces],
        "semantics": {
            "surfaces": [{"type": "TrafficArea", **each.keys} for each in surfaces],
            "values": list(range(len(surfaces))),
        },
    }
    return {"type": "Road", "attributes": attributes, "geometry": [geometry], "parents": ["site"]}


def _furniture(vertices: _Vertices, site: Site, lane_map: LaneMapFile) -> Iterator[tuple[str, Json]]:
    """Yield poles, sensors, signals and signs. A signal has no surveyed place: it is at its stop lines."""
    for number, mount in enumerate(_poles(sensor.mount for sensor in site.sensors), 1):
        foot = np.array([[mount.east_m, mount.north_m]])
        line = vertices.numbers(foot) + vertices.numbers(foot, mount.height_m)
        yield f"pole {number}", _object({"function": "pole", "height_m": mount.height_m}, "MultiLineString", [line])
    for sensor in site.sensors:
        keys: Json = {"function": "sensor", "device": sensor.device, "kind": site.devices[sensor.device].kind}
        keys |= {"mount": sensor.mount.model_dump(), "fieldOfView": sensor.field_of_view.model_dump()}
        place = np.array([[sensor.mount.east_m, sensor.mount.north_m]])
        yield f"sensor {sensor.device}", _object(keys, "MultiPoint", vertices.numbers(place, sensor.mount.height_m))
    for phase, ends in _signals(lane_map).items():
        keys = {"function": "traffic signal", "phase": phase, "place": "stop line"}
        yield f"signal {phase}", _object(keys, "MultiPoint", vertices.numbers(np.array(ends)))
    for sign in site.messages.signs:
        keys = {"function": "traffic sign", "code": sign.code, "text": sign.text, "links": sign.links}
        yield f"sign {sign.id}", _object(keys, "MultiPoint", vertices.numbers(np.array([[sign.east_m, sign.north_m]])))


def _object(keys: Json, kind: str, boundaries: Any) -> Json:
    geometry = {"type": kind, "lod": _LOD, "boundaries": boundaries}
    return {"type": "CityFurniture", "attributes": keys, "geometry": [geometry], "parents": ["site"]}


def _poles(mounts: Iterable[Mount]) -> list[Mount]:
    """Return the highest mount of each place."""
    highest: dict[tuple[float, float], Mount] = {}
    for mount in sorted(mounts, key=lambda mount: mount.height_m):
        highest[mount.east_m, mount.north_m] = mount
    return [mount for mount in highest.values() if mount.height_m > 0]


def _signals(lane_map: LaneMapFile) -> dict[int, list[tuple[float, float]]]:
    """Return the ends of the lanes that each phase rules."""
    found: dict[int, list[tuple[float, float]]] = {}
    for link in (link for node in lane_map.nodes for link in node.links):
        usual = {movement.downstream: movement.phase for movement in link.movements}
        for lane in link.lanes:
            for phase in sorted({way.phase or usual.get(way.downstream) or 0 for way in lane.connects_to} - {0}):
                found.setdefault(phase, []).append(lane.points[-1])
    return dict(sorted(found.items()))
