"""`rsu export site`: a site as CityJSON."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.options import ExportOut, Json, Site

EXAMPLES = (
    "rsu export site site.yaml --epoch 2026.9 --geoid=-3.2 --out site.city.json",
    "rsu export site site.yaml --epsg 4490 > site.city.json",
)


def command(
    site: Site,
    epsg: Annotated[
        int | None,
        typer.Option(metavar="N", help="coordinate system: 4490, or a projection of CGCS2000", show_default="its zone"),
    ] = None,
    epoch: Annotated[
        float | None,
        typer.Option(metavar="YEAR", min=1984, max=2100, help="of the survey", show_default="the lane map's"),
    ] = None,
    geoid: Annotated[
        float | None,
        typer.Option(
            metavar="M",
            min=-150,
            max=150,
            help="height of the 1985 datum's zero above the ellipsoid here",
            show_default="unknown: heights stay ellipsoidal",
        ),
    ] = None,
    out: ExportOut = None,
    as_json: Json = False,
) -> None:
    """Write a site as CityJSON 2.0 in CGCS2000.

    One road for each link and exit, with a surface for each lane; crosswalks, poles, sensors, signals, signs. The
    coordinates are moved with the Eurasian plate from the epoch of the survey to 2000.0; without an epoch they stay,
    and the file says so. `rsu map import` makes the lane map of the file again.

    Exit code 2: no such system, or pyproj is missing; 3: the site file is not valid.
    """
    from rsu.cli.views import exporting

    exporting.site(site, epsg, epoch, geoid, exporting.Place(out, as_json))
