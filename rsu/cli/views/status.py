"""`rsu status`: the daemon's state off the bus, for people and for scripts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from hw.detail import NOTHING, Detail
from perception.traffic.weather import WeatherNow
from rsu.bus import troubles
from rsu.bus.records import Processes, RecorderState, UplinkState
from rsu.bus.snapshot import ClockView, Snapshot
from rsu.bus.troubles import Newest
from rsu.cli.views import heads, watched
from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.screen import pages, table
from rsu.reasons import counted, details, terms

_WATCH_S = 1.0
_NO_TROUBLE = Detail("no trouble", "一切正常")
_TROUBLE = Detail("{}: {}", "{}：{}")
_REMEDY = Detail("    do: {}", "    处理：{}")
_SITE = Detail("site {}, page {}", "站点 {}，页面 {}")
_WARNINGS = Detail("warnings: {}, told by rsu check {}", "警告：{} 条，见 rsu check {}")
_LATCHED = Detail(
    "signal latched: phases {} and {} green together {} UTC", "信号灯已锁定：相位 {} 与 {} 于 {} UTC 同时为绿灯"
)
_REFUSED = Detail("not used of {}: {} {}{}{}", "{} 未采用：{} {}{}{}")
_LAST = Detail(', last "{}" ({})', "，最近一次“{}”（{}）")
_CAUSE = Detail(": {}", "：{}")
_NOT_USED = Detail("not used: {}: {}", "未采用：{}：{}")
_UPLINK = Detail("uplink {}: {}, {} waiting, {} acknowledged of {}", "上报 {}：{}，待确认 {}，已确认 {}/{}")
_CONNECTED = (Detail("not connected", "未连接"), Detail("connected", "已连接"))
_RECORDER = Detail("recorder {}: {} recordings", "录制进程：{}，共 {} 个录制")
_ENDED = Detail("{} ended {}: {}", "{} 于 {} 结束：{}")
_WEATHER = Detail("weather: {}", "天气：{}")
_VISIBILITY = Detail("visibility {} m", "能见度 {} m")
_PRECIPITATION = Detail("precipitation: {}{}", "降水：{}{}")
_GUSTS = Detail("gusts {} m/s", "阵风 {} m/s")
_TEMPERATURE = Detail("air at {} deg C", "气温 {} ℃")
_TIME = Detail("time: {}", "时间：{}")
_UTC_UNKNOWN = Detail("UTC unknown", "UTC 未知")
_UTC = Detail("UTC known to {} ms", "UTC 误差不超过 {} ms")
_AHEAD = Detail("system clock {} ms ahead of GNSS, heard {} s ago", "系统时钟超前 GNSS {} ms，{} s 前收到 GNSS")
_DRIFT = Detail("drifts by {} ppm", "漂移 {} ppm")
_STEPS = Detail("{} steps, the last one by {} s", "跳变 {} 次，最近一次 {} s")


def ask(run: Path) -> Newest:
    """Return the newest record of every topic. NotReachableError: no daemon answers."""
    listener = NewestRecords(run)
    try:
        return listener.first()
    finally:
        listener.close()


def watch(run: Path, as_json: bool, language: str, stop: threading.Event) -> None:
    """Show the state every second until `stop`: on a terminal in its place, else one after the other."""
    listener = NewestRecords(run)
    try:
        with pages(in_place=not as_json) as page:
            for state in listener.follow(_WATCH_S, stop):
                with page:
                    show(state, as_json, language)
    finally:
        listener.close()


def plain(state: Newest, language: str = "en") -> dict[str, Any]:
    """Return the state with its troubles in words, for JSON."""
    found = [troubles.plain(trouble, language) for trouble in troubles.of(state)]
    told: dict[str, Any] = msgspec.to_builtins(state._asdict() | {"troubles": found})
    return told


def show(state: Newest, as_json: bool, language: str) -> bool:
    """Print the state on stdout; return whether all is as it should be."""
    if as_json:
        print(json.dumps(plain(state, language)))
    else:
        console = Console(highlight=False)
        for part in _parts(state, language):
            line = part.told(language) if isinstance(part, Detail) else part
            console.print(line, markup=False, soft_wrap=isinstance(line, str))
    return not troubles.of(state)


def _parts(state: Newest, language: str) -> Iterator[Detail | Table]:
    """Yield the tables and lines, in the order of the daemon's processes; troubles last."""
    if state.processes is not None:
        yield from _of_processes(state.processes, language)
    if state.snapshot is not None:
        yield from _of_station(state.snapshot, language)
    if state.uplink is not None:
        yield _uplink(state.uplink)
        if state.uplink.second is not None:
            yield _uplink(state.uplink.second)
    if state.recorder is not None:
        yield _recorder(state.recorder)
    found = troubles.of(state)
    for trouble in found:
        said = Detail(troubles.sentence(trouble), troubles.sentence(trouble, "zh"))
        yield _TROUBLE.of(troubles.level(trouble).value, said)
        if troubles.remedy(trouble):
            yield _REMEDY.of(Detail(troubles.remedy(trouble), troubles.remedy(trouble, "zh")))
    if not found:
        yield _NO_TROUBLE


def _of_processes(record: Processes, language: str) -> Iterator[Detail | Table]:
    yield _SITE.of(record.site, record.page)
    if record.warnings:
        yield _WARNINGS.of(record.warnings, record.site_file)
    columns = (heads.NAME, heads.STATE, "pid", heads.RESTARTS, "CPU %", heads.BUDGET, "MiB", heads.BUDGET)
    made = table(heads.PROCESSES, columns, language)
    for p in record.processes:
        name = (p.name, terms.said(terms.PROCESSES, p.state, language), str(p.pid), str(p.restarts))
        processor = (f"{p.cpu_percent:.0f}", str(p.budget_cpu_percent))
        made.add_row(*name, *processor, f"{p.rss_mib:.0f}", str(p.budget_rss_mib))
    yield made
    for p in record.processes:
        if p.error is not None and p.ended_ns is not None:
            moment = datetime.fromtimestamp(p.ended_ns / 1e9, UTC).astimezone()
            yield _ENDED.of(p.name, f"{moment:%m-%d %H:%M:%S}", _detail(p.error))


def _of_station(snapshot: Snapshot, language: str) -> Iterator[Detail | Table]:
    yield watched.messages(snapshot, language)
    yield _devices(snapshot, language)
    yield _TIME.of(_clock(snapshot.utc_uncertainty_ms, snapshot.clock))
    if facts := list(_weather(snapshot.weather)):
        yield _WEATHER.of(_listed(facts, ", ", "，"))
    if (latch := snapshot.latch) is not None:
        since = datetime.fromtimestamp(latch.since_ns // 1_000_000_000, UTC)
        yield _LATCHED.of(*latch.phases, f"{since:%Y-%m-%d %H:%M:%S}")
    yield from _refused(snapshot)
    for reason, count in snapshot.counters.items():
        yield _NOT_USED.of(counted.words(reason), count)


def _refused(snapshot: Snapshot) -> Iterator[Detail]:
    """Yield the refused input of devices: its count, the latest input, and its likely cause."""
    for device in snapshot.devices:
        for each in device.refused:
            sample = _LAST.of(each.text, each.octets) if each.octets else NOTHING
            cause = _CAUSE.of(_detail(each.cause)) if each.cause else NOTHING
            yield _REFUSED.of(device.name, counted.words(each.reason), each.count, sample, cause)


def _uplink(u: UplinkState) -> Detail:
    return _UPLINK.of(_detail(u.platform), _CONNECTED[u.connected], u.waiting, u.acknowledged, u.spooled)


def _recorder(state: RecorderState) -> Detail:
    return _RECORDER.of(terms.RECORDER[state.state].name, state.files)


def _detail(text: str) -> Detail:
    """Return a text of a record, which carries it in English, in both languages."""
    return Detail(text, details.said(text, "zh"))


def _clock(bound_ms: float | None, clock: ClockView | None) -> Detail:
    """Return in a line how well UTC is known."""
    facts = [_UTC_UNKNOWN if bound_ms is None else _UTC.of(f"{bound_ms:.1f}")]
    if clock is not None and clock.ahead_ms is not None and clock.holdover_s is not None:
        facts.append(_AHEAD.of(f"{clock.ahead_ms:+.1f}", f"{clock.holdover_s:.1f}"))
    if clock is not None and clock.drift_ppm is not None:
        facts.append(_DRIFT.of(f"{clock.drift_ppm:+.1f}"))
    if clock is not None and clock.step_ms is not None:
        facts.append(_STEPS.of(clock.steps, f"{clock.step_ms / 1000:+.3f}"))
    return _listed(facts, "; ", "；")


def _weather(weather: WeatherNow) -> Iterator[Detail]:
    """Yield the measurements of weather sensors."""
    if weather.visibility_m is not None:
        yield _VISIBILITY.of(f"{weather.visibility_m:.0f}")
    if weather.precipitation is not None:
        amount = "" if weather.intensity_mm_h is None else f" {weather.intensity_mm_h:g} mm/h"
        yield _PRECIPITATION.of(terms.PRECIPITATION[weather.precipitation].name, amount)
    if weather.gust_mps is not None:
        yield _GUSTS.of(f"{weather.gust_mps:.1f}")
    if weather.temperature_c is not None:
        yield _TEMPERATURE.of(f"{weather.temperature_c:.1f}")


def _listed(facts: Sequence[Detail], joint: str, joint_zh: str) -> Detail:
    return Detail(joint.join(fact.en for fact in facts), joint_zh.join(fact.zh for fact in facts))


def _devices(snapshot: Snapshot, language: str) -> Table:
    columns = (heads.NAME, heads.KIND, heads.STATE, "Hz", heads.AGE, heads.TROUBLE)
    made = table(heads.DEVICES, columns, language)
    for d in snapshot.devices:
        trouble = details.said(d.error or d.doubt or "", language)
        state = terms.said(terms.DEVICES, d.state, language)
        made.add_row(d.name, d.kind, state, f"{d.rate_hz:.1f}", "-" if d.age_ms is None else str(d.age_ms), trouble)
    return made
