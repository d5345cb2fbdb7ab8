"""A daemon of small processes: the real zygote, the real supervisor, and work that does nothing but say so.

    python -m tests.rsu.daemon.family RUN

`calm` works. `wild` says two lines and ends in an error, each time. `fat` takes 300 MiB after a moment.
"""

from __future__ import annotations

import functools
import signal
import sys
import threading
import time
from pathlib import Path

from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher
from rsu.core import log
from rsu.daemon import supervisor, zygote
from rsu.daemon.chores import HeldFolder
from rsu.daemon.duty import Duty
from rsu.daemon.processes import PROCESSES, ProcessRow
from rsu.daemon.relay import Stderr

ROWS = {name: ProcessRow("none", 1.0, 200, 50, 0, 0.5) for name in ("calm", "wild", "fat")}


def work(run: Path, name: str, _site: Path) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    bus, load = Publisher(run, name), b""
    for steps in range(1 << 30):
        bus.publish(f"progress.{name}", Progress(name, time.time_ns(), steps))
        if stop.wait(0.1):
            break
        if name == "wild":
            print("going")
            raise ValueError("too wild")
        if name == "fat" and steps == 5:
            load = b"x" * (300 << 20)
    bus.close()
    return len(load) > 1 << 40


def main() -> None:
    zygote.STUCK_S = 1.5
    run, stop = Path(sys.argv[1]), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.configure("daemon", Stderr())
    PROCESSES.update(ROWS)
    duty = Duty("family", "site.yaml", "site.yaml", "", [], dict.fromkeys(ROWS, ""), "")
    facts = run.stat()
    held = [HeldFolder(run, (facts.st_dev, facts.st_ino))] * 2
    jobs = zygote.Jobs(functools.partial(supervisor.supervise, duty, held), functools.partial(work, run))
    zygote.Zygote(jobs, stop).run()


if __name__ == "__main__":
    main()
