"""How far long work is, on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[int, float, float], None]  # number of a trial, its cost, the lowest so far


@contextmanager
def trials(total: int) -> Iterator[Step]:
    """Show how far a search is on stderr: a bar on a terminal, else a line for every better trial."""
    if not sys.stderr.isatty() or "NO_COLOR" in os.environ:
        yield _Lines(total).step
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("best {task.fields[best]}"))
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total, best="-")
        yield lambda done, cost, best: bar.update(task, completed=done, best=f"{best:.3f}")


class _Lines:
    """Progress as lines."""

    def __init__(self, trials: int) -> None:
        self._trials = trials
        self._best = float("inf")

    def step(self, done: int, cost: float, best: float) -> None:
        """Tell of a trial, if it is the best so far."""
        if best < self._best:
            self._best = best
            print(f"trial {done} of {self._trials}: {best:.3f}", file=sys.stderr, flush=True)
