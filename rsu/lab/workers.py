"""Processes to compute in, which Ctrl-C ends quietly: it reaches the one that asks, not them.

Their progress (`rsu.core.progress`) is shown here, their steps taken together, if progress is shown at all.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from multiprocessing import active_children, get_context
from multiprocessing.queues import SimpleQueue

from rsu.core import progress
from rsu.core.collector import settle

_TELL_S = 0.2  # between two words of one process on a step that goes on
_CONTEXT = get_context("spawn")

Step = tuple[int, str, int, int]  # process, name of the step, amount done, whole amount


@contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes; KeyboardInterrupt ends them at once, even at work. For the main thread."""
    steps: SimpleQueue[Step | None] | None = _CONTEXT.SimpleQueue() if progress.heard() else None
    executor = ProcessPoolExecutor(workers, _CONTEXT, _tell_to, (steps,))
    with _uninterrupted():
        executor.submit(os.getpid)  # the processes start now, deaf to Ctrl-C as this one is
    with _told(steps) if steps is not None else nullcontext(), executor:
        try:
            yield executor
        except KeyboardInterrupt:
            with _uninterrupted():
                for child in active_children():
                    child.terminate()
                executor.shutdown(cancel_futures=True)
            raise


def _tell_to(steps: SimpleQueue[Step | None] | None) -> None:
    """Begin a process: its progress goes into a queue, if the other end shows it."""
    settle()
    if steps is None:
        return
    told_s = float("-inf")

    def tell(what: str, done: int, total: int) -> None:
        nonlocal told_s
        if done >= total or time.monotonic() - told_s >= _TELL_S:
            told_s = time.monotonic()
            steps.put((os.getpid(), what, done, total))

    progress.listen(tell)


@contextmanager
def _told(steps: SimpleQueue[Step | None]) -> Iterator[None]:
    """Show the progress that processes put into a queue, as long as this lasts."""
    thread = threading.Thread(target=_pass_on, args=(steps,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        steps.put(None)
        thread.join()


def _pass_on(steps: SimpleQueue[Step | None]) -> None:
    """Tell the steps of all processes as one: it is over when each of them is."""
    newest: dict[int, Step] = {}
    while (step := steps.get()) is not None:
        newest[step[0]] = step
        progress.tell(step[1], sum(each[2] for each in newest.values()), sum(each[3] for each in newest.values()))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
