"""Processes to compute in, which Ctrl-C ends quietly: it reaches the one that asks, not them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context


@contextmanager
def pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of processes; KeyboardInterrupt ends them at once, even at work. For the main thread."""
    executor = ProcessPoolExecutor(workers, get_context("spawn"))
    with _uninterrupted():
        executor.submit(os.getpid)  # the processes start now, deaf to Ctrl-C as this one is
    with executor:
        try:
            yield executor
        except KeyboardInterrupt:
            with _uninterrupted():
                for child in active_children():
                    child.terminate()
                executor.shutdown(cancel_futures=True)
            raise


@contextmanager
def _uninterrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
