"""What commands share: their common options, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from rsu.exits import Exit

RunOption = Annotated[Path | None, typer.Option("--run", help="folder of sockets of the daemon")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout")]
Recordings = Annotated[list[Path], typer.Argument(metavar="REC...", help="recordings (.mcap)")]


def fail(code: Exit, text: object) -> NoReturn:
    """Say what is wrong on stderr and end with an exit code."""
    typer.echo(text, err=True)
    raise typer.Exit(code)
