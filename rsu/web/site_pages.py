"""The addresses of the site's files: their texts, mistakes while edited, saving, versions, meanings of keys."""

from __future__ import annotations

import asyncio
import os

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rsu.site.history import NoVersionError, SiteHistory
from rsu.site.keys import find, shown
from rsu.site.keys.find import UnknownKeyError
from rsu.web import workbench
from rsu.web.admission import told
from rsu.web.site_changes import NO_SITE, SiteChanges

_MOST_KEYS = 12  # of a section that are explained at once


class SavedTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Edited files, and the reason of the change."""

    files: dict[str, str]
    why: str = ""
    base: str = ""  # digest of the files that were edited


class WantedVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version to go back to."""

    number: int


def routes(changes: SiteChanges) -> list[Route]:
    """Return the addresses."""
    pages = _SitePages(changes)
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

    def __init__(self, changes: SiteChanges) -> None:
        self._changes = changes

    async def texts(self, _: Request) -> Response:
        """Answer with the files of the site."""
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
        files = await asyncio.to_thread(workbench.texts, site)
        writable = os.access(site if site.exists() else site.parent, os.W_OK)
        return JSONResponse(
            {"site": str(site), "main": site.name, "files": files, "writable": writable}
            | {"base": workbench.digest(files)}
        )

    async def check(self, request: Request) -> Response:
        """Judge edited files."""
        given = msgspec.json.decode(await request.body(), type=SavedTexts)
        found = await self._changes.judged(lambda site: workbench.whole(site, given.files))
        return found if isinstance(found, Response) else JSONResponse(found.record())

    async def save(self, request: Request) -> Response:
        """Save edited files, and have the daemon take them."""
        given = msgspec.json.decode(await request.body(), type=SavedTexts)
        return await self._changes.make(
            request, lambda site: workbench.whole(site, given.files), given.why or "edited on the page", given.base
        )

    async def rollback(self, request: Request) -> Response:
        """Go back to a version."""
        number = msgspec.json.decode(await request.body(), type=WantedVersion).number
        return await self._changes.make(
            request, lambda site: SiteHistory(site).files(number), f"rollback --to={number}"
        )

    async def versions(self, _: Request) -> Response:
        """List the versions, the newest first."""
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
        found = await asyncio.to_thread(SiteHistory(site).versions)
        rows = [{"number": each.number, "utc_s": each.utc_s, "why": each.why} for each in reversed(found)]
        return JSONResponse(rows)

    async def difference(self, request: Request) -> Response:
        """Answer how the files of today differ from those of a version."""
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
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
