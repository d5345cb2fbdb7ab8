"""`rsu log`: the daemon's log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.ends import until_interrupted
from rsu.cli.common.errors import fail, usage
from rsu.cli.common.language import spoken
from rsu.cli.common.options import JsonLines
from rsu.core.exits import Exit

_ENDLESS = Detail("--newest and --follow exclude each other", "--newest 与 --follow 不能同时使用")
EXAMPLES = (
    "rsu log",
    "rsu log --device radar-north --since 10m",
    "rsu log --level warning --since 2026-11-30T06:00 --until 2026-11-30T07:00",
    "rsu log --level warning --since 1d --newest 50",
    "rsu log --follow --process uplink",
    "rsu log daemon.log --json                 # of a file, as it was written",
)


def command(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE|-", help="log of the daemon; - is stdin", show_default="the journal")
    ] = None,
    device: Annotated[
        str | None, typer.Option(metavar="NAME", help="only lines about this device", show_default="all")
    ] = None,
    process: Annotated[
        str | None, typer.Option(metavar="NAME", help="only lines of this process", show_default="all")
    ] = None,
    level: Annotated[str, typer.Option(help="least level: info, warning or error")] = "info",
    since: Annotated[
        str | None,
        typer.Option(metavar="T", help="from T on: 30s, 10m, 2h, 1d ago, or a date and time", show_default="1h"),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="T", help="up to T", show_default="now")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="go on with new lines until Ctrl-C")] = False,
    newest: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="only the newest N lines", show_default="all")
    ] = None,
    unit: Annotated[str, typer.Option(metavar="NAME", help="systemd unit whose journal is read")] = "rsu",
    as_json: JsonLines = False,
) -> None:
    """Show the daemon's log, by device, process, level and time.

    Times without an offset are local. A file is read from its beginning when --since is not given.

    Exit code 4: there is no journal on this machine; name a file.
    """
    from rsu.cli.views import log as view

    if newest and follow:
        fail(Exit.USAGE, _ENDLESS)
    with usage():
        wanted = view.Wanted.of(device, process, level, since, until, of_journal=file is None)
    wish = view.LogWish(file, unit, follow, as_json, spoken(), newest)
    raise typer.Exit(until_interrupted(lambda stop: view.show(wish, wanted, stop)))
