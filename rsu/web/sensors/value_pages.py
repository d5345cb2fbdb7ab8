"""The address at which values of a site are changed by their keys: a calibration, a mounting."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.site import change
from rsu.site.edit import KeyPathError
from rsu.web.site_changes import SiteChanges
from rsu.web.workbench import Files, SiteEditError

_NO_PLACE = Detail("{keys}: no place in the site file", "{keys}：在站点文件中没有位置")


class WantedValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New values of a site by dotted key, and the reason of the change."""

    values: dict[str, Any]
    why: str


def routes(changes: SiteChanges) -> list[Route]:
    """Return the address."""

    async def save(request: Request) -> Response:
        given = msgspec.json.decode(await request.body(), type=WantedValues)
        return await changes.make(request, _files(given.values), given.why)

    return [Route("/api/site/values", save, methods=["POST"])]


def _files(values: dict[str, Any]) -> Callable[[Path], Files]:
    def files(site: Path) -> Files:
        try:
            return change.with_values(site, values)
        except KeyPathError as error:
            raise SiteEditError(*error.args) from error
        except (KeyError, IndexError, TypeError) as error:
            raise SiteEditError(_NO_PLACE.of(keys=", ".join(values))) from error

    return files
