"""The addresses that make a lane map: of a map of others, or of a template. Nothing is saved."""

from __future__ import annotations

import asyncio
import sys

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.lab.maps.formats import FORMATS
from rsu.web import limits
from rsu.web.admission import told
from rsu.web.maps.wishes import REFUSED, ImportWish, MapWish, TemplateWish
from rsu.web.site_changes import NO_SITE, SiteChanges

_LONGEST_S = 45.0
_STATUS = {0: 200, REFUSED: 422}  # by the worker's exit code
_COMMAND = (sys.executable, "-m", "rsu.web.maps.worker")
_NO_FORMAT = Detail("{format}: no format of a map", "{format}：不是地图格式")
_ENDED = Detail(
    "the map could not be read within {seconds:.0f} s and 2 GiB of memory: cut out the crossing first",
    "未能在 {seconds:.0f} s 与 2 GiB 内存内读入地图：请先截取路口",
)


def routes(changes: SiteChanges) -> list[Route]:
    """Return the addresses."""
    pages = _ImportPages(changes)
    return [
        Route("/api/lanes/import", pages.imported, methods=["POST"]),
        Route("/api/lanes/new", pages.new, methods=["POST"]),
    ]


class _ImportPages:
    """The requests, one method each; they wait for each other."""

    def __init__(self, changes: SiteChanges) -> None:
        self._changes = changes
        self._alone = asyncio.Lock()

    async def imported(self, request: Request) -> Response:
        """Make a lane map of the file that is the body; `?wish=` says the rest, as JSON."""
        wish = msgspec.json.decode(request.query_params.get("wish", ""), type=ImportWish)
        if wish.format != "auto" and wish.format not in FORMATS:
            return told(400, _NO_FORMAT.of(format=wish.format))
        return await self._made(wish, await request.body())

    async def new(self, request: Request) -> Response:
        """Make a lane map of a template."""
        return await self._made(msgspec.json.decode(await request.body(), type=TemplateWish), b"")

    async def _made(self, wish: ImportWish | TemplateWish, data: bytes) -> Response:
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
        head = msgspec.json.encode(MapWish(str(site), wish))
        try:
            async with asyncio.timeout(limits.WORK_S), self._alone:
                code, made = await _worked(head + b"\n" + data)
        except TimeoutError:
            code, made = -1, b""
        if code not in _STATUS:
            return told(422, _ENDED.of(seconds=_LONGEST_S))
        return Response(made, _STATUS[code], media_type="application/json")


async def _worked(request: bytes) -> tuple[int | None, bytes]:
    """Return exit code and answer of the worker. TimeoutError."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(_LONGEST_S):
            answer, _ = await process.communicate(request)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, answer
