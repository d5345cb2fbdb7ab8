"""Sends what waits in the store to the platform, as far as the windows let, and collects acknowledgements.

Each kind has its own window: a kind that the platform does not take holds up no other. Important kinds go first.
"""

from __future__ import annotations

import time
from queue import Empty

import structlog

from rsu.uplink.envelope import Range
from rsu.uplink.errors import LinkError
from rsu.uplink.handover import RANK
from rsu.uplink.mqtt import Link
from rsu.uplink.settings import PlatformSettings
from rsu.uplink.store import Store
from rsu.uplink.window import Window

_RETRY_S = 5.0  # between attempts to set up a link whose certificates or password cannot be read
_log = structlog.get_logger()


class Sender:
    """The platform's side of the uplink process."""

    def __init__(self, settings: PlatformSettings, rscu: str) -> None:
        """Begin to connect."""
        self._settings = settings
        self._rscu = rscu
        self._windows = {
            kind: Window(settings.in_flight, round(settings.ack_timeout_s * 1e9))
            for kind in sorted(RANK, key=RANK.__getitem__, reverse=True)
        }
        self._connections = 0
        self._link: Link | None = None
        self._error: str | None = None
        self._tried_s = 0.0
        self._connect()

    @property
    def platform(self) -> str:
        """Return the platform's address."""
        return f"{self._settings.host}:{self._settings.port}"

    @property
    def connected(self) -> bool:
        """Tell whether records can be sent now."""
        return self._link is not None and self._link.connected

    @property
    def error(self) -> str | None:
        """Return why not."""
        return self._error if self._link is None else self._link.error

    def _connect(self) -> None:
        self._tried_s = time.monotonic()
        try:
            self._link = Link(self._settings, self._rscu)
        except LinkError as error:
            if str(error) != self._error:
                _log.error("platform cannot be reached", error=str(error))
            self._error = str(error)
            return
        self._link.start()

    def acknowledged(self) -> list[Range]:
        """Return what the platform acknowledged since the last call."""
        ranges: list[Range] = []
        while self._link is not None:
            try:
                ranges += self._link.acknowledged.get_nowait()
            except Empty:
                break
        for window in self._windows.values() if ranges else ():
            window.acknowledged(ranges, time.monotonic_ns())
        return ranges

    def send(self, store: Store) -> None:
        """Send what may be sent now."""
        if self._link is None:
            if time.monotonic() - self._tried_s >= _RETRY_S:
                self._connect()
            return
        if self._link.connections != self._connections:
            self._connections = self._link.connections
            for window in self._windows.values():
                window.restart()
        if self._link.connected:
            for kind, window in self._windows.items():
                self._send_kind(self._link, kind, window, store)

    @staticmethod
    def _send_kind(link: Link, kind: str, window: Window, store: Store) -> None:
        now_ns = time.monotonic_ns()
        after, room = window.place(now_ns)
        for number in window.overdue(now_ns):
            found = store.waiting(kind, number - 1, 1)
            if store.error is not None:
                return
            if not found or found[0].id != number:
                window.gone(number)
                continue
            if not link.send(found[0].record):
                return
            window.sent(found[0], now_ns)
        batch = store.waiting(kind, after, room) if room else []
        for waiting in batch:
            if not link.send(waiting.record):
                return
            window.sent(waiting, now_ns)
        if not batch:
            window.nothing_follows()

    def close(self) -> None:
        """Say goodbye to the platform."""
        if self._link is not None:
            self._link.stop()
