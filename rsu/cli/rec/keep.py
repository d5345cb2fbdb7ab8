"""`rsu rec keep`: save the latest recording from being deleted."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.options import Json, Run
from rsu.cli.rec.order import order

EXAMPLES = (
    "rsu rec keep",
    'rsu rec keep --why "near miss at the north arm"',
)


def command(
    why: Annotated[str, typer.Option(metavar="TEXT", help="reason, shown by rsu rec ls", show_default="none")] = "",
    run: Run = None,
    as_json: Json = False,
) -> None:
    """Keep the present recording for ever.

    With the recordings before it (90 s unless the site file says otherwise).
    """
    order(run, "keep", why, as_json)
