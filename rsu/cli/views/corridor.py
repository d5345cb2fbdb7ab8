"""`rsu corridor show`: tables of neighbours and road users."""

from __future__ import annotations

import json
import time
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from hw.detail import Detail
from rsu.bus.corridor import CorridorState, NeighbourView
from rsu.bus.sockets import Subscriber
from rsu.cli.views import heads
from rsu.cli.views.listening import NO_DAEMON
from rsu.cli.views.screen import table
from rsu.core.errors import NotReachableError
from rsu.core.exits import Exit
from rsu.core.folders import default_run
from rsu.reasons import terms

_WAIT_S = 3.0  # the state comes once a second
_NEIGHBOURS = Detail("neighbours of {}", "{} 的邻站")
_USERS = Detail(
    "road users: {}; identities end after {:.0f} m or {:.0f} s", "交通参与者：{}；标识在 {:.0f} m 或 {:.0f} s 后终止"
)
_HEARD, _SILENT = Detail("heard", "已收到"), Detail("silent", "无数据")
_NEIGHBOUR_COLUMNS = (
    heads.NAME,
    heads.STATE,
    Detail("delay p50 ms", "时延 p50 ms"),
    Detail("delay p99 ms", "时延 p99 ms"),
    Detail("road users", "交通参与者"),
    Detail("shared", "共同看到"),
    Detail("datum east m", "基准差 东 m"),
    Detail("datum north m", "基准差 北 m"),
    Detail("clock ms", "时钟差 ms"),
    Detail("refused", "未采用"),
)
_USER_COLUMNS = (
    Detail("identity", "标识"),
    Detail("number", "编号"),
    Detail("class", "类别"),
    Detail("east m", "东向 m"),
    Detail("north m", "北向 m"),
    "m/s",
    Detail("seen by", "来源"),
)


def show(run: Path | None, as_json: bool, language: str) -> int:
    """Print the newest state; return an exit code of `rsu.core.exits`. NotReachableError: no corridor process."""
    state = newest(run or default_run())
    if as_json:
        print(json.dumps(msgspec.to_builtins(state)))
    else:
        console = Console(highlight=False)
        console.print(neighbours(state, language))
        console.print(road_users(state, language))
        if state.error is not None:
            console.print(state.error)
    return Exit.FINE if state.error is None and all(each.heard for each in state.neighbours) else Exit.DEGRADED


def newest(run: Path) -> CorridorState:
    """Return the newest state of the process in a run folder. NotReachableError: none comes."""
    subscriber = Subscriber(run, ["corridor"])
    deadline_s = time.monotonic() + (_WAIT_S if (run / "corridor.ipc").exists() else 0.0)
    try:
        while (left_s := deadline_s - time.monotonic()) > 0:
            subscriber.wait(left_s)
            for _, record in subscriber.records():
                assert isinstance(record, CorridorState)
                return record
    finally:
        subscriber.close()
    raise NotReachableError(NO_DAEMON.of(folder=run))


def neighbours(state: CorridorState, language: str) -> Table:
    """Return the table of neighbours."""
    made = table(_NEIGHBOURS.of(state.box), _NEIGHBOUR_COLUMNS, language, numbers=True)
    for each in state.neighbours:
        counts = ", ".join(f"{reason} {count}" for reason, count in each.refused.items())
        heard = (_HEARD if each.heard else _SILENT).told(language)
        delays = [_figure(each.delay_p50_ms), _figure(each.delay_p99_ms), str(each.road_users)]
        made.add_row(each.box, heard, *delays, *_offset(each), counts or "-")
    return made


def _offset(view: NeighbourView) -> list[str]:
    """Return shared road users, datum and clock with their 1 sigma."""
    offset = view.offset
    if offset is None:
        return ["-"] * 4
    east, north = (f"{value:+.2f} ± {offset.datum_sd_m:.2f}" for value in (offset.east_m, offset.north_m))
    return [str(offset.shared), east, north, f"{offset.clock_ms:+.1f} ± {offset.clock_sd_ms:.1f}"]


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def road_users(state: CorridorState, language: str) -> Table:
    """Return the table of road users, by their place to the east."""
    title = _USERS.of(len(state.road_users), state.identity_m, state.identity_s)
    made = table(title, _USER_COLUMNS, language, numbers=True)
    for each in sorted(state.road_users, key=lambda each: each.east_m):
        place = f"{each.east_m:.1f}", f"{each.north_m:.1f}", f"{each.speed_mps:.1f}"
        kind = terms.said(terms.ROAD_USERS, each.kind, language)
        made.add_row(str(each.global_id or "-"), str(each.id or "-"), kind, *place, ", ".join(each.boxes))
    return made
