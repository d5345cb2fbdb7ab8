"""The addresses of a box without a site: places at which devices may be, listening there, a first site."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw import registry
from hw.detail import Detail
from hw.endpoint import Endpoint
from perception.geo import Reference
from rsu.core.errors import ConfigError
from rsu.lab.beginning import first_site, probing
from rsu.lab.beginning.probing import ProbedDevice
from rsu.lab.beginning.site_text import SiteAnswers
from rsu.lab.maps.errors import MapError
from rsu.site.history import SiteHistory
from rsu.web.access import Access
from rsu.web.admission import told
from rsu.web.answers import NOT_WRITABLE

_LISTEN_S = 1.2  # at each place and speed: a request ends in good time
_EXISTS = Detail("{site} exists: this box has a site", "{site} 已存在：该设备已有站点")
_NO_DEVICE = Detail("expected a device as it was found, got {got}", "应为已发现的设备，实为 {got}")


class ProbedPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place to listen at: a serial line of this box, or a TCP address with port."""

    place: str


class FoundDevice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device as listening has found it."""

    kind: str
    link: dict[str, Any]


class WantedSite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The answers of the engineer."""

    name: str
    region: int
    node: int
    district: str
    latitude_deg: float
    longitude_deg: float
    elevation_m: float
    radio: str
    listen: str
    legs: list[str]
    devices: list[FoundDevice]
    language: str


def routes(site: Path, access: Access) -> list[Route]:
    """Return the addresses."""
    pages = _BeginPages(site, access)
    return [
        Route("/api/begin/places", pages.places),
        Route("/api/begin/probe", pages.probe, methods=["POST"]),
        Route("/api/begin", pages.begin, methods=["POST"]),
    ]


class _BeginPages:
    """The requests, one method each."""

    def __init__(self, site: Path, access: Access) -> None:
        self._site, self._access = site, access

    async def places(self, _: Request) -> Response:
        """List the serial lines of the box, and the roads of the usual template."""
        return JSONResponse({"serial": list(map(str, probing.serial_lines())), "legs": first_site.FOUR})

    async def probe(self, request: Request) -> Response:
        """Listen at a place, and tell the device there; none: null."""
        place = msgspec.json.decode(await request.body(), type=ProbedPlace).place
        try:
            found = await asyncio.to_thread(_probed, place)
        except (ValidationError, OSError):
            return told(400, _NO_DEVICE.of(got=place))
        if found is None:
            return JSONResponse(None)
        where = probing.place_of(found.measurements)
        at = where and [where.latitude_deg, where.longitude_deg, where.elevation_m]
        facts = {"kind": found.kind, "link": found.link, "gives": found.gives, "place": at}
        return JSONResponse(facts | {"measurements": len(found.measurements)})

    async def begin(self, request: Request) -> Response:
        """Write a first site; the daemon starts with it by itself."""
        wanted = msgspec.json.decode(await request.body(), type=WantedSite)
        if self._site.exists():
            return told(409, _EXISTS.of(site=self._site))
        try:
            await asyncio.to_thread(self._write, wanted)
        except MapError as error:
            return told(400, error.args[0])
        except (ValidationError, KeyError):
            return told(400, _NO_DEVICE.of(got=str(wanted.devices)))
        except ConfigError as error:
            return JSONResponse({"findings": [each._asdict() for each in error.findings]}, 422)
        except OSError as error:
            return told(409, NOT_WRITABLE.of(reason=error))
        await self._access.note(request.state.visitor, "first site", str(self._site), after=msgspec.to_builtins(wanted))
        return JSONResponse({"site": str(self._site)})

    def _write(self, wanted: WantedSite) -> None:
        devices = [_device(each) for each in wanted.devices]
        place = Reference(wanted.latitude_deg, wanted.longitude_deg, wanted.elevation_m)
        answers = SiteAnswers(
            wanted.name, wanted.region, wanted.node, wanted.district, place, wanted.radio, wanted.listen
        )
        files = first_site.files(answers, devices, wanted.legs, wanted.language, self._site.name)
        SiteHistory(self._site).change(files, "begun on the page")


def _probed(place: str) -> ProbedDevice | None:
    if place in map(str, probing.serial_lines()):
        return probing.serial(Path(place), _LISTEN_S)
    return probing.at({"tcp": place}, 2 * _LISTEN_S)


def _device(found: FoundDevice) -> ProbedDevice:
    """Return a device as it was found. ValidationError, KeyError: it was not."""
    Endpoint.model_validate(found.link)
    if found.kind not in registry.DRIVERS:
        raise KeyError(found.kind)
    return ProbedDevice(found.kind, registry.modality(found.kind).gives, found.link, [])
