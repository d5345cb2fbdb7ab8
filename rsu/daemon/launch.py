"""From a site file to a running daemon."""

from __future__ import annotations

import functools
import gc
import os
import threading
from pathlib import Path

from rsu import folders, log, station_process
from rsu.daemon import process, processes
from rsu.daemon.relay import Stderr
from rsu.daemon.supervisor import Duty, supervise
from rsu.daemon.zygote import Jobs, Zygote
from rsu.recorder import control
from rsu.site import config

LOADED = station_process  # by everybody, so that a station that is started again need not load it


def launch(site: Path, run: Path, data: Path, stop: threading.Event) -> None:
    """Run the daemon for a site until `stop`.

    ConfigError: the site file; AlreadyRunningError: another daemon has one of the folders; ValueError: the run folder's
    path is too long; OSError: a folder cannot be used.
    """
    os.umask(folders.UMASK)
    log.configure("daemon", Stderr())
    loaded = config.load(site)
    rows = processes.of(loaded.site)
    folders.refuse_long(run, iter([control.SOCKET, *(f"{name}.ipc" for name in rows)]))
    with folders.claim(run), folders.claim(data):
        duty = Duty(loaded.site.site.name, site.resolve(), rows, run)
        jobs = Jobs(functools.partial(supervise, duty), lambda name, path: process.run(name, path, (run, data)))
        gc.freeze()  # the children share what is here as long as nobody writes on it
        Zygote(jobs, stop).run()
