"""`/api/history`, `/api/events`: the last hours of the box; and the way of the bus's records into the history."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import psutil
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rsu.bus import changes
from rsu.bus.records import Processes, Report, UplinkState
from rsu.bus.snapshot import Snapshot
from rsu.bus.told import RoadTraffic
from rsu.reasons import details
from rsu.web.answers import answer
from rsu.web.board import Board
from rsu.web.history import MINUTE_NS, BoxHistory

_WRITE_S = 10.0
_TROUBLES_S = 1.0
_HOUR_NS = 60 * MINUTE_NS
_LEAST_S = 59.0  # of a period whose figures are kept
_BINS = 144  # of a curve, at most: 10 minutes each over a day
_MOST_HOURS = 48


def take(history: BoxHistory, record: msgspec.Struct) -> None:
    """Take a record of the bus."""
    match record:
        case Snapshot():
            states = changes.devices(record.devices) | changes.messages(record.messages)
            figures = {f"device {each.name}": each.rate_hz for each in record.devices}
            figures |= {f"message {each.kind}": each.rate_hz for each in record.messages}
            history.states(states, record.stamp_ns)
            history.figures(figures | {"road users": len(record.tracks)}, record.stamp_ns)
            history.running(record.boot, record.events, record.stamp_ns)
        case Processes():
            history.states(changes.processes(record.processes), record.stamp_ns)
            figures = {f"process {each.name}": each.cpu_percent for each in record.processes}
            history.figures(figures, record.stamp_ns)
        case UplinkState():
            history.states({"uplink": "connected" if record.connected else "not connected"}, record.stamp_ns)
            history.figures({"uplink": record.waiting}, record.stamp_ns)
        case Report(data=RoadTraffic() as traffic):
            history.figures(_lanes(traffic), record.stamp_ns)


def _lanes(traffic: RoadTraffic) -> dict[str, float]:
    """Return the figures of all lanes over a period; none of a signal cycle, and of a time under a minute."""
    period = traffic.period
    lasted_s = (period.end_ns - period.start_ns) / 1e9
    if period.cycle or lasted_s < _LEAST_S:
        return {}
    figures: dict[str, float] = {}
    for lane in period.lanes:
        found = {
            "flow": 3600.0 * lane.volume / lasted_s,
            "occupancy": 100.0 * lane.occupancy,
            "queue": lane.queue_length_m,
        }
        found |= {} if lane.mean_speed_mps is None else {"speed": 3.6 * lane.mean_speed_mps}
        found |= {} if lane.delay_s is None else {"delay": lane.delay_s}
        figures |= {f"lane {lane.link} {lane.lane} {name}": value for name, value in found.items()}
    return figures


async def keep(history: BoxHistory, board: Board) -> None:
    """Take the alarms every second, and write from time to time."""
    history.states({"box": f"started {round(psutil.boot_time())}"}, time.time_ns())
    known: set[str] = set()
    try:
        while True:
            for _ in range(round(_WRITE_S / _TROUBLES_S)):
                await asyncio.sleep(_TROUBLES_S)
                known = _alarms(history, board, known)
            await asyncio.to_thread(history.write, time.time_ns())
    finally:
        history.write(time.time_ns())


def _alarms(history: BoxHistory, board: Board, before: set[str]) -> set[str]:
    """Take the alarms of now and those that are over; return those of now."""
    if not board.held:
        return before
    now = {f"alarm {each.reason} {each.about}".rstrip() for each in board.troubles(time.monotonic_ns())}
    history.states({name: "on" if name in now else "off" for name in before | now}, time.time_ns())
    return now


def routes(history: BoxHistory) -> list[Route]:
    """Return the addresses."""

    async def told(request: Request) -> Response:
        hours = request.query_params.get("hours", "24")
        if not hours.isdecimal() or not 1 <= int(hours) <= _MOST_HOURS:
            return Response(f"hours: 1 to {_MOST_HOURS}", 400)
        return answer(await asyncio.to_thread(_history, history, int(hours) * _HOUR_NS))

    async def events(_: Request) -> Response:
        begin_ns = time.time_ns() - _MOST_HOURS * _HOUR_NS
        rows = await asyncio.to_thread(history.events, begin_ns)
        return answer([msgspec.to_builtins(event) | {"key": key, "end_ns": end} for key, _, end, event in rows])

    return [Route("/api/history", told), Route("/api/events", events)]


def _history(history: BoxHistory, span_ns: int) -> dict[str, Any]:
    """Return the changes and the curves of the time up to now."""
    now_ns = time.time_ns()
    begin_ns = now_ns - span_ns
    rows = [[each.ns, each.name, each.state, _chinese(each.state)] for each in history.changes(begin_ns)]
    return {"begin_ns": begin_ns, "now_ns": now_ns, "changes": rows, "curves": _curves(history, begin_ns, span_ns)}


def _chinese(state: str) -> str:
    """Return a state with the sentence that it has in parentheses in Chinese."""
    word, parenthesis, rest = state.partition(" (")
    return f"{word}{parenthesis}{details.said(rest.removesuffix(')'), 'zh')})" if parenthesis else state


def _curves(history: BoxHistory, begin_ns: int, span_ns: int) -> dict[str, list[float | None]]:
    """Return each figure in equal parts of the time; None: nothing is known of a part, as while the box was off."""
    parts = min(_BINS, span_ns // MINUTE_NS)
    sums: dict[str, list[float]] = {}
    counts: dict[str, list[int]] = {}
    for ns, means in history.minutes(begin_ns):
        place = min(parts - 1, (ns - begin_ns) * parts // span_ns)
        for name, value in means.items():
            if name not in sums:
                sums[name], counts[name] = [0.0] * parts, [0] * parts
            sums[name][place] += value
            counts[name][place] += 1
    return {name: [_mean(*each) for each in zip(row, counts[name], strict=True)] for name, row in sums.items()}


def _mean(total: float, count: int) -> float | None:
    return round(total / count, 2) if count else None
