"""The address of the daemon's log: the newest lines as `rsu log` reads them, by device, process, level and time."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rsu.reasons import logged
from rsu.web.background.children import Children

_LIMIT_S = 30.0
MOST = 300  # lines
_OWN = ("event", "process", "level", "timestamp")  # keys of a line that have a place of their own
_WISHES = ("device", "process", "level", "since", "until")


def routes() -> list[Route]:
    """Return the address."""
    children = Children()

    async def lines(request: Request) -> Response:
        words = ["log", "--json", f"--newest={MOST}"]
        words += [f"--{name}={value}" for name in _WISHES if (value := request.query_params.get(name))]
        found = await children.run(words, _LIMIT_S, request.query_params.get("language", "en"))
        if isinstance(found, Response):
            return found
        shown = [_line(json.loads(text)) for text in found.decode("utf-8", "replace").splitlines()]
        return JSONResponse({"lines": shown[::-1], "most": MOST})

    return [Route("/api/log", lines)]


def _line(record: dict[str, Any]) -> dict[str, Any]:
    """Return a line of the log for people, in both languages."""
    event, level = str(record.get("event", "")), str(record.get("level", ""))
    own = {key: str(value) for key, value in record.items() if key not in _OWN}
    figures = {
        lang: " ".join(f"{key}={logged.value(text, lang)}" for key, text in own.items()) for lang in ("en", "zh")
    }
    return {
        "at": str(record.get("timestamp", "")),
        "level": level,
        "process": str(record.get("process", "")),
        "event": event,
        "event_zh": logged.event(event, "zh"),
        "figures": figures["en"],
        "figures_zh": figures["zh"],
    }
