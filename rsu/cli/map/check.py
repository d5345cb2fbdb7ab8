"""`rsu map check`: find the mistakes in a lane map by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.options import Json, LaneMapPath
from rsu.cli.views import findings

EXAMPLES = (
    "rsu map check lanes.yaml",
    "rsu map check --strict --json configs/demo-lanes.json",
)


def command(
    file: LaneMapPath,
    strict: Annotated[bool, typer.Option("--strict", help="exit code 1 when there are warnings")] = False,
    as_json: Json = False,
) -> None:
    """Check a lane map by itself, without a site file.

    Connectivity, widths, stop lines, ids, directions, phases, and whether its MAP fits into a frame and reads back.
    `rsu check` does the same within a site, with lamps, sensors and the reference point.

    Exit code 3: errors; 1: with --strict, warnings.
    """
    from rsu.lab.maps.checking import check

    findings.show(file, check(file), strict, as_json, "lane_map")
