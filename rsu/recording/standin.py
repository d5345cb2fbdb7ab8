"""Which devices of a run folder are played from a recording now: `replay.json`, locked while it plays.

A video camera's own process keeps silent meanwhile, or the station would hear both in turns.
"""

from __future__ import annotations

import errno
import fcntl
import json
import time
from pathlib import Path
from typing import IO

PLAYS = "replay.json"
_ATTEMPTS, _PAUSE_S = 10, 0.02  # a process that asks for the list holds the lock for a moment


def claim(run: Path, plays: bytes) -> IO[bytes]:
    """Note the recording to play (JSON); the file's lock goes with its descriptor. OSError: another plays already."""
    file = (run / PLAYS).open("a+b")
    for _ in range(_ATTEMPTS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
            continue
        file.truncate(0)
        file.write(plays)
        file.flush()
        return file
    file.close()
    raise OSError(errno.EBUSY, "a recording is played here already: end that, or choose another run folder", str(run))


def played(run: Path) -> frozenset[str]:
    """Return the devices that are played now."""
    try:
        with (run / PLAYS).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return frozenset(play["device"] for play in json.load(file))
    except (OSError, ValueError):  # never played; or it is being written
        pass
    return frozenset()
