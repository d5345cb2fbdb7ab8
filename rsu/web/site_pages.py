"""The addresses of the site's files: their texts, mistakes while edited, saving, versions, meanings of keys."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.access.roles import Role
from rsu.core.errors import ConfigError
from rsu.site.history import NoVersionError, SiteHistory
from rsu.site.keys import find, shown
from rsu.site.keys.find import UnknownKeyError
from rsu.web import workbench
from rsu.web.access import Access
from rsu.web.admission import Visitor, told
from rsu.web.workbench import EditedSite, Files, SiteEditError

_MOST_KEYS = 12  # of a section that are explained at once
_NO_SITE = Detail("the daemon does not say yet which site it runs with", "守护程序尚未给出其使用的站点")
_NOT_WRITABLE = Detail("cannot be written: {reason}", "无法写入：{reason}")
_CHANGED = Detail("the files were changed meanwhile: load the page anew", "文件已被他人修改：请重新加载页面")
_NO_ANSWER = Detail("the daemon does not answer", "守护程序无应答")
_NO_RIGHT = Detail("an administrator is needed to change {keys}", "修改 {keys} 需要管理员权限")


class SavedTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Edited files, and the reason of the change."""

    files: dict[str, str]
    why: str = ""
    base: str = ""  # digest of the files that were edited


class WantedVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version to go back to."""

    number: int


class SitePlaces(NamedTuple):
    """Where a site stands, and the way to have it taken."""

    site: Callable[[], Path | None]  # the file that is edited
    running: Callable[[], Path | None]  # the copy that runs
    reload: Callable[[], Awaitable[str]]  # answers why the daemon has not taken it; empty: it has


def routes(places: SitePlaces, access: Access) -> list[Route]:
    """Return the addresses."""
    pages = _SitePages(places, access)
    return [
        Route("/api/site", pages.texts),
        Route("/api/site", pages.save, methods=["POST"]),
        Route("/api/site/check", pages.check, methods=["POST"]),
        Route("/api/site/versions", pages.versions),
        Route("/api/site/versions/{number:int}", pages.difference),
        Route("/api/site/rollback", pages.rollback, methods=["POST"]),
        Route("/api/site/key", pages.key),
    ]


class _SitePages:
    """The requests, one method each."""

    def __init__(self, places: SitePlaces, access: Access) -> None:
        self._places, self._access = places, access
        self._alone = asyncio.Lock()  # a check takes half a second of a core

    async def texts(self, _: Request) -> Response:
        """Answer with the files of the site."""
        if (site := self._places.site()) is None:
            return told(503, _NO_SITE)
        files = await asyncio.to_thread(workbench.texts, site)
        writable = os.access(site if site.exists() else site.parent, os.W_OK)
        return JSONResponse(
            {"site": str(site), "main": site.name, "files": files, "writable": writable}
            | {"base": workbench.digest(files)}
        )

    async def check(self, request: Request) -> Response:
        """Judge edited files."""
        given = msgspec.json.decode(await request.body(), type=SavedTexts)
        found = await self._judged(lambda site: workbench.whole(site, given.files))
        return found if isinstance(found, Response) else JSONResponse(found.record())

    async def save(self, request: Request) -> Response:
        """Save edited files, and have the daemon take them."""
        given = msgspec.json.decode(await request.body(), type=SavedTexts)
        edited, site = given.why or "edited on the page", self._places.site()
        if site is not None and given.base != workbench.digest(await asyncio.to_thread(workbench.texts, site)):
            return told(409, _CHANGED)
        return await self._change(request, lambda site: workbench.whole(site, given.files), edited)

    async def rollback(self, request: Request) -> Response:
        """Go back to a version."""
        number = msgspec.json.decode(await request.body(), type=WantedVersion).number
        return await self._change(request, lambda site: SiteHistory(site).files(number), f"rollback --to={number}")

    async def versions(self, _: Request) -> Response:
        """List the versions, the newest first."""
        if (site := self._places.site()) is None:
            return told(503, _NO_SITE)
        found = await asyncio.to_thread(SiteHistory(site).versions)
        rows = [{"number": each.number, "utc_s": each.utc_s, "why": each.why} for each in reversed(found)]
        return JSONResponse(rows)

    async def difference(self, request: Request) -> Response:
        """Answer how the files of today differ from those of a version."""
        if (site := self._places.site()) is None:
            return told(503, _NO_SITE)
        try:
            found = await asyncio.to_thread(workbench.difference, site, request.path_params["number"])
        except NoVersionError as error:
            return told(404, error.args[0])
        return JSONResponse(found)

    async def key(self, request: Request) -> Response:
        """Explain a key."""
        try:
            rows = await asyncio.to_thread(find.find, request.query_params.get("path", ""))
        except UnknownKeyError as error:
            return told(404, error.args[0])
        said = (shown.meaning, shown.range_of, shown.default, shown.effect)
        words = [{lang: [each(row, lang) for each in said] for lang in ("en", "zh")} for row in rows[:_MOST_KEYS]]
        return JSONResponse([{"key": row.whole} | each for row, each in zip(rows, words, strict=False)])

    async def _judged(self, files: Callable[[Path], Files]) -> EditedSite | Response:
        if (site := self._places.site()) is None:
            return told(503, _NO_SITE)
        try:
            async with self._alone:
                return await asyncio.to_thread(lambda: workbench.judged(site, files(site), self._places.running()))
        except (SiteEditError, NoVersionError) as error:
            return told(400, error.args[0])

    async def _change(self, request: Request, files: Callable[[Path], Files], why: str) -> Response:
        """Save files if they are valid and the visitor may change them, and have the daemon take them."""
        visitor, found = request.state.visitor, await self._judged(files)
        if isinstance(found, Response):
            return found
        if not found.valid:
            return JSONResponse(found.record(), 422)
        if not visitor.role.covers(Role.ADMINISTER) and (keys := workbench.untuned(found)):
            await self._access.note(visitor, "site", ", ".join(keys), outcome="refused")
            return told(403, _NO_RIGHT.of(keys=", ".join(keys[:5])))
        return await self._saved(visitor, files, why, found)

    async def _saved(self, visitor: Visitor, files: Callable[[Path], Files], why: str, found: EditedSite) -> Response:
        site = self._places.site()
        assert site is not None  # it was judged
        try:
            history = SiteHistory(site)
            version = await asyncio.to_thread(lambda: history.change(files(site), f"{visitor.name}: {why}"))
        except ConfigError as error:
            return JSONResponse(EditedSite(error.findings, []).record(), 422)
        except OSError as error:
            return told(409, _NOT_WRITABLE.of(reason=error))
        before, after = ({each.key: getattr(each, side) for each in found.changes} for side in ("before", "after"))
        await self._access.note(visitor, "site", f"version {version.number}: {why}", before, after)
        try:
            refused = await self._places.reload()
        except TimeoutError:
            refused = _NO_ANSWER.en
        return JSONResponse({"version": version.number, "refused": refused} | found.record())
