"""`rsu calibrate points`: the points of the lane map that can be picked in a camera's picture."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Site

EXAMPLES = (
    "rsu calibrate points site.yaml camera-north",
    "rsu calibrate points site.yaml camera-north --json",
)


def command(
    site: Site,
    camera: Annotated[str, typer.Argument(metavar="CAMERA", help="device name of the camera")],
    as_json: Json = False,
) -> None:
    """List the points of the lane map that can be picked.

    Their names are for the column `at` of a table of points. Beside each stand its place, and the pixel at which the
    camera's present model shows it.
    """
    from rsu.calibration import landmarks
    from rsu.cli.views import calibrated
    from rsu.site import config

    view = landmarks.view(config.load(site), camera)
    print(json.dumps(view.record())) if as_json else calibrated.show_landmarks(view, spoken())
