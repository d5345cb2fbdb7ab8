"""From errors to exit codes: the one place where the end of a command is decided (codes: `rsu.core.exits`)."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer

from rsu.core.exits import Exit

# OSError by its number: exit code, and what to do; of any other the file is not reachable
_OF_SYSTEM: Mapping[int | None, tuple[Exit, str]] = {
    errno.ENOENT: (Exit.NOT_REACHABLE, "check the path"),
    errno.ENOTDIR: (Exit.NOT_REACHABLE, "check the path"),
    errno.EISDIR: (Exit.NOT_REACHABLE, "name a file in it"),
    errno.ENOSPC: (Exit.NOT_REACHABLE, "make room, or name another place"),
    errno.EACCES: (Exit.PERMISSION, "name another place, or run as a user that has access"),
    errno.EPERM: (Exit.PERMISSION, "name another place, or run as a user that has access"),
    errno.EROFS: (Exit.PERMISSION, "name another place"),
    errno.EADDRINUSE: (Exit.CONFLICT, "does another program, or a daemon, hold the port?"),
}
_OTHER = (Exit.NOT_REACHABLE, "")


def fail(code: Exit, text: object) -> NoReturn:
    """Say what is wrong on stderr and end with an exit code."""
    typer.echo(text, err=True)
    raise typer.Exit(code)


@contextmanager
def translated() -> Iterator[None]:
    """End with message and exit code on errors that are known; others are ours, and come through."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has enough: no error of ours (`rsu.cli.common.ends`)
    except OSError as error:
        fail(_OF_SYSTEM.get(error.errno, _OTHER)[0], _told(error))
    except Exception as error:
        codes = _codes()
        code = next((codes[kind] for kind in type(error).__mro__ if kind in codes), None)
        if code is None:
            raise
        fail(code, error)


@contextmanager
def usage() -> Iterator[None]:
    """End with exit code 2 when what the caller wrote cannot be meant (ValueError)."""
    try:
        yield
    except ValueError as error:
        fail(Exit.USAGE, error)


def _told(error: OSError) -> str:
    """Return which file it is about, what is wrong, and what to do."""
    place = f"{error.filename}: " if error.filename else ""
    advice = _OF_SYSTEM.get(error.errno, _OTHER)[1]
    return f"{place}{error.strerror or error}{'; ' if advice else ''}{advice}"


def _codes() -> dict[type[BaseException], Exit]:
    """Return the exit code of each kind of error; the nearest kind counts. Imported only when there is an error."""
    from rsu.core.errors import AlreadyRunningError, ConfigError, NotReachableError
    from rsu.core.folders import NoHomeError
    from rsu.lab.errors import MissingError, ModelError, ParameterError, StorageError, TruthError
    from rsu.lab.importing.frames import ForeignError
    from rsu.recording.errors import BusyError, RecordingError

    return {
        NoHomeError: Exit.USAGE,
        ParameterError: Exit.USAGE,
        MissingError: Exit.USAGE,
        ConfigError: Exit.INVALID_CONFIG,
        NotReachableError: Exit.NOT_REACHABLE,
        StorageError: Exit.NOT_REACHABLE,
        AlreadyRunningError: Exit.CONFLICT,
        BusyError: Exit.CONFLICT,
        RecordingError: Exit.DAMAGED,
        TruthError: Exit.DAMAGED,
        ModelError: Exit.DAMAGED,
        ForeignError: Exit.DAMAGED,
    }
