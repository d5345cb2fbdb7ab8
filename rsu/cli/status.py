"""`rsu status`: the daemon's state off the bus, for people and for scripts."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.table import Table

from rsu.bus import Subscriber
from rsu.errors import NotReachableError
from rsu.records import Processes, Snapshot, UplinkState

_WAIT_S = 2.5  # the slowest topic comes once a second


class State(NamedTuple):
    """The newest record of each topic; None: nothing came in time."""

    processes: Processes
    snapshot: Snapshot | None
    uplink: UplinkState | None


def ask(run: Path) -> State:
    """Listen on the bus until every topic was heard. NotReachableError: no supervisor answers."""
    subscriber = Subscriber(run, ["processes", "snapshot", "uplink"])
    heard: dict[str, msgspec.Struct] = {}
    deadline = time.monotonic() + _WAIT_S
    while len(heard) < 3 and (left := deadline - time.monotonic()) > 0:
        subscriber.wait(left)
        heard |= dict(subscriber.records())
    subscriber.close()
    processes, snapshot, uplink = (heard.get(topic) for topic in ("processes", "snapshot", "uplink"))
    if not isinstance(processes, Processes):
        raise NotReachableError(f"no daemon answers in {run}")
    return State(
        processes,
        snapshot if isinstance(snapshot, Snapshot) else None,
        uplink if isinstance(uplink, UplinkState) else None,
    )


def troubles(state: State) -> list[str]:
    """Return everything that is not as it should be, in words."""
    found = [f"process {p.name}: {p.state}" for p in state.processes.processes if p.state != "running"]
    for p in state.processes.processes:
        if p.rss_mib > p.budget_rss_mib:
            found.append(f"process {p.name}: {p.rss_mib:.0f} MiB, budget {p.budget_rss_mib}")
        if p.cpu_percent > p.budget_cpu_percent:
            found.append(f"process {p.name}: {p.cpu_percent:.0f} % of a core, budget {p.budget_cpu_percent}")
    if state.snapshot is None:
        return [*found, "station: silent"]
    if state.snapshot.clock is not None:
        found += [f"time: {doubt}" for doubt in state.snapshot.clock.doubts]
    for d in state.snapshot.devices:
        if d.state != "ok" or d.error:
            found.append(f"device {d.name}: {d.state}" + (f", {d.error}" if d.error else ""))
    found += [
        f"message {m.kind}: {m.decision} ({', '.join(m.reasons)})"
        for m in state.snapshot.messages
        if m.decision != "send" and set(m.reasons) - {"switched-off", "nothing-to-say"}
    ]
    if state.uplink is None:
        found.append("uplink: silent")
    elif state.uplink.error:
        found.append(f"uplink: {state.uplink.error}")
    elif not state.uplink.connected and not state.uplink.platform.startswith("none"):
        found.append("uplink: not connected")
    return found


def show(state: State, as_json: bool) -> None:
    """Print the state on stdout."""
    if as_json:
        print(json.dumps(msgspec.to_builtins(state._asdict() | {"troubles": troubles(state)})))
        return
    console = Console(highlight=False)
    console.print(f"site {state.processes.site}", markup=False)
    console.print(_processes(state.processes))
    if state.snapshot is not None:
        console.print(_messages(state.snapshot))
        console.print(_devices(state.snapshot))
        console.print(_clock(state.snapshot), markup=False)
        for reason, count in state.snapshot.counters.items():
            console.print(f"not used: {reason}: {count}", markup=False)
    if state.uplink is not None:
        u = state.uplink
        line = f"uplink {u.platform}: {'connected' if u.connected else 'not connected'}, {u.waiting} waiting, "
        console.print(line + f"{u.acknowledged} acknowledged of {u.spooled}", markup=False)
    for trouble in troubles(state) or ["no trouble"]:
        console.print(trouble, markup=False)


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


def _messages(snapshot: Snapshot) -> Table:
    table = _table("messages", "type decision Hz frames reasons")
    for m in snapshot.messages:
        table.add_row(m.kind, m.decision, f"{m.rate_hz:.1f}", str(m.frames), ", ".join(m.reasons))
    return table


def _devices(snapshot: Snapshot) -> Table:
    table = _table("devices", "name kind state Hz age_ms trouble")
    for d in snapshot.devices:
        table.add_row(d.name, d.kind, d.state, f"{d.rate_hz:.1f}", str(d.age_ms), d.error or d.doubt or "")
    return table
