"""Phases that a guard is shown, tick by tick."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rsu.bus.latch import ConflictLatch
from rsu.site.signal import LimitSettings, PhaseSettings, SignalSettings
from rsu.station.guard.spat import Judged, SpatGuard
from v2x.records.common import NodeReferenceId
from v2x.records.names import Light
from v2x.records.spat import CountingDown, IntersectionState, Phase, PhaseState, SignalPhaseAndTiming

S = 1_000_000_000
TICK = S // 10
SITE = SignalSettings(
    device="signal",
    phases=[
        PhaseSettings(id=1, lamp=1),
        PhaseSettings(id=2, lamp=2),
        PhaseSettings(id=3, lamp=3, crosswalk=True),
        PhaseSettings(id=4, lamp=4, limits=LimitSettings(green_s=(20, 30))),
    ],
)
CONFLICTS = [(1, 2)]
Told = tuple[Light, float, float | None]  # light, from, until; s from now
GREEN: Light = "protected-green"


def message(phases: Mapping[int, Sequence[Told]], certain: bool = True) -> SignalPhaseAndTiming:
    def state(light: Light, start: float, end: float | None) -> PhaseState:
        bound = end if certain else None
        timing = CountingDown(start_s=start, min_end_s=bound, max_end_s=bound, likely_end_s=end)
        return PhaseState(light=light, timing=timing)

    told = tuple(
        Phase(phase_id=number, states=tuple(state(*each) for each in states) or (PhaseState(light="unavailable"),))
        for number, states in phases.items()
    )
    intersection = IntersectionState(
        intersection_id=NodeReferenceId(id=1),
        status=("fixedTimeOperation",),
        time_confidence="time-000-010",
        phases=told,
    )
    return SignalPhaseAndTiming(msg_cnt=0, intersections=(intersection,))


class Play:
    """A guard, and lights that are told it ten times a second."""

    def __init__(self, site: SignalSettings = SITE, conflicts: Iterable[tuple[int, int]] = CONFLICTS) -> None:
        self.latch = ConflictLatch()
        self.guard = SpatGuard(site, list(conflicts), self.latch)
        self.now = 1000 * S

    def tell(self, phases: Mapping[int, Sequence[Told]], seconds: float = 0.1, certain: bool = True) -> Judged:
        """Tell the same lights for a while, their times counting down; return the guard's output for the last one."""
        for tick in range(max(1, round(seconds * 10))):
            passed = tick / 10
            counted = {
                number: [
                    (light, max(0.0, start - passed), None if end is None else end - passed)
                    for light, start, end in states
                ]
                for number, states in phases.items()
            }
            judged = self.guard.judge(message(counted, certain), self.now)
            self.now += TICK
        return judged

    def go(self, number: int, *story: tuple[Light, float]) -> list[str | None]:
        """Tell one phase's lights one after the other; return the reason at the end of each, None: it was told."""
        found: list[str | None] = []
        for light, seconds in story:
            judged = self.tell({number: [(light, 0.0, None)]}, seconds)
            (phase,) = judged.message.intersections[0].phases
            assert (phase.states[0].light == "unavailable") == (bool(judged.reasons) or light == "unavailable")
            found.append(next(iter(judged.reasons), None))
        return found


SEQUENCE, DURATION, COUNTDOWN = "impossible-sequence", "impossible-duration", "impossible-countdown"
