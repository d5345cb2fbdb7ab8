"""`rsu watch`: tracks, signals and messages of the running daemon, page after page."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

from hw.detail import Detail
from rsu.bus.snapshot import Snapshot
from rsu.cli.views import heads
from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.screen import pages, table
from rsu.core.folders import default_run
from rsu.reasons import terms

_PERIOD_S = 1.0
_TRACKS = Detail("road users: {}", "交通参与者：{}")
_SIGNALS = Detail("signals", "信号灯")
_TRACK_COLUMNS = (
    Detail("number", "编号"),
    Detail("class", "类别"),
    Detail("east m", "东向 m"),
    Detail("north m", "北向 m"),
    "m/s",
    Detail("heading deg", "航向 °"),
    Detail("lane", "车道"),
    Detail("95 % m", "95% 误差 m"),
    Detail("age ms", "时延 ms"),
    Detail("seen by", "来源"),
)


class WatchWish(NamedTuple):
    """The caller's choice."""

    subject: str
    seconds: float | None  # until the end; None: until Ctrl-C
    as_json: bool
    language: str


def watch(run: Path | None, wish: WatchWish, stop: threading.Event) -> None:
    """Show a page every second until `stop`, or for so many seconds. NotReachableError: no daemon answers."""
    if wish.seconds is not None:
        timer = threading.Timer(wish.seconds, stop.set)
        timer.daemon = True
        timer.start()
    listener = NewestRecords(run or default_run())
    try:
        with pages(in_place=not wish.as_json) as page:
            for state in listener.follow(_PERIOD_S, stop):
                if state.snapshot is not None:
                    with page:
                        _print(state.snapshot, wish)
    finally:
        listener.close()


def _print(snapshot: Snapshot, wish: WatchWish) -> None:
    if wish.as_json:
        rows = msgspec.to_builtins(getattr(snapshot, wish.subject))
        print(json.dumps({"stamp_ns": snapshot.stamp_ns, wish.subject: rows}), flush=True)
    else:
        Console(highlight=False).print(_TABLES[wish.subject](snapshot, wish.language))


def tracks(snapshot: Snapshot, language: str) -> Table:
    """Return the road users, by their number."""
    made = table(_TRACKS.of(len(snapshot.tracks)), _TRACK_COLUMNS, language, numbers=True)
    for each in sorted(snapshot.tracks, key=lambda each: each.id):
        heading = "-" if each.heading_deg is None else f"{each.heading_deg:.0f}"
        place = (f"{each.east_m:.1f}", f"{each.north_m:.1f}", f"{each.speed_mps:.1f}", heading)
        lane = f"{each.link} {each.lane}" if each.link else "-"
        sure = (f"{each.ellipse[0]:.1f}", str(each.age_ms), ", ".join(each.sources))
        made.add_row(str(each.id), terms.said(terms.ROAD_USERS, each.kind, language), *place, lane, *sure)
    return made


def signals(snapshot: Snapshot, language: str) -> Table:
    """Return the phases as SPAT tells them."""
    made = table(_SIGNALS, (Detail("phase", "相位"), Detail("light", "灯色"), Detail("left s", "剩余 s")), language)
    for each in snapshot.signals:
        left = "-" if each.countdown_s is None else f"{each.countdown_s:.1f}"
        made.add_row(str(each.phase), terms.said(terms.LIGHTS, each.light, language), left)
    return made


def messages(snapshot: Snapshot, language: str) -> Table:
    """Return the gate's decision on every type."""
    made = table(heads.MESSAGES, (heads.TYPE, heads.DECISION, "Hz", heads.FRAMES, heads.REASONS), language)
    for each in snapshot.messages:
        decision = terms.said(terms.DECISIONS, each.decision, language)
        made.add_row(each.kind.upper(), decision, f"{each.rate_hz:.1f}", str(each.frames), ", ".join(each.reasons))
    return made


_TABLES: dict[str, Callable[[Snapshot, str], Table]] = {"tracks": tracks, "signals": signals, "messages": messages}
