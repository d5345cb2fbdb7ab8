"""The guard: every SPAT passes it before it leaves, and leaves as the guard lets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from rsu.bus.latch import ConflictLatch, Pair
from rsu.messages.spat import UNAVAILABLE
from rsu.reasons.signal import SignalReason
from rsu.site.signal import SignalSettings
from rsu.station.checks.program import S
from rsu.station.guard.phase import PhaseGuard, Ruling
from rsu.station.guard.sequence import Announced, PhaseRules, announced
from rsu.station.guard.windows import together_later, together_now
from v2x.confidence import TIME_S, time_confidence
from v2x.records.names import IntersectionStatus, TimeConfidence
from v2x.records.spat import CountingDown, IntersectionState, Phase, PhaseState, SignalPhaseAndTiming

GAP_NS = S  # without a tick for so long, or back in time: the messages before are forgotten
CONFLICT_NS = (
    2 * S
)  # an expected change may come up to a second late or early; conflicts that last longer are the controller's
JUMPED_PERCENT = 50.0  # confidence of an end that has moved


class Judged(NamedTuple):
    """A message as it may leave, and the gate's reason codes for the changes in it."""

    message: SignalPhaseAndTiming
    reasons: frozenset[SignalReason]
    lights: Mapping[int, Sequence[Announced]]  # of each phase, as announced


class SpatGuard:
    """Judges one SPAT a tick. `conflicts`: phases that must never be green together."""

    def __init__(self, settings: SignalSettings, conflicts: Collection[Pair], latch: ConflictLatch) -> None:
        margin_ns = settings.nominal_interval_ms * 1_000_000 + S
        self._phases = {
            phase.id: PhaseGuard(
                PhaseRules(phase, phase.limits or settings.limits, settings.merge_flashing_green), margin_ns
            )
            for phase in settings.phases
        }
        self._conflicts = conflicts
        self._latch = latch
        self._judged_ns: int | None = None
        self._conflict_since_ns: dict[Pair, int] = {}
        self._ruled: Mapping[int, SignalReason | None] = {}  # phase -> reason, at the tick before
        self.counters: Counter[str] = Counter()  # how often a phase was hidden or marked, by reason

    def judge(self, message: SignalPhaseAndTiming, now_ns: int) -> Judged:
        """Return a message as it may leave."""
        if self._judged_ns is None or not 0 <= now_ns - self._judged_ns <= GAP_NS:
            for phase in self._phases.values():
                phase.forget()
            self._conflict_since_ns.clear()
        self._judged_ns = now_ns
        state = message.intersections[0]
        lights = {phase.phase_id: announced(phase.states) for phase in state.phases}
        rulings = {number: self._phases[number].judge(each, now_ns) for number, each in lights.items()}
        rulings |= dict.fromkeys(
            self._meeting(lights, rulings, now_ns), Ruling(True, reason=SignalReason.CONFLICTING_WINDOWS)
        )
        self._tally(rulings)
        reasons = frozenset(ruling.reason for ruling in rulings.values() if ruling.reason is not None)
        if not reasons:
            return Judged(message, reasons, lights)
        state = _changed(state, rulings)
        told = {phase.phase_id: announced(phase.states) for phase in state.phases}
        return Judged(msgspec.structs.replace(message, intersections=(state,)), reasons, told)

    def _meeting(
        self, lights: Mapping[int, Sequence[Announced]], rulings: Mapping[int, Ruling], now_ns: int
    ) -> set[int]:
        """Return the phases that are to be green together and must not; a conflict that lasts closes the latch."""
        now = set(together_now(lights, self._conflicts))
        self._conflict_since_ns = {pair: self._conflict_since_ns.get(pair, now_ns) for pair in now}
        for pair, since_ns in self._conflict_since_ns.items():
            if now_ns - since_ns > CONFLICT_NS:
                self._latch.trip(pair, now_ns)
        told = {number: each for number, each in lights.items() if not rulings[number].hide}
        return {number for pair in (*now, *together_later(told, self._conflicts)) for number in pair}

    def _tally(self, rulings: Mapping[int, Ruling]) -> None:
        ruled = {number: ruling.reason for number, ruling in rulings.items()}
        for number, reason in ruled.items():
            if reason is not None and reason != self._ruled.get(number):
                self.counters[f"signal: phase {number} {reason}"] += 1
        self._ruled = ruled


def _changed(state: IntersectionState, rulings: Mapping[int, Ruling]) -> IntersectionState:
    """Return a state without the phases that the guard hides, and with marks on the phases that it doubts."""
    phases = tuple(_phase(phase, rulings[phase.phase_id]) for phase in state.phases)
    more: list[IntersectionStatus] = []
    if any(ruling.hide for ruling in rulings.values()):
        more.append("failureMode")
    if all(phase.states == UNAVAILABLE for phase in phases):
        more.append("noValidSPATisAvailableAtThisTime")
    return msgspec.structs.replace(
        state,
        phases=phases,
        status=(*state.status, *(one for one in more if one not in state.status)),
        time_confidence=_widened(state.time_confidence, max(ruling.moved_ns for ruling in rulings.values())),
    )


def _widened(known: TimeConfidence | None, by_ns: int) -> TimeConfidence | None:
    """Return how well the state's time is known when an end has moved by so much."""
    if known is None or known == "unavailable" or not by_ns:
        return known
    return time_confidence(TIME_S[known] + by_ns / 1e9)


def _phase(phase: Phase, ruling: Ruling) -> Phase:
    if ruling.hide:
        return msgspec.structs.replace(phase, states=UNAVAILABLE)
    if ruling.moved_ns:
        return msgspec.structs.replace(phase, states=tuple(map(_doubted, phase.states)))
    return phase


def _doubted(state: PhaseState) -> PhaseState:
    """Return a light without certainty of its end."""
    if not isinstance(state.timing, CountingDown):
        return state
    timing = msgspec.structs.replace(state.timing, min_end_s=None, max_end_s=None, confidence_percent=JUMPED_PERCENT)
    return msgspec.structs.replace(state, timing=timing)
