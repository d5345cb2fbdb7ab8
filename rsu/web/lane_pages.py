"""The addresses of the lane map as it is edited: points, widths and phases by their keys, its mistakes and its MAP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError
from ruamel.yaml.comments import CommentedSeq
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.core.errors import ConfigError
from rsu.lab.maps import airing
from rsu.site import edit
from rsu.site.lanemap import LaneMapFile
from rsu.site.layers import SiteLayers
from rsu.site.map_source import map_source
from rsu.web import workbench
from rsu.web.admission import told
from rsu.web.site_changes import NO_SITE, SiteChanges
from rsu.web.workbench import Files, SiteEditError
from v2x import CodecError, dsmp

_NO_MAP = Detail("the lane map cannot be read: see the site file", "车道地图无法读取：请查看站点文件")


class EditedLanes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New values of a lane map by dotted key, and the reason of the change."""

    values: dict[str, Any]
    why: str = ""
    base: str = ""  # digest of the files that were edited


def routes(changes: SiteChanges) -> list[Route]:
    """Return the addresses."""
    pages = _LanePages(changes)
    return [
        Route("/api/lanes", pages.lanes),
        Route("/api/lanes", pages.save, methods=["POST"]),
        Route("/api/lanes/check", pages.check, methods=["POST"]),
    ]


class _LanePages:
    """The requests, one method each."""

    def __init__(self, changes: SiteChanges) -> None:
        self._changes = changes

    async def lanes(self, _: Request) -> Response:
        """Answer with the lane map as it stands in its file."""
        if (site := self._changes.site()) is None:
            return told(503, NO_SITE)
        try:
            name, files = _name(site), await asyncio.to_thread(workbench.texts, site)
            data = await asyncio.to_thread(lambda: map_source(site.parent / name).data)
        except ConfigError:
            return told(409, _NO_MAP)
        return JSONResponse({"file": name, "map": data, "base": workbench.digest(files)})

    async def check(self, request: Request) -> Response:
        """Judge an edited lane map, and tell the octets of its MAP."""
        given = msgspec.json.decode(await request.body(), type=EditedLanes)
        found = await self._changes.judged(_files(given))
        if isinstance(found, Response):
            return found
        size = await asyncio.to_thread(_octets, self._changes.site(), given)
        return JSONResponse(found.record() | {"octets": size, "most_octets": dsmp.MAX_LENGTH})

    async def save(self, request: Request) -> Response:
        """Save an edited lane map, and have the daemon take it."""
        given = msgspec.json.decode(await request.body(), type=EditedLanes)
        return await self._changes.make(request, _files(given), given.why or "lane map edited on the page", given.base)


def _name(site: Path) -> str:
    """Return the name of the lane map. ConfigError: the site file names none."""
    try:
        return str(SiteLayers(site).data["site"]["lane_map"])
    except (KeyError, TypeError) as error:
        raise ConfigError([]) from error


def _files(given: EditedLanes) -> Callable[[Path], Files]:
    def files(site: Path) -> Files:
        texts, name = workbench.texts(site), _name(site)
        return workbench.whole(site, texts | {name: _edited(name, texts[name], given.values)})

    return files


def _edited(name: str, text: str, values: dict[str, Any]) -> str:
    """Return the text of a lane map with other values. SiteEditError: a key has no place in it."""
    try:
        if name.endswith((".yaml", ".yml")):
            return edit.edited(text, {key: _flow(value) for key, value in values.items()})
        data = json.loads(text)
        for key, value in values.items():
            *above, last = edit.place(data, key)
            node = data
            for part in above:
                node = node[part]
            node[last] = value
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    except (edit.KeyPathError, KeyError, IndexError, TypeError) as error:
        raise SiteEditError(*error.args) from error


def _flow(value: Any) -> Any:
    """Return a list as YAML writes it on one line."""
    if not isinstance(value, list):
        return value
    found = CommentedSeq(map(_flow, value))
    found.fa.set_flow_style()
    return found


def _octets(site: Path | None, given: EditedLanes) -> int | None:
    """Return the octets of the MAP on air; None: the lane map has mistakes."""
    if site is None:
        return None
    try:
        name, texts = _name(site), workbench.texts(site)
        text = _edited(name, texts[name], given.values)
        data = edit.value_of(text) if name.endswith((".yaml", ".yml")) else json.loads(text)
        return airing.size(LaneMapFile.model_validate(data))
    except (ConfigError, CodecError, ValidationError, ValueError, SiteEditError):
        return None
