"""The signal controller's part of the station: from its reports to the SPAT that may leave, and its content.

Platform, page and perception are told only those states of the lights that the guard lets pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from perception.objects import Lamp, SignalPlan, SignalState
from rsu.bus.latch import ConflictLatch, Pair
from rsu.messages import spat
from rsu.messages.phases import Step
from rsu.reasons.signal import SignalReason
from rsu.site.signal import SignalSettings
from rsu.station.checks.program import S
from rsu.station.checks.signals import SignalView
from rsu.station.guard.sequence import Announced
from rsu.station.guard.spat import SpatGuard
from v2x.records.common import NodeReferenceId
from v2x.records.names import Light
from v2x.records.spat import PhaseState, SignalPhaseAndTiming


class PhaseNow(NamedTuple):
    """The state of one phase, as far as it may be sent."""

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

    def take(self, said: SignalState | SignalPlan) -> None:
        """Take a report of the lamp colours, in the order of arrival, or the running plan; of this controller alone."""
        if said.device != self._settings.device:
            return
        if isinstance(said, SignalState):
            self._view.report(said)
        else:
            self._view.plan(said)

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
            return SignalsNow(conditions, None, [_now(phase.id, {}, {}) for phase in self._settings.phases], None, {})
        views, bound_ns = self._view.phases(now_ns), uncertainty_ns or 0
        built = spat.build(0, now_ns, self._node, views, stamp_ns, bound_ns, conditions, correction_ns)
        message, reasons, announced = self._guard.judge(built, now_ns)
        conditions |= reasons
        if self._latch.held is not None:
            conditions.add(SignalReason.CONFLICTING_GREENS)
        hidden = {SignalReason.CONFLICTING_GREENS, SignalReason.SIGNAL_LOST} & conditions
        told = {} if hidden else {phase.phase_id: phase.states for phase in message.intersections[0].phases}
        lights = announced if told else {}
        phases = [_now(phase.id, told, lights) for phase in self._settings.phases]
        ahead = {phase.lamp: _steps(lights.get(phase.id, ()), now_ns) for phase in self._settings.phases}
        fresh = not hidden and now_ns - stamp_ns <= self._settings.fresh_ns
        return SignalsNow(conditions, message, phases, self._lamps(phases, fresh, now_ns), ahead)

    def _lamps(self, phases: list[PhaseNow], fresh: bool, now_ns: int) -> SignalState | None:
        """Return all lamps of the newest report as they may be told: of phases as these are, others while `fresh`."""
        if (state := self._view.state) is None:
            return None
        shown = {settings.lamp: phase for settings, phase in zip(self._settings.phases, phases, strict=True)}
        lamps = [_lamp(lamp, shown.get(lamp.number), fresh) for lamp in state.lamps]
        return msgspec.structs.replace(state, stamp_ns=now_ns, lamps=lamps)


def _now(
    number: int, told: Mapping[int, tuple[PhaseState, ...]], lights: Mapping[int, Sequence[Announced]]
) -> PhaseNow:
    if not (ahead := lights.get(number)):
        return PhaseNow(number, "unavailable", "unknown", None)
    return PhaseNow(number, told[number][0].light, ahead[0].colour, _known(ahead[0].end_s))


def _known(end_s: float | None) -> float | None:
    """Return an end that comes, None for one that is not known or never comes."""
    return None if end_s is None or end_s == float("inf") else end_s


def _steps(lights: Sequence[Announced], now_ns: int) -> list[Step]:
    """Return the announced states of a phase as steps of its lamp."""
    return [
        Step(
            light.colour,
            now_ns + round(light.start_s * S),
            None if (end_s := _known(light.end_s)) is None else now_ns + round(end_s * S),
        )
        for light in lights
    ]


def _lamp(lamp: Lamp, phase: PhaseNow | None, fresh: bool) -> Lamp:
    if phase is not None:
        return msgspec.structs.replace(lamp, colour=phase.colour, countdown_s=phase.left_s)
    return lamp if fresh else msgspec.structs.replace(lamp, colour="unknown", countdown_s=None)
