"""`/livez` and `/readyz`: does the daemon live, does the box do its work; for orchestrators and monitors.

Both answer 200 or 503, and say why in JSON. Live: the supervisor is heard. Ready: nothing silences a message that the
site asks for; reasons that only degrade a message are named, and the box stays ready.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rsu.bus import troubles
from rsu.bus.records import Trouble
from rsu.bus.troubles import SUPERVISOR
from rsu.reasons.box import BoxReason
from rsu.web.board import Board

_UNAVAILABLE = 503


def routes(board: Board) -> list[Route]:
    """Return both addresses."""
    return [Route("/livez", _answer(board, live, "live")), Route("/readyz", _answer(board, ready, "ready"))]


def live(found: list[Trouble]) -> dict[str, Any]:
    """Return whether the supervisor is heard, and the silent processes; the supervisor sees to the other ones."""
    silent = [trouble for trouble in found if trouble.reason == BoxReason.PROCESS_SILENT]
    return {
        "live": not any(SUPERVISOR in trouble.about.split(", ") for trouble in silent),
        "troubles": [troubles.plain(trouble) for trouble in silent],
    }


def ready(found: list[Trouble]) -> dict[str, Any]:
    """Return whether all messages leave that the site asks for, and every trouble with the remedy."""
    alarms = [trouble for trouble in found if troubles.is_alarm(trouble)]
    return {
        "ready": not alarms,
        "troubles": [troubles.plain(trouble) | {"alarm": trouble in alarms} for trouble in found],
    }


def _answer(board: Board, judge: Callable[[list[Trouble]], dict[str, Any]], verdict: str) -> Callable[[Request], Any]:
    async def answer(_: Request) -> Response:
        told = judge(board.troubles(time.monotonic_ns()))
        status = 200 if told[verdict] else _UNAVAILABLE
        return Response(msgspec.json.encode(told), status, media_type="application/json")

    return answer
