"""Logging: structlog JSON lines on stderr, one fact a line, at most RATE lines a minute per event name."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections import defaultdict
from typing import Protocol, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

RATE = 20  # lines a minute for one event name: a source that goes mad cannot fill the disk


class _RateLimit:
    """Drops lines that come too often; the next line that passes tells how many were dropped."""

    def __init__(self) -> None:
        self._minute: dict[str, int] = {}
        self._count: defaultdict[str, int] = defaultdict(int)

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        name = str(event.get("event"))
        minute = int(time.monotonic() // 60)
        if self._minute.get(name) != minute:
            dropped = self._count[name] - RATE
            self._minute[name], self._count[name] = minute, 0
            if dropped > 0:
                event["dropped_before"] = dropped
        self._count[name] += 1
        if self._count[name] > RATE:
            raise structlog.DropEvent
        return event


class Stream(Protocol):
    """Where lines go."""

    def write(self, text: str) -> None:
        """Write, or lose the text."""

    def flush(self) -> None:
        """Flush, or lose the buffered lines."""


class _Stderr:
    """Standard error that may fail: on a full disk a line is lost, never the process."""

    def write(self, text: str) -> None:
        """Write, or lose the text."""
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush, or lose the buffered lines."""
        with contextlib.suppress(OSError):
            sys.stderr.flush()


def configure(process: str, stream: Stream | None = None) -> None:
    """Send this process's log to stderr, or another stream that never fails, as JSON lines."""

    def add_process(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    structlog.configure(
        processors=[
            _RateLimit(),
            add_process,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, stream or _Stderr())),
    )
