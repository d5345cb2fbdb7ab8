"""The city's addresses for reading: its page, and JSON for programs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from rsu.city.archive import TrackArchive
from rsu.city.ingest import Ingest
from rsu.city.live import Area, LiveView, told
from rsu.city.sensorthings import pages as sensorthings
from rsu.city.store import CityStore

STATIC = Path(__file__).parent / "static"
_MOST = 10_000  # rows of an answer
_WORLD = "-180,-90,180,90"
_NO_BOX = PlainTextResponse("no such box", 404)
_NO_NUMBERS = "area: expected west,south,east,north in degrees; from, to: ms since 1970"


class _Queries:
    """The requests, one method each; they run on threads, beside the ingest."""

    def __init__(self, store: CityStore, archive: TrackArchive, live: LiveView, ingest: Ingest) -> None:
        self._store, self._archive, self._live, self._ingest = store, archive, live, ingest

    def boxes(self, _: Request) -> Response:
        return _json(list(self._live.boxes(_now_ms())))

    def box(self, request: Request) -> Response:
        name = request.path_params["box"]
        rows = self._store.rows("SELECT * FROM box WHERE box = ?", (name,))
        if not rows:
            return _NO_BOX
        known = {key: msgspec.json.decode(rows[0][key]) for key in ("basic", "run")}
        return _json(rows[0] | known | {"lamps": self._live.lamps(name), "gaps": self._store.gaps(name)})

    def users(self, request: Request) -> Response:
        try:
            west, south, east, north = map(float, request.query_params.get("area", _WORLD).split(","))
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)
        area: Area = (west, south, east, north)
        return _json(list(self._live.users(area, _now_ms())))

    def events(self, request: Request) -> Response:
        return self._rows("SELECT * FROM event WHERE start_ms >= ? AND start_ms < ? ORDER BY start_ms DESC", request)

    def flows(self, request: Request) -> Response:
        box = request.query_params.get("box", "")
        query = "SELECT * FROM flow WHERE end_ms >= ? AND end_ms < ? AND box = ? ORDER BY end_ms DESC, branch, lane"
        return self._rows(query, request, box)

    def tracks(self, request: Request) -> Response:
        try:
            begin_ms, end_ms = _span(request)
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)
        box = request.query_params.get("box", "")
        if not self._store.rows("SELECT box FROM box WHERE box = ?", (box,)):
            return _NO_BOX
        rows: list[dict[str, Any]] = self._archive.states(box, begin_ms, end_ms)
        fresh = [told(box, row) for states in self._store.blocks(box, begin_ms, end_ms) for row in states.tolist()]
        return _json((rows + fresh)[:_MOST])

    def counts(self, _: Request) -> Response:
        return _json({"taken": self._ingest.taken, "refused": self._ingest.refused, "reasons": [*self._ingest.reasons]})

    def _rows(self, query: str, request: Request, *values: object) -> Response:
        try:
            span = _span(request)
        except ValueError:
            return PlainTextResponse(_NO_NUMBERS, 400)
        return _json(self._store.rows(f"{query} LIMIT {_MOST}", (*span, *values)))


def application(
    store: CityStore, archive: TrackArchive, live: LiveView, ingest: Ingest, more: Sequence[Route] = ()
) -> Starlette:
    """Return the routes, with those of login, commands and vehicles: `more`."""
    pages = _Queries(store, archive, live, ingest)
    return Starlette(
        routes=[
            Route("/api/boxes", pages.boxes),
            Route("/api/boxes/{box}", pages.box),
            Route("/api/users", pages.users),
            Route("/api/events", pages.events),
            Route("/api/flows", pages.flows),
            Route("/api/tracks", pages.tracks),
            Route("/api/counts", pages.counts),
            *sensorthings.routes(store, live),
            *more,
            Mount("/", StaticFiles(directory=STATIC, html=True)),
        ]
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
