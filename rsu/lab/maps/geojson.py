"""GeoJSON lines of lanes (RFC 7946): middle lines, or the boundaries between lanes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hw.detail import Detail
from perception.objects import Floats
from rsu.lab.maps import ends
from rsu.lab.maps.errors import MapError
from rsu.lab.maps.inference import crossings, junctions
from rsu.lab.maps.loose import divided, joined, widths
from rsu.lab.maps.network import USUAL_WIDTH_M, RoadLane, RoadNetwork, length_m, tidy
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Placing, Stated
from rsu.lab.maps.xml_file import octets

_SHORT_M = 0.5

_NO_JSON = Detail("{file}: not JSON: {problem}", "{file}：不是 JSON：{problem}")
_NO_LINES = Detail("{file} has no lines", "{file} 中没有线")
_OTHERS = Detail("geometry of type {kind}", "{kind} 类型的几何")
_PROPERTY = Detail("property {name}", "属性 {name}")
_SHORT = Detail("line shorter than 0.5 m", "短于 0.5 m 的线")
_BAD_POINT = Detail(
    "{file}: expected points of two numbers or more, got {point}", "{file}：点应含至少两个数值，实为 {point}"
)


def read(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read middle lines of lanes. MapError: the file is none, or has no lines."""
    network = lines(path, stated, notes)
    joined(network)
    widths(network, list(network.lanes), notes)
    divided(network, crossings(network))
    junctions(network, {})
    ends.junctions(network, notes)
    return network


def lines(path: Path, stated: Stated, notes: Notes) -> RoadNetwork:
    """Return the lines of a file, each as a lane of the usual width; errors as with `read`."""
    found = list(_lines(_load(path), path.name, notes))
    drawn = [each for each in found if len(each)]
    for _ in range(len(found) - len(drawn)):
        notes.left_out(_SHORT)
    if not drawn:
        raise MapError(_NO_LINES.of(file=path.name))
    first = np.abs(drawn[0][0])
    placing = Placing(stated, notes, degrees=stated.crs is None and bool(first[0] <= 180 and first[1] <= 90))
    network = RoadNetwork(reference=None)
    for number, each in enumerate(drawn, 1):
        line = tidy(placing(each))
        if len(line) < 2 or length_m(line) < _SHORT_M:
            notes.left_out(_SHORT)
            continue
        network.lanes[str(number)] = RoadLane(line_m=line, width_m=USUAL_WIDTH_M)
    placing.settle(network)
    return network


def _load(path: Path) -> Any:
    try:
        return json.loads(octets(path))
    except (ValueError, RecursionError) as error:
        raise MapError(_NO_JSON.of(file=path.name, problem=error)) from error


def _lines(value: Any, file: str, notes: Notes, depth: int = 8) -> Iterator[Floats]:
    """Yield the lines (n, 2) in an object of GeoJSON, in the file's coordinates."""
    if not isinstance(value, dict) or not depth:
        return
    kind = value.get("type")
    if kind == "FeatureCollection" or kind == "GeometryCollection":
        for each in value.get("features" if kind == "FeatureCollection" else "geometries") or ():
            yield from _lines(each, file, notes, depth - 1)
    elif kind == "Feature":
        if isinstance(properties := value.get("properties"), dict):
            for name in properties:
                notes.left_out(_PROPERTY.of(name=str(name)[:40]))
        yield from _lines(value.get("geometry"), file, notes, depth - 1)
    elif kind == "LineString":
        yield _points(value.get("coordinates"), file)
    elif kind == "MultiLineString":
        for line in value.get("coordinates") or ():
            yield _points(line, file)
    else:
        notes.left_out(_OTHERS.of(kind=kind))


def _points(coordinates: Any, file: str) -> Floats:
    try:
        points = np.array([[float(point[0]), float(point[1])] for point in coordinates], dtype=np.float64)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise MapError(_BAD_POINT.of(file=file, point=str(coordinates)[:60])) from error
    if not np.isfinite(points).all():
        raise MapError(_BAD_POINT.of(file=file, point=str(coordinates)[:60]))
    return points.reshape(-1, 2)
