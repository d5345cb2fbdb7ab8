"""Recovery of recordings that were being written when the power went, and pieces cut out of recordings.

What was flushed is read as far as it goes and written again as a whole, sealed recording. At every moment of this a
file that can be recovered stands on the disk.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import NamedTuple

from rsu.recording import reader
from rsu.recording.errors import BusyError, DamagedError, NotARecordingError
from rsu.recording.tick import TICK, Entry, number
from rsu.recording.writer import PART, RecordingWriter

BROKEN = ".broken"
RECOVERED = "rsu.recovered"


class Recovered(NamedTuple):
    """What came of one file."""

    path: Path | None  # None: nothing was in it
    ticks: int
    why: str  # where reading ended
    last: tuple[bytes, int] | None  # seed and number of the last tick


def unfinished(folder: Path) -> list[Path]:
    """Return the files that a recorder left behind, oldest first; files of recoveries that did not end either."""
    broken = sorted(folder.glob(f"*{BROKEN}"))
    again = {path.with_name(path.name.removesuffix(BROKEN) + PART) for path in broken}
    return broken + sorted(path for path in folder.glob(f"*{PART}") if path not in again)


def recover(path: Path) -> Recovered:
    """Make a whole recording, `*.mcap`, of an unfinished one, even if no tick is in it.

    OSError: the disk is full or fails; BusyError: a recorder is writing it; NotARecordingError: a file that is none and
    that no recorder left (by its name); it stays as it is.
    """
    _refuse_busy(path)
    final = path.with_name(path.name.removesuffix(BROKEN).removesuffix(PART))
    broken = final.with_name(final.name + BROKEN)
    if path != broken:
        path.rename(broken)
    try:
        result = copy(broken, final)
    except NotARecordingError as error:
        try:
            result = _without_ticks(broken, final, str(error))
        except NotARecordingError:
            if not path.name.endswith((PART, BROKEN)):
                broken.rename(path)
                raise
            result = Recovered(None, 0, str(error), None)
    broken.unlink()
    return result


def _without_ticks(source: Path, target: Path, why: str) -> Recovered:
    """Write what a recording is of that was cut before its first tick. NotARecordingError: not even that is there."""
    about, files = reader.start(source, torn=True)
    writer = RecordingWriter(target, about, files, 0)
    writer.note(RECOVERED, {"of": source.name, "ended": why})
    writer.close()
    return Recovered(target, 0, why, None)


def _refuse_busy(path: Path) -> None:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(f"{path} is being written") from error


def copy(source: Path, target: Path, from_ns: int = 0, to_ns: int = 1 << 63) -> Recovered:
    """Write the ticks of a time range as a recording of their own. NotARecordingError: there are none."""
    about, files = reader.start(source)
    pending: list[tuple[Entry, int]] = []
    writer: RecordingWriter | None = None
    ticks, why = 0, "end"
    last = b""
    try:
        for entry, seq in reader.messages(source):
            pending.append((entry, seq))
            if entry.topic != TICK:
                continue
            if from_ns <= entry.log_ns <= to_ns:
                writer = writer or RecordingWriter(target, about, files, entry.log_ns)
                writer.put_all(pending)
                ticks, last = ticks + 1, entry.data
            pending = []
    except DamagedError as error:
        why = str(error)
    if writer is None:
        raise NotARecordingError(f"{source}: no tick in it")
    writer.note(RECOVERED, {"of": source.name, "ended": why})
    writer.close()
    return Recovered(target, ticks, why, number(last))
