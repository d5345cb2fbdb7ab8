"""The supervisor: judges the daemon's processes by their progress and their memory, and has them started again.

It waits for nobody: the zygote forks, kills and reaps for it, and what touches a disk runs on a thread of its own.
When it ends, its children go on; the next supervisor takes them over with what this one remembered.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from rsu.bus import Publisher, Subscriber
from rsu.daemon.child import Child
from rsu.daemon.orders import Alive, Ended, Heed, Kill, Line, Start, Started
from rsu.daemon.processes import Row
from rsu.daemon.scales import Scales
from rsu.daemon.zygote import SUPERVISOR, Past
from rsu.exits import Exit
from rsu.records import Processes, ProcessView, Progress

_LOOK_S = 0.1
_VIEW_S = 1.0
_PAUSE_S = 1.0  # between two looks: longer, and we were stopped ourselves
_DEAF_S = 5.0  # without a sign of life from the zygote
BUDGET = (150, 20)  # our own: MiB, percent of a core
_log = structlog.get_logger()


class Known(msgspec.Struct, frozen=True):
    """What the next supervisor needs to know of one process."""

    restarts: int
    error: str | None


_encode = msgspec.msgpack.Encoder().encode
_known = msgspec.msgpack.Decoder(dict[str, Known]).decode


class Duty(NamedTuple):
    """What is to be kept running."""

    name: str  # of the site
    site: Path  # its file, frozen
    rows: Mapping[str, Row]
    run: Path


def supervise(duty: Duty, line: Line, past: Past) -> int:
    """Keep the processes of a site running until SIGTERM; returns an exit code."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    supervisor = Supervisor(duty, line, past)
    while not stop.is_set() and not line.broken:
        supervisor.step()
    supervisor.close()
    return Exit.FINE


class Supervisor:
    """All that the process holds."""

    def __init__(self, duty: Duty, line: Line, past: Past) -> None:
        self._duty = duty
        self._line = line
        known = _known(past.memory) if past.memory else {}
        own = known.get(SUPERVISOR, Known(-1, None))
        self._restarts, self._error = own.restarts + 1, "ended or hung" if past.memory else own.error
        now = time.monotonic()
        self._children = {name: _child(name, row, known) for name, row in duty.rows.items()}
        for member in past.members:
            if member.name in self._children:
                self._children[member.name].adopt(member.pid, now)
        self._scales = Scales()
        self._bus = Publisher(duty.run, SUPERVISOR)
        self._progress = Subscriber(duty.run, [f"progress.{name}" for name in duty.rows])
        self._looked = self._heard = now
        self._viewed = float("-inf")

    def step(self) -> None:
        """Take in what comes within a moment, and do what is due."""
        self._progress.wait(_LOOK_S)
        now = time.monotonic()
        self._listen(now)
        if (pause_s := now - self._looked) > _PAUSE_S:
            _log.warning("stood still", seconds=round(pause_s, 1))
            for child in self._children.values():
                child.forgive(pause_s)
        self._looked = now
        for child in self._children.values():
            self._order(child, child.look(now, str(self._duty.site)))
        if now - self._viewed >= _VIEW_S:
            self._viewed = now
            self._view(now)

    def _listen(self, now: float) -> None:
        for _, record in self._progress.records():
            if isinstance(record, Progress) and record.process in self._children:
                self._children[record.process].progressed(now)
        for news in self._line.received():
            if isinstance(news, Alive):
                self._heard = now
            elif isinstance(news, Started) and news.name in self._children:
                self._children[news.name].started(news.pid, now)
                self._viewed = float("-inf")
            elif isinstance(news, Ended) and news.name in self._children:
                self._children[news.name].ended(news, now)
                self._viewed = float("-inf")

    def _order(self, child: Child, orders: Iterable[Start | Kill]) -> None:
        for order in orders:
            if isinstance(order, Kill):
                _log.error("process killed", name=child.name, pid=order.pid, why=child.error)
            self._line.send(order)

    def _view(self, now: float) -> None:
        """Weigh everybody, tell the bus, and leave word for who comes after us."""
        views = [self._own(now)]
        for child in self._children.values():
            view = self._row(child, now)
            self._order(child, child.weighed(view.rss_mib, now))
            views.append(view)
        self._bus.publish("processes", Processes(time.time_ns(), self._duty.name, views))
        known = {view.name: Known(view.restarts, view.error) for view in views}
        self._line.send(Heed(_encode(known)))

    def _row(self, child: Child, now: float) -> ProcessView:
        weight = self._scales.weigh(child.name, child.pid, now)
        return ProcessView(
            name=child.name,
            state=child.state(now),
            pid=child.pid,
            restarts=max(0, child.restarts),
            budget_rss_mib=child.row.rss_mib,
            error=child.error,
            budget_cpu_percent=child.row.cpu_percent,
            undying=child.undying,
            **weight._asdict(),
        )

    def _own(self, now: float) -> ProcessView:
        deaf_s = now - self._heard
        return ProcessView(
            name=SUPERVISOR,
            state="running",
            pid=os.getpid(),
            restarts=self._restarts,
            budget_rss_mib=BUDGET[0],
            error=f"the root process is silent for {deaf_s:.0f} s" if deaf_s > _DEAF_S else self._error,
            budget_cpu_percent=BUDGET[1],
            **self._scales.weigh(SUPERVISOR, os.getpid(), now)._asdict(),
        )

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()
        self._progress.close()


def _child(name: str, row: Row, known: Mapping[str, Known]) -> Child:
    before = known.get(name, Known(-1, None))
    child = Child(name, row, before.restarts)
    child.error = before.error
    return child
