"""What commands share: their common options, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from rsu.core.exits import Exit

RunOption = Annotated[Path | None, typer.Option("--run", help="folder of sockets of the daemon")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout")]
Recordings = Annotated[list[Path], typer.Argument(metavar="REC...", help="recordings (.mcap)")]


def fail(code: Exit, text: object) -> NoReturn:
    """Say what is wrong on stderr and end with an exit code."""
    typer.echo(text, err=True)
    raise typer.Exit(code)


def refuse(error: OSError) -> NoReturn:
    """Say which file cannot be read or written, and why; exit code 5 if it is not permitted, else 4."""
    if isinstance(error, BrokenPipeError):
        raise error  # who reads has enough
    text = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error.strerror or error
    fail(Exit.PERMISSION if isinstance(error, PermissionError) else Exit.NOT_REACHABLE, text)
