"""Lines of the daemon's processes on their way to standard error: no process ever waits for the reader.

A terminal that is stopped, a full pipe, a journal that hangs: lines are lost then, and nothing else. Every process
writes into a pipe of its own that takes lines while it has room; the zygote empties the pipes, and keeps last words.
"""

from __future__ import annotations

import json
import os
import select
from contextlib import suppress

_PIECE = 4096  # octets that a pipe takes whole once it is writable (PIPE_BUF)
_READ, _READS = 1 << 16, 4  # octets at once, and how often: then the other pipes have their turn
_KEPT = 8192  # octets of the newest lines
_WORDS = 240  # characters
ALLOWANCE = 64 << 10  # octets a minute from one process: a library that chatters cannot fill the disk
_QUIET = ("debug", "info")


class Stderr:
    """Standard error, as far as it takes octets now."""

    def write(self, text: str | bytes) -> None:
        """Write; octets that are not taken at once are lost."""
        data = text.encode(errors="replace") if isinstance(text, str) else text
        with suppress(OSError, ValueError):
            for at in range(0, len(data), _PIECE):
                if not select.select([], [2], [], 0)[1]:
                    return
                os.write(2, data[at : at + _PIECE])

    def flush(self) -> None:
        """There is no buffer."""


class Mouth:
    """One process's pipe, the reading end."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.open = True  # a process still holds the writing end
        self._line = b""  # that has no end yet
        self._newest = b""
        self._said = 0  # octets in this minute
        self._lost = 0
        self._minute = 0

    def listen(self, now_s: float) -> bytes:
        """Return the lines that are complete, within the process's allowance. `now_s`: monotonic."""
        lines, newline, self._line = (self._line + self._read()).rpartition(b"\n")
        if self._line and (not self.open or len(self._line) > _KEPT):
            lines, newline, self._line = lines + newline + self._line, b"\n", b""
        self._newest = (self._newest + lines + newline)[-_KEPT:]
        return self._allowed(lines + newline, now_s)

    def _read(self) -> bytes:
        pieces: list[bytes] = []
        with suppress(BlockingIOError):
            while len(pieces) < _READS and (piece := os.read(self.descriptor, _READ)):
                pieces.append(piece)
            self.open = len(pieces) == _READS
        return b"".join(pieces)

    def _allowed(self, lines: bytes, now_s: float) -> bytes:
        minute, before = int(now_s // 60), b""
        if minute != self._minute:
            before = f"{self._lost} octets of this process were not shown\n".encode() if self._lost else b""
            self._minute, self._said, self._lost = minute, 0, 0
        if self._said + len(lines) > ALLOWANCE:
            self._lost += len(lines)
            return before
        self._said += len(lines)
        return before + lines

    def words(self) -> str:
        """Return the last line that reports a fault: the error of a log line or the end of a traceback."""
        for line in reversed(self._newest.decode(errors="replace").splitlines()):
            if word := _meaning(line.strip()):
                return word[:_WORDS]
        return ""

    def close(self) -> None:
        """Close the pipe."""
        os.close(self.descriptor)


def _meaning(line: str) -> str:
    """Return the fault that a line reports; empty: none."""
    try:
        fact = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fact, dict) or fact.get("level") in _QUIET:
        return ""
    story = str(fact.get("exception", "")).strip().rpartition("\n")[2]
    told = story or str(fact.get("why") or fact.get("error") or "")
    return ": ".join(filter(None, (str(fact.get("event", "")), told)))
