"""Recovery of recordings that were being written when the power went, and pieces cut out of recordings.

The readable part is written again as a whole, sealed recording: up to where the file was cut, and without the chunks
that were changed. At every moment of this a file that can be recovered stands on the disk, and of a recording that was
sealed the old file stays.
"""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.recording import reader, salvage, words
from rsu.recording.errors import BusyError, NotARecordingError
from rsu.recording.tick import TICK, Entry, from_entries, number
from rsu.recording.verify import integrity
from rsu.recording.writer import PART, RecordingWriter

BROKEN = ".broken"  # is being recovered
DAMAGED = ".damaged"  # a sealed recording that was recovered, as it was found
RECOVERED = "rsu.recovered"
WHOLE = words.NOTHING_TO_RECOVER.en

_NO_TICK = Detail(
    "{source}: no tick in it",
    "{source}：其中没有任何周期",
)
_BUSY = Detail(
    "{path} is being written",
    "{path} 正在写入",
)


class Recovered(NamedTuple):
    """The result of one file."""

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
    """Make a whole recording, `*.mcap`, of an unfinished or changed one, even if no tick is in it.

    One that is whole stays as it is. OSError: the disk is full or fails; BusyError: a recorder is writing it;
    NotARecordingError: a file that is none and that no recorder left (by its name); it stays as it is.
    """
    _refuse_busy(path)
    left = path.name.endswith((PART, BROKEN))
    final = path.with_name(path.name.removesuffix(BROKEN).removesuffix(PART))
    if not left and not integrity(path):
        last = [entry.data for entry, _ in reader.messages(path) if entry.topic == TICK]
        return Recovered(path, len(last), WHOLE, number(last[-1]) if last else None)
    aside = final.with_name(final.name + (BROKEN if left else DAMAGED))
    if path != aside:
        path.rename(aside)
    try:
        result = copy(aside, final)
    except NotARecordingError as error:
        try:
            result = _without_ticks(aside, final, str(error))
        except NotARecordingError:
            if not left:
                aside.rename(path)
                raise NotARecordingError(f"{path}: {str(error).removeprefix(f'{aside}: ')}") from error
            result = Recovered(None, 0, str(error), None)
    if left:
        aside.unlink()
    return result


def _without_ticks(source: Path, target: Path, why: str) -> Recovered:
    """Write the subject of a recording that was cut before its first tick. NotARecordingError: it is lost, too."""
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
            raise BusyError(_BUSY.of(path=path)) from error


def copy(source: Path, target: Path, from_ns: int = 0, to_ns: int = 1 << 63) -> Recovered:
    """Write the ticks of a time range as a recording of their own. NotARecordingError: there are none."""
    about, files = reader.start(source)
    pending: list[tuple[Entry, int]] = []
    writer: RecordingWriter | None = None
    lost: list[str] = []
    ticks, last = 0, b""
    torn = False  # some of the tick's messages may be among those that cannot be read
    for message in salvage.messages(source, lost):
        if message is None:
            pending, torn = [], True
            continue
        pending.append(message)
        entry = message[0]
        if entry.topic != TICK:
            continue
        if from_ns <= entry.log_ns <= to_ns and not (torn and _torn(pending)):
            writer = writer or RecordingWriter(target, about, files, entry.log_ns)
            writer.put_all(pending)
            ticks, last = ticks + 1, entry.data
        pending, torn = [], False
    if writer is None:
        raise NotARecordingError(_NO_TICK.of(source=source))
    why = "; ".join(lost) or "end"
    writer.note(RECOVERED, {"of": source.name, "ended": why})
    writer.close()
    return Recovered(target, ticks, why, number(last))


def _torn(messages: list[tuple[Entry, int]]) -> bool:
    """Say whether a tick has not all of its messages."""
    try:
        from_entries([entry for entry, _ in messages])
    except ValueError:
        return True
    return False
