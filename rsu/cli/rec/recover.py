"""`rsu rec recover`: make recordings whole that were cut or changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hw.detail import NOTHING, Detail
from rsu.cli.common.errors import said
from rsu.cli.common.language import spoken
from rsu.cli.common.options import JsonLines
from rsu.cli.rec.order import chosen
from rsu.core.exits import Exit

if TYPE_CHECKING:
    from rsu.recording.recover import Recovered

_NONE_LEFT = Detail(
    "{}: nothing to recover: no recording in it was left by a power cut", "{}：无需恢复：其中没有因断电中断的录制"
)
_WAS_EMPTY = Detail("{}: no tick was in it", "{}：其中没有任何周期")
_MADE = Detail("{}: {}", "{}：{}")
_TICKS = Detail("{} ticks{}", "{} 个周期{}")
_LEFT_OUT = Detail("; left out: {}", "；舍去：{}")
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
            typer.echo(said(error, spoken()), err=True)
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
            typer.echo(_NONE_LEFT.of(path).told(spoken()), err=True)


def _json(file: Path, result: Recovered) -> str:
    made = result.path and str(result.path)
    return json.dumps({"file": str(file), "recording": made, "ticks": result.ticks, "ended": result.why})


def _line(file: Path, result: Recovered) -> str:
    from rsu.recording import words
    from rsu.recording.recover import WHOLE

    language = spoken()
    if result.path is None:
        return _WAS_EMPTY.of(file).told(language)
    if result.why == WHOLE:
        return _MADE.of(result.path, words.NOTHING_TO_RECOVER).told(language)
    left_out = NOTHING if result.why == "end" else _LEFT_OUT.of(words.told(result.why, language))
    return _MADE.of(result.path, _TICKS.of(result.ticks, left_out)).told(language)
