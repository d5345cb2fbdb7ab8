"""`rsu map import`: a lane map of a map that others made."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Json, MapOut
from rsu.cli.map.wanted import MapOrigin, MapReach, MapSite, place, wanted

EXAMPLES = (
    "rsu map import town.xodr --out lanes.yaml",
    "rsu map import town.xodr --list    # the crossings of the file",
    "rsu map import town.net.xml --crossing 146 --site site.yaml --out lanes.yaml",
    "rsu map import points.csv --crs EPSG:4547 --datum cgcs2000 --to-epoch 2026.9 --height 12.4 --out lanes.yaml",
)


class MapFormat(StrEnum):
    """Formats of maps."""

    AUTO = "auto"
    OPENDRIVE = "opendrive"
    LANELET2 = "lanelet2"
    OSM = "osm"
    SUMO = "sumo"
    MAP = "map"
    BOUNDARIES = "boundaries"
    GEOJSON = "geojson"
    POINTS = "points"


class MapDatum(StrEnum):
    """Coordinate systems of maps."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


_Crossing = Annotated[
    str | None,
    typer.Option(metavar="KEY", help="crossing to take, see --list", show_default="the one with the most lanes"),
]
_Datum = Annotated[
    MapDatum | None, typer.Option(help="coordinate system of the file", show_default="the file's, else wgs84")
]
_Year = partial(typer.Option, metavar="YEAR", min=1984, max=2100)
_Epoch = Annotated[float | None, _Year(help="epoch of its coordinates", show_default="of CGCS2000: 2000.0")]
_ToEpoch = Annotated[float | None, _Year(help="move it with the Eurasian plate to this epoch", show_default="none")]
_Convert = Annotated[bool, typer.Option("--from-gcj02", help="convert GCJ-02 in spite of the error of about 1 m")]
_Crs = Annotated[
    str | None,
    typer.Option(
        metavar="CRS", help="projection of the file, such as EPSG:4547 or a PROJ string", show_default="the file's"
    ),
]
_Height = Annotated[
    float | None,
    typer.Option(
        metavar="M",
        min=-409.5,
        max=6143.9,
        help="of the crossing above the WGS-84 ellipsoid",
        show_default="the site's, else 0",
    ),
]


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="foreign map; gzip too")],
    format_name: Annotated[MapFormat, typer.Option("--format", help="format of the file")] = MapFormat.AUTO,
    out: MapOut = None,
    crossing: _Crossing = None,
    list_all: Annotated[bool, typer.Option("--list", help="list the crossings of the file only")] = False,
    site: MapSite = None,
    datum: _Datum = None,
    epoch: _Epoch = None,
    to_epoch: _ToEpoch = None,
    from_gcj02: _Convert = False,
    crs: _Crs = None,
    origin: MapOrigin = None,
    height: _Height = None,
    reach: MapReach = 150.0,
    as_json: Json = False,
) -> None:
    """Make a lane map of a map that others made.

    The format is known by the file's content. Prints an account: read, assumed, left out. The lane map names the place
    of its [0, 0], which must be the site's reference point.

    Exit code 2: something must be said first, such as the crossing; 8: the file is damaged.
    """
    from rsu.cli.map import account
    from rsu.lab.maps import importing
    from rsu.lab.maps.choice import listing
    from rsu.lab.maps.placing import Stated

    stated = Stated(None if datum is None else datum.value, epoch, to_epoch, from_gcj02, crs, place(origin))
    if list_all:
        account.show(listing(importing.network(file, format_name.value, stated)[0]), as_json)
    else:
        junction = wanted(crossing, reach, site)
        account.deliver(importing.lane_map(file, format_name.value, stated, junction, height), out, as_json)
