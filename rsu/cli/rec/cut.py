"""`rsu rec cut`: a piece of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Recording
from rsu.core.exits import Exit

_ORDER = Detail(
    "--from {} --to {}: seconds from the recording's beginning, the smaller one first",
    "--from {} --to {}：自录制开始的秒数，较小者在前",
)
_NO_TICK = Detail("{}: no tick in it", "{}：其中没有任何周期")
_ITSELF = Detail("{}: would replace the recording itself", "{}：将覆盖录制本身")
_SPAN = Detail(" from {} s to {} s", "，{} s 至 {} s")
_ON = Detail(" from {} s on", "，自 {} s 起")
_EMPTY = Detail("{}{}", "{}{}")
_WRITTEN = Detail("{}: {} ticks", "{}：{} 个周期")
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
        fail(Exit.USAGE, _ORDER.of(f"{begin:g}", f"{end:g}"))
    first = next(reader.ticks(recording), None)
    if first is None:
        fail(Exit.DAMAGED, _NO_TICK.of(recording))
    if target.exists() and target.samefile(recording):
        fail(Exit.USAGE, _ITSELF.of(target))
    begin_ns = first.outcome.now_ns
    try:
        result = copy(recording, target, begin_ns + round(begin * _S), begin_ns + round(end * _S))
    except NotARecordingError as error:
        span = _SPAN.of(f"{begin:g}", f"{end:g}") if end < _ENDLESS_S else _ON.of(f"{begin:g}")
        fail(Exit.USAGE, _EMPTY.of(error.args[0], span))
    if as_json:
        print(json.dumps({"recording": str(target), "ticks": result.ticks}))
    else:
        print(_WRITTEN.of(target, result.ticks).told(spoken()))
