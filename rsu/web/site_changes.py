"""Changes of a site from the page: judged, permitted by the role, saved with a version, noted, taken by the daemon."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hw.detail import Detail
from rsu.access.roles import Role
from rsu.core.errors import ConfigError
from rsu.site.history import NoVersionError, SiteHistory, SiteVersion
from rsu.site.probation import UnderProbationError
from rsu.web import workbench
from rsu.web.access import Access
from rsu.web.admission import Visitor, told
from rsu.web.answers import NOT_WRITABLE
from rsu.web.workbench import EditedSite, Files, SiteEditError

NO_SITE = Detail("the daemon does not say yet which site it runs with", "守护程序尚未给出其使用的站点")
_CHANGED = Detail("the files were changed meanwhile: load the page anew", "文件已被他人修改：请重新加载页面")
_NO_ANSWER = Detail("the daemon does not answer", "守护程序无应答")
_NO_RIGHT = Detail("an administrator is needed to change {keys}", "修改 {keys} 需要管理员权限")


class SitePlaces(NamedTuple):
    """Where a site stands, and the way to have it taken."""

    site: Callable[[], Path | None]  # the file that is edited
    running: Callable[[], Path | None]  # the copy that runs
    reload: Callable[[], Awaitable[str]]  # answers why the daemon has not taken it; empty: it has


class _WantedChange(NamedTuple):
    """A change, as it is asked for."""

    visitor: Visitor
    site: Path
    files: Callable[[Path], Files]  # all files that the site would have
    why: str
    base: str | None


class SiteChanges:
    """Changes of one site."""

    def __init__(self, places: SitePlaces, access: Access) -> None:
        self._places, self._access = places, access
        self._alone = asyncio.Lock()  # a check takes half a second of a core

    def site(self) -> Path | None:
        """Return the site file; None: it is not known yet."""
        return self._places.site()

    async def judged(self, files: Callable[[Path], Files]) -> EditedSite | Response:
        """Judge the files that a site would have."""
        if (site := self._places.site()) is None:
            return told(503, NO_SITE)
        try:
            async with self._alone:
                return await asyncio.to_thread(lambda: workbench.judged(site, files(site), self._places.running()))
        except (SiteEditError, NoVersionError) as error:
            return told(400, error.args[0])

    async def make(
        self, request: Request, files: Callable[[Path], Files], why: str, base: str | None = None
    ) -> Response:
        """Save files if they are valid and the visitor may change them, and have the daemon take them.

        `base`: digest of the texts that were edited; they must not have been changed meanwhile.
        """
        if (site := self._places.site()) is None:
            return told(503, NO_SITE)
        wish = _WantedChange(request.state.visitor, site, files, why, base)
        try:
            async with self._alone:  # until it is written: the next one with the same base finds other texts
                made = await self._saved(wish)
        except (SiteEditError, NoVersionError) as error:
            return told(400, error.args[0])
        except UnderProbationError as error:
            return told(409, error.args[0])
        except ConfigError as error:
            return JSONResponse(EditedSite(error.findings, []).record(), 422)
        except OSError as error:
            return told(409, NOT_WRITABLE.of(reason=error))
        return made if isinstance(made, Response) else await self._taken(wish, *made)

    async def _saved(self, wish: _WantedChange) -> tuple[SiteVersion, EditedSite] | Response:
        """Write a version, or answer why not. SiteEditError, NoVersionError, ConfigError, OSError."""
        texts = await asyncio.to_thread(workbench.texts, wish.site)
        if wish.base is not None and wish.base != workbench.digest(texts):
            return told(409, _CHANGED)
        files = await asyncio.to_thread(wish.files, wish.site)
        found = await asyncio.to_thread(workbench.judged, wish.site, files, self._places.running())
        if not found.valid:
            return JSONResponse(found.record(), 422)
        if not wish.visitor.role.covers(Role.ADMINISTER) and (keys := workbench.untuned(found)):
            await self._access.note(wish.visitor, "site", ", ".join(keys), outcome="refused")
            return told(403, _NO_RIGHT.of(keys=", ".join(keys[:5])))
        by = f"{wish.visitor.name}: {wish.why}"
        return await asyncio.to_thread(SiteHistory(wish.site).change, files, by), found

    async def _taken(self, wish: _WantedChange, version: SiteVersion, found: EditedSite) -> Response:
        """Note a version, and have the daemon take it."""
        rows = [*found.changes, *found.others]
        before, after = {row.key: row.before for row in rows}, {row.key: row.after for row in rows}
        await self._access.note(wish.visitor, "site", f"version {version.number}: {wish.why}", before, after)
        try:
            refused = await self._places.reload()
        except TimeoutError:
            refused = _NO_ANSWER.en
        return JSONResponse({"version": version.number, "refused": refused} | found.record())
