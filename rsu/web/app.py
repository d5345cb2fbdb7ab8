"""The page's addresses: itself, live changes, state, map, words, metrics, orders to the recorder, the manual."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from hw.decoding import UNDECODABLE
from rsu.core.errors import NotReachableError
from rsu.recorder.control import RecorderOrder, ask
from rsu.web import health, logins, manual, reloading, site_pages, words
from rsu.web.access import Access
from rsu.web.admission import Admission, Visitor
from rsu.web.background import log_pages, replay_pages
from rsu.web.board import EMPTY, Board
from rsu.web.guard import Guard
from rsu.web.limits import Bounded
from rsu.web.maps import import_pages, lane_pages, picture_pages
from rsu.web.metrics import exposition
from rsu.web.sensors import camera_pages, registration_pages, value_pages
from rsu.web.site_changes import SiteChanges, SitePlaces

STATIC = Path(__file__).parent / "static"
HEARTBEAT_S = 1.0  # an empty patch when nothing changes, so that the page can tell a quiet site from a dead link
VIEWERS = 16
ANSWER_S = 20.0  # a page answers at once, but a phone may sleep for a moment
TRY_AGAIN_LATER = 1013  # RFC 6455, IANA close codes


class _Pages:
    """The requests of the page, one method each."""

    def __init__(self, board: Board, run: Path, access: Access) -> None:
        self._board = board
        self._run = run
        self._access = access
        self._viewers: set[WebSocket] = set()

    async def state(self, _: Request) -> Response:
        return Response(msgspec.json.encode(self._board.state(time.monotonic_ns())), media_type="application/json")

    async def lanes(self, _: Request) -> Response:
        return Response(self._board.lane_map, media_type="application/json")

    async def words(self, _: Request) -> Response:
        return Response(msgspec.json.encode(words.told()), media_type="application/json")

    async def metrics(self, _: Request) -> Response:
        return Response(exposition(self._board), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def recorder(self, request: Request) -> Response:
        try:
            order = msgspec.json.decode(await request.body(), type=RecorderOrder)
            answer = await asyncio.to_thread(ask, self._run, order)
            await self._access.note(request.state.visitor, "recorder", order.verb, after=answer.state)
        except UNDECODABLE as error:
            return PlainTextResponse(str(error), 400)
        except NotReachableError as error:
            return PlainTextResponse(str(error), 503)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    async def reload(self, request: Request) -> Response:
        """Have the site file read again; answer how that has ended: why it changed nothing, or nothing."""
        try:
            refused = await reloading.reload(self._board)
        except TimeoutError:
            return PlainTextResponse("no answer", 503)
        await self._access.note(request.state.visitor, "reload", "site file", outcome=refused or "done")
        return Response(msgspec.json.encode({"refused": refused}), media_type="application/json")

    async def live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        if len(self._viewers) >= VIEWERS:
            await websocket.close(TRY_AGAIN_LATER, "too many viewers")
            return
        self._viewers.add(websocket)
        try:
            await show(self._board, websocket, websocket.state.visitor)
        except (WebSocketDisconnect, TimeoutError):
            pass
        finally:
            self._viewers.discard(websocket)


def application(board: Board, run: Path, access: Access, further: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the ASGI application that shows a board and passes orders on to the recorder of a run folder.

    `further`: addresses beside those of the board and of login.
    """
    pages = _Pages(board, run, access)
    routes = [
        Route("/api/state", pages.state),
        Route("/api/map", pages.lanes),
        Route("/api/words", pages.words),
        Route("/api/reload", pages.reload, methods=["POST"]),
        Route("/api/recorder", pages.recorder, methods=["POST"]),
        Route("/metrics", pages.metrics),
        *health.routes(board),
        WebSocketRoute("/live", pages.live),
        *logins.routes(access),
        *site_pages.routes(changes := SiteChanges(_places(board), access)),
        *lane_pages.routes(changes),
        *import_pages.routes(changes),
        *picture_pages.routes(changes, access),
        *camera_pages.routes(changes, run),
        *value_pages.routes(changes),
        *registration_pages.routes(changes, access.data),
        *replay_pages.routes(changes, access.data),
        *log_pages.routes(),
        *further,
        *manual.routes(),
        Mount("/", StaticFiles(directory=STATIC, html=True)),
    ]
    return guarded(routes, access)


def guarded(routes: Sequence[BaseRoute], access: Access) -> Starlette:
    """Return an application behind the guard, the limits and the login."""
    https = access.settings.https
    middleware = [
        Middleware(Guard, https.names if https else ()),
        Middleware(Bounded),
        Middleware(Admission, access.sessions, access.settings.login),
    ]
    return Starlette(
        routes=routes, middleware=middleware, exception_handlers=dict.fromkeys(UNDECODABLE, not_understood)
    )


def _places(board: Board) -> SitePlaces:
    """Return where the site stands by the supervisor's table."""

    def path(name: str) -> Path | None:
        table = board.processes()
        return Path(getattr(table, name)) if table and getattr(table, name) else None

    return SitePlaces(lambda: path("site_file"), lambda: path("site_copy"), lambda: reloading.reload(board))


async def not_understood(_: Request, error: Exception) -> Response:
    """Answer a body that is not as it should be."""
    return PlainTextResponse(str(error), 400)


async def show(board: Board, websocket: WebSocket, visitor: Visitor) -> None:
    """Send patches, starting from the empty document, each when the viewer has answered the one before.

    TimeoutError: the viewer does not answer any more; another viewer has his place.
    """
    sent = EMPTY
    while not board.closed and visitor.admitted():
        await board.change(sent, HEARTBEAT_S)
        newest, patch = board.newest, board.patch(sent)
        async with asyncio.timeout(ANSWER_S):
            await websocket.send_text(patch)
            await websocket.receive_text()
        sent = newest
