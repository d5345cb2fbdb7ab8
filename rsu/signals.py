"""The signal controller's part of the station: from its reports to the SPAT that may leave, and what that says.

What others are told of the lights, platform, page and perception, is what the guard lets pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from perception.objects import Lamp, SignalPlan, SignalState
from rsu.checks.latch import ConflictLatch, Pair
from rsu.checks.program import S, Step
from rsu.checks.signal_settings import SignalSettings
from rsu.checks.signals import SignalView
from rsu.guard.sequence import announced
from rsu.guard.spat import SpatGuard
from rsu.messages import spat
from v2x.records.common import NodeReferenceId
from v2x.records.names import Light
from v2x.records.spat import PhaseState, SignalPhaseAndTiming

LATCHED = "conflicting-greens"


class PhaseNow(NamedTuple):
    """What one phase shows, as far as it may be told."""

    id: int
    light: Light
    colour: str  # one of perception.objects.COLOURS
    left_s: float | None  # to its end


class SignalsNow(NamedTuple):
    """The signal at one tick."""

    conditions: Set[str]  # of the gate
    message: SignalPhaseAndTiming | None  # as it may leave; None: there is nothing to say yet
    phases: list[PhaseNow]
    lamps: SignalState | None  # all lamps of the controller; None: it has not reported yet
    ahead: Mapping[int, Sequence[Step]]  # lamp -> its steps from now on, as the message tells them


class Signals:
    """One controller. `conflicts`: phases that must never be green together."""

    def __init__(
        self, settings: SignalSettings, conflicts: Collection[Pair], node: NodeReferenceId, latch: ConflictLatch
    ) -> None:
        self._settings = settings
        self._node = node
        self._latch = latch
        self._view = SignalView(settings, conflicts, latch)
        self._guard = SpatGuard(settings, conflicts, latch)

    def plan(self, plan: SignalPlan) -> None:
        """Take the running plan."""
        self._view.plan(plan)

    def report(self, state: SignalState) -> None:
        """Take one report of the lamp colours, in the order of arrival."""
        self._view.report(state)

    @property
    def counters(self) -> Counter[str]:
        """Return reasons why a report was not used, or a phase not told of, since the start."""
        return self._view.counters + self._guard.counters

    def tick(self, now_ns: int, correction_ns: int, uncertainty_ns: int | None) -> SignalsNow:
        """Return the signal at a tick (steady; UTC is `correction_ns` more).

        To be asked at every one, since the guard compares one with the next.
        """
        conditions, stamp_ns = set(self._view.conditions(now_ns)), self._view.stamp_ns
        if stamp_ns is None:
            return SignalsNow(conditions, None, self._phases({}), None, {})
        views, bound_ns = self._view.phases(now_ns), uncertainty_ns or 0
        built = spat.build(0, now_ns, self._node, views, stamp_ns, bound_ns, conditions, correction_ns)
        message, reasons = self._guard.judge(built, now_ns)
        conditions |= reasons
        if self._latch.held is not None:
            conditions.add(LATCHED)
        told = (
            {}
            if {LATCHED, "signal-lost"} & conditions
            else {p.phase_id: p.states for p in message.intersections[0].phases}
        )
        phases = self._phases(told)
        ahead = {phase.lamp: _steps(told.get(phase.id, ()), now_ns) for phase in self._settings.phases}
        return SignalsNow(conditions, message, phases, self._lamps(phases, now_ns), ahead)

    def _phases(self, told: Mapping[int, tuple[PhaseState, ...]]) -> list[PhaseNow]:
        """Return what is told of every phase."""
        return [_now(phase.id, told.get(phase.id, spat.UNAVAILABLE)) for phase in self._settings.phases]

    def _lamps(self, phases: list[PhaseNow], now_ns: int) -> SignalState | None:
        """Return all lamps of the newest report as they may be told: those of phases as these are."""
        state, told = self._view.state, {phase.id: phase for phase in phases}
        if state is None:
            return None
        shown = {phase.lamp: told[phase.id] for phase in self._settings.phases}
        fresh = now_ns - state.stamp_ns <= self._settings.fresh_ns
        lamps = [_lamp(lamp, shown.get(lamp.number), fresh) for lamp in state.lamps]
        return msgspec.structs.replace(state, stamp_ns=now_ns, lamps=lamps)


def _now(number: int, states: tuple[PhaseState, ...]) -> PhaseNow:
    lights = announced(states)
    if not lights:
        return PhaseNow(number, "unavailable", "unknown", None)
    end_s = lights[0].end_s
    return PhaseNow(number, states[0].light, lights[0].colour, None if end_s in (None, float("inf")) else end_s)


def _steps(states: tuple[PhaseState, ...], now_ns: int) -> list[Step]:
    """Return what a phase's states announce, as steps of its lamp."""
    return [
        Step(
            light.colour,
            now_ns + round(light.start_s * S),
            None if light.end_s in (None, float("inf")) else now_ns + round(light.end_s * S),
        )
        for light in announced(states)
    ]


def _lamp(lamp: Lamp, phase: PhaseNow | None, fresh: bool) -> Lamp:
    if phase is not None:
        return msgspec.structs.replace(lamp, colour=phase.colour, countdown=phase.left_s)
    return lamp if fresh else msgspec.structs.replace(lamp, colour="unknown", countdown=None)
