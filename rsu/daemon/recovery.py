"""A start without a usable site: a process of its own shows the mistakes on the page until the site file is valid."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from importlib import import_module
from multiprocessing.context import ForkProcess
from pathlib import Path

import structlog
from pydantic import ValidationError

from rsu.core.errors import ConfigError, Finding
from rsu.core.parent import die_with_us
from rsu.daemon import site_copy
from rsu.daemon.notify import Notifier
from rsu.daemon.site_copy import Gathered
from rsu.site.layers import SiteLayers
from rsu.site.web import WebSettings

_PAGE = "rsu.web.recovery"  # imported when started, as the processes of the daemon
_LOOK_S = 1.0
_END_S = 3.0
_NOTIFIED = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")
_log = structlog.get_logger()


def until_valid(site: Path, error: ConfigError, data: Path, stop: threading.Event) -> Gathered | None:
    """Show the mistakes of a site file until it has none; return the site then, None after `stop`."""
    kept = {name: os.environ[name] for name in _NOTIFIED if name in os.environ}
    notifier = Notifier()
    os.environ.update(kept)  # for the daemon that begins then
    signal.signal(signal.SIGHUP, lambda *_: None)
    notifier.ready("site file not valid: its mistakes are on the page, nothing is on air")
    page = _shown(site, error.findings, data)
    try:
        while not stop.wait(_LOOK_S):
            notifier.turn()
            try:
                return site_copy.gather(site)
            except ConfigError as newer:
                if newer.findings != error.findings or not page.is_alive():
                    _end(page)
                    error, page = newer, _shown(site, newer.findings, data)
            except OSError as failed:
                _log.error("site file not readable", path=str(site), why=str(failed))
        return None
    finally:
        _end(page)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _shown(site: Path, findings: list[Finding], data: Path) -> ForkProcess:
    settings = _settings(site)
    _log.error(
        "site file not valid, recovery page", url=f"http://{settings.host}:{settings.port}/", errors=len(findings)
    )
    page = multiprocessing.get_context("fork").Process(
        target=_serve, args=(die_with_us(), settings, site, findings, data)
    )
    page.start()
    return page


def _serve(prepare: Callable[[], None], settings: WebSettings, site: Path, findings: list[Finding], data: Path) -> None:
    """Serve the page, in a process of its own: the daemon's root process, forked later, must never load it."""
    prepare()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    import_module(_PAGE).serve(settings, str(site), findings, data)


def _end(page: ForkProcess) -> None:
    page.terminate()
    page.join(_END_S)
    if page.is_alive():
        page.kill()
        page.join()
    page.close()


def _settings(site: Path) -> WebSettings:
    """Return where the page listens, by the site file as far as that can be read."""
    try:
        return WebSettings.model_validate(SiteLayers(site).data.get("page") or {})
    except (ConfigError, ValidationError):
        return WebSettings()
