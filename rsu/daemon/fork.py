"""A child of this very image: nothing is loaded again, nothing is read from a disk that may hang.

The parent must have one thread and no sockets that libraries keep for themselves.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from rsu.core import log
from rsu.core.exits import Exit
from rsu.core.parent import die_with_us
from rsu.daemon.relay import Mouth

_PR_SET_NAME = 15
_PRCTL = ctypes.CDLL(None).prctl
_MOST_DESCRIPTORS = 1 << 20


class ForkedProcess(NamedTuple):
    """One process of the daemon."""

    name: str
    pid: int
    mouth: Mouth
    started_s: float  # monotonic


def fork(name: str, job: Callable[[], int], keep: Sequence[int] = ()) -> ForkedProcess:
    """Run a job in a child; its exit code is the job's result. `keep`: descriptors it needs. OSError: no room for it.

    The child has a process group of its own (Ctrl-C is for the zygote), dies with its parent, and speaks into a pipe.
    """
    ours, its = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    prepare = die_with_us()
    sys.stdout.flush()  # or the child would say it again
    try:
        pid = os.fork()
    except OSError:
        os.close(ours)
        os.close(its)
        raise
    if pid == 0:
        code = int(Exit.OUR_BUG)
        try:
            prepare()
            _settle(name, its, keep)
            code = job()
        except BaseException:
            with suppress(OSError):  # no reader
                traceback.print_exc()
        finally:
            os._exit(code)  # not back into the parent's frames
    os.close(its)
    return ForkedProcess(name, pid, Mouth(ours), time.monotonic())


def _settle(name: str, output: int, keep: Sequence[int]) -> None:
    """Take on a process's own place. Descriptors of the parent's objects are closed; the objects live on, unused."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, stream in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, stream)
    before = 3
    for descriptor in sorted(keep):
        os.closerange(before, descriptor)
        before = descriptor + 1
    os.closerange(before, _MOST_DESCRIPTORS)
    _PRCTL(_PR_SET_NAME, f"rsu-{name}".encode()[:15], 0, 0, 0)
    gc.freeze()
    log.configure(name)
