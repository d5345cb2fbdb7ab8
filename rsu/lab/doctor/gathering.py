"""Gathers the facts about a box, all at once, each within its time: bus, broker, recording, kernel, serial lines."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, NamedTuple, TypeVar

from hw.detail import Detail
from rsu.bus.troubles import Newest
from rsu.core.errors import ConfigError, Finding
from rsu.lab.doctor import box_facts, kernel_clock, serial_lines
from rsu.lab.doctor.facts import FAILED, NO_END, NO_RECORDING, NO_TIME, NO_TRY, SiteFacts
from rsu.lab.doctor.largest import dialect
from rsu.lab.doctor.recent import Recent, recent
from rsu.lab.doctor.tail import last_ticks
from rsu.site import config
from rsu.site.config import Config
from rsu.site.dialects import DIALECTS
from rsu.uplink import credentials
from rsu.uplink.handshake import Handshake, shake

LIMIT_S = 8.0
BROKER_S = 4.0
_NICE = 10
RECORDED_S = 60.0

T = TypeVar("T")


class Whereabouts(NamedTuple):
    """Where to look. `site` None: the site file of the running daemon."""

    site: Path | None
    run: Path
    data: Path


def gather(places: Whereabouts, newest: Newest) -> SiteFacts:
    """Return the facts within LIMIT_S. `newest`: of the bus; empty where no daemon runs."""
    running = newest.processes.site_file if newest.processes else ""
    site = places.site or (Path(running) if running else None)
    findings, valid = ([], None) if site is None else _site(site)
    now_ns, until_s = time.time_ns(), time.monotonic() + LIMIT_S
    broker = _Errand(lambda: _broker(valid), NO_TRY, NO_END.of(limit=f"{LIMIT_S:g}"))
    last = _Errand(lambda: _recent(valid, places.data, now_ns), NO_RECORDING, NO_TIME)
    box = box_facts.read((places.run, places.data), newest.processes.processes if newest.processes else [])
    return SiteFacts(
        now_ns=now_ns,
        box=box,
        kernel_clock=kernel_clock.read(),
        findings=findings,
        newest=newest,
        valid=valid,
        lines=() if valid is None else serial_lines.read(valid, places.run),
        broker=broker.result(until_s),
        no_broker=broker.missing,
        last_minutes=last.result(until_s),
        no_recording=last.missing,
        certificate_ends_s=_certificates(valid),
    )


class _Errand(Generic[T]):
    """Work on a thread of its own, given up where it takes too long; the daemon on this box goes first."""

    def __init__(self, work: Callable[[], T], nothing: Detail, late: Detail) -> None:
        self._work, self._nothing = work, nothing
        self._results: SimpleQueue[T | Exception] = SimpleQueue()
        self.missing = late  # why there is no result
        threading.Thread(target=self._run, name="doctor", daemon=True).start()

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)  # of this thread alone
        try:
            self._results.put(self._work())
        except Exception as error:  # told by the rows that need the result
            self._results.put(error)

    def result(self, until_s: float) -> T | None:
        """Return the result; None: it is not there in time (monotonic), or the work failed."""
        try:
            result = self._results.get(timeout=max(0.0, until_s - time.monotonic()))
        except Empty:
            return None
        if isinstance(result, Exception):
            self.missing = FAILED.of(error=f"{type(result).__name__} {result}")
            return None
        self.missing = self._nothing
        return result


def _site(path: Path) -> tuple[list[Finding], Config | None]:
    try:
        return config.check(path), config.load(path)
    except ConfigError as error:
        return error.findings, None


def _broker(valid: Config | None) -> Handshake | None:
    platform = None if valid is None else valid.site.uplink.platform
    if valid is None or platform is None or DIALECTS[platform.dialect].transport != "mqtt":
        return None
    return shake(platform, valid.site.identity.rscu_sn, dialect(valid), BROKER_S)


def _recent(valid: Config | None, data: Path, now_ns: int) -> Recent | None:
    if valid is None:
        return None
    settings = valid.site.recording
    tapes = last_ticks(data / settings.path, settings, RECORDED_S, now_ns)
    return recent(valid, tapes) if tapes else None


def _certificates(valid: Config | None) -> dict[str, float]:
    platform = None if valid is None else valid.site.uplink.platform
    found = {} if platform is None else credentials.validities(platform)
    return {name: each.end_s for name, each in found.items()}
