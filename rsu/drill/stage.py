"""The bench site on which faults are made: its processes, the daemon's reports, the judge's verdicts on it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import zmq

from rsu.bench.processes import Plan, Running
from rsu.bench.watch import Watch
from rsu.bus.records import ProcessView, RecorderState, UplinkState
from rsu.bus.snapshot import DeviceView, MessageState
from rsu.reasons import NORMAL

_STEP_S = 0.05
_LATE_S = 0.5


class Said(NamedTuple):
    """The daemon's present report of itself; empty where there is none."""

    devices: dict[str, DeviceView]
    messages: dict[str, MessageState]
    processes: dict[str, ProcessView]
    uplink: UplinkState | None
    recorder: RecorderState | None
    counters: Counter[str]

    def reasons(self, kind: str) -> set[str]:
        """Return why a message type is not plainly sent."""
        return set(self.messages[kind].reasons) if kind in self.messages else {"station silent"}


class Wrong(NamedTuple):
    """One false frame on air."""

    at_s: float  # monotonic
    kind: str
    why: str


class Stage:
    """A running bench. A test waits with `until`, so that every report is taken in."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.run = plan, plan.run
        self.bench = Running(plan)
        self.wrong: list[Wrong] = []
        self.frames: Counter[str] = Counter()
        self.gaps: list[tuple[float, float]] = []  # of SPAT: monotonic s at its end, length in s
        self._heard_s: dict[str, float] = {}  # kind -> when it was on air last
        self._watch = Watch(plan.run)
        self._verdicts: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
        self._verdicts.setsockopt(zmq.LINGER, 0)
        self._verdicts.connect(f"ipc://{plan.run}/judge.ipc")
        self._verdicts.subscribe(b"")

    def start(self) -> None:
        """Start every process."""
        for name in self.bench.names:
            self.bench.start(name)

    def said(self) -> Said:
        """Return the daemon's last report."""
        snapshot, processes = self._watch.snapshot, self._watch.processes
        return Said(
            devices={each.name: each for each in (snapshot.devices if snapshot else [])},
            messages={each.kind: each for each in (snapshot.messages if snapshot else [])},
            processes={each.name: each for each in (processes.processes if processes else [])},
            uplink=self._watch.uplink,
            recorder=self._watch.recorder,
            counters=Counter(snapshot.counters if snapshot else {}),
        )

    def on_air(self, kind: str, late_s: float = _LATE_S) -> bool:
        """Tell whether a type of message is on air now."""
        return time.monotonic() - self._heard_s.get(kind, float("-inf")) < late_s

    def step(self) -> None:
        """Take in the reports of the last moment."""
        self._watch.step(_STEP_S)
        while self._verdicts.poll(0):
            verdict = json.loads(self._verdicts.recv())
            self.frames[verdict["kind"]] += 1
            if verdict["kind"] == "spat" and "spat" in self._heard_s:
                self.gaps.append((verdict["t"], verdict["t"] - self._heard_s["spat"]))
            self._heard_s[verdict["kind"]] = verdict["t"]
            if verdict["wrong"]:
                self.wrong.append(Wrong(verdict["t"], verdict["kind"], "; ".join(verdict["wrong"])))

    def until(self, holds: Callable[[], bool], limit_s: float) -> float | None:
        """Wait until something holds; return after how many seconds it did, None if it did not in time."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > limit_s:
                return None
            self.step()
        return time.monotonic() - began

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.until(lambda: False, seconds)

    def troubles(self) -> list[str]:
        """Return everything that is not as on a good day."""
        return list(self._troubles())

    def healthy(self) -> bool:
        """Tell whether all is as on a good day."""
        return not self.troubles()

    def _troubles(self) -> Iterator[str]:
        said = self.said()
        if not said.processes or not said.devices:
            yield "the daemon sends no reports"
        yield from (f"process {p.name} {p.state}" for p in said.processes.values() if p.state != "running")
        for device in said.devices.values():
            if device.state != "ok" or device.error:
                yield f"device {device.name} {device.state} {device.error or ''}".strip()
        for message in said.messages.values():
            if message.decision != "send" and set(message.reasons) - NORMAL:
                yield f"message {message.kind} {message.decision}: {', '.join(message.reasons)}"
        if said.uplink is None or not said.uplink.connected or said.uplink.error:
            yield "uplink " + (said.uplink.error or "not connected" if said.uplink else "silent")
        elif said.uplink.troubles:
            yield "uplink " + said.uplink.troubles[0]
        if not self.on_air("spat"):
            yield "no SPAT on air"

    def gap_s(self, since_s: float) -> float:
        """Return the longest time without a SPAT that ended after `since_s` (monotonic) or lasts."""
        heard_s = self._heard_s.get("spat", since_s)
        return max([time.monotonic() - heard_s, *(length for end, length in self.gaps if end > since_s)])

    def lost(self) -> int:
        """Return how many records for the cloud are accounted for nowhere."""
        uplink = self._watch.uplink
        if uplink is None:
            return 0
        told = sum(chain(uplink.evicted.values(), uplink.refused.values(), uplink.set_aside.values()))
        return max(0, uplink.spooled - uplink.acknowledged - uplink.waiting - told)

    def fault(self, device: str, name: str | None) -> None:
        """Give an emulated device a fault of its own; None: take it away."""
        path = self.run / f"{device}.fault"
        if name is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(name + "\n", encoding="utf-8")

    def data(self) -> Path:
        """Return the daemon's data folder."""
        return self.run / "data"

    def close(self) -> None:
        """End everything."""
        self.bench.stop(self.bench.names)
        self._watch.close()
        self._verdicts.close()
