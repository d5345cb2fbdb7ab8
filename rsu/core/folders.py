"""Where the daemon keeps sockets (run) and files that must survive (data): their owners, and their holder now."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hw.detail import Detail
from rsu.core.errors import AlreadyRunningError, RsuError

UMASK = 0o027  # files 0640, folders 0750: nothing for strangers
LONGEST = 107  # octets of a socket's path (sun_path)
_ANOTHER_DAEMON = Detail("another daemon uses {}", "{} 已被另一守护程序使用")
_NO_HOME = Detail(
    "this user has no home folder: name the folder with --data, or set HOME",
    "该用户没有主目录：请用 --data 指定目录，或设置 HOME",
)


class NoHomeError(RsuError):
    """A user without a home folder, where one is needed."""


def default_run() -> Path:
    """Return /run/rsu for root, else a folder of the user's."""
    if os.geteuid() == 0:
        return Path("/run/rsu")
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"rsu-{os.geteuid()}"


def default_data() -> Path:
    """Return /var/lib/rsu for root, else a folder in the user's home. NoHomeError: without a home, name a folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/rsu")
    try:
        return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "rsu"
    except RuntimeError as error:
        raise NoHomeError(_NO_HOME) from error


@contextlib.contextmanager
def claim(folder: Path) -> Iterator[int]:
    """Hold a folder alone, made if there is none; gives its descriptor. The lock goes with the process.

    AlreadyRunningError: another daemon holds it; OSError: it cannot be made, or belongs to another user.
    """
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    refuse_strangers(folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(_ANOTHER_DAEMON.of(folder)) from error
        yield descriptor
    finally:
        os.close(descriptor)


def refuse_strangers(folder: Path) -> None:
    """Raise PermissionError if a folder, or the link that leads there, belongs to another user or is open to all."""
    link, target = folder.lstat(), folder.stat()
    if stat.S_ISLNK(link.st_mode) and link.st_uid not in (0, os.geteuid()):
        raise _refusal(folder, f"is a link of {_user(link.st_uid)}")
    if target.st_uid != os.geteuid():
        raise _refusal(folder, f"belongs to {_user(target.st_uid)}, the daemon is {_user(os.geteuid())}")
    if target.st_mode & stat.S_IWOTH:
        raise _refusal(folder, f"is writable for all users (mode {stat.S_IMODE(target.st_mode):04o}): chmod 750 it")


def _refusal(folder: Path, why: str) -> PermissionError:
    return PermissionError(errno.EPERM, why, str(folder))


def _user(uid: int) -> str:
    with contextlib.suppress(KeyError):
        return f"user {pwd.getpwuid(uid).pw_name}"
    return f"user {uid}"


def refuse_long(run: Path, sockets: Iterator[str]) -> None:
    """Raise ValueError if a run folder's path is too long for the sockets in it."""
    longest = max(len(os.fsencode(name)) for name in sockets)
    if len(os.fsencode(run.absolute())) + 1 + longest > LONGEST:
        raise ValueError(
            f"{run}: too long; with sockets of this site's names {LONGEST - 1 - longest} octets are allowed"
        )
