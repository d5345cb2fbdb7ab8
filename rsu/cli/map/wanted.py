"""Options of the commands that make lane maps: where on earth, of which site, how far."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rsu.cli.common.errors import fail
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from perception.geo import Reference
    from rsu.lab.maps.build import WantedJunction

MapSite = Annotated[
    Path | None,
    typer.Option(
        "--site", metavar="SITE.yaml", help="take reference point and node of this site", show_default="the crossing's"
    ),
]
MapOrigin = Annotated[
    str | None, typer.Option(metavar="LAT,LON", help="place of the file's zero", show_default="the file's")
]
MapReach = Annotated[float, typer.Option(metavar="M", min=20, max=1000, help="length of the roads")]


def place(text: str | None) -> Reference | None:
    """Return a place of `LAT,LON`; ends with exit code 2 where it is none."""
    from hw.detail import Detail
    from perception.geo import Reference

    if text is None:
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        latitude = longitude = 999.0
    if not (abs(latitude) <= 89 and abs(longitude) <= 180):
        row = Detail(
            "--origin: expected latitude and longitude such as 22.5431,114.0579, got {text}",
            "--origin：应为纬度,经度，例如 22.5431,114.0579，实为 {text}",
        )
        fail(Exit.USAGE, row.of(text=text))
    return Reference(latitude, longitude)


def wanted(crossing: str | None, reach_m: float, site: Path | None) -> WantedJunction:
    """Return the wanted junction, with reference point and node of a site. ConfigError: no site."""
    from rsu.lab.maps.build import WantedJunction
    from rsu.lab.maps.wanted import of_site

    return WantedJunction(crossing=crossing, reach_m=reach_m) if site is None else of_site(site, crossing, reach_m)
