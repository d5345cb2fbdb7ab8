"""The addresses of the lane map as it is edited: its parts by their keys, zones, its mistakes and its MAP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.core.errors import ConfigError
from rsu.lab.maps import airing
from rsu.site import change, edit
from rsu.site.lanemap import LaneMapFile
from rsu.site.layers import SiteLayers
from rsu.site.map_source import map_source
from rsu.web import workbench
from rsu.web.admission import told
from rsu.web.site_changes import NO_SITE, SiteChanges
from rsu.web.workbench import Files, SiteEditError, Texts
from v2x import CodecError, dsmp

ZONES = {"events.zones": "events", "statistics.zones": "statistics"}  # key -> its section of the site file
_NO_ZONES = Detail("{key}: no list of zones", "{key}：不是区域列表")
_NO_PLACE = Detail("a key has no place in the lane map: {reason}", "车道地图中没有该键：{reason}")
_NO_YAML = Detail("the imported lane map cannot be read: {reason}", "导入的车道地图无法读取：{reason}")
_NO_MAP = Detail("the lane map cannot be read: see the site file", "车道地图无法读取：请查看站点文件")


class EditedLanes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New values of a lane map by dotted key, zones of the site file, and the reason of the change."""

    values: dict[str, Any]
    zones: dict[str, list[dict[str, Any]]] = {}  # all zones of a key of `ZONES`
    text: str = ""  # of a lane map that was imported: it takes the place of the one that is there
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
            zones = await asyncio.to_thread(_zones, site)
        except ConfigError:
            return told(409, _NO_MAP)
        return JSONResponse({"file": name, "map": data, "zones": zones, "base": workbench.digest(files)})

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


def _zones(site: Path) -> dict[str, list[Any]]:
    """Return the zones of a site file by key. ConfigError: it cannot be read."""
    data = SiteLayers(site).data
    return {key: (data.get(section) or {}).get("zones") or [] for key, section in ZONES.items()}


def _files(given: EditedLanes) -> Callable[[Path], Files]:
    def files(site: Path) -> Files:
        name, texts = _name(site), workbench.texts(site)
        return workbench.whole(site, _zoned(site, texts, given) | {name: _edited(name, texts[name], given)})

    return files


def _zoned(site: Path, texts: Texts, given: EditedLanes) -> Texts:
    """Return the texts of a site with other zones. SiteEditError: a key that has none."""
    if strange := given.zones.keys() - ZONES.keys():
        raise SiteEditError(_NO_ZONES.of(key=", ".join(sorted(strange))))
    made = change.with_values(site, {key: _laid_out(zones) for key, zones in given.zones.items()})
    return texts | {name: data.decode("utf-8-sig") for name, data in made.items() if name in texts}


def _edited(name: str, text: str, given: EditedLanes) -> str:
    """Return the text of a lane map with other values. SiteEditError: a key has no place in it."""
    try:
        if _is_yaml(name):
            return edit.edited(given.text or text, {key: _laid_out(value) for key, value in given.values.items()})
        data = edit.value_of(given.text) if given.text else json.loads(text)
        for key, value in given.values.items():
            *above, last = edit.place(data, key)
            node = data
            for part in above:
                node = node[part]
            node[last] = value
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    except YAMLError as error:
        raise SiteEditError(_NO_YAML.of(reason=error)) from error
    except edit.KeyPathError as error:
        raise SiteEditError(*error.args) from error
    except (KeyError, IndexError, TypeError) as error:
        raise SiteEditError(_NO_PLACE.of(reason=error)) from error


def _is_yaml(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _laid_out(value: Any) -> Any:
    """Return a value as people lay YAML out: records block by block, lists of numbers and of points on one line."""
    if isinstance(value, dict):
        return CommentedMap({key: _laid_out(each) for key, each in value.items()})
    if not isinstance(value, list):
        return value
    found = CommentedSeq(map(_laid_out, value))
    if not any(isinstance(each, dict) for each in value):
        found.fa.set_flow_style()
    return found


def _octets(site: Path | None, given: EditedLanes) -> int | None:
    """Return the octets of the MAP on air; None: the lane map has mistakes."""
    if site is None:
        return None
    try:
        name = _name(site)
        text = _edited(name, workbench.texts(site)[name], given)
        return airing.size(LaneMapFile.model_validate(edit.value_of(text) if _is_yaml(name) else json.loads(text)))
    except (ConfigError, CodecError, ValidationError, ValueError, SiteEditError):
        return None
