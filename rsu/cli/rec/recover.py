"""`rsu rec recover`: make recordings whole that were cut or changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rsu.cli.common.options import JsonLines
from rsu.cli.rec.order import chosen
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.recording.recover import Recovered

EXAMPLES = (
    "rsu rec recover /var/lib/rsu/recordings",
    "rsu rec recover changed.mcap --json",
)


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="recordings, or folders of them", show_default="the daemon's folder"),
    ] = None,
    as_json: JsonLines = False,
) -> None:
    """Make recordings whole that were cut or changed.

    A file that a power cut left (*.part) is made whole as the recorder does at its start. Of a changed recording the
    old file stays, as *.damaged.

    Exit code 6: a recorder is writing one; 8: a file is no recording.
    """
    from rsu.recording.errors import BusyError, NotARecordingError
    from rsu.recording.recover import recover

    code = Exit.FINE
    for file in _files(paths or [chosen(None)]):
        try:
            result = recover(file)
        except (BusyError, NotARecordingError) as error:
            typer.echo(error, err=True)
            code = max(code, Exit.CONFLICT if isinstance(error, BusyError) else Exit.DAMAGED)
        else:
            print(_json(file, result) if as_json else _line(file, result))
    raise typer.Exit(code)


def _files(paths: list[Path]) -> Iterator[Path]:
    from rsu.recording.recover import unfinished

    for path in paths:
        if not path.is_dir():
            yield path
        elif found := unfinished(path):
            yield from found
        else:
            typer.echo(f"{path}: nothing to recover: no recording in it was left by a power cut", err=True)


def _json(file: Path, result: Recovered) -> str:
    made = result.path and str(result.path)
    return json.dumps({"file": str(file), "recording": made, "ticks": result.ticks, "ended": result.why})


def _line(file: Path, result: Recovered) -> str:
    from rsu.recording.recover import WHOLE

    if result.path is None:
        return f"{file}: nothing was in it"
    told = f"; left out: {result.why}" if result.why not in ("end", WHOLE) else ""
    return f"{result.path}: {WHOLE if result.why == WHOLE else f'{result.ticks} ticks{told}'}"
