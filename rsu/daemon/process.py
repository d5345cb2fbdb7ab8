"""The life of each process of the daemon after its fork: read the frozen site, take its place, work until SIGTERM."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path

from rsu.core.errors import ConfigError
from rsu.core.exits import Exit
from rsu.daemon import processes
from rsu.site import config

_REALTIME = 5  # of 1..99: before all ordinary processes, after the kernel's interrupt threads
_SPARE_FIRST = 300  # of 1000: processes without broadcasts give their memory back first
_OOM = Path("/proc/self/oom_score_adj")


def run(name: str, path: Path, folders: tuple[Path, Path]) -> int:
    """Run the process of a name until SIGTERM; `folders`: run and data. Returns an exit code of `rsu.core.exits`."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        site = config.load(path)
    except ConfigError as error:  # it was valid when it was frozen
        print(error, file=sys.stderr)
        return Exit.INVALID_CONFIG
    row = processes.row(name)
    prioritise(row.nice)
    # objects loaded by now live as long as the process: keep the collector from walking them on every pass
    gc.freeze()
    import_module(row.module).run(site, *folders, stop, *row.further)
    return Exit.FINE


def prioritise(nice: int | None) -> None:
    """Ask for the process's place at the processor and in memory; without the permission it goes on as it is."""
    with contextlib.suppress(PermissionError):
        if nice is None:
            # nice alone does little where the kernel groups processes by session; threads of libraries stay ordinary
            os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_REALTIME))
        else:
            os.setpriority(os.PRIO_PROCESS, 0, nice)
    if nice is not None:
        with contextlib.suppress(OSError):
            _OOM.write_text(str(_SPARE_FIRST), encoding="ascii")
