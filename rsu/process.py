"""Entry of every process of the daemon: `python -m rsu.process NAME SITE.yaml --run DIR --data DIR`."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
import threading
from pathlib import Path

from rsu import log, processes
from rsu.errors import ConfigError
from rsu.exits import Exit
from rsu.site import config

_REALTIME = 5  # of 1..99: before all ordinary processes, after the kernel's interrupt threads


def main(arguments: list[str] | None = None) -> int:
    """Run one process until SIGTERM. Returns an exit code of `rsu.exits`."""
    parser = argparse.ArgumentParser(prog="python -m rsu.process", description=__doc__)
    parser.add_argument("name", help="of `rsu.processes.of` the site")
    parser.add_argument("site", type=Path)
    parser.add_argument("--run", type=Path, required=True, help="folder of sockets and ptys")
    parser.add_argument("--data", type=Path, required=True, help="folder of what must survive")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.configure(options.name)
    try:
        site = config.load(options.site)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return Exit.INVALID_CONFIG
    rows = processes.of(site.site)
    if options.name not in rows:
        parser.error(f"this site has no process {options.name}, but {', '.join(rows)}")
    prioritise(rows[options.name].nice)
    # what is loaded now lives as long as the process: keep the collector from walking it on every pass
    gc.freeze()
    rows[options.name].start(site, options.run, options.data, stop)
    return Exit.FINE


def prioritise(nice: int | None) -> None:
    """Ask for the process's place at the processor; who may not ask for it goes on without."""
    with contextlib.suppress(PermissionError):
        if nice is None:
            # nice alone does little where the kernel groups processes by session; threads of libraries stay ordinary
            os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(_REALTIME))
        else:
            os.setpriority(os.PRIO_PROCESS, 0, nice)


if __name__ == "__main__":
    sys.exit(main())
