"""The root process of the daemon: forks every other one from its own image, reaps them, relays their output.

It judges the supervisor alone. It has one thread, waits for nothing but its poll, reads no disk, and knows nothing
of sites: so there is little that could stop it, and systemd's watchdog looks after it. When the supervisor ends or
hangs, the others go on, and the next supervisor takes them over; when the zygote ends, the kernel kills all of them.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import structlog

from rsu.daemon.backoff import Backoff
from rsu.daemon.fork import ForkedProcess, fork
from rsu.daemon.notify import Notifier
from rsu.daemon.orders import Alive, Ended, Heed, Kill, OrderLine, Reload, Reloaded, Started, StartOrder
from rsu.daemon.relay import Stderr
from rsu.reasons import processes

SUPERVISOR = "supervisor"
STUCK_S = 8.0  # a supervisor without a sign of life for so long is killed
_DIES_S = 1.0  # a killed process has exited by then, or a disk or device holds it
_BEAT_S = 1.0
_LOOK_MS = 250
_STOP_S, _KILL_S = 1.5, 0.4  # a process that is asked to end gets so long; one that is killed
_log = structlog.get_logger()


class Past(NamedTuple):
    """The state with which a supervisor goes on where the one before stopped."""

    members: list[ForkedProcess]  # that run
    memory: bytes  # its own last state; empty: none yet


class Jobs(NamedTuple):
    """The work of the children; each returns an exit code."""

    supervise: Callable[[OrderLine, Past], int]
    run: Callable[[str, Path], int]  # the process of this name, of this site file


class Zygote:
    """All processes of the daemon."""

    def __init__(self, jobs: Jobs, stop: threading.Event) -> None:
        self._jobs = jobs
        self._stop = stop
        self._members: dict[int, ForkedProcess] = {}  # by process id, oldest first; the supervisor is one of them
        self._supervisor: int | None = None
        self._killed_s: float | None = None  # when that one was killed, monotonic
        self._heard_s = self._beat_s = self._due_s = float("-inf")
        self._backoff = Backoff(longest_s=4.0)
        self._line: OrderLine | None = None
        self._memory = b""
        self._reloading = False  # asked for, and not yet answered by a supervisor
        self._stderr = Stderr()
        self._notifier = Notifier()

    def run(self) -> None:
        """Keep the daemon running until `stop`."""
        with _woken_by_signals(self._reload) as wakes:
            self._notifier.ready("started")
            while not self._stop.is_set():
                self._keep_supervisor(time.monotonic())
                self._listen(wakes, _LOOK_MS)
                self._reap()
                self._notifier.turn()
            self._notifier.say("STOPPING=1")
            self._end(wakes)

    def _reload(self) -> None:
        """Begin a reload; a supervisor that is not there yet is asked when it is."""
        self._reloading = True
        self._notifier.reloading()
        if self._line is not None:
            self._line.send(Reload())

    def _reloaded(self, why: str) -> None:
        self._reloading = False
        self._notifier.ready(f"site file not taken, the one before stays in use: {why}" if why else "site file in use")

    def _keep_supervisor(self, now_s: float) -> None:
        """Start the supervisor, beat for it, kill it when it hangs, and abandon it when it does not exit."""
        if self._supervisor is None:
            if now_s >= self._due_s:
                self._start_supervisor(now_s)
        elif self._killed_s is not None:
            if now_s - self._killed_s > _DIES_S:
                _log.error("process killed but not exited", name=SUPERVISOR, pid=self._supervisor)
                self._lose_supervisor(now_s)
        elif now_s - self._heard_s > STUCK_S:
            _log.error("process stuck", name=SUPERVISOR, pid=self._supervisor, silent_s=round(now_s - self._heard_s, 1))
            self._killed_s = now_s
            os.kill(self._supervisor, signal.SIGKILL)
        elif now_s - self._beat_s >= _BEAT_S and self._line is not None:
            self._beat_s = now_s
            self._line.send(Alive())

    def _start_supervisor(self, now_s: float) -> None:
        ours, its = OrderLine.pair()
        past = Past(list(self._members.values()), self._memory)
        try:
            member = fork(SUPERVISOR, lambda: self._jobs.supervise(its, past), keep=[its.fileno()])
        except OSError as error:
            _log.error("process not started", name=SUPERVISOR, why=error.strerror)
            self._due_s = now_s + 1.0
            ours.close()
        else:
            self._members[member.pid] = member
            self._supervisor, self._line, self._heard_s = member.pid, ours, now_s
            if self._reloading:
                ours.send(Reload())
        its.close()

    def _lose_supervisor(self, now_s: float) -> None:
        """Forget a supervisor that has ended, or that does not exit."""
        assert self._supervisor is not None and self._line is not None
        self._due_s = now_s + self._backoff.ended(now_s - self._members[self._supervisor].started_s)
        self._line.close()
        self._supervisor = self._line = self._killed_s = None

    def _listen(self, wakes: socket.socket, wait_ms: float) -> None:
        """Relay output and carry out orders, waiting so long for the first."""
        poller = select.poll()
        mouths = {member.mouth.descriptor: member for member in self._members.values() if member.mouth.open}
        for descriptor in (wakes.fileno(), *mouths):
            poller.register(descriptor, select.POLLIN)
        if self._line is not None:
            poller.register(self._line.fileno(), select.POLLIN)
        for descriptor, _ in poller.poll(wait_ms):
            if descriptor in mouths:
                self._stderr.write(mouths[descriptor].mouth.listen(time.monotonic()))
        with suppress(BlockingIOError):
            wakes.recv(4096)
        for order in self._line.received() if self._line is not None else ():
            self._heard_s = time.monotonic()
            if isinstance(order, StartOrder) and not self._stop.is_set():
                self._start(order)
            elif isinstance(order, Kill):
                self._kill(order)
            elif isinstance(order, Heed):
                self._memory = order.memory
            elif isinstance(order, Reloaded):
                self._reloaded(order.why)

    def _start(self, order: StartOrder) -> None:
        try:
            member = fork(order.name, lambda: self._jobs.run(order.name, Path(order.site)))
        except OSError as error:
            self._tell(Ended(order.name, 0, f"cannot start: {error.strerror}", ""))
        else:
            self._members[member.pid] = member
            self._tell(Started(order.name, member.pid))

    def _kill(self, order: Kill) -> None:
        if order.pid in self._members:  # else it has just ended, and the number may be that of another process
            os.kill(order.pid, order.number)

    def _tell(self, news: Started | Ended) -> None:
        if self._line is not None:
            self._line.send(news)

    def _reap(self) -> None:
        """Note the processes that have ended; never waits."""
        for member in list(self._members.values()):
            pid, status = os.waitpid(member.pid, os.WNOHANG)
            if pid:
                self._bury(member, os.waitstatus_to_exitcode(status))

    def _bury(self, member: ForkedProcess, code: int) -> None:
        now_s = time.monotonic()
        self._stderr.write(member.mouth.listen(now_s))
        if member.pid == self._supervisor:
            self._lose_supervisor(now_s)
        words = member.mouth.words() if code > 0 else ""
        why = processes.EXIT_CODE.say(code) if code >= 0 else processes.SIGNAL.say(-code)
        ended = Ended(member.name, member.pid, why, words)
        self._tell(ended)
        if not self._stop.is_set():
            tell = _log.error if code else _log.info  # it was asked to
            tell("process ended", name=member.name, pid=member.pid, why=ended.why, words=words)
        member.mouth.close()
        del self._members[member.pid]

    def _end(self, wakes: socket.socket) -> None:
        """Ask all to end, then kill them; name those that do not exit."""
        for number, patience_s in ((signal.SIGTERM, _STOP_S), (signal.SIGKILL, _KILL_S)):
            for pid in self._members:
                os.kill(pid, number)
            deadline_s = time.monotonic() + patience_s
            while self._members and (left_s := deadline_s - time.monotonic()) > 0:
                self._listen(wakes, min(100.0, left_s * 1000))
                self._reap()
        for member in self._members.values():
            _log.error("process killed but not exited", name=member.name, pid=member.pid)


@contextmanager
def _woken_by_signals(reload: Callable[[], None]) -> Iterator[socket.socket]:
    """Give a socket that is readable after every signal: a child's end, SIGHUP, those that the caller handles."""
    ours, its = socket.socketpair()
    for end in (ours, its):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGHUP, lambda *_: reload())
    before = signal.set_wakeup_fd(its.fileno(), warn_on_full_buffer=False)
    try:
        yield ours
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        ours.close()
        its.close()
