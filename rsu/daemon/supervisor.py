"""The supervisor: judges the daemon's processes by their progress and their memory, and has them started again.

It never waits: the zygote forks, kills and reaps for it, and all access to disks runs on a thread of its own.
When it ends, its children go on; the next supervisor takes them over with this one's table of processes.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterable

import msgspec
import structlog

from rsu.bus import changes
from rsu.bus.changes import StateChanges
from rsu.bus.records import Processes, ProcessView, Progress, Trouble
from rsu.bus.sockets import Publisher, Subscriber
from rsu.core.exits import Exit
from rsu.daemon.child import Child
from rsu.daemon.chores import Chores, HeldFolder
from rsu.daemon.duty import Duty
from rsu.daemon.orders import Alive, Ended, Heed, Kill, OrderLine, Reload, Reloaded, Started, StartOrder
from rsu.daemon.processes import ProcessRow, row
from rsu.daemon.rollout import STATION, Rollout
from rsu.daemon.scales import Scales
from rsu.daemon.zygote import SUPERVISOR, Past
from rsu.reasons import processes
from rsu.reasons.box import BoxReason

_LOOK_S = 0.1
_VIEW_S = 1.0
_PAUSE_S = 1.0  # between two looks; longer: the supervisor itself was stopped
_DEAF_S = 5.0  # without a sign of life from the zygote
BUDGET = (150, 20)  # of the supervisor: MiB, percent of a core
_log = structlog.get_logger()


class KnownProcess(msgspec.Struct, frozen=True):
    """The state of one process that the next supervisor needs."""

    restarts: int = -1
    error: str | None = None
    ended_ns: int | None = None


class Memory(msgspec.Struct, frozen=True):
    """The state that the next supervisor needs."""

    duty: Duty
    processes: dict[str, KnownProcess]


_encode = msgspec.msgpack.Encoder().encode
_memory = msgspec.msgpack.Decoder(Memory).decode


def supervise(duty: Duty, held: list[HeldFolder], line: OrderLine, past: Past) -> int:
    """Keep the processes of a site running until SIGTERM; returns an exit code. `held`: run and data folder."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    memory = _memory(past.memory) if past.memory else Memory(duty, {})
    supervisor = Supervisor(memory, held, line, past)
    while not stop.is_set() and not line.broken:
        supervisor.step()
    supervisor.close()
    return Exit.FINE


class Supervisor:
    """All that the process holds."""

    def __init__(self, memory: Memory, held: list[HeldFolder], line: OrderLine, past: Past) -> None:
        self._duty = memory.duty
        self._run = held[0].path
        self._line = line
        own = memory.processes.get(SUPERVISOR, KnownProcess())
        self._restarts, self._error = own.restarts + 1, "ended or hung" if past.memory else own.error
        now = time.monotonic()
        self._children = {
            name: _child(name, row(name), memory.processes.get(name, KnownProcess())) for name in memory.duty.processes
        }
        for member in past.members:
            if member.name in self._children:
                self._children[member.name].adopt(member.pid, now)
            elif member.name != SUPERVISOR:
                line.send(Kill(member.pid, signal.SIGKILL))
        self._ended_ns = {name: known.ended_ns for name, known in memory.processes.items()}
        if past.memory:
            self._ended_ns[SUPERVISOR] = time.time_ns()
        self._changes = StateChanges()
        self._rollout: Rollout | None = None
        self._scales = Scales()
        self._chores = Chores(memory.duty, held)
        self._bus = Publisher(self._run, SUPERVISOR)
        self._progress = self._subscribe()
        self._looked, self._heard, self._viewed = now, now, float("-inf")

    def _subscribe(self) -> Subscriber:
        return Subscriber(self._run, [f"progress.{name}" for name in self._children])

    def step(self) -> None:
        """Take the messages of a moment, and do the chores that are due."""
        self._progress.wait(_LOOK_S)
        now = time.monotonic()
        self._listen(now)
        if (pause_s := now - self._looked) > _PAUSE_S:
            _log.warning("stood still", seconds=round(pause_s, 1))
            for child in self._children.values():
                child.forgive(pause_s)
        self._looked = now
        if (fresh := self._chores.renewed()) is not None:
            self._change(fresh, self._duty, now)
        if (why := self._chores.answer()) is not None:
            self._line.send(Reloaded(why))
        self._roll(now)
        for child in list(self._children.values()):
            self._order(child, child.look(now, self._duty.path))
            if child.retired and child.pid is None:
                del self._children[child.name]
        if now - self._viewed >= _VIEW_S:
            self._viewed = now
            self._view(now)

    def _listen(self, now: float) -> None:
        for _, record in self._progress.records():
            if isinstance(record, Progress) and record.process in self._children:
                self._children[record.process].progressed(now, record.site)
        for news in self._line.received():
            if isinstance(news, Alive):
                self._heard = now
            elif isinstance(news, Reload):
                _log.info("site file is read again", path=self._duty.origin)
                self._chores.reload()
            elif isinstance(news, Started) and news.name in self._children:
                self._children[news.name].started(news.pid, now)
                self._viewed = float("-inf")
            elif isinstance(news, Ended) and news.name in self._children:
                self._children[news.name].ended(news, now)
                self._ended_ns[news.name] = time.time_ns()
                self._viewed = float("-inf")

    def _change(self, duty: Duty, before: Duty | None, now: float) -> None:
        """Begin to move all processes to another site; `before`: where to go back to if that fails."""
        _log.info("site changes", digest=duty.digest)
        reads, self._duty, self._viewed = self._duty.processes, duty, float("-inf")
        left = self._rollout.left if self._rollout is not None else []
        must = [name for name, digest in duty.processes.items() if name in left or reads.get(name, digest) != digest]
        self._rollout = Rollout(before, duty.path, must, now)
        for name, child in self._children.items():
            child.retired = name not in duty.processes
            if child.retired:
                self._order(child, child.renew(now))
        self._children |= {name: Child(name, row(name)) for name in duty.processes if name not in self._children}
        self._progress.close()
        self._progress = self._subscribe()

    def _roll(self, now: float) -> None:
        self._chores.going_over = self._rollout is not None and bool(self._rollout.left)
        if self._rollout is None:
            return
        if (before := self._rollout.failed(self._children)) is not None:
            why = processes.NOT_ON_IT.say(self._children[STATION].error)
            _log.error("site file not taken, the one before is used again", why=why)
            self._chores.back_to(before, why)
            self._change(before, None, now)
        for child, order in self._rollout.look(self._children, now):
            self._order(child, [order])
        if self._rollout.over(now):
            self._rollout = None

    def _order(self, child: Child, orders: Iterable[StartOrder | Kill]) -> None:
        for order in orders:
            if isinstance(order, Kill) and order.number == signal.SIGKILL:
                _log.error("process killed", name=child.name, pid=order.pid, why=child.error)
            self._line.send(order)

    def _view(self, now: float) -> None:
        """Weigh all processes, publish it on the bus, and leave the state for the next supervisor."""
        views = [self._own(now)]
        for child in self._children.values():
            view = self._row(child, now)
            self._order(child, child.weighed(view.rss_mib, now))
            views.append(view)
        for what, state, before in self._changes.note(changes.processes(views), time.time_ns()):
            _log.info(what, state=state, before=before)
        duty = self._duty
        told = Processes(
            stamp_ns=time.time_ns(),
            site=duty.name,
            processes=views,
            site_file=duty.origin,
            site_copy=duty.path,
            digest=duty.digest,
            page=duty.page,
            troubles=self._chores.troubles() + self._root(now),
            reloads=self._chores.reloads,
            refused=self._chores.refused,
            warnings=self._chores.warnings,
        )
        self._bus.publish("processes", told)
        known = {view.name: KnownProcess(view.restarts, view.error, view.ended_ns) for view in views}
        self._line.send(Heed(_encode(Memory(duty, known))))

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
            ended_ns=self._ended_ns.get(child.name),
            undying=child.undying,
            **weight._asdict(),
        )

    def _own(self, now: float) -> ProcessView:
        return ProcessView(
            name=SUPERVISOR,
            state="running",
            pid=os.getpid(),
            restarts=self._restarts,
            budget_rss_mib=BUDGET[0],
            error=self._error,
            ended_ns=self._ended_ns.get(SUPERVISOR),
            budget_cpu_percent=BUDGET[1],
            **self._scales.weigh(SUPERVISOR, os.getpid(), now)._asdict(),
        )

    def _root(self, now: float) -> list[Trouble]:
        deaf_s = now - self._heard
        since_ns = time.time_ns() - round(deaf_s * 1e9)
        return [Trouble(BoxReason.ROOT_SILENT, "", since_ns=since_ns)] if deaf_s > _DEAF_S else []

    def close(self) -> None:
        """Leave the bus."""
        self._bus.close()
        self._progress.close()


def _child(name: str, row: ProcessRow, known: KnownProcess) -> Child:
    child = Child(name, row, known.restarts)
    child.error = known.error
    return child
