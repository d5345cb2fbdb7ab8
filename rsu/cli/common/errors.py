"""From errors to exit codes: the one place where the end of a command is decided (codes: `rsu.core.exits`)."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer

from hw import system
from hw.detail import NOTHING, Detail, in_language, sentence
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Language
from rsu.core.exits import Exit

_CHECK = Detail("; check the path", "；请检查路径")
_NO_ACCESS = Detail("; name another place, or run as a user that has access", "；请另选位置，或以有权限的用户运行")

# OSError by its number: exit code and remedy; with any other number the file is not reachable
_OF_SYSTEM: Mapping[int | None, tuple[Exit, Detail]] = {
    errno.ENOENT: (Exit.NOT_REACHABLE, _CHECK),
    errno.ENOTDIR: (Exit.NOT_REACHABLE, _CHECK),
    errno.EISDIR: (Exit.NOT_REACHABLE, Detail("; name a file in it", "；请给出其中的文件")),
    errno.ENOSPC: (Exit.NOT_REACHABLE, Detail("; make room, or name another place", "；请清理空间或另选位置")),
    errno.EACCES: (Exit.PERMISSION, _NO_ACCESS),
    errno.EPERM: (Exit.PERMISSION, _NO_ACCESS),
    errno.EROFS: (Exit.PERMISSION, Detail("; name another place", "；请另选位置")),
    errno.EADDRINUSE: (
        Exit.CONFLICT,
        Detail("; does another program, or a daemon, hold the port?", "；端口是否被其他程序或守护程序占用？"),
    ),
}
_OTHER = (Exit.NOT_REACHABLE, NOTHING)
_TOLD = Detail("{place}{reason}{advice}", "{place}{reason}{advice}")


def fail(code: Exit, text: object) -> NoReturn:
    """Print the error on stderr, in the language of the locale, and end with an exit code."""
    typer.echo(said(text, spoken()), err=True)
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
    """End with exit code 2 when the caller's arguments are invalid (ValueError)."""
    try:
        yield
    except ValueError as error:
        fail(Exit.USAGE, error)


def said(what: object, language: Language) -> str:
    """Return the text of an error in a language; one without a Chinese text stays as it is."""
    return str(in_language(sentence(what), language))


def _told(error: OSError) -> Detail:
    """Return its file, its reason and its remedy."""
    place = f"{error.filename}: " if error.filename else ""
    return _TOLD.of(place=place, reason=system.said(error), advice=_OF_SYSTEM.get(error.errno, _OTHER)[1])


def _codes() -> dict[type[BaseException], Exit]:
    """Return the exit code of each kind of error; the nearest kind counts. Imported only when there is an error."""
    from rsu.calibration.errors import CalibrateError
    from rsu.core.errors import AlreadyRunningError, ConfigError, NotReachableError
    from rsu.core.folders import NoHomeError
    from rsu.lab.errors import MissingError, ModelError, ParameterError, StorageError, TruthError
    from rsu.lab.importing.frames import ForeignError
    from rsu.lab.maps.errors import MapError, PlaceUnknownError
    from rsu.recording.errors import BusyError, RecordingError
    from rsu.site.edit import KeyPathError
    from rsu.site.exchange import ArchiveError
    from rsu.site.history import ChangedMeanwhileError, NoVersionError
    from rsu.site.keys.find import UnknownKeyError
    from rsu.site.probation import UnderProbationError
    from rsu.upgrade.errors import BackupError, OccupiedError, ReleaseError, ReturnedError

    conflicts = (AlreadyRunningError, OccupiedError, BusyError, UnderProbationError, ChangedMeanwhileError)
    return {
        NoHomeError: Exit.USAGE,
        ParameterError: Exit.USAGE,
        MissingError: Exit.USAGE,
        CalibrateError: Exit.USAGE,
        KeyPathError: Exit.USAGE,
        UnknownKeyError: Exit.USAGE,
        NoVersionError: Exit.USAGE,
        ArchiveError: Exit.DAMAGED,
        ConfigError: Exit.INVALID_CONFIG,
        NotReachableError: Exit.NOT_REACHABLE,
        StorageError: Exit.NOT_REACHABLE,
        **dict.fromkeys(conflicts, Exit.CONFLICT),
        ReturnedError: Exit.FOUND,
        BackupError: Exit.DAMAGED,
        ReleaseError: Exit.DAMAGED,
        RecordingError: Exit.DAMAGED,
        TruthError: Exit.DAMAGED,
        ModelError: Exit.DAMAGED,
        ForeignError: Exit.DAMAGED,
        PlaceUnknownError: Exit.USAGE,
        MapError: Exit.DAMAGED,
    }
