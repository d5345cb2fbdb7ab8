"""One piece of work after another, asked for by one request and told to all that ask for it later."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import JSONResponse, Response

from hw.detail import Detail, in_language, sentence
from rsu.core.errors import RsuError
from rsu.web.admission import told

_RUNS = Detail("the one before is still at work", "前一次尚未完成")
Work = Callable[[], Awaitable[bytes | Response]]  # JSON, or the answer that says why there is none


class PageJob:
    """The newest piece of work."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._state: dict[str, Any] = {"state": "none"}

    def begin(self, work: Work) -> Response:
        """Begin a piece of work, unless one is under way, and answer the state."""
        if self._task is not None and not self._task.done():
            return told(409, _RUNS)
        self._state = {"state": "runs", "begun_s": time.time()}
        self._task = asyncio.create_task(self._do(work))
        return self.told()

    def told(self) -> Response:
        """Answer the state: none, runs, failed with text and text_zh, done with the answer."""
        return JSONResponse(self._state)

    async def _do(self, work: Work) -> None:
        try:
            found = await work()
        except (OSError, RsuError) as error:  # such as a full disk, a site that changed meanwhile
            said = sentence(error)
            text, text_zh = (str(in_language(said, language)) for language in ("en", "zh"))
            self._state = {"state": "failed", "text": text, "text_zh": text_zh}
            return
        if isinstance(found, Response):
            self._state = {"state": "failed"} | json.loads(bytes(found.body))
        else:
            self._state = {"state": "done", "ended_s": time.time(), "answer": json.loads(found)}
