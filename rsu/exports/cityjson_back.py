"""The lane map of a CityJSON file that `cityjson` wrote, also after another program has moved or renumbered it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from perception.geo import Reference
from perception.objects import Floats
from rsu.exports.common import Json
from rsu.exports.datum import Projected, Survey
from rsu.site.lanemap import LaneMapFile, OriginModel

_NODE = {"nodeRegion": "region", "nodeId": "id", "nodeName": "name", "nodePosition": "position"}


def lane_map(model: Json) -> LaneMapFile:
    """Return the lane map. KeyError, TypeError, ValueError, IndexError: the file is none of ours; ImportError."""
    site = model["CityObjects"]["site"]["attributes"]
    reference = Reference(*(site[f"origin{key}"] for key in ("LatitudeDeg", "LongitudeDeg", "EllipsoidalHeightM")))
    epsg = int(model["metadata"]["referenceSystem"].rpartition("/")[2])
    projected = Projected(epsg, Survey(reference, site["coordinates"], site["surveyEpochYears"], site["geoidHeightM"]))
    vertices = np.array(model["vertices"]) * model["transform"]["scale"] + model["transform"]["translate"]
    places = projected.back(vertices[:, :2]).round(3)
    nodes: dict[tuple[int, int], Json] = {}
    exits, walks = [], []
    for road in (each for each in model["CityObjects"].values() if each["type"] == "Road"):
        keys, lanes = dict(road.get("attributes", {})), list(_surfaces(road, places))
        direction = keys.pop("direction", "")
        if direction == "in":
            node = {short: keys.pop(long) for long, short in _NODE.items()}
            found = nodes.setdefault((node["region"], node["id"]), node | {"links": []})
            found["links"].append(keys | {"lanes": [_lane(*each) for each in lanes]})
        elif direction == "out":
            exits.append(keys | {"lanes": [_lane(*each) for each in lanes]})
        else:
            walks += [{"phase": surface.get("phase"), "polygon": outline.tolist()} for surface, outline in lanes]
    return LaneMapFile.model_validate(
        {"origin": _origin(site, reference), "nodes": list(nodes.values()), "exits": exits, "crosswalks": walks}
    )


def _surfaces(road: Json, places: Floats) -> Iterator[tuple[Json, Floats]]:
    """Yield the keys and the outline (n, 2) of each surface, metres of the site frame."""
    (geometry,) = road["geometry"]
    semantics = geometry["semantics"]
    for number, rings in zip(semantics["values"], geometry["boundaries"], strict=True):
        yield semantics["surfaces"][number], places[np.array(rings[0])]


def _lane(surface: Json, outline: Floats) -> dict[str, Any]:
    """Return a lane: its middle line lies between the points of its left and its right side."""
    half = len(outline) // 2
    middle = (outline[:half] + outline[: half - 1 : -1]) / 2.0
    keys = {key: value for key, value in surface.items() if key not in ("type", "function", "lane_type")}
    return keys | {"type": surface["lane_type"], "points": middle.round(3).tolist()}


def _origin(site: Json, reference: Reference) -> OriginModel:
    return OriginModel(
        latitude_deg=reference.latitude_deg,
        longitude_deg=reference.longitude_deg,
        elevation_m=reference.elevation_m,
        coordinates=site["coordinates"],
        epoch_years=site["surveyEpochYears"],
    )
