"""The newest records of a running daemon, off the bus of its run folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hw.detail import Detail
from rsu.bus import topics
from rsu.bus.sockets import Subscriber
from rsu.bus.troubles import Newest
from rsu.core.errors import NotReachableError

NO_DAEMON = Detail(
    "no daemon answers in {folder}; name the run folder of yours with --run",
    "{folder} 中没有守护程序应答；请用 --run 指定其运行目录",
)
TOPICS = ["processes", "snapshot", "uplink", "recorder"]
_WAIT_S = 2.5  # the slowest topic comes once a second
_START_S = 0.5  # where there is no socket of a bus yet


class NewestRecords:
    """The newest record of each topic, with the time at which it came."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._subscriber = Subscriber(run, TOPICS)
        self._heard: dict[str, tuple[msgspec.Struct, float]] = {}  # topic -> record, monotonic s

    def first(self) -> Newest:
        """Return the newest records, as soon as every topic was heard. NotReachableError: no daemon publishes."""
        deadline = time.monotonic() + (_WAIT_S if any(self._run.glob("*.ipc")) else _START_S)
        while len(self._heard) < len(TOPICS) and (left := deadline - time.monotonic()) > 0:
            self._take(left)
        if not self._heard:
            raise NotReachableError(NO_DAEMON.of(folder=self._run))
        return self.newest()

    def follow(self, period_s: float, stop: threading.Event) -> Iterator[Newest]:
        """Yield the newest records at once, then every period. NotReachableError: no daemon publishes at the start."""
        yield self.first()
        while not stop.is_set():
            deadline = time.monotonic() + period_s
            while (left := deadline - time.monotonic()) > 0 and not stop.is_set():
                self._take(left)
            yield self.newest()

    def newest(self) -> Newest:
        """Return the newest records; a topic that is silent for too long has none."""
        now = time.monotonic()
        fresh: dict[str, Any] = {name: each for name, (each, at) in self._heard.items() if now - at <= _stale_s(name)}
        return Newest(**fresh)

    def close(self) -> None:
        """Leave the bus."""
        self._subscriber.close()

    def _take(self, timeout_s: float) -> None:
        self._subscriber.wait(timeout_s)
        now = time.monotonic()
        for topic, record in self._subscriber.records():
            self._heard[topic] = record, now


def _stale_s(topic: str) -> float:
    return topics.topic(topic).stale_after_s or float("inf")
