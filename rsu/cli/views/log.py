"""`rsu log`: log lines of the journal or a file, filtered, for people and for programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

from hw.detail import Detail
from rsu.cli.views.screen import left
from rsu.core.errors import NotReachableError
from rsu.reasons import logged

LEVELS = tuple(logged.LEVELS)  # the least first
_AGO = re.compile(r"(\d+)([smhd])")
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_OWN = ("event", "process", "level", "timestamp")  # keys of a line that have a place of their own
_NO_JOURNAL = Detail(
    "there is no journal on this machine: name a log file, as in `rsu log daemon.log`",
    "本机没有系统日志：请指定日志文件，如 `rsu log daemon.log`",
)
_LEVEL = Detail("--level: expected one of {}, got {}", "--level：应为 {} 之一，实为 {}")
_NO_TIME = Detail(
    "expected a time as 10m, 2h, 1d or 2026-11-30T06:00, got {}",
    "应为 10m、2h、1d 或 2026-11-30T06:00 形式的时间，实为 {}",
)
_LOOK_S = 0.2  # between two looks for new lines of a file


class LogLine(NamedTuple):
    """One line of the log; a line that is no JSON, as of a traceback, has a text only."""

    text: str
    record: dict[str, Any]

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a line as it was read."""
        try:
            record = json.loads(text) if text.startswith("{") else {}
        except ValueError:
            record = {}
        return cls(text, record if isinstance(record, dict) else {})

    def shown(self, language: str) -> str:
        """Return the line for people in a language: local time, level, process, event, then the figures."""
        if "event" not in self.record:
            return self.text
        moment = _moment(self.record)
        at = f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else "-"
        own = {key: value for key, value in self.record.items() if key not in _OWN}
        figures = " ".join(f"{key}={logged.value(str(value), language)}" for key, value in own.items())
        level, event = str(self.record.get("level", "")), logged.event(str(self.record["event"]), language)
        level = logged.LEVELS[level].told(language) if level in logged.LEVELS else level
        return f"{at} {left(level, 7)} {self.record.get('process', '')}: {event} {figures}".rstrip()


class Wanted(NamedTuple):
    """Which lines are shown."""

    device: str | None
    process: str | None
    level: int  # index in LEVELS
    since: datetime | None
    until: datetime | None

    @classmethod
    def of(
        cls, device: str | None, process: str | None, level: str, since: str | None, until: str | None, of_journal: bool
    ) -> Self:
        """Return the wish of a command line. ValueError: a time or level that is none."""
        if level not in LEVELS:
            raise ValueError(_LEVEL.of(", ".join(LEVELS[1:4]), level))
        begin = since or ("1h" if of_journal else None)
        return cls(device, process, LEVELS.index(level), _time(begin), _time(until))

    def take(self, line: LogLine) -> bool:
        """Return whether a line is shown; a line without a record follows the one before it, and has no filter."""
        record = line.record
        moment, level = _moment(record), str(record.get("level", "info"))
        return not (
            (self.process is not None and record.get("process") != self.process)
            or (self.device is not None and not _about(record, self.device))
            or (level in LEVELS and LEVELS.index(level) < self.level)
            or (moment is not None and self.since is not None and moment < self.since)
            or (moment is not None and self.until is not None and moment > self.until)
        )


class LogWish(NamedTuple):
    """The caller's choice of a log, and how it is shown."""

    file: Path | None  # None: the journal
    unit: str  # of the journal
    follow: bool
    as_json: bool
    language: str
    newest: int | None = None  # so many lines only


def show(wish: LogWish, wanted: Wanted, stop: threading.Event) -> None:
    """Print the wanted lines of a file, or of a unit's journal. NotReachableError: there is no journal."""
    lines = _taken(wish, wanted, stop)
    for line in lines if wish.newest is None else deque(lines, maxlen=wish.newest):
        print(line.text if wish.as_json else line.shown(wish.language), flush=wish.follow)


def _taken(wish: LogWish, wanted: Wanted, stop: threading.Event) -> Iterator[LogLine]:
    """Yield the wanted lines."""
    follow = wish.follow
    lines = _journal(wish.unit, wanted, follow, stop) if wish.file is None else _file(wish.file, follow, stop)
    shown = False
    for text in lines:
        line = LogLine.of(text.rstrip("\n"))
        shown = wanted.take(line) if line.record else shown
        if shown and (line.record or not wish.as_json):
            yield line


def _journal(unit: str, wanted: Wanted, follow: bool, stop: threading.Event) -> Iterator[str]:
    program = shutil.which("journalctl")
    if program is None:
        raise NotReachableError(_NO_JOURNAL)
    command = [program, "--unit", unit, "--output", "cat", "--no-pager"]
    command += ["--since", f"@{wanted.since.timestamp():.0f}"] if wanted.since else []
    command += ["--follow"] if follow else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as journal:
        assert journal.stdout is not None
        threading.Thread(target=_end, args=(journal, stop), daemon=True).start()
        yield from journal.stdout


def _end(journal: subprocess.Popen[str], stop: threading.Event) -> None:
    stop.wait()
    journal.terminate()


def newest(file: Path | None, unit: str, number: int) -> list[str]:
    """Return the newest lines of a file, or of a unit's journal. NotReachableError: there is no journal."""
    everything = Wanted(None, None, 0, None, None)
    lines = _file(file, False, threading.Event()) if file else _journal(unit, everything, False, threading.Event())
    return [line.rstrip("\n") for line in deque(lines, maxlen=number)]


def _file(path: Path, follow: bool, stop: threading.Event) -> Iterator[str]:
    if str(path) == "-":
        yield from sys.stdin
        return
    with path.open("rb") as stream:
        yield from _whole(stream)
        while follow and not stop.is_set():
            stop.wait(_LOOK_S)
            yield from _whole(stream)
        yield from _decoded(stream)  # a last line without its end


def _whole(stream: BinaryIO) -> Iterator[str]:
    """Yield the whole lines from where a file was read to; a line that is half written is left for later."""
    while (line := stream.readline()).endswith(b"\n"):
        yield from _decoded([line])
    stream.seek(-len(line), os.SEEK_CUR)


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    return (line.decode("utf-8", "replace") for line in lines)


def _about(record: dict[str, Any], device: str) -> bool:
    """Return whether a line speaks of a device: it names it, or its process is the device's."""
    named = [*str(record.get("event", "")).split(), str(record.get("process", "")).rpartition(".")[2]]
    return device in named or device in record.values()


def _moment(record: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(record["timestamp"])).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _time(text: str | None) -> datetime | None:
    """Return a moment: so long ago, or a date and time, local without an offset. ValueError: neither."""
    if text is None:
        return None
    if found := _AGO.fullmatch(text):
        return datetime.fromtimestamp(time.time(), UTC) - timedelta(seconds=int(found[1]) * _UNITS_S[found[2]])
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise ValueError(_NO_TIME.of(text)) from None
