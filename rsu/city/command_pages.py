"""The addresses of the command console: give one, see all with their states, the public key for site files."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.city.commands import LONGEST_S, CommandDesk
from rsu.city.door import CityDoor, told
from rsu.city.live import LiveView
from rsu.city.signing import ISSUER

_MOST_OCTETS = 65_536  # that a box reads
_NO_BOX = Detail("no such box", "没有该路侧单元")
_NOT_READ = Detail("not understood: {}", "无法解析：{}")


class GivenCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command as the page gives it."""

    box: str
    command: Literal["query", "config", "om-config", "v2x", "event", "traffic", "recorder", "upload", "doctor"]
    content: dict[str, Any]
    seconds: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_S)] = 60  # until it expires


class _Console:
    """The requests, one method each."""

    def __init__(self, desk: CommandDesk, door: CityDoor, live: LiveView, key: str) -> None:
        self._desk, self._door, self._live, self._key = desk, door, live, key

    async def give(self, request: Request) -> Response:
        """Journal a command; the link gives it to the broker."""
        body = await request.body()
        try:
            given = msgspec.json.decode(body[: _MOST_OCTETS + 1], type=GivenCommand)
        except UNDECODABLE as error:
            return told(400, _NOT_READ.of(error))
        if not self._live.knows(given.box):
            return told(404, _NO_BOX)
        number = await asyncio.to_thread(self._kept, given, request)
        return JSONResponse({"id": number}, 201)

    def _kept(self, given: GivenCommand, request: Request) -> int:
        session, now_ms = request.state.session, time.time_ns() // 1_000_000
        self._door.note(session, "command", f"{given.box} {given.command}", given.content)
        return self._desk.give(given.box, given.command, given.content, session.name, now_ms, given.seconds)

    def all(self, request: Request) -> Response:
        """Return the newest commands, of one box or of all."""
        rows = self._desk.rows(request.query_params.get("box", ""))
        return Response(msgspec.json.encode(rows), media_type="application/json")

    def key(self, _: Request) -> Response:
        """Return the city's name and public key, as `uplink.commands.issuers` has them."""
        return JSONResponse({ISSUER: self._key})


def routes(desk: CommandDesk, door: CityDoor, live: LiveView, key: str) -> list[Route]:
    """Return the addresses. `key`: public, base64."""
    pages = _Console(desk, door, live, key)
    return [
        Route("/api/commands", pages.all),
        Route("/api/commands", pages.give, methods=["POST"]),
        Route("/api/key", pages.key),
    ]
