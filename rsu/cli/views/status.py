"""`rsu status`: the daemon's state off the bus, for people and for scripts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from rsu.bus import troubles
from rsu.bus.records import Processes, Trouble
from rsu.bus.snapshot import Snapshot
from rsu.bus.troubles import Newest
from rsu.cli.views.listening import NewestRecords
from rsu.cli.views.screen import pages
from rsu.reasons import details

_WATCH_S = 1.0
_WORDS = {"en": ("no trouble", "do"), "zh": ("一切正常", "处理")}


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
    found = troubles.of(state)
    if as_json:
        print(json.dumps(plain(state, language)))
        return not found
    console = Console(highlight=False)
    if state.processes is not None:
        console.print(f"site {state.processes.site}, page {state.processes.page}", markup=False)
        if warnings := state.processes.warnings:
            said = f"{warnings} warning{'s' * (warnings > 1)}: rsu check {state.processes.site_file}"
            console.print(said, markup=False, soft_wrap=True)
        console.print(_processes(state.processes))
        for line in _last_ends(state.processes):
            console.print(line, markup=False, soft_wrap=True)
    if state.snapshot is not None:
        console.print(_messages(state.snapshot))
        console.print(_devices(state.snapshot, language))
        console.print(_clock(state.snapshot), markup=False)
        if (latch := state.snapshot.latch) is not None:
            since = datetime.fromtimestamp(latch.since_ns // 1_000_000_000, UTC)
            console.print(
                f"signal latched: phases {latch.phases} green together {since:%Y-%m-%d %H:%M:%S} UTC", markup=False
            )
        for line in _refused(state.snapshot, language):
            console.print(line, markup=False, soft_wrap=True)
        for reason, count in state.snapshot.counters.items():
            console.print(f"not used: {reason}: {count}", markup=False)
    if state.uplink is not None:
        u = state.uplink
        line = f"uplink {u.platform}: {'connected' if u.connected else 'not connected'}, {u.waiting} waiting, "
        console.print(line + f"{u.acknowledged} acknowledged of {u.spooled}", markup=False)
    if state.recorder is not None:
        console.print(f"recorder {state.recorder.state}: {state.recorder.files} recordings", markup=False)
    _troubles(console, found, language)
    return not found


def _refused(snapshot: Snapshot, language: str) -> Iterator[str]:
    """Yield the refused input of devices: its count, the latest input, and its likely cause."""
    for device in snapshot.devices:
        for each in device.refused:
            sample = f', last "{each.text}" ({each.octets})' if each.octets else ""
            cause = f": {details.said(each.cause, language)}" if each.cause else ""
            yield f"not used of {device.name}: {each.reason} {each.count}{sample}{cause}"


def _troubles(console: Console, found: list[Trouble], language: str) -> None:
    none, what_to_do = _WORDS[language]
    for trouble in found:
        console.print(troubles.sentence(trouble, language), markup=False, soft_wrap=True)
        if remedy := troubles.remedy(trouble, language):
            console.print(f"    {what_to_do}: {remedy}", markup=False, soft_wrap=True)
    if not found:
        console.print(none, markup=False)


def _clock(snapshot: Snapshot) -> str:
    """Return in a line how well UTC is known."""
    bound_ms, clock = snapshot.utc_uncertainty_ms, snapshot.clock
    facts = ["UTC unknown" if bound_ms is None else f"UTC known to {bound_ms:.1f} ms"]
    if clock is not None and clock.ahead_ms is not None and clock.holdover_s is not None:
        facts.append(f"system clock {clock.ahead_ms:+.1f} ms ahead of GNSS, heard {clock.holdover_s:.1f} s ago")
    if clock is not None and clock.drift_ppm is not None:
        facts.append(f"drifts by {clock.drift_ppm:+.1f} ppm")
    if clock is not None and clock.step_ms is not None:
        facts.append(f"{clock.steps} steps, the last one by {clock.step_ms / 1000:+.3f} s")
    return "time: " + "; ".join(facts)


def _table(title: str, columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns.split():
        table.add_column(column, justify="left")
    return table


def _processes(record: Processes) -> Table:
    table = _table("processes", "name state pid restarts CPU_% budget MiB budget")
    for p in record.processes:
        table.add_row(
            p.name,
            p.state,
            str(p.pid),
            str(p.restarts),
            f"{p.cpu_percent:.0f}",
            str(p.budget_cpu_percent),
            f"{p.rss_mib:.0f}",
            str(p.budget_rss_mib),
        )
    return table


def _last_ends(record: Processes) -> Iterator[str]:
    for p in record.processes:
        if p.error is not None and p.ended_ns is not None:
            moment = datetime.fromtimestamp(p.ended_ns / 1e9, UTC).astimezone()
            yield f"{p.name} ended {moment:%b %d %H:%M:%S}: {p.error}"


def _messages(snapshot: Snapshot) -> Table:
    table = _table("messages", "type decision Hz frames reasons")
    for m in snapshot.messages:
        table.add_row(m.kind, m.decision, f"{m.rate_hz:.1f}", str(m.frames), ", ".join(m.reasons))
    return table


def _devices(snapshot: Snapshot, language: str) -> Table:
    table = _table("devices", "name kind state Hz age_ms trouble")
    for d in snapshot.devices:
        trouble = details.said(d.error or d.doubt or "", language)
        table.add_row(d.name, d.kind, d.state, f"{d.rate_hz:.1f}", str(d.age_ms), trouble)
    return table
