"""`/api/lanes/picture`: a picture under the lane map, such as an orthophoto, with two points that tie it to the ground.

picture, picture.json    in the folder of the site file; they are for editing only, and in no version of the site
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.core import durable
from rsu.web.access import Access
from rsu.web.admission import told
from rsu.web.answers import NOT_WRITABLE, answer
from rsu.web.site_changes import NO_SITE, SiteChanges

NAME, TIES = "picture", "picture.json"
_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}  # by the first octets of the file
_MODE = 0o640
_LEAST_PX, _LEAST_M = 10.0, 1.0
_NO_PICTURE = Detail("expected a JPEG or PNG picture", "应为 JPEG 或 PNG 图片")
_NONE = Detail("there is no picture", "没有底图")
_NEAR = Detail(
    "the two points must be {px:.0f} px and {metres:.0f} m apart, at least",
    "两个控制点须相距至少 {px:.0f} px 且 {metres:.0f} m",
)
_Pixel = Annotated[float, Meta(ge=0, le=20_000)]
_Metres = Annotated[float, Meta(ge=-10_000, le=10_000)]


class PictureTie(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One point of the picture, and its place on the ground."""

    column_px: _Pixel  # from the left
    row_px: _Pixel  # from above
    east_m: _Metres  # site frame
    north_m: _Metres

    def apart(self, other: PictureTie) -> tuple[float, float]:
        """Return the distances to another one, pixels and metres."""
        return (
            math.hypot(self.column_px - other.column_px, self.row_px - other.row_px),
            math.hypot(self.east_m - other.east_m, self.north_m - other.north_m),
        )


class PictureTies(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both points. The picture is moved, turned and scaled, never bent: an orthophoto needs no more."""

    one: PictureTie
    other: PictureTie


def routes(changes: SiteChanges, access: Access) -> list[Route]:
    """Return the addresses."""
    pages = _PicturePages(changes, access)
    return [
        Route("/api/lanes/picture", pages.picture),
        Route("/api/lanes/picture", pages.keep, methods=["POST"]),
        Route("/api/lanes/picture", pages.remove, methods=["DELETE"]),
        Route("/api/lanes/picture/ties", pages.ties),
        Route("/api/lanes/picture/ties", pages.tie, methods=["POST"]),
    ]


class _PicturePages:
    """The requests, one method each."""

    def __init__(self, changes: SiteChanges, access: Access) -> None:
        self._changes, self._access = changes, access

    def _file(self, name: str) -> Path | None:
        site = self._changes.site()
        return None if site is None else site.parent / name

    async def picture(self, _: Request) -> Response:
        """Answer with the picture."""
        data = await asyncio.to_thread(_content, self._file(NAME))
        return told(404, _NONE) if data is None else Response(data, media_type=_type(data))

    async def keep(self, request: Request) -> Response:
        """Keep another picture; it has no ties yet."""
        data = await request.body()
        if _type(data) is None:
            return told(400, _NO_PICTURE)
        return await self._written(request, {NAME: data, TIES: None})

    async def remove(self, request: Request) -> Response:
        """Remove the picture."""
        return await self._written(request, {NAME: None, TIES: None})

    async def ties(self, _: Request) -> Response:
        """Answer whether there is a picture, and with its ties; none: null."""
        path = self._file(NAME)
        data = await asyncio.to_thread(_content, self._file(TIES))
        ties = None if data is None else msgspec.json.decode(data, type=PictureTies)
        return answer({"there": path is not None and path.exists(), "ties": ties})

    async def tie(self, request: Request) -> Response:
        """Keep other ties."""
        given = msgspec.json.decode(await request.body(), type=PictureTies)
        px, metres = given.one.apart(given.other)
        if px < _LEAST_PX or metres < _LEAST_M:
            return told(400, _NEAR.of(px=_LEAST_PX, metres=_LEAST_M))
        return await self._written(request, {TIES: msgspec.json.encode(given)})

    async def _written(self, request: Request, files: dict[str, bytes | None]) -> Response:
        """Write files, and note them by their SHA-256; None removes one."""
        paths = {name: self._file(name) for name in files}
        before = {name: _sha256(_content(path)) for name, path in paths.items()}
        try:
            for name, path in paths.items():
                if path is None:
                    return told(503, NO_SITE)
                await asyncio.to_thread(_put, path, files[name])
        except OSError as error:
            return told(409, NOT_WRITABLE.of(reason=error))
        after = {name: _sha256(data) for name, data in files.items()}
        await self._access.note(request.state.visitor, "picture", "under the lane map", before, after)
        return answer(None)


def _content(path: Path | None) -> bytes | None:
    return path.read_bytes() if path is not None and path.is_file() else None


def _put(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        durable.replace(path, data, _MODE)


def _type(data: bytes) -> str | None:
    return next((name for first, name in _TYPES.items() if data.startswith(first)), None)


def _sha256(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()
