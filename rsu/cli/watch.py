"""`rsu watch`: road users, signals or message types of the running daemon, live."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.language import spoken
from rsu.cli.common.options import JsonLines, Run, Seconds


class Subject(StrEnum):
    """The tables that can be watched."""

    TRACKS = "tracks"
    SIGNALS = "signals"
    MESSAGES = "messages"


EXAMPLES = (
    "rsu watch tracks",
    "rsu watch signals --for 60",
    "rsu watch messages --json | head -n 1",
)


def command(
    subject: Annotated[Subject, typer.Argument(help="tracks, signals or messages")],
    run: Run = None,
    seconds: Seconds = None,
    as_json: JsonLines = False,
) -> None:
    """Show road users, signals or messages of the daemon, live.

    Tracks: class, place, speed, lane and sensors; signals: phases with light and countdown; messages: the gate's
    decision on every type. The messages themselves: `rsu msg watch`.

    Exit code 4: no daemon runs.
    """
    from rsu.cli.views import watched

    wish = watched.WatchWish(subject.value, seconds, as_json, spoken())
    raise typer.Exit(until_interrupted(lambda stop: watched.watch(run, wish, stop)))
