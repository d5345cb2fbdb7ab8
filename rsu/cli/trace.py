"""`rsu trace`: the whole story of a road user."""

from __future__ import annotations

from typing import Annotated

import typer

from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Language, OfRecording, Run
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu trace 17",
    "rsu trace 17 --for 60 --json",
    "rsu trace 17 --recording day.mcap",
)


def command(
    number: Annotated[int, typer.Argument(metavar="ID", min=1, help="a track's number, as page and RSM have it")],
    recording: OfRecording = None,
    seconds: Annotated[float, typer.Option("--for", metavar="S", min=0.5, help="how long to watch the daemon")] = 10.0,
    run: Run = None,
    language: Annotated[
        Language | None, typer.Option(help="language of the story", show_default="as LANG says")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell the story of a road user: sensors, places, messages.

    Which sensor saw it when, and how far its detections were from it; where it was; which RSMs carried it, how old its
    values were then, and the longest time without it.

    Exit code 1: there is no such road user; 4: no daemon runs.
    """
    from rsu.cli.views import stories

    wish = stories.Wish(run, recording, None, language or spoken(), as_json, seconds)
    raise typer.Exit(Exit.FINE if stories.trace(number, wish) else Exit.FOUND)
