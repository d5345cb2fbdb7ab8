"""`rsu calibrate camera`: mount, lens or homography of a camera from picked points."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Site
from rsu.core.exits import Exit

_FROM = Detail("name --points CSV, --track REC, or both", "请给出 --points CSV 或 --track REC，或两者")
_UNDRAWN = Detail("--drawings needs --picture FILE", "--drawings 需要 --picture FILE")
EXAMPLES = (
    "rsu calibrate camera site.yaml camera-north --points points.csv",
    "rsu calibrate camera site.yaml camera-north --points points.csv --picture still.png --drawings /tmp/north",
    "rsu calibrate camera site.yaml camera-north --track drive.mcap --vehicle 0102030405060708",
    "rsu calibrate camera site.yaml camera-north --points points.csv --lines lines.csv --find lens --apply",
)


class Find(StrEnum):
    """Unknowns of a camera."""

    AIM = "aim"
    POSE = "pose"
    LENS = "lens"
    HOMOGRAPHY = "homography"


Points = Annotated[
    Path | None,
    typer.Option(
        metavar="CSV",
        help="points: u, v and east_m, north_m or latitude_deg, longitude_deg or at",
        show_default="those of --track",
    ),
]
Track = Annotated[
    list[Path] | None,
    typer.Option(metavar="REC", help="recordings of a drive of a vehicle with an on-board unit", show_default="none"),
]
Vehicle = Annotated[
    str | None,
    typer.Option(metavar="ID", help="id of that vehicle, hex", show_default="the one that reports most often"),
]
StraightEdges = Annotated[
    Path | None,
    typer.Option("--lines", metavar="CSV", help="points on straight edges: line, u, v", show_default="none"),
]
Wanted = Annotated[
    Find | None,
    typer.Option(
        help="aim: yaw, pitch, roll; pose: and place; lens: and focal length, distortion; homography",
        show_default="pose where the site file has fx, aim below 4 points; else lens from 7 points, else homography",
    ),
]
Still = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="picture in which the points were picked", show_default="one of the model's size"
    ),
]
Drawings = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="draw the lanes into the picture and the picture onto the map there", show_default="none"
    ),
]


def command(
    site: Site,
    camera: Annotated[str, typer.Argument(metavar="CAMERA", help="device name of the camera")],
    points: Points = None,
    track: Track = None,
    vehicle: Vehicle = None,
    lines: StraightEdges = None,
    find: Wanted = None,
    picture: Still = None,
    drawings: Drawings = None,
    apply: Annotated[bool, typer.Option("--apply", help="write the values into the site file")] = False,
    as_json: Json = False,
) -> None:
    """Calibrate a camera from points of its picture.

    Every point is printed with its error in the picture and on the road, now, after, and as the other points find it.
    Without --apply nothing is written; with it the versions before and after are kept: rsu config history

    Exit code 1: there are reasons not to trust the result; nothing was written. 2: too few points; 3: the site or a
    table has errors.
    """
    from rsu.cli.views import calibrate as view
    from rsu.cli.views import calibrated

    if points is None and not track:
        fail(Exit.USAGE, _FROM)
    if drawings is not None and picture is None:
        fail(Exit.USAGE, _UNDRAWN)
    wished = None if find is None else find.value
    done = view.camera(view.CameraWish(site, camera, points, track or [], vehicle, lines, wished, picture))
    if drawings is not None:
        view.draw(done, drawings)
    version = view.save(done) if apply and not done.result.doubts else None
    answer = calibrated.answer(done.result, version)
    print(json.dumps(answer, ensure_ascii=False)) if as_json else calibrated.show(answer, spoken())
    raise typer.Exit(view.code(done))
