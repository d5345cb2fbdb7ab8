"""`rsu support-bundle`: everything that a remote engineer needs, without secrets."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hw.detail import NOTHING, Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Data, Json, Run
from rsu.core.exits import Exit

_TAKEN_OUT = Detail(", {} secrets taken out", "，已去除 {} 处机密")
_PIECE = Detail("{} {} octets  {}{}", "{} {} 字节  {}{}")
_WRITE = Detail("write {}?", "写入 {}？")
_NOT_WRITTEN = Detail("nothing written: confirm, or use --yes", "未写入：请确认，或使用 --yes")
EXAMPLES = (
    "rsu support-bundle /etc/rsu/site.yaml",
    "rsu support-bundle --list /etc/rsu/site.yaml         # the list only; nothing is written",
    "rsu support-bundle --yes --out fault.tar.gz /etc/rsu/site.yaml",
)


def command(
    site: Annotated[
        Path | None, typer.Argument(metavar="SITE.yaml", help="site file", show_default="the running daemon's")
    ] = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="archive to write")] = Path("rsu-support.tar.gz"),
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="log of the daemon", show_default="the journal")
    ] = None,
    only_list: Annotated[bool, typer.Option("--list", help="show the list, write nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="write without asking")] = False,
    run: Run = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Write an archive for support: state, site, log, machine.

    The list of its files is shown first. Passwords, tokens, private keys and the users in addresses are taken out of
    every file; recordings and records for the platform are not in it.
    """
    from rsu.cli.views import support
    from rsu.core import folders

    pieces = support.collect(run or folders.default_run(), data or folders.default_data(), site, log)
    for piece in pieces:
        taken = _TAKEN_OUT.of(piece.taken_out) if piece.taken_out else NOTHING
        size = f"{len(piece.content):9}"
        print(_PIECE.of(f"{piece.name:28}", size, piece.meaning, taken).told(spoken()), file=sys.stderr)
    if only_list:
        raise typer.Exit
    if not yes and not (sys.stdin.isatty() and typer.confirm(_WRITE.of(out).told(spoken()), err=True)):
        fail(Exit.USAGE, _NOT_WRITTEN)
    support.write(out, pieces)
    print(json.dumps({"file": str(out), "files": [piece.name for piece in pieces]}) if as_json else out)
