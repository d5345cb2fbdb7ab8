"""`rsu top`: processes, queues and rates of a running daemon, and the machine under them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from hw.detail import NOTHING, Detail
from rsu.bus.records import Processes, UplinkState
from rsu.bus.snapshot import Snapshot
from rsu.bus.troubles import Newest
from rsu.cli.views import heads
from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.screen import pages, table
from rsu.reasons import terms

MIB = 2**20
_RATES = ("spooled", "acknowledged")
_LOAD = Detail("load {} of {} cores, memory {} of {} MiB{}", "负载 {}（{} 核），内存 {} / {} MiB{}")
_FRAMES = Detail("{} frames", "{} 帧")
_REFUSED = Detail("{} refused", "拒收 {}")
_SPOOL = Detail("spool: {} records wait{}", "缓存：待确认 {} 条{}")
_MOVING = Detail(", {}/s in, {}/s acknowledged", "，每秒写入 {} 条，每秒确认 {} 条")
_RECORDER = Detail("recorder: {}, room {} MiB, {} ticks lost", "录制：{}，剩余空间 {} MiB，丢失 {} 个周期")
_USERS = Detail("road users: {}, claimed by vehicles only: {}", "交通参与者：{}，仅车辆自报：{}")


class Machine(NamedTuple):
    """Processor and memory of the machine, with all that runs on it."""

    load_1min: float  # processes that run or wait for a processor, mean over the last minute
    cores: int
    memory_used_mib: float
    memory_mib: float
    temperature_c: float | None  # of the hottest sensor; None: the machine does not say


class TopWish(NamedTuple):
    """The caller's choice of pages."""

    period_s: float  # between two pages
    seconds: float | None  # until the end; None: until Ctrl-C
    as_json: bool
    language: str


def watch(run: Path, wish: TopWish, stop: threading.Event) -> None:
    """Show a page every period until `stop`, or for so many seconds. NotReachableError: no daemon answers."""
    if wish.seconds is not None:
        timer = threading.Timer(wish.seconds, stop.set)
        timer.daemon = True
        timer.start()
    listener, before = NewestRecords(run), None
    rates: dict[str, float] | None = None
    try:
        with pages(in_place=not wish.as_json) as page:
            for state in listener.follow(wish.period_s, stop):
                rates = uplink_rates(before, state.uplink) or rates  # between two states the last ones hold
                with page:
                    _print(state, rates, _machine(), wish)
                before = state.uplink
    finally:
        listener.close()


def uplink_rates(before: UplinkState | None, now: UplinkState | None) -> dict[str, float] | None:
    """Return records per second that were spooled and acknowledged between two states; None: not known yet."""
    if before is None or now is None or now.stamp_ns <= before.stamp_ns:
        return None
    passed_s = (now.stamp_ns - before.stamp_ns) / 1e9
    return {name: (getattr(now, name) - getattr(before, name)) / passed_s for name in _RATES}


def _print(state: Newest, rates: dict[str, float] | None, machine: Machine, wish: TopWish) -> None:
    if wish.as_json:
        print(json.dumps(_plain(state, rates, machine)), flush=True)
        return
    console, language = Console(highlight=False), wish.language
    console.print(_load(machine).told(language), markup=False)
    if state.processes is not None:
        console.print(_processes(state.processes, language))
    if state.snapshot is not None:
        console.print(_rates(state.snapshot, language))
    for line in _queues(state, rates):
        console.print(line.told(language), markup=False)


def _load(machine: Machine) -> Detail:
    hot = "" if machine.temperature_c is None else f", {machine.temperature_c:.0f} °C"
    memory = (f"{machine.memory_used_mib:.0f}", f"{machine.memory_mib:.0f}")
    return _LOAD.of(f"{machine.load_1min:.2f}", machine.cores, *memory, hot)


def _plain(state: Newest, rates: dict[str, float] | None, machine: Machine) -> dict[str, Any]:
    snapshot = state.snapshot
    return {
        "machine": machine._asdict(),
        "processes": msgspec.to_builtins(state.processes.processes) if state.processes else None,
        "messages_hz": {row.kind: row.rate_hz for row in snapshot.messages} if snapshot else None,
        "devices_hz": {row.name: row.rate_hz for row in snapshot.devices} if snapshot else None,
        "uplink": {"waiting": state.uplink.waiting, "per_s": rates} if state.uplink else None,
        "recorder": msgspec.to_builtins(state.recorder) if state.recorder else None,
    }


def _processes(record: Processes, language: str) -> Table:
    columns = (heads.NAME, heads.STATE, "CPU %", heads.BUDGET, "MiB", heads.PEAK, heads.BUDGET, heads.RESTARTS)
    made = table(heads.PROCESSES, columns, language, numbers=True)
    for row in sorted(record.processes, key=lambda row: -row.cpu_percent):
        made.add_row(
            row.name,
            terms.said(terms.PROCESSES, row.state, language),
            f"{row.cpu_percent:.0f}",
            str(row.budget_cpu_percent),
            f"{row.rss_mib:.0f}",
            f"{row.rss_peak_mib:.0f}",
            str(row.budget_rss_mib),
            str(row.restarts),
        )
    return made


def _rates(snapshot: Snapshot, language: str) -> Table:
    made = table(heads.RATES, (heads.NAME, "Hz", heads.COUNT), language, numbers=True)
    for message in snapshot.messages:
        made.add_row(message.kind.upper(), f"{message.rate_hz:.1f}", _FRAMES.of(message.frames).told(language))
    for device in snapshot.devices:
        refused = _REFUSED.of(sum(device.counters.values())).told(language)
        made.add_row(device.name, f"{device.rate_hz:.1f}", refused)
    return made


def _queues(state: Newest, rates: dict[str, float] | None) -> Iterator[Detail]:
    if (uplink := state.uplink) is not None:
        moving = NOTHING if rates is None else _MOVING.of(*(f"{rates[name]:.1f}" for name in _RATES))
        yield _SPOOL.of(uplink.waiting, moving)
    if (recorder := state.recorder) is not None:
        room = f"{recorder.room_bytes / MIB:.0f}"
        yield _RECORDER.of(terms.RECORDER[recorder.state].name, room, recorder.lost_ticks)
    if state.snapshot is not None:
        yield _USERS.of(len(state.snapshot.tracks), len(state.snapshot.claims))


def _machine() -> Machine:
    memory = psutil.virtual_memory()
    sensors: dict[str, list[Any]] = getattr(psutil, "sensors_temperatures", dict)()  # not on every system
    hottest = max((each.current for rows in sensors.values() for each in rows), default=None)
    load, cores = psutil.getloadavg()[0], psutil.cpu_count() or 1
    return Machine(load, cores, (memory.total - memory.available) / MIB, memory.total / MIB, hottest)
