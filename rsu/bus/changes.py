"""Which of many things changed, and since when each is as it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rsu.bus.records import ProcessView
from rsu.bus.snapshot import DeviceView, MessageState

NO_ALARM = "none"


class Change(NamedTuple):
    """One thing that is not as before."""

    what: str
    state: str
    before: str | None  # None: it is new


class StateChanges:
    """The state of everything that was noted."""

    def __init__(self) -> None:
        self.since: dict[str, int] = {}  # name -> when its state began, in the caller's time
        self._states: dict[str, str] = {}

    def note(self, states: Mapping[str, str], now: int) -> Iterator[Change]:
        """Take in states by name; yield those that changed."""
        for what, state in states.items():
            before = self._states.get(what)
            if before != state:
                self._states[what] = state
                if before is None or _shape(before) != _shape(state) or not what.startswith("device "):
                    self.since[what] = now
                    yield Change(what, state, before)


def _shape(state: str) -> str:
    """Return a device's state without its figures: 3 s or 4 s of silence are one state."""
    return re.sub(r"[0-9][0-9.]*", "#", state)


def devices(views: list[DeviceView]) -> dict[str, str]:
    """Return the state of devices as people follow it."""
    return {f"device {each.name}": each.state + (f" ({each.error})" if each.error else "") for each in views}


def alarms(views: list[DeviceView]) -> dict[str, str]:
    """Return the alarms of devices' vital figures."""
    return {
        f"device {each.name} alarms": ", ".join(f"{alarm.code}: {alarm.text}" for alarm in each.alarms) or NO_ALARM
        for each in views
    }


def messages(states: list[MessageState]) -> dict[str, str]:
    """Return the state of message types as people follow it."""
    return {f"message {each.kind}": " ".join([each.decision, *each.reasons]) for each in states}


def processes(views: list[ProcessView]) -> dict[str, str]:
    """Return the state of processes as people follow it."""
    return {f"process {each.name}": f"{each.state} {each.pid}" for each in views}
