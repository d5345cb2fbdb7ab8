"""The city's addresses for reading: its page, and JSON for programs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from rsu.city.live import Area
from rsu.city.store import CityView
from rsu.core.errors import NotReachableError

STATIC = Path(__file__).parent / "static"
_WORLD = "-180,-90,180,90"
_NO_BOX = PlainTextResponse("no such box", 404)
_NO_NUMBERS = "area: expected west,south,east,north in degrees; from, to: ms since 1970"


class _Queries:
    """The requests, one method each; they run on threads, beside the ingest."""

    def __init__(self, view: CityView) -> None:
        self._view = view

    def boxes(self, _: Request) -> Response:
        return _json(self._view.boxes(_now_ms()))

    def box(self, request: Request) -> Response:
        found = self._view.box(request.path_params["box"])
        return _NO_BOX if found is None else _json(found)

    def users(self, request: Request) -> Response:
        try:
            west, south, east, north = map(float, request.query_params.get("area", _WORLD).split(","))
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)
        area: Area = (west, south, east, north)
        return _json(self._view.users(area, _now_ms()))

    def events(self, request: Request) -> Response:
        try:
            return _json(self._view.events(*_span(request)))
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)

    def flows(self, request: Request) -> Response:
        try:
            return _json(self._view.flows(request.query_params.get("box", ""), *_span(request)))
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)

    def tracks(self, request: Request) -> Response:
        try:
            found = self._view.tracks(request.query_params.get("box", ""), *_span(request))
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)
        return _NO_BOX if found is None else _json(found)

    def counts(self, _: Request) -> Response:
        return _json(self._view.counts())


def _away(_: Request, error: Exception) -> Response:
    """Tell that the database is away; the page asks again."""
    return PlainTextResponse(str(error), 503)


def application(view: CityView, more: Sequence[Route] = ()) -> Starlette:
    """Return the routes, with those that the engine adds: `more`."""
    pages = _Queries(view)
    return Starlette(
        routes=[
            Route("/api/boxes", pages.boxes),
            Route("/api/boxes/{box}", pages.box),
            Route("/api/users", pages.users),
            Route("/api/events", pages.events),
            Route("/api/flows", pages.flows),
            Route("/api/tracks", pages.tracks),
            Route("/api/counts", pages.counts),
            *more,
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ],
        exception_handlers={NotReachableError: _away},
    )


def _span(request: Request) -> tuple[int, int]:
    """Return the wanted time in ms; without it the last hour. ValueError: no numbers."""
    now_ms = _now_ms()
    asked = request.query_params
    return int(asked.get("from", now_ms - 3_600_000)), int(asked.get("to", now_ms + 60_000))


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
