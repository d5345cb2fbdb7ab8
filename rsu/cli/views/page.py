"""The work of `rsu page`: addresses, certificate and one-time code of a site's page."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from rsu.access import accounts, reach
from rsu.access.accounts import Accounts
from rsu.access.reach import Reach
from rsu.site import config


class PageWay(NamedTuple):
    """The ways to a page."""

    loopback: str
    https: bool  # whether the site file asks for it
    reach: Reach | None  # None: there is no certificate
    code: str | None  # one-time code

    def record(self) -> dict[str, Any]:
        """Return it for a program."""
        way = None if self.reach is None else msgspec.to_builtins(self.reach)
        return {"loopback": self.loopback, "https": way, "code": self.code}


def way(site: Path, data: Path, new_code: bool) -> PageWay:
    """Return the ways to the page of a site. ConfigError: it is not valid; OSError: the disk fails."""
    page, users = config.load(site).site.page, Accounts(data)
    code = users.new_code() if new_code else users.code()
    host = f"[{page.host}]" if ":" in page.host else page.host
    try:
        found = reach.reach(page.https, data / accounts.FOLDER) if page.https else None
    except FileNotFoundError:
        found = None
    return PageWay(f"http://{host}:{page.port}/", page.https is not None, found, code)
