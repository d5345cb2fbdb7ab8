"""The folder of recordings: names, classes, keep-marks, and the recordings to give up when age or disk demand it.

Plain files go first, then those with an event, each from the oldest on; a recording that a person marked is never given
up. A mark is a file `NAME.mcap.keep` of JSON lines beside the recording.

Names and ages are of the system clock, which may be wrong: nothing is given up for its age while it is not plausible,
nor recordings made before it was ever set.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from hw.decoding import UNDECODABLE
from hw.timescale import MADE_NS
from rsu.bus.records import RecordingView
from rsu.core import durable
from rsu.recording.writer import PART
from rsu.site.recording import RecordingSettings

SUFFIX, MARK = ".mcap", ".keep"
_WISH = "wish"  # a file beside the recordings: start or stop
_TIME = "%Y%m%dT%H%M%S"
_GIB = 1 << 30
_S = 1_000_000_000
Class = Literal["plain", "event", "kept"]


class KeepMark(msgspec.Struct, frozen=True):
    """Why a recording is kept."""

    kind: Class
    at_ns: int
    why: str


class ShelfItem(NamedTuple):
    """One recording on the shelf."""

    path: Path
    begin_ns: int
    end_ns: int
    size: int
    marks: list[KeepMark]
    open: bool  # still being written, or left behind

    @property
    def kind(self) -> Class:
        """Return the class that decides how long it is kept."""
        kinds = {mark.kind for mark in self.marks}
        return "kept" if "kept" in kinds else "event" if "event" in kinds else "plain"


def name(begin_ns: int, boot: str) -> str:
    """Return the file name of a recording that begins now."""
    moment = datetime.fromtimestamp(begin_ns // _S, UTC)
    return f"{moment:{_TIME}}.{begin_ns // 1_000_000 % 1000:03}Z-{boot[:8]}{SUFFIX}"


class Shelf:
    """The recordings in one folder."""

    def __init__(self, folder: Path, settings: RecordingSettings) -> None:
        self.folder = folder
        self._settings = settings

    def items(self) -> list[ShelfItem]:
        """Return all recordings, oldest first."""
        paths = [*self.folder.glob(f"*{SUFFIX}"), *self.folder.glob(f"*{SUFFIX}{PART}")]
        found = [item_of(path) for path in paths]
        return sorted((item for item in found if item is not None), key=lambda item: (item.begin_ns, item.path.name))

    def mark(self, mark: KeepMark, recent: Collection[str] = ()) -> list[Path]:
        """Keep the recordings around a moment; return the files that are kept for it.

        `recent`: names of files that do in any case, without regard to the clock.
        """
        begin = mark.at_ns - round(self._settings.keep_before_s * _S)
        end = mark.at_ns + round(self._settings.keep_after_s * _S)
        chosen = [
            item.path
            for item in self.items()
            if item.path.name in recent or (item.begin_ns <= end and (item.open or item.end_ns >= begin))
        ]
        for path in chosen:
            with _mark_path(path).open("ab") as file:
                file.write(msgspec.json.encode(mark) + b"\n")
        return chosen

    def tidy(self, now_ns: int | None) -> list[Path]:
        """Give up recordings that are too old or too many; return them. `now_ns`: UTC; None: it is not plausible."""
        gone = [item for item in self.items() if now_ns and not item.open and self._too_old(item, now_ns)]
        _remove(gone)
        rest = [item for item in self.items() if not item.open and item.kind != "kept"]
        rest.sort(key=lambda item: (item.kind == "event", item.begin_ns))
        while rest and self.shortage() > 0:
            _remove(rest[:1])
            gone.append(rest.pop(0))
        return [item.path for item in gone]

    def shortage(self) -> int:
        """Return how many bytes too much are on the disk; 0 or less: none."""
        disk = shutil.disk_usage(self.folder)
        limits = self._settings.disk
        least = max(limits.min_free_gib * _GIB, limits.min_free_percent / 100 * disk.total)
        size = sum(item.size for item in self.items())
        return round(max(least - disk.free, size - limits.max_gib * _GIB))

    def wanted(self) -> bool:
        """Return whether to record: the last order, else the site file."""
        try:
            wish = (self.folder / _WISH).read_bytes()
        except OSError:
            return self._settings.enabled
        return {b"start": True, b"stop": False}.get(wish, self._settings.enabled)  # a power cut leaves odd files

    def want(self, verb: Literal["start", "stop"]) -> None:
        """Remember the last order, across restarts. OSError: the disk is full or fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        durable.replace(self.folder / _WISH, verb.encode())

    def _too_old(self, item: ShelfItem, now_ns: int) -> bool:
        limit_h = {"plain": self._settings.max_age_h, "event": self._settings.event_max_age_h}.get(item.kind)
        return limit_h is not None and item.end_ns > MADE_NS and now_ns - item.end_ns > limit_h * 3600 * _S


def view(item: ShelfItem) -> RecordingView:
    """Return a recording as the page and `rsu rec ls` show it."""
    why = ", ".join(sorted({mark.why for mark in item.marks if mark.why}))
    return RecordingView(item.path.name, "open" if item.open else item.kind, item.begin_ns, item.size, why)


def item_of(path: Path) -> ShelfItem | None:
    """Return a recording by its name; None: it has another kind of name, or is just gone."""
    try:
        moment = datetime.strptime(path.name.partition("Z")[0], f"{_TIME}.%f").replace(tzinfo=UTC)
        facts = path.stat()
        lines = _mark_path(path).read_bytes().splitlines() if _mark_path(path).exists() else []
    except (ValueError, OSError):
        return None
    begin_ns = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
    return ShelfItem(path, begin_ns, facts.st_mtime_ns, facts.st_size, _marks(lines), path.name.endswith(PART))


def _marks(lines: list[bytes]) -> list[KeepMark]:
    """Return the marks that can be read: a power cut may have torn the last one."""
    found = []
    for line in lines:
        try:
            found.append(msgspec.json.decode(line, type=KeepMark))
        except UNDECODABLE:
            found.append(KeepMark("event", 0, "a mark that cannot be read"))
    return found


def _mark_path(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(PART) + MARK)


def _remove(items: list[ShelfItem]) -> None:
    for item in items:
        item.path.unlink(missing_ok=True)
        _mark_path(item.path).unlink(missing_ok=True)
