"""From a site file to a running daemon."""

from __future__ import annotations

import functools
import gc
import os
import threading
from pathlib import Path

import structlog

from rsu.core import folders, log
from rsu.core.errors import ConfigError
from rsu.daemon import probation, process, recovery, site_copy
from rsu.daemon.chores import HeldFolder
from rsu.daemon.duty import Duty, duty_of, shelves
from rsu.daemon.relay import Stderr
from rsu.daemon.site_copy import Frozen, Gathered
from rsu.daemon.supervisor import supervise
from rsu.daemon.zygote import Jobs, Zygote
from rsu.recorder import control
from rsu.station import latch_file
from rsu.station import process as station_process

LOADED = station_process  # before any fork, so that a station that is started again need not load it
_log = structlog.get_logger()


def launch(site: Path, run: Path, data: Path, stop: threading.Event, last_good: bool = False) -> None:
    """Run the daemon for a site until `stop`. `last_good`: if it cannot be used, on its last copy that could.

    Where there is none either, the page shows the mistakes until the site file is valid.

    ConfigError: the site file, without `last_good`; AlreadyRunningError: another daemon has one of the folders;
    ValueError: the run folder's path is too long; OSError: a folder cannot be used.
    """
    os.umask(folders.UMASK)
    log.configure("daemon", Stderr())
    probation.settle(site.resolve())
    gathered = _gathered(site, last_good)
    with folders.claim(run) as run_folder, folders.claim(data) as data_folder:
        frozen = _begun(gathered, site, run, data, stop)
        if frozen is None:
            return
        duty = duty_of(frozen)
        folders.refuse_long(run, iter([control.SOCKET, latch_file.SOCKET, *(f"{name}.ipc" for name in duty.processes)]))
        held = [_held(run, run_folder), _held(data, data_folder)]
        _log.info("page", url=duty.page, site=duty.name)
        gc.freeze()  # the children share these pages until one of them writes
        Zygote(_jobs(duty, held), stop).run()


def _jobs(duty: Duty, held: list[HeldFolder]) -> Jobs:
    folders = held[0].path, held[1].path
    return Jobs(functools.partial(supervise, duty, held), lambda name, path: process.run(name, path, folders))


def _gathered(site: Path, last_good: bool) -> Gathered | ConfigError:
    """Return the site, or its errors where the last good one may be used instead. ConfigError: it may not."""
    try:
        return site_copy.gather(site)
    except ConfigError as error:
        if not last_good:
            raise
        return error


def _begun(gathered: Gathered | ConfigError, site: Path, run: Path, data: Path, stop: threading.Event) -> Frozen | None:
    """Return the frozen site; where there is none, not even a last good one, as soon as there is. None: `stop`."""
    while not stop.is_set():
        try:
            return _frozen(gathered, site, shelves(run, data))
        except ConfigError as error:
            found = recovery.until_valid(site, error, data, stop)
            gathered = error if found is None else found
    return None


def _frozen(gathered: Gathered | ConfigError, site: Path, places: list[Path]) -> Frozen:
    """Return the frozen site, or the last good one. ConfigError: there is none either; OSError: no disk takes it."""
    if not isinstance(gathered, ConfigError):
        return site_copy.freeze(gathered, places)
    frozen = next(filter(None, (site_copy.last_good(site, place) for place in places)), None)
    if frozen is None:
        raise gathered
    _log.error("site file not usable, the last good one is used", path=str(site), errors=str(gathered))
    return frozen


def _held(path: Path, descriptor: int) -> HeldFolder:
    facts = os.fstat(descriptor)
    return HeldFolder(path, (facts.st_dev, facts.st_ino))
