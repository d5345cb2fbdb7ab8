"""Progress of long work on stderr, with the time left: on a terminal, without NO_COLOR, after the first second."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hw import detail
from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.core.progress import told_to

_QUIET_S = 1.0  # a shorter step needs no bar
_STEPS = (
    Detail("reading", "读取"),
    Detail("checking", "检查"),
    Detail("importing", "导入"),
    Detail("judging", "评判"),
    Detail("ticks", "周期"),
    Detail("best {}", "最优 {}"),
    Detail("on trial", "试运行"),
)


def possible() -> bool:
    """Return whether progress may be shown at all."""
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ


@contextmanager
def shown() -> Iterator[None]:
    """Show the steps of the work (`rsu.core.progress`), one at a time; the bar of a finished step is wiped away."""
    bar = _Bar()
    try:
        with told_to(bar.step):
            yield
    finally:
        bar.end()


class _Bar:
    """One step of the work as a bar."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._screen = Progress(
            *columns, console=Console(stderr=True), transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._began_s: float | None = None  # of the step; None: there is none
        self._done = 0

    def step(self, what: str, done: int, total: int) -> None:
        """Take how far the work is."""
        if done >= total or done < self._done:  # over, or another one began before the last was over
            self.end()
        if done >= total:
            return
        self._done, what = done, detail.chinese(what, _STEPS) if spoken() == "zh" else what
        if self._began_s is None:
            self._began_s = time.monotonic()
        elif self._screen.tasks:
            self._screen.update(self._screen.tasks[0].id, description=what, completed=done, total=total)
        elif time.monotonic() - self._began_s > _QUIET_S:
            self._screen.add_task(what, completed=done, total=total)
            self._screen.start()

    def end(self) -> None:
        """Wipe the bar away."""
        self._screen.stop()
        for task in self._screen.task_ids:
            self._screen.remove_task(task)
        self._began_s, self._done = None, 0
