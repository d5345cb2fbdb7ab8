"""`/api/user/NUMBER`, `/api/message/KIND`, `/api/seen`, `/api/sensors`: stories of road users and messages.

A story is made of the last minute on demand, and goes on from there while a page shows it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from perception.sensor import Sensor
from rsu.bus.records import Sent
from rsu.bus.snapshot import Snapshot
from rsu.explain import told
from rsu.explain.live import Observation
from rsu.explain.look import RsmReading
from rsu.explain.user import Storyteller
from rsu.messages.table import ROWS
from rsu.web.answers import answer
from rsu.web.last_minute import LastMinute, PastRecord

_FOLLOWED_S = 20.0  # a story that no page shows for so long is forgotten
_MOST = 8  # road users that are followed at once
_UNAVAILABLE = 503


class _Followed(msgspec.Struct):
    """A road user whose story is told."""

    teller: Storyteller
    observation: Observation
    asked_s: float = 0.0  # monotonic
    number: int = 0  # of the last record that the story has
    snapshot: Snapshot | None = None


def _go_on(one: _Followed, new: Sequence[PastRecord]) -> None:
    for each in new:
        one.number = each.number
        if (look := one.observation.add(each.record())) is not None:
            one.teller.add(look)
            one.snapshot = look.snapshot


class Stories(NamedTuple):
    """The addresses."""

    past: LastMinute
    air: RsmReading
    sensors: Sequence[Sensor]
    followed: dict[int, _Followed]
    lock: asyncio.Lock

    async def user(self, request: Request) -> Response:
        """Answer with the story of a road user; its second half minute costs little."""
        number, now_s = int(request.path_params["number"]), time.monotonic()
        async with self.lock:
            for other in [key for key, each in self.followed.items() if now_s - each.asked_s > _FOLLOWED_S]:
                del self.followed[other]
            if number not in self.followed and len(self.followed) >= _MOST:
                del self.followed[min(self.followed, key=lambda each: self.followed[each].asked_s)]
            one = self.followed.setdefault(number, _Followed(Storyteller(number), Observation(self.air)))
            one.asked_s = now_s
            new = self.past.after(one.number)  # here, where others are put: a thread would see a list that changes
            await asyncio.to_thread(_go_on, one, new)
        return _answer(None if one.snapshot is None else told.user(one.teller.story, one.snapshot))

    async def message(self, request: Request) -> Response:
        """Answer why a type of message is on air or not, with the newest of it."""
        kind = request.path_params["kind"]
        snapshot = next((each.record() for each in self.past.newest("snapshot")), None)
        records = (each.record() for each in self.past.newest("sent"))
        newest = next((each for each in records if isinstance(each, Sent) and each.kind == kind), None)
        if kind not in ROWS or not isinstance(snapshot, Snapshot):
            return _answer(None)
        return _answer(told.message(kind, snapshot, newest, self.air.profile))

    async def fields(self, _: Request) -> Response:
        """Answer with the fields of view of all sensors, site frame."""
        return _answer([_field(sensor) for sensor in self.sensors])

    async def seen(self, _: Request) -> Response:
        """Answer with the newest detections of all sensors."""
        return _answer(next((msgspec.to_builtins(each.record()) for each in self.past.newest("seen")), None))


def routes(past: LastMinute, air: RsmReading, sensors: Sequence[Sensor] = ()) -> list[Route]:
    """Return the addresses."""
    stories = Stories(past, air, sensors, {}, asyncio.Lock())
    return [
        Route("/api/user/{number:int}", stories.user),
        Route("/api/message/{kind}", stories.message),
        Route("/api/seen", stories.seen),
        Route("/api/sensors", stories.fields),
    ]


def _field(sensor: Sensor) -> dict[str, Any]:
    mount, field = sensor.mount, sensor.field_of_view
    place = {"east_m": mount.east_m, "north_m": mount.north_m, "yaw_deg": mount.yaw_deg}
    return {"device": sensor.device, **place, **field.model_dump(mode="json")}


def _answer(content: Any) -> Response:
    """Return an answer; nothing: the station is not heard."""
    return answer(content, 200 if content is not None else _UNAVAILABLE)
