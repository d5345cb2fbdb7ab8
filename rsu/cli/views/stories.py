"""`rsu why` and `rsu trace`: stories of messages and road users, for people and for programs."""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

from hw.detail import NOTHING, Detail
from rsu.bus.tape import Tape
from rsu.cli.common.errors import usage
from rsu.cli.views import heads
from rsu.cli.views.listening import NO_DAEMON
from rsu.cli.views.screen import table
from rsu.core import folders
from rsu.core.errors import NotReachableError
from rsu.explain import live, reason, recorded
from rsu.explain.look import Look
from rsu.explain.user import SensorPart, Storyteller, UserStory
from rsu.messages.table import ROWS
from rsu.reasons import terms
from rsu.recording import reader, site_files
from rsu.recording.errors import NotARecordingError

_WHY_S = 2.0  # a road user that goes on as before is told of every second
_S = 1_000_000_000

_NO_TYPE = Detail("{}: neither a message type ({}) nor a track's number", "{}：既不是消息类型（{}），也不是航迹编号")
_NO_TICK = Detail("{}: no tick in it before {} s", "{}：{} s 之前没有任何周期")
_DO = Detail("    do: {}", "    处理：{}")
_HEAD = Detail("{} {}, {} to {} ({} s)", "{} {}，{} 至 {}（{} s）")
_SPEED = Detail(
    "speed {} to {} m/s; position known to {} m (95 %) at worst", "速度 {} 至 {} m/s；位置误差最大 {} m（95%）"
)
_OBU = Detail("on-board unit: {}", "车载单元：{}")
_PLACES = Detail("way: {}", "路径：{}")
_NO_LANE = Detail("no lane", "无车道")
_CARRIED = Detail(
    "{} RSMs from {} to {}; longest time without: {} ms; its values were {} ms old in the middle, {} ms at most",
    "{} 条 RSM，{} 至 {}；最长间隔 {} ms；其数据时延中位数 {} ms，最大 {} ms",
)
_LATENCY = Detail(
    "from the last byte of a sensor to the radio: {} ms in the middle, {} ms at most",
    "从传感器末字节到无线电：中位数 {} ms，最大 {} ms",
)
_SENSORS = Detail("sensors", "传感器")
_COLUMNS = (
    heads.NAME,
    Detail("from s", "始 s"),
    Detail("to s", "止 s"),
    Detail("ticks", "周期"),
    Detail("found", "检测数"),
    Detail("off m", "偏差 m"),
    Detail("east m", "东向 m"),
    Detail("north m", "北向 m"),
)


class Wish(NamedTuple):
    """The caller's choice."""

    run: Path | None
    recording: Path | None
    at_s: float | None  # seconds from the recording's beginning; None: its end
    language: str
    as_json: bool
    seconds: float = _WHY_S  # how long the daemon is watched


def why(subject: str, wish: Wish) -> bool:
    """Print why a message type or a road user is on air or not; return whether it is."""
    with usage():
        number = _number(subject)
    teller, last = Storyteller(number or 0), None
    for look in _looks(wish):
        teller.add(look)
        last = look.snapshot
    assert last is not None
    answer = reason.of_message(subject.lower(), last) if number is None else reason.of_user(teller.story, last)
    if wish.as_json:
        rows = [{"text": text.told(wish.language), "do": do.told(wish.language)} for text, do in answer.lines]
        print(json.dumps({"subject": subject, "on_air": answer.on_air, "lines": rows}, ensure_ascii=False))
        return answer.on_air
    for text, do in answer.lines:
        print(text.told(wish.language))
        if do != NOTHING and do.en:
            print(_DO.of(do).told(wish.language))
    return answer.on_air


def trace(number: int, wish: Wish) -> bool:
    """Print the story of a road user; return whether there was such a one."""
    teller, last = Storyteller(number), None
    for look in _looks(wish):
        teller.add(look)
        last = look.snapshot
    story = teller.story
    if wish.as_json:
        print(msgspec.json.encode(story).decode())
    elif story.first_ns is None and last is not None:
        print(reason.of_user(story, last).lines[0][0].told(wish.language))
    else:
        console = Console(highlight=False)
        for part in _parts(story, wish.language):
            line = part.told(wish.language) if isinstance(part, Detail) else part
            console.print(line, markup=False, soft_wrap=isinstance(line, str))
    return story.first_ns is not None


def _number(subject: str) -> int | None:
    """Return the number of a road user, None for a message type. ValueError: it is neither."""
    if subject.lower() in ROWS:
        return None
    if not subject.isdecimal():
        raise ValueError(_NO_TYPE.of(subject, ", ".join(ROWS)))
    return int(subject)


def _looks(wish: Wish) -> Iterator[Look]:
    """Yield the looks, at least one. NotReachableError: no daemon answers."""
    none = True
    for look in _recorded(wish, wish.recording) if wish.recording is not None else _live(wish):
        none = False
        yield look
    if none and wish.recording is not None:
        raise NotARecordingError(_NO_TICK.of(wish.recording, wish.at_s or 0))
    if none:
        raise NotReachableError(NO_DAEMON.of(folder=wish.run or folders.default_run()))


def _live(wish: Wish) -> Iterator[Look]:
    yield from live.looks(wish.run or folders.default_run(), wish.seconds, threading.Event())


def _recorded(wish: Wish, path: Path) -> Iterator[Look]:
    with tempfile.TemporaryDirectory() as folder:
        site = site_files.load(*reader.start(path), Path(folder))
        yield from recorded.looks(site, _until(reader.ticks(path), wish.at_s))


def _until(tapes: Iterator[Tape], at_s: float | None) -> Iterator[Tape]:
    """Yield the ticks up to so many seconds after the first."""
    begin_ns: int | None = None
    for tape in tapes:
        begin_ns = tape.outcome.now_ns if begin_ns is None else begin_ns
        if at_s is not None and tape.outcome.now_ns - begin_ns > at_s * _S:
            return
        yield tape


def _parts(story: UserStory, language: str) -> Iterator[Detail | Table]:
    """Yield the story: the road user, its way, its sensors, its messages."""
    assert story.first_ns is not None and story.last_ns is not None
    kind = max(story.kinds, key=lambda each: story.kinds[each])
    lasted_s = f"{(story.last_ns - story.first_ns) / 1e9:.1f}"
    yield _HEAD.of(terms.ROAD_USERS[kind].name, story.id, _clock(story.first_ns), _clock(story.last_ns), lasted_s)
    yield _SPEED.of(*(f"{each:.1f}" for each in story.speed_mps), f"{story.widest_95_m:.1f}")
    if story.vehicle_ids:
        yield _OBU.of(", ".join(story.vehicle_ids))
    stretches = [
        Detail(f"{each.link} {each.lane}", f"{each.link} {each.lane}") if each.link else _NO_LANE
        for each in story.stretches
    ]
    yield _PLACES.of(Detail(" > ".join(each.en for each in stretches), " > ".join(each.zh for each in stretches)))
    made = table(_SENSORS, _COLUMNS, language, numbers=True)
    for part in sorted(story.sensors.values(), key=lambda each: each.first_ns):
        made.add_row(*_row(part, story.first_ns))
    yield made
    yield from _messages(story)


def _row(part: SensorPart, begin_ns: int) -> tuple[str, ...]:
    """Return a sensor's row; its times are from the road user's first tick on."""
    span = (f"{(stamp_ns - begin_ns) / 1e9:.1f}" for stamp_ns in (part.first_ns, part.last_ns))
    times = (part.device, *span, str(part.ticks))
    off = (part.rms_m, part.east_m, part.north_m)
    return (*times, str(part.places or "-"), *("-" if each is None else f"{each:.2f}" for each in off))


def _messages(story: UserStory) -> Iterator[Detail]:
    on_air = story.on_air
    if on_air.first_ns is not None and on_air.last_ns is not None:
        ages = (round(statistics.median(on_air.age_ms)), max(on_air.age_ms))
        span = (_clock(on_air.first_ns), _clock(on_air.last_ns), on_air.longest_gap_ms)
        yield _CARRIED.of(on_air.messages, *span, *ages)
    if on_air.latency_ms:
        yield _LATENCY.of(f"{statistics.median(on_air.latency_ms):.1f}", f"{max(on_air.latency_ms):.1f}")


def _clock(stamp_ns: int) -> str:
    return f"{datetime.fromtimestamp(stamp_ns / 1e9, UTC).astimezone():%H:%M:%S.%f}"[:-5]
