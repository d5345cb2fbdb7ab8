"""`/api/recordings`: the recordings to download, and the road users in them, to be played on the map."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from rsu.recorder.shelf import Shelf, ShelfItem, view
from rsu.recording.errors import DamagedError
from rsu.recording.schemas import TRACKS
from rsu.recording.tick import Entry
from rsu.recording.window import window
from rsu.web.answers import answer

_MOST_S = 60  # played at once
_S = 1_000_000_000


class Recordings:
    """The addresses."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._reading = asyncio.Lock()

    async def listed(self, _: Request) -> Response:
        """Answer with all recordings, the newest first."""
        items = await asyncio.to_thread(self._shelf.items)
        return answer([msgspec.to_builtins(view(item)) | {"end_ns": item.end_ns} for item in reversed(items)])

    async def download(self, request: Request) -> Response:
        """Answer with a whole recording."""
        item = await asyncio.to_thread(self._find, request.path_params["name"])
        if item is None or item.open:
            return Response("no such recording, or it is being written", 404)
        return FileResponse(item.path, media_type="application/octet-stream", filename=item.path.name)

    async def frames(self, request: Request) -> Response:
        """Answer with the road users from a moment on: `?at=NS&seconds=S`, UTC."""
        item = await asyncio.to_thread(self._find, request.path_params["name"])
        at, seconds = request.query_params.get("at", ""), request.query_params.get("seconds", "20")
        if item is None or not at.isdecimal() or not seconds.isdecimal() or int(seconds) > _MOST_S:
            return Response(f"at: UTC in ns; seconds: at most {_MOST_S}", 404 if item is None else 400)
        async with self._reading:
            found = await asyncio.to_thread(list, _frames(item, int(at), int(at) + int(seconds) * _S))
        return answer(found)

    def _find(self, name: str) -> ShelfItem | None:
        return next((item for item in self._shelf.items() if item.path.name == name), None)


def routes(shelf: Shelf) -> list[Route]:
    """Return the addresses."""
    recordings = Recordings(shelf)
    return [
        Route("/api/recordings", recordings.listed),
        Route("/api/recordings/{name}", recordings.download),
        Route("/api/recordings/{name}/frames", recordings.frames),
    ]


def _frames(item: ShelfItem, begin_ns: int, end_ns: int) -> Iterator[dict[str, Any]]:
    """Yield the road users at each time, as far as the file can be read: the end of an open one may be torn."""
    try:
        for entry in window(item.path, TRACKS, begin_ns - item.begin_ns, end_ns - item.begin_ns):
            yield _frame(entry)
    except (DamagedError, OSError):
        return


def _frame(entry: Entry) -> dict[str, Any]:
    scene = msgspec.json.decode(entry.data)
    stamps = [each["timestamp"] for each in scene["entities"]]
    ns = stamps[0]["sec"] * _S + stamps[0]["nsec"] if stamps else entry.log_ns
    return {"ns": ns, "tracks": [_track(each) for each in scene["entities"]]}


def _track(entity: dict[str, Any]) -> dict[str, Any]:
    """Return a road user of a scene as the map draws it."""
    facts = {each["key"]: each["value"] for each in entity["metadata"]}
    box, turn = entity["cubes"][0], entity["cubes"][0]["pose"]["orientation"]
    return {
        "id": int(entity["id"]),
        "kind": facts["kind"],
        "east_m": box["pose"]["position"]["x"],
        "north_m": box["pose"]["position"]["y"],
        "speed_mps": float(facts["speed"].partition(" ")[0]),
        "heading_deg": _heading(turn["z"], turn["w"]),
        "length_m": box["size"]["x"],
        "width_m": box["size"]["y"],
        "sources": facts["sources"].split(),
    }


def _heading(z: float, w: float) -> float:
    """Return the heading (deg, clockwise from north) of a turn about the vertical (quaternion; 0: east)."""
    return round((90.0 - 2.0 * math.degrees(math.atan2(z, w))) % 360.0, 1)
