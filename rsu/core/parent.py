"""Processes that end together with the one that started them, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None, use_errno=True).prctl  # looked up here: not between fork and exec


def die_with_us() -> Callable[[], None]:
    """Return the first call of a child, so that the kernel kills it when this process dies.

    SIGKILL: one that hangs would keep its ports from the process started next.
    """
    parent = os.getpid()

    def prepare() -> None:
        _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call
            os._exit(1)

    return prepare
