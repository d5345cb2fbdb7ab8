"""`rsu map render`: a picture of a lane map."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.options import Json, LaneMapPath

EXAMPLES = (
    "rsu map render lanes.yaml > lanes.svg",
    "rsu map render --format geojson lanes.yaml > lanes.geojson",
)


class Drawing(StrEnum):
    """Forms of a picture."""

    SVG = "svg"
    GEOJSON = "geojson"


def command(
    file: LaneMapPath,
    drawing: Annotated[Drawing, typer.Option("--format", help="a picture, or features for other maps")] = Drawing.SVG,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="file to write", show_default="standard output")
    ] = None,
    as_json: Json = False,
) -> None:
    """Draw a lane map.

    Lanes with their ids and phases, stop lines, ways through the crossing, crosswalks.

    GeoJSON needs the place of [0, 0]: the lane map's `origin`.

    Exit code 2: the lane map has no `origin`; 3: it cannot be read.
    """
    from rsu.lab.maps import features, picture
    from rsu.site import lanemap

    loaded = lanemap.load(file)
    text = picture.svg(loaded) if drawing is Drawing.SVG else features.geojson(loaded)
    if out is not None:
        out.write_text(text, encoding="utf-8")
    if as_json:
        print(json.dumps({"file": None if out is None else str(out), "picture": text}))
    elif out is None:
        print(text, end="")
