"""Runs inputs through a target and keeps the faults: errors that escaped, slow inputs, growth of memory."""

from __future__ import annotations

import gc
import time
import traceback
from mmap import mmap
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.fuzz.folders import digest

if TYPE_CHECKING:  # the table's imports must wait until they can be instrumented
    from tests.fuzz.parser import Parser
    from tests.fuzz.targets import Target

_TRIES = 5  # a slow input is timed again: the machine has other work
_WARM_UP = 2000  # inputs before memory is measured
_MIB = 1 << 20
_LONGEST = 1 << 16  # octets of an input and 4 more
TRAIL = "trail"


class Judge:
    """One target at work. `folder` gets the failures, each beside its traceback; None keeps them here alone."""

    def __init__(self, target: Target, parser: Parser, folder: Path | None) -> None:
        self.failures: dict[str, str] = {}  # where it escaped -> traceback of the first
        self.inputs = 0
        self.worst_ms = 0.0
        self._worst = b""
        self._target = target
        self._parser = parser
        self._folder = folder
        self._rss_mib: float | None = None
        self._trail = None if folder is None else _trail(folder)

    def take(self, data: bytes) -> None:
        """Run one input."""
        self.inputs += 1
        if self._trail is not None:
            self._trail[: 4 + len(data)] = len(data).to_bytes(4) + data
        began = time.thread_time()
        try:
            self._parser(data)
        except Exception as error:
            self._fail(error, data)
            return
        spent_ms = (time.thread_time() - began) * 1000
        if spent_ms > self.worst_ms:
            spent_ms = spent_ms if spent_ms < self._target.limit_ms / 4 else self._again_ms(data)
            self._note(spent_ms, data)
        if self.inputs == _WARM_UP:
            self._rss_mib = rss_mib()

    def slow(self) -> str | None:
        """Return the finding on the slowest input; None when it is within the limit."""
        if self.worst_ms <= self._target.limit_ms:
            return None
        self._save("slow", self._worst, f"{self.worst_ms:.2f} ms, the limit is {self._target.limit_ms} ms")
        return f"{self.worst_ms:.2f} ms for {digest(self._worst)} of {len(self._worst)} octets"

    def growth_mib(self) -> float:
        """Return by how much memory has grown since the warm-up; 0 before its end."""
        return 0.0 if self._rss_mib is None else rss_mib() - self._rss_mib

    def _again_ms(self, data: bytes) -> float:
        """Time an input that seems slow once more; its cost is the fastest of a few tries."""
        gc.collect()
        times = []
        for _ in range(_TRIES):
            began = time.thread_time()
            self._parser(data)
            times.append((time.thread_time() - began) * 1000)
        return min(times)

    def _note(self, spent_ms: float, data: bytes) -> None:
        if spent_ms > self.worst_ms:
            self.worst_ms, self._worst = spent_ms, data

    def _fail(self, error: Exception, data: bytes) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
        if place not in self.failures:
            self.failures[place] = "".join(traceback.format_exception(error))
            self._save("crash", data, self.failures[place])

    def _save(self, kind: str, data: bytes, text: str) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{kind}-{digest(data)}"
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(text, encoding="utf-8")


def _trail(folder: Path) -> mmap:
    """Return the memory in which the present input stands, so that it outlives the process: C code may crash."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / TRAIL
    path.write_bytes(bytes(_LONGEST))
    with path.open("r+b") as file:
        return mmap(file.fileno(), _LONGEST)


def last_input(folder: Path) -> bytes:
    """Return the input at which a process ended."""
    trail = (folder / TRAIL).read_bytes()
    return trail[4 : 4 + int.from_bytes(trail[:4])]


def rss_mib() -> float:
    """Return the memory of this process that is in use."""
    gc.collect()
    return float(psutil.Process().memory_info().rss) / _MIB
