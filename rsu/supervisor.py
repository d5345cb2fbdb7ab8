"""The supervisor: starts the processes of the table, judges them by progress, restarts them with back-off.

It does nothing else, so that nothing else can stop it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import structlog

from rsu.bus import Publisher, Subscriber
from rsu.errors import AlreadyRunningError
from rsu.parent import die_with_us
from rsu.processes import BACKOFF_S, WINDOW_S, Row
from rsu.records import Processes, ProcessView, Progress

_STOP_S = 1.5  # a process that is asked to end gets so long
_LOOK_S = 0.1
_MIB = 1 << 20
LOCK = "lock"
_LONGEST = 107 - len("/supervisor.ipc")  # sun_path
_log = structlog.get_logger()


@contextlib.contextmanager
def lock(run: Path) -> Iterator[None]:
    """Hold the run folder. AlreadyRunningError: somebody else has it; ValueError: its path is too long for sockets."""
    if len(bytes(run.absolute())) > _LONGEST:
        raise ValueError(f"{run}: too long; sockets allow {_LONGEST} octets")
    run.mkdir(parents=True, exist_ok=True)
    path = run / LOCK
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # the holder before us removes the file at its end: what we locked must be what stands there
            if not os.path.samestat(path.stat(), os.fstat(file.fileno())):
                raise OSError
        except OSError as error:
            raise AlreadyRunningError(f"a daemon is already running in {run}") from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


class Child:
    """One supervised process."""

    def __init__(self, name: str, row: Row, command: list[str]) -> None:
        self.name = name
        self.row = row
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._starts: deque[float] = deque(maxlen=len(BACKOFF_S) + 1)
        self._progress_at = float("-inf")
        self._start_at = 0.0
        self._peak_mib = 0.0
        self._cpu_before = (0.0, 0.0)  # monotonic s, CPU s at the last view
        self.restarts = -1
        self.error: str | None = None

    def progressed(self, now: float) -> None:
        """Note a sign of life."""
        self._progress_at = now

    def look(self, now: float) -> None:
        """Start, judge, kill: whatever is due. `now`: monotonic seconds."""
        if self._process is None:
            if now >= self._start_at:
                self._launch(now)
        elif (code := self._process.poll()) is not None:
            self._ended(now, f"exit code {code}" if code >= 0 else f"signal {-code}")
        elif now - max(self._progress_at, self._starts[-1]) > self.row.stuck_after_s + self._grace(now):
            self._process.kill()
            self._process.wait()
            self._ended(now, f"no progress for {self.row.stuck_after_s:g} s")

    def _grace(self, now: float) -> float:
        """Starting takes its time on a small box; only then."""
        return 20.0 if self._progress_at < self._starts[-1] else 0.0

    def _launch(self, now: float) -> None:
        self._starts.append(now)
        try:
            self._process = subprocess.Popen(self._command, preexec_fn=die_with_us())
        except OSError as error:  # no memory, no process numbers: later perhaps
            self._ended(now, f"cannot start: {error.strerror}")
            return
        self.restarts += 1

    def _ended(self, now: float, why: str) -> None:
        _log.error("process ended", name=self.name, why=why, restarts=self.restarts)
        self.error = why
        self._process = None
        recent = sum(now - start < WINDOW_S for start in self._starts)
        self._start_at = now + (*BACKOFF_S, WINDOW_S)[max(0, recent - 1)]

    def stop(self) -> None:
        """Ask it to end."""
        self._start_at = float("inf")
        if self._process is not None:
            self._process.terminate()

    def reap(self, deadline: float) -> None:
        """Wait for its end until `deadline`, then end it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def view(self, now: float) -> ProcessView:
        """Return its row for the page and `rsu status`."""
        cpu_s, rss_mib, pid = 0.0, 0.0, None
        if self._process is not None:
            try:
                process = psutil.Process(self._process.pid)
                times = process.cpu_times()
                cpu_s, rss_mib, pid = times.user + times.system, process.memory_info().rss / _MIB, process.pid
            except psutil.Error:
                pass  # it ended just now; the next look says so
        self._peak_mib = max(self._peak_mib, rss_mib)
        cpu_percent = self._cpu_percent(now, cpu_s)
        return ProcessView(
            name=self.name,
            state=self._state(now),
            pid=pid,
            restarts=max(0, self.restarts),
            cpu_s=round(cpu_s, 2),
            rss_mib=round(rss_mib, 1),
            rss_peak_mib=round(self._peak_mib, 1),
            budget_rss_mib=self.row.rss_mib,
            error=self.error,
            cpu_percent=round(cpu_percent, 1),
            budget_cpu_percent=self.row.cpu_percent,
        )

    def _cpu_percent(self, now: float, cpu_s: float) -> float:
        """Return the CPU share since the last view; 0 for the first one of a process."""
        (before, cpu_before_s), self._cpu_before = self._cpu_before, (now, cpu_s)
        return max(0.0, 100 * (cpu_s - cpu_before_s) / (now - before)) if cpu_before_s and now > before else 0.0

    def _state(self, now: float) -> str:
        if self._process is None:
            return "degraded" if self._start_at - now > 10.0 else "restarting"
        return "running" if self._progress_at >= self._starts[-1] else "starting"


def supervise(
    site_name: str, rows: Mapping[str, Row], site: Path, run: Path, data: Path, stop: threading.Event
) -> None:
    """Keep the processes of a site (`rsu.processes.of`) running until `stop`."""
    arguments = [str(site), "--run", str(run), "--data", str(data)]
    children = {
        name: Child(name, row, [sys.executable, "-m", "rsu.process", name, *arguments]) for name, row in rows.items()
    }
    publisher = Publisher(run, "supervisor")
    progress = Subscriber(run, [f"progress.{name}" for name in rows])
    published = 0.0
    while not stop.is_set():
        progress.wait(_LOOK_S)
        now = time.monotonic()
        for _, record in progress.records():
            if isinstance(record, Progress):
                children[record.process].progressed(now)
        for child in children.values():
            child.look(now)
        if now - published >= 1.0:
            published = now
            views = [child.view(now) for child in children.values()]
            publisher.publish("processes", Processes(time.time_ns(), site_name, views))
    _stop(list(children.values()))
    publisher.close()
    progress.close()


def _stop(children: list[Child]) -> None:
    for child in children:
        child.stop()
    deadline = time.monotonic() + _STOP_S
    for child in children:
        child.reap(deadline)
