"""Looks at the running daemon, off its bus."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from rsu.bus.records import Processes, SensorSight, SensorSights, Sent
from rsu.bus.snapshot import Snapshot
from rsu.bus.sockets import Subscriber
from rsu.explain.look import Carried, Look, RsmReading, carried
from rsu.site import config

TOPICS = ["snapshot", "sent", "seen", "processes"]
_STEP_S = 0.2


class Observation:
    """Puts the records of the bus together to looks. RSMs are read once the supervisor has named the site file."""

    def __init__(self, air: RsmReading | None = None) -> None:
        """`air`: where it is known already."""
        self._air = air
        self._gone: list[Carried] = []
        self._seen: list[SensorSight] = []

    def add(self, record: msgspec.Struct) -> Look | None:
        """Take the next record of one of `TOPICS`; return a look at every snapshot. ConfigError: the site file."""
        if isinstance(record, Processes):
            self._air = self._air or RsmReading.of(config.load(Path(record.site_file)).site)
        elif isinstance(record, SensorSights):
            self._seen += record.sights
        elif isinstance(record, Sent) and self._air is not None:
            self._gone += carried(record, self._air)
        elif isinstance(record, Snapshot):
            look = Look(record, tuple(self._gone), tuple(self._seen))
            self._gone, self._seen = [], []
            return look
        return None


def looks(run: Path, seconds: float, stop: threading.Event) -> Iterator[Look]:
    """Yield a look at every snapshot of the next `seconds`, or until `stop`; nothing: no daemon answers.

    ConfigError: the site file is not valid any more.
    """
    bus, deadline, observation = Subscriber(run, TOPICS), time.monotonic() + seconds, Observation()
    try:
        while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            bus.wait(min(left, _STEP_S))
            for _, record in bus.records():
                if (look := observation.add(record)) is not None:
                    yield look
    finally:
        bus.close()
