"""Processes that survive SIGKILL, as on a disk that hangs: traced, and stopped by the kernel on their way out."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_PTRACE_CONT, _PTRACE_SEIZE, _PTRACE_DETACH, _TRACE_EXIT = 7, 0x4206, 17, 0x40
_ptrace = ctypes.CDLL(None, use_errno=True).ptrace
_ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


@contextmanager
def undying(pid: int) -> Iterator[None]:
    """Keep a process from dying while this runs: killed, it keeps its files and ports, and no parent can reap it.

    PermissionError: tracing is not allowed here.
    """
    if _ptrace(_PTRACE_SEIZE, pid, None, _TRACE_EXIT):
        raise PermissionError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    try:
        yield
    finally:
        os.waitpid(pid, os.WNOHANG)
        if _ptrace(_PTRACE_DETACH, pid, None, None):  # it runs: let go of it when it is killed
            _ptrace(_PTRACE_CONT, pid, None, None)
