"""Connections without a broker, each on a thread of its own: their common part."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from queue import SimpleQueue

from rsu.reasons.broker import Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink.credentials import Credentials
from rsu.uplink.dialect import Answer, Dialect, Login


class BrokerlessLink(ABC):
    """The state of one attempt as `PlatformLink` has it."""

    room = None
    unheard = False

    def __init__(self, settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect) -> None:
        self.answers: SimpleQueue[Answer] = SimpleQueue()
        self.connected = False
        self.ended: Cause | None = None
        self.unreadable = 0
        self.denied: dict[str, str] = {}
        self.peer_until: str | None = None
        self._settings = settings
        self._login = dialect.login(Login(rscu, credentials.username, credentials.password), time.time_ns())
        self._thread = threading.Thread(target=self._run, name="platform", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def look(self) -> None:  # noqa: B027  # answers are taken as they come: nothing is ever left to look at
        """Do nothing."""

    @abstractmethod
    def _run(self) -> None:
        """Connect and serve, until the connection ends or is ended; then `ended` says why."""
