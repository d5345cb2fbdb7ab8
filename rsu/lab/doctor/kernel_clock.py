"""The kernel's account of its clock (adjtimex(2), struct timex), and the services that may keep it."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import psutil

SERVICES = ("chronyd", "ntpd", "systemd-timesyncd", "ptp4l", "phc2sys")
_INSERTS, _DELETES, _UNSYNCHRONISED = 0x10, 0x20, 0x40  # STA_INS, STA_DEL, STA_UNSYNC
_NAME = 15  # characters of a process's name that the kernel keeps


class KernelClock(NamedTuple):
    """The clock as the kernel knows it."""

    synchronised: bool  # a service says so
    most_error_ms: float  # bound of its error, as that service last said, growing since
    leap: int  # second that the end of the UTC day brings: +1, -1, 0 none
    services: tuple[str, ...]  # of SERVICES that run


class _Timex(ctypes.Structure):
    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long), ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long), ("status", ctypes.c_int), ("rest", ctypes.c_byte * 256),
    )  # fmt: skip


def read() -> KernelClock | None:
    """Return the state of the clock; None: the kernel tells this process nothing (the service may not ask)."""
    asked = _Timex()  # modes 0: nothing is changed
    if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(asked)) < 0:
        return None
    running = {each.info["name"] for each in psutil.process_iter(["name"])}
    return KernelClock(
        synchronised=not asked.status & _UNSYNCHRONISED,
        most_error_ms=asked.maxerror / 1e3,
        leap=(asked.status & _INSERTS > 0) - (asked.status & _DELETES > 0),
        services=tuple(name for name in SERVICES if name[:_NAME] in running),
    )
