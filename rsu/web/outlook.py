"""The conditions to come, from the snapshots of the last seconds, as a part of the page's document."""

from __future__ import annotations

import asyncio

from rsu.bus.snapshot import Snapshot
from rsu.explain.forecast import forecasts
from rsu.web.board import Board
from rsu.web.last_minute import LastMinute
from rsu.web.patch import Document

_EVERY_S = 2.0
_APART_NS = 10_000_000_000  # of the two snapshots


async def foretell(board: Board, past: LastMinute, hold_s: float) -> None:
    """Keep the board's forecasts; `hold_s`: how long a position counts without GNSS."""
    while True:
        await asyncio.sleep(_EVERY_S)
        board.tell("forecasts", outlook(past, hold_s))


def outlook(past: LastMinute, hold_s: float) -> Document:
    """Return the sentences of the conditions to come by reason; none from less than ten seconds."""
    newest = [*past.newest("snapshot")]
    before = next((each for each in newest if newest[0].received_ns - each.received_ns >= _APART_NS), None)
    if before is None:
        return {}
    then, now = before.record(), newest[0].record()
    if not isinstance(then, Snapshot) or not isinstance(now, Snapshot):
        return {}
    return {each.reason: {"text": each.text.en, "text_zh": each.text.zh} for each in forecasts(then, now, hold_s)}
