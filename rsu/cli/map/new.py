"""`rsu map new`: a lane map from a template of a crossing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from rsu.cli.common.options import Json, MapOut
from rsu.cli.map.wanted import MapOrigin, MapReach, MapSite, place, wanted

EXAMPLES = (
    "rsu map new --out lanes.yaml    # four roads, three lanes in, two out",
    "rsu map new --leg 0=l,s,sr/2 --leg 90=lsr/1 --leg 180=l,s,sr/2 --site site.yaml --out lanes.yaml",
    "rsu map new --leg 10=s,r/1 --leg 190=l,s/1 --leg 280=l,r/1 --phases approach --out lanes.yaml    # a T",
)
_FOUR = ["0=l,s,sr/2", "90=l,s,sr/2", "180=l,s,sr/2", "270=l,s,sr/2"]


class PhaseForm(StrEnum):
    """Phases of a template."""

    NONE = "none"
    APPROACH = "approach"
    MOVEMENT = "movement"


_Legs = Annotated[
    list[str] | None,
    typer.Option(
        "--leg",
        metavar="DEG=ARROWS/OUT",
        help="a road: where it lies, arrows of its lanes in from the left (l, s, r, u), lanes out; may be repeated",
        show_default="four roads with l,s,sr/2",
    ),
]
_Width = Annotated[float, typer.Option(metavar="M", min=2.3, max=6, help="width of a lane")]
_Limit = Annotated[float, typer.Option(metavar="KMH", min=10, max=120, help="speed limit")]
_Bikes = Annotated[bool, typer.Option("--bikes", help="a bicycle lane on the right of every road")]
_Walks = Annotated[bool, typer.Option("--no-crosswalks", help="leave crosswalks out")]
_Phases = Annotated[PhaseForm, typer.Option(help="phases: none, one for each approach, one for each movement")]


def command(
    legs: _Legs = None,
    width: _Width = 3.5,
    limit: _Limit = 60.0,
    bikes: _Bikes = False,
    no_crosswalks: _Walks = False,
    phases: _Phases = PhaseForm.MOVEMENT,
    reach: MapReach = 150.0,
    site: MapSite = None,
    origin: MapOrigin = None,
    out: MapOut = None,
    as_json: Json = False,
) -> None:
    """Begin a lane map from a template of a crossing.

    The middle of the crossing is [0, 0]. Measure the stop lines and correct the points afterwards; MAP needs them
    within decimetres.

    Exit code 2: a road cannot be understood, or two lie on each other.
    """
    from rsu.cli.map import account
    from rsu.lab.maps import importing, template

    plan = template.CrossingPlan(
        legs=tuple(map(template.leg, legs or _FOUR)),
        width_m=width,
        reach_m=reach,
        limit_mps=round(limit / 3.6, 2),
        bikes=bikes,
        crosswalks=not no_crosswalks,
        phases=phases.value,
    )
    account.deliver(importing.new(plan, place(origin), wanted(template.KEY, reach, site)), out, as_json)
