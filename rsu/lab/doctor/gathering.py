"""Gathers the facts about a box, all at once, each within its time: bus, broker, recording, kernel, serial lines."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from rsu.bus.troubles import Newest
from rsu.core.errors import ConfigError, Finding
from rsu.lab.doctor import box_facts, kernel_clock, serial_lines
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.largest import dialect
from rsu.lab.doctor.recent import Recent, recent
from rsu.lab.doctor.tail import last_ticks
from rsu.site import config
from rsu.site.config import Config
from rsu.uplink import credentials
from rsu.uplink.handshake import Handshake, shake

BROKER_S = 4.0
RECORDED_S = 60.0


class Whereabouts(NamedTuple):
    """Where to look. `site` None: the site file of the running daemon."""

    site: Path | None
    run: Path
    data: Path


def gather(places: Whereabouts, newest: Newest) -> SiteFacts:
    """Return the facts; takes a few seconds. `newest`: of the bus; empty where no daemon runs."""
    site = places.site or (Path(newest.processes.site_file) if newest.processes else None)
    findings, valid = ([], None) if site is None else _site(site)
    now_ns = time.time_ns()
    with ThreadPoolExecutor(thread_name_prefix="doctor") as pool:
        broker = pool.submit(_broker, valid)
        last = pool.submit(_recent, valid, places.data, now_ns)
        box = box_facts.read((places.run, places.data))
        clock = kernel_clock.read()
        return SiteFacts(
            now_ns=now_ns,
            box=box,
            kernel_clock=clock,
            findings=findings,
            newest=newest,
            valid=valid,
            lines=() if valid is None else serial_lines.read(valid, places.run),
            last_minutes=last.result(),
            broker=broker.result(),
            certificate_ends_s=_certificates(valid),
        )


def _site(path: Path) -> tuple[list[Finding], Config | None]:
    try:
        return config.check(path), config.load(path)
    except ConfigError as error:
        return error.findings, None


def _broker(valid: Config | None) -> Handshake | None:
    platform = None if valid is None else valid.site.uplink.platform
    if valid is None or platform is None:
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
