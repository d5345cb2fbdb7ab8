"""The addresses of automated vehicles: states by their operators' keys, reading and accidents for the page.

Keys stand in `keys/vehicles` of the city's folder, `NAME KEY` a line; it is read at every request.
"""

from __future__ import annotations

import hmac
import time
from pathlib import Path
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.city.door import CityDoor, told
from rsu.city.vehicles import VehicleDesk, VehicleName, VehicleState

KEYS = Path("keys", "vehicles")
_MOST_OCTETS = 1 << 20
_LEAST = 16  # characters of a key
_States = Annotated[list[VehicleState], msgspec.Meta(max_length=1000)]
_NOT_READ = Detail("not understood: {}", "无法解析：{}")


class NotedAccident(msgspec.Struct, frozen=True):
    """An accident as the page notes it."""

    operator: str
    vehicle: str
    time_s: Annotated[int, msgspec.Meta(ge=0, lt=1 << 40)]


class _Vehicles:
    """The requests, one method each; those that wait for the disk run on threads."""

    def __init__(self, desk: VehicleDesk, door: CityDoor, keys: Path) -> None:
        self._desk, self._door, self._keys = desk, door, keys

    async def take(self, request: Request) -> Response:
        """Take one state or several of an operator's vehicles."""
        operator = self._operator(request.headers.get("api-key", ""))
        if operator is None:
            return _reply("00401", "no such key", 401)
        body = await request.body()
        try:
            said = body if body.lstrip()[:1] == b"[" else b"[" + body + b"]"
            states = msgspec.json.decode(said[: _MOST_OCTETS + 1], type=_States)
        except UNDECODABLE as error:
            return _reply("00400", str(error))
        self._desk.take(operator, states, time.time_ns() // 1_000_000)
        return _reply("00200", "ok")

    def _operator(self, given: str) -> str | None:
        try:
            lines = [line.split() for line in self._keys.read_text(encoding="utf-8").splitlines()]
        except OSError:
            return None
        known = [(line[0], line[1]) for line in lines if len(line) == 2 and len(line[1]) >= _LEAST]
        return next((name for name, key in known if hmac.compare_digest(key.encode(), given.encode())), None)

    def now(self, _: Request) -> Response:
        return _json(self._desk.now())

    def accidents(self, _: Request) -> Response:
        return _json(self._desk.accidents())

    def kept(self, request: Request) -> Response:
        return _json(self._desk.kept(request.path_params["number"]))

    async def note(self, request: Request) -> Response:
        """Note an accident."""
        try:
            said = msgspec.json.decode(await request.body(), type=NotedAccident)
        except UNDECODABLE as error:
            return told(400, _NOT_READ.of(error))
        session = request.state.session
        self._door.note(session, "accident", f"{said.operator} {said.vehicle}", {"time_s": said.time_s})
        self._desk.accident(VehicleName(said.operator, said.vehicle), said.time_s, session.name)
        return JSONResponse({}, 201)


def routes(desk: VehicleDesk, door: CityDoor, keys: Path) -> list[Route]:
    """Return the addresses. `keys`: file."""
    pages = _Vehicles(desk, door, keys)
    return [
        *(Route(f"/{name}", pages.take, methods=["POST"]) for name in ("IM_7001", "IM_7002")),
        Route("/api/vehicles", pages.now),
        Route("/api/accidents", pages.accidents),
        Route("/api/accidents", pages.note, methods=["POST"]),
        Route("/api/accidents/{number:int}", pages.kept),
    ]


def _reply(code: str, message: str, status: int = 200) -> Response:
    return JSONResponse({"code": code, "message": message, "data": None}, status)


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
