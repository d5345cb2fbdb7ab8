"""`rsu top`: processes, queues and rates of a running daemon, and the machine under them."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

from rsu.bus.records import Processes, UplinkState
from rsu.bus.snapshot import Snapshot
from rsu.bus.troubles import Newest
from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.screen import pages

MIB = 2**20


class Machine(NamedTuple):
    """Processor and memory of the machine, with all that runs on it."""

    load_1min: float  # processes that run or wait for a processor, mean over the last minute
    cores: int
    memory_used_mib: float
    memory_mib: float
    temperature_c: float | None  # of the hottest sensor; None: the machine does not say


def watch(run: Path, period_s: float, seconds: float | None, as_json: bool, stop: threading.Event) -> None:
    """Show a page every period until `stop`, or for so many seconds. NotReachableError: no daemon answers."""
    if seconds is not None:
        timer = threading.Timer(seconds, stop.set)
        timer.daemon = True
        timer.start()
    listener, before = NewestRecords(run), None
    rates: dict[str, float] | None = None
    try:
        with pages(in_place=not as_json) as page:
            for state in listener.follow(period_s, stop):
                rates = uplink_rates(before, state.uplink) or rates  # between two states the last ones hold
                with page:
                    _print(state, rates, _machine(), as_json)
                before = state.uplink
    finally:
        listener.close()


def uplink_rates(before: UplinkState | None, now: UplinkState | None) -> dict[str, float] | None:
    """Return records per second that were spooled and acknowledged between two states; None: not known yet."""
    if before is None or now is None or now.stamp_ns <= before.stamp_ns:
        return None
    passed_s = (now.stamp_ns - before.stamp_ns) / 1e9
    names = ("spooled", "acknowledged")
    return {name: (getattr(now, name) - getattr(before, name)) / passed_s for name in names}


def _print(state: Newest, rates: dict[str, float] | None, machine: Machine, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_plain(state, rates, machine)), flush=True)
        return
    console = Console(highlight=False)
    hot = "" if machine.temperature_c is None else f", {machine.temperature_c:.0f} °C"
    used, there = machine.memory_used_mib, machine.memory_mib
    console.print(f"load {machine.load_1min:.2f} of {machine.cores} cores, memory {used:.0f} of {there:.0f} MiB{hot}")
    if state.processes is not None:
        console.print(_processes(state.processes))
    if state.snapshot is not None:
        console.print(_rates(state.snapshot))
    for line in _queues(state, rates):
        console.print(line, markup=False)


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


def _processes(record: Processes) -> Table:
    table = _table("processes", "name state CPU_% budget MiB peak budget restarts")
    for row in sorted(record.processes, key=lambda row: -row.cpu_percent):
        table.add_row(
            row.name,
            row.state,
            f"{row.cpu_percent:.0f}",
            str(row.budget_cpu_percent),
            f"{row.rss_mib:.0f}",
            f"{row.rss_peak_mib:.0f}",
            str(row.budget_rss_mib),
            str(row.restarts),
        )
    return table


def _rates(snapshot: Snapshot) -> Table:
    table = _table("rates", "of Hz count")
    for message in snapshot.messages:
        table.add_row(message.kind.upper(), f"{message.rate_hz:.1f}", f"{message.frames} frames")
    for device in snapshot.devices:
        table.add_row(device.name, f"{device.rate_hz:.1f}", f"{sum(device.counters.values())} refused")
    return table


def _queues(state: Newest, rates: dict[str, float] | None) -> list[str]:
    lines = []
    if (uplink := state.uplink) is not None:
        moving = "" if rates is None else f", {rates['spooled']:.1f}/s in, {rates['acknowledged']:.1f}/s acknowledged"
        lines.append(f"spool: {uplink.waiting} records wait{moving}")
    if (recorder := state.recorder) is not None:
        room = recorder.room_bytes / MIB
        lines.append(f"recorder: {recorder.state}, room {room:.0f} MiB, {recorder.lost_ticks} ticks lost")
    if state.snapshot is not None:
        lines.append(
            f"road users: {len(state.snapshot.tracks)}, claimed by vehicles only: {len(state.snapshot.claims)}"
        )
    return lines


def _table(title: str, columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for index, column in enumerate(columns.split()):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _machine() -> Machine:
    memory = psutil.virtual_memory()
    sensors: dict[str, list[Any]] = getattr(psutil, "sensors_temperatures", dict)()  # not on every system
    hottest = max((each.current for rows in sensors.values() for each in rows), default=None)
    load, cores = psutil.getloadavg()[0], psutil.cpu_count() or 1
    return Machine(load, cores, (memory.total - memory.available) / MIB, memory.total / MIB, hottest)
