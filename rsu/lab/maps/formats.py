"""The one table of foreign formats of maps: how a file is known, and the module that reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.lab.errors import MissingError
from rsu.lab.maps.errors import PlaceUnknownError
from rsu.lab.maps.network import RoadNetwork
from rsu.lab.maps.notes import Notes
from rsu.lab.maps.placing import Stated
from rsu.lab.maps.xml_file import octets

_UNKNOWN = Detail(
    "{file}: a map of none of these formats: {known} (name one with --format)",
    "{file}：不属于以下任何地图格式：{known}（请用 --format 指定）",
)
_IS = Detail("{file}: {format}", "{file}：{format}")
_SHORT = Detail("{count} lanes shorter than 0.2 m", "{count} 条短于 0.2 m 的车道")
NO_LIBRARY = Detail(
    "maps need the extra `map`, {name} is not installed: pip install 'rsu-edge[map]'",
    "地图功能需要附加组件 `map`，{name} 未安装：pip install 'rsu-edge[map]'",
)


class Format(NamedTuple):
    """One row."""

    title: str
    known_by: re.Pattern[bytes]  # in its octets
    module: str  # has `read(path, stated, notes) -> RoadNetwork`
    named: re.Pattern[str] = re.compile("")  # in the file's name


FORMATS = {
    "opendrive": Format("OpenDRIVE", re.compile(rb"<OpenDRIVE\b"), "opendrive"),
    "lanelet2": Format("lanelet2", re.compile(rb"<osm\b.*[\"']lanelet[\"']", re.DOTALL), "lanelet2"),
    "osm": Format("OpenStreetMap", re.compile(rb"<osm\b"), "osm"),
    "sumo": Format("SUMO network", re.compile(rb"<net\b"), "sumo"),
    "map": Format("MAP message", re.compile(rb'"inLinks"|\A\s*[0-9A-Fa-f]{20,}\s*\Z|[\x00-\x08\x0e-\x1f]'), "message"),
    "boundaries": Format(
        "GeoJSON lane boundaries", re.compile(rb'"coordinates"'), "boundaries", re.compile("bound|border|marking", re.I)
    ),
    "geojson": Format("GeoJSON lanes", re.compile(rb'"coordinates"'), "geojson"),
    "points": Format("surveyed points", re.compile(rb"\A[^<{\[]*[,;\t]"), "points"),
}


def read(path: Path, name: str, stated: Stated, notes: Notes) -> RoadNetwork:
    """Read a map; `name`: a format, or auto. MapError: it is none, or damaged; MissingError: a library is not there."""
    try:
        row = FORMATS[_format(path) if name == "auto" else name]
        reader: Callable[[Path, Stated, Notes], RoadNetwork] = import_module(f"rsu.lab.maps.{row.module}").read
        notes.read(_IS.of(file=path.name, format=row.title))
        network = reader(path, stated, notes)
    except ImportError as error:
        raise MissingError(NO_LIBRARY.of(name=error.name)) from error
    if short := network.without_short():
        notes.left_out(_SHORT.of(count=short))
    return network


def _format(path: Path) -> str:
    data = octets(path)
    for name, row in FORMATS.items():
        if row.known_by.search(data) and row.named.search(path.name):
            return name
    raise PlaceUnknownError(_UNKNOWN.of(file=path.name, known=", ".join(FORMATS)))
