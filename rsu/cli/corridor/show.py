"""`rsu corridor show`: neighbours and road users along the road, as a running box sees them."""

from __future__ import annotations

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Run

EXAMPLES = (
    "rsu corridor show",
    "rsu corridor show --run /tmp/rsu-demo/box-1/daemon --json",
)


def command(run: Run = None, as_json: Json = False) -> None:
    """Show the neighbours of this box and the road users on the road.

    Neighbours: whether they are heard, delay of their tracks, their positions and clock against ours, as shared road
    users show it. Road users: identity along the road, own number, boxes that see them.

    Exit code 4: no daemon with a corridor runs; 7: a neighbour is not heard.
    """
    from rsu.cli.views import corridor

    raise typer.Exit(corridor.show(run, as_json, spoken()))
