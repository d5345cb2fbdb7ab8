"""The last ticks on the shelf of recordings, the one that is being written included."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from pathlib import Path

from rsu.bus.tape import Tape
from rsu.recorder.shelf import Shelf
from rsu.recording import reader
from rsu.recording.errors import DamagedError
from rsu.recording.tick import RAW, REPORT, SENT, TICK, Entry, from_entries
from rsu.site.recording import RecordingSettings

NEWEST_S = 900.0  # an older recording tells nothing of now


def last_ticks(folder: Path, settings: RecordingSettings, seconds: float, now_ns: int) -> list[Tape]:
    """Return the ticks of the last `seconds` of the newest recordings; none: they are too old, or there are none."""
    items = [item for item in Shelf(folder, settings).items() if now_ns - item.end_ns <= NEWEST_S * 1e9]
    tapes: list[Tape] = []
    for item in reversed(items[-2:]):
        tapes = [*_ticks(item.path, seconds), *tapes]
        if tapes and (tapes[-1].outcome.now_ns - tapes[0].outcome.now_ns) >= 0.9 * seconds * 1e9:
            break
    return [] if not tapes else [tape for tape in tapes if tape.seed == tapes[-1].seed]


def _ticks(path: Path, seconds: float) -> list[Tape]:
    """Return the last ticks of one file; a tick that is only half written is left out."""
    kept: deque[list[Entry]] = deque()
    entries: list[Entry] = []
    with suppress(DamagedError, OSError):  # an open file ends anywhere
        for entry, _ in reader.messages(path):
            if entry.topic.startswith((RAW, SENT, REPORT)):
                entries.append(entry)
            elif entry.topic == TICK:
                kept.append([*entries, entry])
                entries = []
                while entry.log_ns - kept[0][-1].log_ns > seconds * 1e9:
                    kept.popleft()
    found: list[Tape] = []
    for each in kept:
        with suppress(ValueError):
            found.append(from_entries(each))
    return found
