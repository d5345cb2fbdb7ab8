"""Files that are whole or not there, at whichever moment the power fails."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

_NEW = ".new"


def write(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a new file and wait for the disk. OSError: it is full or fails. `mode`: less the process's umask."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole, or leave its old content. OSError: the disk is full or fails."""
    new = path.with_name(path.name + _NEW)
    write(new, data, mode)
    new.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until the disk has a file that another library wrote, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def alone(path: Path) -> IO[str]:
    """Return the open lock of a database, a file beside it that holds for as long as it is open.

    SQLite's own exclusive lock would keep readers out too. OSError: another process has it, or it cannot be made.
    """
    lock = path.with_name(path.name + "-lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise BlockingIOError(f"{path} is locked: {error}") from error
    return lock
