"""A fault of the drill: one row with the act, the report that must follow, and the time limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.drill.stage import Said, Stage
from rsu.reasons.words import Reason

Make = Callable[[Stage], AbstractContextManager[object]]  # makes it; leaving the context undoes it
Sign = Callable[[Said, Said], str | None]  # before, now -> the daemon's words of it; None: it says nothing of it
Prepare = Callable[[Path], None]  # changes the copied site and bench files in a folder before the start


class Fault(NamedTuple):
    """One row. With `prepare` it needs a start of its own; without `make` it is there from that start to the end."""

    id: str  # F1..F42 of the table of faults
    en: str
    zh: str
    expected: Detail  # the report in status and the messages on air
    make: Make | None
    sign: Sign
    notice_s: float = 5.0  # it must be told within
    recover_s: float = 10.0  # all must be well again within, after the fault has gone
    hold_s: float = 8.0  # how long it lasts
    gap_s: float | None = 0.5  # longest time without SPAT; None: SPAT may fall silent
    off_air: tuple[str, ...] = ()  # message types that must be silent at its end
    prepare: Prepare | None = None  # changes files before the start
    environment: Callable[[Path], Mapping[str, str]] | None = None  # of the daemon, by the run folder


class UnmadeError(Exception):
    """This machine does not let the fault be made: the reason."""


class DrillResult(NamedTuple):
    """The result of a fault."""

    fault: Fault
    seen: str
    noticed_s: float | None
    recovered_s: float | None
    lost: int
    gap_s: float  # longest time without SPAT
    wrong: list[str]  # false frames on air, described
    held: bool | None  # all as expected; None: the fault could not be made on this machine

    def row(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "expected": self.fault.expected.en,
            "seen": self.seen,
            "noticed_s": self.noticed_s,
            "recovered_s": self.recovered_s,
            "lost": self.lost,
            "wrong_frames": len(self.wrong),
            "spat_gap_s": round(self.gap_s, 2),
            "as_expected": self.held,
            "examples": self.wrong[:3],
        }


def device(name: str, *words: str) -> Sign:
    """Return the sign of a device that is not well, whose error has one of the words (any, if none is given)."""

    def sign(before: Said, now: Said) -> str | None:
        view = now.devices.get(name)
        if view is None or (view.state == "ok" and not view.error):
            return None
        text = f"{name} {view.state}" + (f": {view.error}" if view.error else "")
        return text if not words or any(word in text for word in words) else None

    return sign


def message(kind: str, *reasons: Reason) -> Sign:
    """Return the sign of a message type that is degraded or silent for one of the reasons."""

    def sign(before: Said, now: Said) -> str | None:
        found = now.reasons(kind) & set(reasons)
        state = now.messages.get(kind)
        return f"{kind} {state.decision if state else 'silent'}: {', '.join(sorted(found))}" if found else None

    return sign


def counter(*names: str) -> Sign:
    """Return the sign of a counter, of the station or of a device (NAME/counter), that has gone up."""

    def count(said: Said, name: str) -> int:
        owner, slash, reason = name.partition("/")
        if not slash:
            return sum(value for key, value in said.counters.items() if name in key)
        view = said.devices.get(owner)
        return 0 if view is None else sum(value for key, value in view.counters.items() if reason in key)

    def sign(before: Said, now: Said) -> str | None:
        up = [name for name in names if count(now, name) > count(before, name)]
        return ", ".join(f"{name} +{count(now, name) - count(before, name)}" for name in up) or None

    return sign


def process(name: str, *words: str) -> Sign:
    """Return the sign of a process that ended or does not run, with one of the words in its error (any, if none)."""

    def sign(before: Said, now: Said) -> str | None:
        new, old = now.processes.get(name), before.processes.get(name)
        if new is None or (new.state == "running" and old is not None and new.restarts == old.restarts):
            return None
        text = f"{name} {new.state}" + (f": {new.error}" if new.error else "")
        return text if not words or any(word in text for word in words) else None

    return sign


def uplink(*words: str) -> Sign:
    """Return the sign of an uplink that is not connected or tells an error with one of the words (any, if none)."""

    def sign(before: Said, now: Said) -> str | None:
        state = now.uplink
        if state is None:
            return None
        told = [state.error] if state.error else [] if state.connected else ["not connected"]
        fits = [text for text in told + state.troubles if not words or any(word in text for word in words)]
        return f"uplink: {fits[0]}" if fits else None

    return sign


def recorder(*states: str) -> Sign:
    """Return the sign of a recorder in one of the states (any but recording, if none is given), or with an error."""

    def sign(before: Said, now: Said) -> str | None:
        told, old = now.recorder, before.recorder
        if told is None or (told.state == "recording" and not told.error):
            return None
        if old is not None and (told.state, told.error) == (old.state, old.error):
            return None
        return f"recorder {told.state}: {told.error}" if not states or told.state in states else None

    return sign


def nothing(before: Said, now: Said) -> str | None:
    """Return that nothing need be reported: broadcasting went on."""
    return "nothing reported: broadcasting goes on"


def either(*signs: Sign) -> Sign:
    """Return the sign that is the first of several signs."""

    def sign(before: Said, now: Said) -> str | None:
        return next((told for each in signs if (told := each(before, now)) is not None), None)

    return sign
