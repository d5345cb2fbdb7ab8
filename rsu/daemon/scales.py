"""Memory and processor time of processes, by the kernel's account."""

from __future__ import annotations

from typing import NamedTuple

import psutil

_MIB = 1 << 20


class Weight(NamedTuple):
    """One process at one time; zero where there is none."""

    cpu_s: float
    cpu_percent: float  # of one core, since it was weighed last
    rss_mib: float
    rss_peak_mib: float  # of all processes of this name so far


class _Before(NamedTuple):
    pid: int | None = None
    at_s: float = 0.0
    cpu_s: float = 0.0
    peak_mib: float = 0.0


class Scales:
    """Weighs processes by name."""

    def __init__(self) -> None:
        self._before: dict[str, _Before] = {}

    def weigh(self, name: str, pid: int | None, now_s: float) -> Weight:
        """Return the use of the process of a name; it may have ended just now. `now_s`: monotonic."""
        before = self._before.get(name, _Before())
        cpu_s, rss_mib = _measure(pid)
        peak_mib = max(before.peak_mib, rss_mib)
        since_s = now_s - before.at_s
        known = pid is not None and pid == before.pid and since_s > 0
        percent = max(0.0, 100 * (cpu_s - before.cpu_s) / since_s) if known else 0.0
        self._before[name] = _Before(pid, now_s, cpu_s, peak_mib)
        return Weight(round(cpu_s, 2), round(percent, 1), round(rss_mib, 1), round(peak_mib, 1))


def _measure(pid: int | None) -> tuple[float, float]:
    """Return CPU seconds and MiB."""
    if pid is None:
        return 0.0, 0.0
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return times.user + times.system, process.memory_info().rss / _MIB
    except psutil.Error:
        return 0.0, 0.0
