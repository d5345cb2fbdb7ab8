"""Whether a box does well with a change: from the newest records, on end for some time. Pure; times come in.

It does when every message that left, every device that worked and every process that ran before still does so, as far
as the site still has it, none of these processes has ended meanwhile, and the platform is reached: it acknowledges
records, or has all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from hw.detail import Detail
from rsu.bus.orders import AirState
from rsu.bus.records import Processes, UplinkState
from rsu.reasons import NORMAL
from rsu.reasons import probation as words

_FRESH_S = 5.0  # each of the records comes once a second
_WORKS = ("ok", "degraded")  # states of devices
_NEEDED = (Processes, AirState, UplinkState)


def working(air: AirState, processes: Processes) -> list[str]:
    """Return the messages that leave, or are silent without fault, the devices that work, the processes that run."""
    messages = [each.kind for each in air.messages if each.decision != "silent" or set(each.reasons) & NORMAL]
    devices = [name for name, state in air.devices.items() if state in _WORKS]
    running = [view.name for view in processes.processes if view.state == "running"]
    return _named(messages, devices, running)


def _known(air: AirState, processes: Processes) -> list[str]:
    return _named([each.kind for each in air.messages], air.devices, [view.name for view in processes.processes])


def _named(messages: Iterable[str], devices: Iterable[str], processes: Iterable[str]) -> list[str]:
    named = {"message": messages, "device": devices, "process": processes}
    return [f"{kind} {name}" for kind, names in named.items() for name in names]


class Proof:
    """The proof of one change. Times are monotonic seconds."""

    def __init__(self, before: Collection[str], needed_s: float) -> None:
        """`before`: result of `working` before the change."""
        self._before, self._needed_s = before, needed_s
        self._heard: dict[type[msgspec.Struct], tuple[msgspec.Struct, float]] = {}
        self._pids: dict[str, int | None] = {}
        self._acknowledged: int | None = None  # by the first word of this uplink process
        self._since: float | None = None
        self.missing: Detail = words.NOT_IN_USE

    def take(self, record: msgspec.Struct, now: float) -> None:
        """Take a record; of Processes, AirState and UplinkState the newest counts."""
        if isinstance(record, Processes):
            pids = {view.name: view.pid for view in record.processes if f"process {view.name}" in self._before}
            if pids != self._pids:
                self._pids, self._since, self._acknowledged = pids, None, None
        self._heard[type(record)] = record, now

    def proven(self, in_use: bool, now: float) -> bool:
        """Return whether it does well for long enough. `in_use`: all processes have gone over to the change."""
        missing = self._missing(now) if in_use else words.NOT_IN_USE
        if missing is not None:
            self.missing, self._since = missing, None
            return False
        self._since, self.missing = now if self._since is None else self._since, words.NOT_LONG
        return now - self._since >= self._needed_s

    def _missing(self, now: float) -> Detail | None:
        fresh = {kind: record for kind, (record, at) in self._heard.items() if now - at <= _FRESH_S}
        for kind in _NEEDED:
            if kind not in fresh:
                return words.SILENT.of(kind.__name__)
        processes, air, uplink = (fresh[kind] for kind in _NEEDED)
        assert isinstance(processes, Processes) and isinstance(air, AirState) and isinstance(uplink, UplinkState)
        if lost := sorted({*self._before}.intersection(_known(air, processes)) - {*working(air, processes)}):
            return words.LOST.of(", ".join(lost))
        return self._unreached(uplink)

    def _unreached(self, uplink: UplinkState) -> Detail | None:
        if not uplink.connected or uplink.silent_s is not None:
            return words.UNREACHED.of(uplink.error or (uplink.troubles or [""])[0])
        if self._acknowledged is None:
            self._acknowledged = uplink.acknowledged
        if uplink.waiting and uplink.acknowledged <= self._acknowledged:
            return words.UNREACHED.of(words.NO_RECORD)
        return None
