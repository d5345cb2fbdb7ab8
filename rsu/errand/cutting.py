"""Pieces of the box's recordings around a time, beside them: a file for each recording that reaches into it.

Recordings are stamped in steady time: the first tick of each tells how far UTC is from it. Of a recording that is still
being written the part on the disk is taken.
"""

from __future__ import annotations

from pathlib import Path

from rsu.errand.sending import ErrandError
from rsu.reasons import commands as words
from rsu.recorder.shelf import SUFFIX, item_of, name
from rsu.recording import reader
from rsu.recording.errors import NotARecordingError
from rsu.recording.recover import copy
from rsu.recording.writer import PART

_CUT = "cut"
_SLACK_NS = 60_000_000_000  # between the clock of the names and that of the ticks


def cut(folder: Path, begin_ns: int, length_s: int) -> list[str]:
    """Write the pieces from a UTC time on; return their names. ErrandError: no recording has any of it."""
    end_ns = begin_ns + length_s * 1_000_000_000
    made = [_piece(path, begin_ns, end_ns, length_s) for path in _around(folder, begin_ns, end_ns)]
    found = [piece for piece in made if piece]
    if not found:
        raise ErrandError(words.NOT_RECORDED)
    return found


def _around(folder: Path, begin_ns: int, end_ns: int) -> list[Path]:
    """Return the recordings that may reach into a time, oldest first; no pieces of earlier cuts."""
    items = [item_of(path) for pattern in (SUFFIX, SUFFIX + PART) for path in folder.glob(f"*Z-*{pattern}")]
    return sorted(
        item.path
        for item in items
        if item is not None
        and f"Z-{_CUT}" not in item.path.name
        and item.begin_ns - _SLACK_NS <= end_ns
        and (item.open or item.end_ns + _SLACK_NS >= begin_ns)
    )


def _piece(source: Path, begin_ns: int, end_ns: int, length_s: int) -> str:
    """Write the piece of one recording; empty: it has none."""
    try:
        first = next(reader.ticks(source), None)
        if first is None:
            return ""
        ahead_ns = first.clock.correction_ns
        target = source.with_name(name(max(begin_ns, first.utc_ns), f"{_CUT}{length_s}"))
        copy(source, target, begin_ns - ahead_ns, end_ns - ahead_ns)
    except NotARecordingError:
        return ""
    return target.name
