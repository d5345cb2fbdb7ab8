"""Looks at the running daemon, off its bus."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from rsu.bus.records import Processes, Sent
from rsu.bus.snapshot import Snapshot
from rsu.bus.sockets import Subscriber
from rsu.explain.look import Carried, Look, carried
from rsu.site import config
from rsu.site.config import Config

_TOPICS = ["snapshot", "sent", "processes"]
_STEP_S = 0.2


def looks(run: Path, seconds: float, stop: threading.Event) -> Iterator[Look]:
    """Yield a look at every snapshot of the next `seconds`, or until `stop`; nothing: no daemon answers.

    RSMs are read once the supervisor has named the site file. ConfigError: it is not valid any more.
    """
    bus, deadline = Subscriber(run, _TOPICS), time.monotonic() + seconds
    site: Config | None = None
    gone: list[Carried] = []
    try:
        while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
            bus.wait(min(left, _STEP_S))
            for _, record in bus.records():
                if isinstance(record, Processes):
                    site = site or config.load(Path(record.site_file))
                elif isinstance(record, Sent) and site is not None:
                    gone += carried(record, site.site.site.reference.reference(), site.site.messages.profile)
                elif isinstance(record, Snapshot):
                    yield Look(record, tuple(gone))
                    gone.clear()
    finally:
        bus.close()
