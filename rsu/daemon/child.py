"""The supervisor's decisions on one process: start, kill, abandon. Pure: times come in, orders go out."""

from __future__ import annotations

import signal
from collections.abc import Iterator

from rsu.daemon.backoff import Backoff
from rsu.daemon.orders import Ended, Kill, StartOrder
from rsu.daemon.processes import ProcessRow
from rsu.reasons import processes

START_S = 10.0  # from the start to the first sign of life; doubled each time that this was too little
_LONGEST_START_S = 60.0  # a small box under load
_DIES_S = 1.0  # a killed process has exited by then, or a disk or device holds it
_MOST_UNDYING = 2  # so many at once: each keeps its memory and its ports
_OVER_S = 5.0  # over the memory budget for so long
_FAR_OVER = 2.0  # times the budget: at once
_SOON_S = 5.0  # a longer wait for the next start is reported as `degraded`


class Child:
    """One supervised process. Times are monotonic seconds."""

    def __init__(self, name: str, row: ProcessRow, restarts: int = -1) -> None:
        self.name = name
        self.row = row
        self.pid: int | None = None
        self.restarts = restarts  # -1: never started
        self.error: str | None = None  # why it was restarted last
        self.undying: list[int] = []  # killed, and not exited yet
        self.site = ""  # path of the site file that it works on, as far as known
        self._backoff = Backoff(row.longest_wait_s)
        self._start_at: float | None = 0.0  # None: ordered
        self._started = self._progress_at = float("-inf")
        self._killed_at: float | None = None
        self._renewing = False  # asked to end for a new site, not for a fault
        self.retired = False  # not to be started again
        self._patience_s = START_S
        self._over_since: float | None = None

    @property
    def working(self) -> bool:
        """Whether it has shown a sign of life since its start."""
        return self.pid is not None and self._progress_at >= self._started

    @property
    def renewed(self) -> bool:
        """Whether it works, and is not about to end for a new site."""
        return self.working and not self._renewing

    def adopt(self, pid: int, now: float) -> None:
        """Take over a process that an earlier supervisor had started; of several, the newest comes last."""
        if self.pid is not None:
            self.undying.append(self.pid)
        self.pid, self._start_at, self._started = pid, None, now

    def progressed(self, now: float, site: str = "") -> None:
        """Note a sign of life, on the site file at a path; empty: on that with which it was started."""
        self._progress_at = now
        self.site = site or self.site
        self._patience_s = START_S

    def forgive(self, pause_s: float) -> None:
        """Do not count a time in which the supervisor itself stood still: the whole box may have."""
        self._started += pause_s
        self._progress_at += pause_s

    def look(self, now: float, site: str) -> Iterator[StartOrder | Kill]:
        """Yield the orders that are due now."""
        if self.pid is None:
            due = self._start_at is not None and now >= self._start_at and not self.retired
            if due and len(self.undying) < _MOST_UNDYING:
                self._start_at, self.site = None, site
                yield StartOrder(self.name, site)
        elif self._killed_at is not None:
            if now - self._killed_at > _DIES_S:
                yield from self._insist(now)
        elif fault := self._fault(now):
            yield from self._kill(now, fault)

    def _fault(self, now: float) -> str | None:
        silent_s = now - max(self._progress_at, self._started)
        if self.working:
            return processes.NO_PROGRESS.say(f"{silent_s:.0f}") if silent_s > self.row.stuck_after_s else None
        if silent_s <= self._patience_s:
            return None
        self._patience_s = min(2 * self._patience_s, _LONGEST_START_S)
        return processes.NOT_AT_WORK.say(f"{silent_s:.0f}")

    def weighed(self, rss_mib: float, now: float) -> Iterator[Kill]:
        """Hold the memory that it takes against its budget; yield its end when that is exceeded."""
        if self.pid is None or rss_mib <= self.row.rss_mib:
            self._over_since = None
            return
        self._over_since = now if self._over_since is None else self._over_since
        over_s = now - self._over_since
        if self._killed_at is None and (over_s >= _OVER_S or rss_mib > _FAR_OVER * self.row.rss_mib):
            yield from self._kill(now, processes.TOOK.say(f"{rss_mib:.0f}", self.row.rss_mib))

    def renew(self, now: float) -> Iterator[Kill]:
        """Yield its end, so that it starts again on a new site file."""
        if self.pid is None and self._start_at is not None:
            self._start_at = now  # perhaps it failed because of the old site
        if self.pid is None or self._killed_at is not None:
            return  # it starts on the new one by itself
        self._killed_at, self._renewing = now, True
        yield Kill(self.pid, signal.SIGTERM)

    def _kill(self, now: float, why: str) -> Iterator[Kill]:
        assert self.pid is not None
        self._killed_at, self.error, self._renewing = now, why, False
        yield Kill(self.pid, signal.SIGKILL)

    def _insist(self, now: float) -> Iterator[Kill]:
        """Kill a process that was asked to end; abandon one that does not exit, and start another beside it."""
        assert self.pid is not None
        if self._renewing:
            yield from self._kill(now, processes.NOT_ENDED.en)
            return
        self.undying.append(self.pid)
        self._gone(now)

    def started(self, pid: int, now: float) -> None:
        """Note that it was started."""
        self.pid, self._started = pid, now
        self.restarts += 1

    def ended(self, news: Ended, now: float) -> None:
        """Note that it has ended, or could not be started, or has exited at last."""
        if news.pid in self.undying:
            self.undying.remove(news.pid)
        elif news.pid in (0, self.pid):
            if self._killed_at is None:
                self.error = f"{news.why}: {news.words}" if news.words else news.why
            self._gone(now)

    def _gone(self, now: float) -> None:
        worked_s = self._progress_at - self._started if self.working else 0.0
        wait_s = 0.0 if self._renewing else self._backoff.ended(worked_s)
        self.pid = self._killed_at = self._over_since = None
        self._renewing, self._start_at = False, now + wait_s

    def state(self, now: float) -> str:
        """Return it in a word."""
        if self.pid is not None:
            return "running" if self.working else "starting"
        waits = self._start_at is not None and self._start_at - now > _SOON_S
        return "degraded" if waits or self.undying else "restarting"

    @property
    def failing(self) -> int:
        """Return how many starts in a row have failed."""
        return self._backoff.failures
