"""Limits of one visitor of the page: connections, time, octets. Other visitors and this process must not notice him."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from h11 import Request
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

CONNECTIONS = 64  # at once
OF_ONE = 24  # of one address: through a tunnel all have the same
REQUEST_S = 15.0  # of the visitor: to send a whole request, and to take each part of the answer (64 KiB of a file)
WORK_S = 60.0  # of the page: until it has an answer to a whole request; addresses that wait give up before
HEAD_OCTETS = 16 << 10
BODY_OCTETS = 512 << 10  # a site file with its lane map and drop-ins
FILE_OCTETS = 8 << 20  # a map of others (the page packs it), an orthophoto, a still picture of a camera
FILES = ("/api/lanes/import", "/api/lanes/picture", "/api/calibration/picture")  # addresses that take such a file


class Door(H11Protocol):
    """A connection that is given up when there are too many, or when its visitor takes too long."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Admit a connection, or refuse it."""
        super().connection_made(transport)
        self._served, self.app = self.app, self._timed
        addresses = [getattr(each, "client", None) for each in self.connections]
        same = [address for address in addresses if address and self.client and address[0] == self.client[0]]
        if len(addresses) > CONNECTIONS or len(same) > OF_ONE:
            transport.abort()
        else:
            self._arm(REQUEST_S)

    def handle_events(self) -> None:
        """Take new octets. A request that is whole now waits for the page, no more for its visitor."""
        before = self._whole()
        super().handle_events()
        if (whole := self._whole()) is not None and whole is not before:
            self._arm(WORK_S + REQUEST_S)

    def _whole(self) -> RequestResponseCycle | None:
        """Return the request that has no answer yet, if it is whole."""
        cycle = self.cycle
        return None if cycle is None or cycle.more_body or cycle.response_started else cycle

    def on_response_complete(self) -> None:
        """Count the time anew: until the answer is taken, and the next request has come."""
        self._arm(REQUEST_S)
        super().on_response_complete()

    def handle_websocket_upgrade(self, event: Request) -> None:
        """Leave a viewer to the one that shows him the page; he has to answer every patch there."""
        self._disarm()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time."""
        self._disarm()
        super().connection_lost(exc)

    async def _timed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; each part of its answer has its own time, which begins when the part is there."""

        async def sent(message: Message) -> None:
            self._arm(REQUEST_S)
            await send(message)

        await self._served(scope, receive, sent)

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = self.loop.call_later(seconds, self.transport.abort)  # close would wait for a slow reader

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Bounded:
    """Refuses bodies that are too large, whether they say so or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket."""
        most = FILE_OCTETS if scope["path"] in FILES else BODY_OCTETS
        told = Headers(scope=scope).get("content-length", "0") if scope["type"] == "http" else "0"
        if not told.isdecimal() or len(told) > 18 or int(told) > most:
            await _refusal(most)(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, _counted(receive, most), noted)
        except _TooLargeError:
            if not begun:
                await _refusal(most)(scope, receive, send)


class _TooLargeError(Exception):
    """More came than is allowed."""


def _counted(receive: Receive, most: int) -> Callable[[], Any]:
    total = 0

    async def count() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body") or b"")
        if total > most:
            raise _TooLargeError
        return message

    return count


def _refusal(most: int) -> Response:
    return PlainTextResponse(f"at most {most} octets", 413, headers={"Connection": "close"})
