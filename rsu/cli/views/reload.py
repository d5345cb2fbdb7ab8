"""The work of `rsu reload`: check the site file, ask the daemon's root process, wait for the supervisor's answer."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from rsu.bus.records import Processes
from rsu.cli.views.listening import NO_DAEMON
from rsu.cli.views.status import ask
from rsu.core.errors import Finding, NotReachableError
from rsu.site import config

_ANSWER_S = 30.0


class ReloadDone(NamedTuple):
    """The end of a reload."""

    site: str  # path of the site file
    refused: str  # why it changed nothing, in English; empty: it is in use
    findings: list[Finding]  # of the site file


def reload(run: Path) -> ReloadDone:
    """Let a daemon read its site file again. NotReachableError: none answers in the run folder."""
    before = _processes(run)
    findings = config.check(Path(before.site_file))
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        return ReloadDone(before.site_file, str(errors[0]), findings)
    supervisor = next(view.pid for view in before.processes if view.name == "supervisor")
    os.kill(psutil.Process(supervisor).ppid(), signal.SIGHUP)
    deadline = time.monotonic() + _ANSWER_S
    while time.monotonic() < deadline:
        if (now := _processes(run)).reloads != before.reloads:
            return ReloadDone(now.site_file, now.refused, findings)
    raise NotReachableError(NO_DAEMON.of(folder=run))


def _processes(run: Path) -> Processes:
    found = ask(run).processes
    if found is None:
        raise NotReachableError(NO_DAEMON.of(folder=run))
    return found
