"""The addresses that change a site, without the rest of the page: a site in a folder, and browsers at it."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware

from hw.decoding import UNDECODABLE
from rsu.access.roles import Role
from rsu.web import site_pages
from rsu.web.access import Access
from rsu.web.admission import Admission
from rsu.web.app import not_understood
from rsu.web.limits import Bounded
from rsu.web.maps import import_pages, lane_pages, picture_pages
from rsu.web.site_changes import SiteChanges, SitePlaces
from tests.rsu.web.client import PageClient
from tests.rsu.web.serving import access, free_port

CONFIGS = Path(__file__).parents[3] / "configs"


class Desk:
    """A site in a folder, and a browser at it."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site.yaml"
        for source, name in (("demo.yaml", "site.yaml"), ("demo-lanes.json",) * 2, ("ti-traffic-68xx.cfg",) * 2):
            shutil.copy(CONFIGS / source, folder / name)
        self.refusal, self.reloads, self.port = "", 0, free_port()
        self.access: Access = access(folder / "data", login=True)
        places = SitePlaces(lambda: self.site, lambda: None, self._reload)
        changes = self.changes = SiteChanges(places, self.access)
        middleware = [Middleware(Bounded), Middleware(Admission, self.access.sessions, True)]
        routes = [*site_pages.routes(changes), *lane_pages.routes(changes), *import_pages.routes(changes)]
        routes += picture_pages.routes(changes, self.access)
        self.app = Starlette(
            routes=routes, middleware=middleware, exception_handlers=dict.fromkeys(UNDECODABLE, not_understood)
        )

    async def _reload(self) -> str:
        self.reloads += 1
        return self.refusal

    def browser(self, role: Role) -> PageClient:
        made = PageClient(self.port, secure=False)
        made.cookie = f"rsu={(token := self.access.sessions.begin(role, role, time.monotonic()))}"
        session = self.access.sessions.find(token, time.monotonic())
        made.csrf = session.csrf if session else ""
        return made
