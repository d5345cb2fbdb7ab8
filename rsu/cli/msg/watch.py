"""`rsu msg watch`: messages live."""

from __future__ import annotations

import sys
import threading
from typing import Annotated

import typer

from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.errors import usage
from rsu.cli.common.options import JsonLines, MessageProfile, Run, Seconds
from v2x import DEFAULT_PROFILE

EXAMPLES = (
    "rsu msg watch --kind spat --kind map",
    "rsu msg watch --json --for 10 > messages.jsonl",
    "rsu msg watch --air --run /tmp/rsu-demo           # messages given to the demo's radio",
    "rsu msg watch --agent 192.168.1.20:30000          # the radio's agent, without a daemon",
)

Aids = Annotated[list[int] | None, typer.Option(help="show only this AID; may be repeated", show_default="all")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(help="show only this kind: bsm, map, spat, rsi, rsm...; may be repeated", show_default="all"),
]


def command(
    aid: Aids = None,
    kind: Kinds = None,
    run: Run = None,
    air: Annotated[bool, typer.Option("--air", help="in a demo: messages given to the emulated radio")] = False,
    agent: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="the radio's agent, instead of a daemon", show_default="the daemon"),
    ] = None,
    listen: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="address for the agent's datagrams", show_default="any free port"),
    ] = None,
    seconds: Seconds = None,
    profile: MessageProfile = DEFAULT_PROFILE,
    as_json: JsonLines = False,
) -> None:
    """Print messages live, one per line.

    Until Ctrl-C; then the count of each kind, on stderr. Without --agent they come from the running daemon.
    """
    from rsu.cli.msg import live
    from rsu.core.folders import default_run

    with usage():
        only = live.Filter.of(aid or (), kind or ())
        source = live.source(run or default_run(), air, agent, listen)

    def job(stop: threading.Event) -> None:
        timer = threading.Timer(seconds or 0, stop.set)
        timer.daemon = True
        if seconds is not None:
            timer.start()
        for name, count in sorted(live.watch(source, only, profile, as_json, stop).items()):
            print(f"{count:7} {name}", file=sys.stderr)

    raise typer.Exit(until_interrupted(job))
