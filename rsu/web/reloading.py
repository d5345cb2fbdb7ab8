"""Having the daemon read its site file again, and waiting for the outcome."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from rsu.web.board import Board

RELOAD_S = 20.0  # until a site file was read again: a second on an idle box; within `limits.WORK_S`
_LOOK_S = 0.1


async def reload(board: Board) -> str:
    """Return why the daemon has not taken the site file; empty: it has. TimeoutError: it does not answer."""
    before = board.reloads()
    os.kill(os.getppid(), signal.SIGHUP)
    deadline = time.monotonic() + RELOAD_S
    while (now := board.reloads()) is None or now == before:
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(_LOOK_S)
    return now[1]
