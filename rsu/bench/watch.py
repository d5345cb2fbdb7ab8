"""The daemon's records of its own state during a run of the bench, off its bus."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec

from rsu.bench.latency import LatencyMeter
from rsu.bus import changes
from rsu.bus.changes import StateChanges
from rsu.bus.records import Processes, RecorderState, Sent, UplinkState
from rsu.bus.snapshot import Snapshot
from rsu.bus.sockets import Subscriber


def say(text: str) -> None:
    """Tell the person at the bench."""
    print(text, file=sys.stderr, flush=True)


class Watch:
    """Follows the bus during a demo: latency, the newest state of everything, changes of device states."""

    def __init__(self, run: Path) -> None:
        self._bus = Subscriber(run, ["sent", "snapshot", "uplink", "processes", "recorder"])
        self.latency = LatencyMeter(run)
        self.uplink: UplinkState | None = None
        self.processes: Processes | None = None
        self.recorder: RecorderState | None = None
        self.snapshot: Snapshot | None = None
        self.changes: list[tuple[float, str, str]] = []  # seconds into the demo, name, new state
        self._followed = StateChanges()
        self._began = time.monotonic()
        self._began_ns = time.time_ns()

    def step(self, timeout_s: float) -> None:
        """Take in the records that come within `timeout_s`."""
        self._bus.wait(timeout_s)
        for _, record in self._bus.records():
            self._take(record)
        self.latency.step()

    def _take(self, record: msgspec.Struct) -> None:
        if isinstance(record, Sent):
            self.latency.sent(record)
        elif isinstance(record, Snapshot):
            self.snapshot = record
            self._note(changes.devices(record.devices) | changes.messages(record.messages))
        elif isinstance(record, UplinkState):
            self.uplink = record
            self._note({"uplink": "connected" if record.connected else "not connected"})
        elif isinstance(record, RecorderState):
            self.recorder = record
            self._note({"recorder": record.state})
        elif isinstance(record, Processes):
            self.processes = record
            self._note(changes.processes(record.processes))

    def _note(self, states: dict[str, str]) -> None:
        at = round(time.monotonic() - self._began, 2)
        for what, state, before in self._followed.note(states, 0):
            self.changes.append((at, what, state))
            if before is not None:
                say(f"{at:7.2f} s  {what}: {state}")

    def gaps(self) -> list[dict[str, float]]:
        """Return when nothing at all was on air for longer than a cycle and a half."""
        return [
            {"at_s": round((arrival - self._began_ns) / 1e9, 2), "ms": round(length / 1e6)}
            for arrival, length in self.latency.gaps
        ]

    def close(self) -> None:
        """Close the sockets."""
        self._bus.close()
        self.latency.close()
