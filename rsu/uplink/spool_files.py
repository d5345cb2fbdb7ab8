"""The files of a spool: the database, its journal, and the one that is being made beside it."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from rsu.core import durable
from rsu.uplink.errors import SpoolError


def fresh(path: Path) -> Path:
    """Return where a spool is made before it takes its place."""
    return path.with_name(path.name + ".new")


def files(path: Path) -> list[Path]:
    """Return the files of a database: its WAL belongs to it."""
    return [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "")]


def remove(path: Path) -> None:
    """Remove all files of a spool. SpoolError."""
    try:
        for file in files(path):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise SpoolError(f"{file} cannot be removed: {error}") from error


def rename(path: Path, target: Path) -> None:
    """Move all files of a spool to another name. SpoolError."""
    try:
        for source, destination in zip(files(path), files(target), strict=True):
            if source.exists():
                source.rename(destination)
    except OSError as error:
        raise SpoolError(f"{source} cannot be renamed: {error}") from error


def alone(path: Path) -> IO[str]:
    """Return the open lock of a spool. SpoolError: another process has it, or it cannot be made."""
    try:
        return durable.alone(path)
    except OSError as error:
        raise SpoolError(str(error)) from error
