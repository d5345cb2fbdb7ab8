"""`rsu why`: why a message type, or a road user, is on air or not."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Language, OfRecording, Run
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu why spat",
    "rsu why 17                                # the road user with this number",
    "rsu why rsm --recording day.mcap --at 42  # 42 s after its beginning",
)


def command(
    subject: Annotated[str, typer.Argument(metavar="TYPE|ID", help="bsm, map, rsm, spat or rsi; or a track's number")],
    recording: OfRecording = None,
    at_s: Annotated[
        float | None,
        typer.Option("--at", metavar="S", help="seconds from the recording's beginning", show_default="its end"),
    ] = None,
    run: Run = None,
    language: Annotated[
        Language | None, typer.Option(help="language of the reasons", show_default="as LANG says")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say why a message type, or a road user, is on air or not.

    The gate's decision with every condition that holds, its effect and its remedy; of a road user also its last RSM.

    Exit code 0: it is on air; 1: it is not; 4: no daemon runs.
    """
    from rsu.cli.views import stories

    wish = stories.Wish(run, recording, at_s, language or spoken(), as_json)
    raise typer.Exit(Exit.FINE if stories.why(subject, wish) else Exit.FOUND)
