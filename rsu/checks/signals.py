"""What the signal controller shows, as SPAT phases, and how far it may be trusted (guarantees G1, G2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec
from pydantic import Field

from perception.objects import Lamp, SignalPlan, SignalState
from rsu.checks.lamps import LampClock, Step
from rsu.site.settings import Settings

_FRESH_AT_LEAST_NS = 300_000_000
_MARKED_NS = 1_000_000_000
_UNAVAILABLE_NS = 5_000_000_000
_JUMP_SHOWN_NS = 5_000_000_000
_GREEN = ("green", "flashing-green")


class PhaseSettings(Settings):
    """One SPAT phase and the lamp that shows it."""

    id: int = Field(ge=1, le=255)
    lamp: int = Field(ge=0, le=255, description="number of the lamp at the controller")
    green: Literal["protected", "permissive"] = "protected"
    crosswalk: bool = False


class NoConflictSettings(Settings):
    """Two phases whose ways meet by the lane map, and that may be green together all the same."""

    phases: tuple[int, int]
    why: str = Field(min_length=1)


class SignalSettings(Settings):
    """The signal controller of the site."""

    device: str
    nominal_interval_ms: int = Field(1000, ge=50, le=10_000, description="between two reports of the lamp colours")
    phases: list[PhaseSettings] = Field(min_length=1, max_length=16)
    conflicts: list[tuple[int, int]] = Field(
        [], description="pairs of phases that must never be green together, beside those of the lane map"
    )
    no_conflicts: list[NoConflictSettings] = Field([], description="pairs of the lane map that may be green together")
    merge_flashing_green: bool = Field(False, description="announce the green flash as the end of green")


class PhaseView(NamedTuple):
    """One phase at one time: the running step first, then the following ones. Empty: not known."""

    id: int
    settings: PhaseSettings
    steps: list[Step]


class SignalView:
    """The controller's phases at any time, counted on between its reports."""

    def __init__(self, settings: SignalSettings) -> None:
        self._settings = settings
        self._clocks = {phase.lamp: LampClock(settings.merge_flashing_green) for phase in settings.phases}
        self._state: SignalState | None = None
        self._latched = False
        self._jumps = 0
        self._jumped_ns: int | None = None

    @property
    def stamp_ns(self) -> int | None:
        """Return when the newest report was true."""
        return None if self._state is None else self._state.stamp_ns

    def state(self, now_ns: int) -> SignalState | None:
        """Return all lamps of the newest report, those with a phase counted on to `now_ns`."""
        if self._state is None:
            return None
        return msgspec.structs.replace(
            self._state, stamp_ns=now_ns, lamps=[self._counted(lamp, now_ns) for lamp in self._state.lamps]
        )

    def _counted(self, lamp: Lamp, now_ns: int) -> Lamp:
        clock = self._clocks.get(lamp.number)
        step = clock.at(now_ns) if clock else None
        if step is None:
            return msgspec.structs.replace(lamp, colour="unknown", countdown=None) if clock else lamp
        left = None if step.end_ns is None else (step.end_ns - now_ns) / 1e9
        return msgspec.structs.replace(lamp, colour=step.colour, countdown=left)

    def plan(self, plan: SignalPlan) -> None:
        """Take the running plan."""
        for lamp in plan.lamps:
            if lamp.number in self._clocks:
                self._clocks[lamp.number].plan(lamp)

    def report(self, state: SignalState) -> None:
        """Take one report of all lamp colours; older ones than the newest are ignored."""
        if self._state is not None and state.stamp_ns <= self._state.stamp_ns:
            return
        self._state = state
        for lamp in state.lamps:
            if lamp.number in self._clocks:
                self._clocks[lamp.number].report(lamp, state.stamp_ns)
        jumps = sum(clock.jumps for clock in self._clocks.values())
        if jumps != self._jumps:
            self._jumps, self._jumped_ns = jumps, state.stamp_ns
        self._latched = self._latched or self._conflict(state.stamp_ns)

    def _conflict(self, now_ns: int) -> bool:
        green = {view.id for view in self.phases(now_ns) if view.steps and view.steps[0].colour in _GREEN}
        return any(a in green and b in green for a, b in self._settings.conflicts)

    def phases(self, now_ns: int) -> list[PhaseView]:
        """Return all phases as they are at `now_ns`."""
        return [PhaseView(phase.id, phase, self._clocks[phase.lamp].ahead(now_ns)) for phase in self._settings.phases]

    def ahead(self, now_ns: int) -> dict[int, list[Step]]:
        """Return lamp number -> its steps from `now_ns` on, as in `phases`."""
        return {view.settings.lamp: view.steps for view in self.phases(now_ns)}

    def conditions(self, now_ns: int) -> Iterable[str]:
        """Yield the gate's reason codes that hold now. The conflict latch opens only with a new configuration."""
        if self._state is None:
            yield "no-signal"
            return
        fresh = max(_FRESH_AT_LEAST_NS, round(2.5e6 * self._settings.nominal_interval_ms))
        age = now_ns - self._state.stamp_ns
        if age > fresh + _MARKED_NS + _UNAVAILABLE_NS:
            yield "signal-lost"
        elif age > fresh + _MARKED_NS:
            yield "signal-unavailable"
        elif age > fresh:
            yield "signal-stale"
        if not all(clock.planned for clock in self._clocks.values()):
            yield "no-signal-plan"
        if self._jumped_ns is not None and now_ns - self._jumped_ns < _JUMP_SHOWN_NS:
            yield "countdown-jump"
        if self._latched:
            yield "conflicting-greens"
