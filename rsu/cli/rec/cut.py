"""`rsu rec cut`: a piece of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from rsu.cli.common.errors import fail
from rsu.cli.common.options import Json, Recording
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu rec cut day.mcap piece.mcap --from 60 --to 90",
    "rsu rec cut day.mcap end.mcap --from 600 --json",
)
_S = 1_000_000_000
_ENDLESS_S = 1e9


def command(
    recording: Recording,
    target: Annotated[Path, typer.Argument(metavar="OUT", help="recording to write")],
    begin: Annotated[float, typer.Option("--from", metavar="S", help="seconds from the recording's beginning")] = 0.0,
    end: Annotated[
        float,
        typer.Option("--to", metavar="S", help="seconds from the recording's beginning", show_default="its end"),
    ] = _ENDLESS_S,
    as_json: Json = False,
) -> None:
    """Write a piece of a recording as a recording of its own."""
    from rsu.recording import reader
    from rsu.recording.errors import NotARecordingError
    from rsu.recording.recover import copy

    if not 0 <= begin < end:
        fail(
            Exit.USAGE, f"--from {begin:g} --to {end:g}: seconds from the recording's beginning, the smaller one first"
        )
    first = next(reader.ticks(recording), None)
    if first is None:
        fail(Exit.DAMAGED, f"{recording}: no tick in it")
    if target.exists() and target.samefile(recording):
        fail(Exit.USAGE, f"{target}: would replace the recording itself")
    begin_ns = first.outcome.now_ns
    try:
        result = copy(recording, target, begin_ns + round(begin * _S), begin_ns + round(end * _S))
    except NotARecordingError as error:
        fail(Exit.USAGE, f"{error} from {begin:g} s{f' to {end:g} s' if end < _ENDLESS_S else ' on'}")
    if as_json:
        print(json.dumps({"recording": str(target), "ticks": result.ticks}))
    else:
        print(f"{target}: {result.ticks} ticks")
