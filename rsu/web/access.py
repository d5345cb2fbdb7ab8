"""The parts of admission that live as long as the page's process."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import structlog

from rsu.access.accounts import FOLDER, Accounts
from rsu.access.lockout import LockOut
from rsu.access.sessions import Sessions
from rsu.core import audit
from rsu.site.web import WebSettings
from rsu.web.admission import Visitor

_log = structlog.get_logger()


class Access:
    """Users, sessions and failures, and the audit log of changes made on the page."""

    def __init__(self, settings: WebSettings, data: Path) -> None:
        self.settings, self.data = settings, data
        self.folder = data / FOLDER
        self.audit = data / audit.FOLDER
        self.accounts = Accounts(data)
        self.sessions = Sessions()
        self.lockout = LockOut()

    @property
    def login(self) -> bool:
        """Return whether a login is asked for anywhere."""
        return self.settings.login or self.settings.https is not None

    def begin(self) -> None:
        """Make a one-time code where a login is asked for and there is no user yet, and print it."""
        if self.login and not self.accounts.roles():
            code = self.accounts.code() or self.accounts.new_code()
            _log.warning("no user of the page yet: make the first with this one-time code", code=code, see="rsu page")

    async def note(
        self, visitor: Visitor, action: str, about: str, before: Any = None, after: Any = None, outcome: str = "done"
    ) -> None:
        """Put a change into the audit log. OSError: the disk is full or fails."""
        actor = f"page: {visitor.name} at {visitor.address}"
        await asyncio.to_thread(audit.append, self.audit, time.time(), actor, action, about, before, after, outcome)
