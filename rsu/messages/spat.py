"""SPAT: the signal's phases as they are and as they will be (YD/T 3709-2020, T/CSAE 159-2020)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from rsu.messages.common import minute_of_year, sec_mark_ms
from rsu.messages.phases import PhaseView, Step
from rsu.messages.row import Made, MessageRow, SiteUnit, Tick
from rsu.reasons.place import NO_UTC
from rsu.reasons.radio import RadioReason
from rsu.reasons.signal import SignalReason
from rsu.reasons.words import Reason
from rsu.site.signal import PhaseSettings
from v2x.confidence import time_confidence
from v2x.records.common import NodeReferenceId
from v2x.records.names import IntersectionStatus, Light
from v2x.records.spat import CountingDown, IntersectionState, Phase, PhaseState, SignalPhaseAndTiming

FOREVER_S = 3600.0
_MAX_S = 3599.9
UNAVAILABLE = (PhaseState(light="unavailable"),)
_LIGHTS: dict[str, Light] = {
    "dark": "dark",
    "red": "red",
    "yellow": "yellow",
    "flashing-red": "flashing-red",
    "flashing-yellow": "flashing-yellow",
    "flashing-green": "flashing-green",
}


def light(colour: str, settings: PhaseSettings) -> Light:
    """Return the LightState of a lamp's colour."""
    if colour == "green":
        return "permissive-green" if settings.green == "permissive" or settings.crosswalk else "protected-green"
    return _LIGHTS.get(colour, "unavailable")


def build(
    count: int,
    now_ns: int,
    node: NodeReferenceId,
    phases: list[PhaseView],
    stamp_ns: int,
    uncertainty_ns: int,
    conditions: Collection[str],
    correction_ns: int = 0,
) -> SignalPhaseAndTiming:
    """Return the message at `now_ns`; `stamp_ns`: when the controller was read, `uncertainty_ns`: of that time.

    Both are steady; UTC is `correction_ns` more. Stale states are marked: times without certainty, and the state's time
    is known no better than by its age (G1).
    """
    empty = not any(view.steps for view in phases)
    stale_ns = now_ns - stamp_ns if empty else max(view.stale_ns for view in phases)
    return SignalPhaseAndTiming(
        msg_cnt=count,
        moy=minute_of_year(now_ns + correction_ns),
        time_stamp_ms=sec_mark_ms(now_ns + correction_ns),
        intersections=(
            IntersectionState(
                intersection_id=node,
                status=_status(conditions, stale_ns > 0, empty),
                moy=minute_of_year(stamp_ns + correction_ns),
                time_stamp_ms=sec_mark_ms(stamp_ns + correction_ns),
                time_confidence=time_confidence((uncertainty_ns + stale_ns) / 1e9),
                phases=tuple(Phase(phase_id=view.id, states=_states(view, now_ns)) for view in phases),
            ),
        ),
    )


def _status(conditions: Collection[str], stale: bool, empty: bool) -> tuple[IntersectionStatus, ...]:
    status: list[IntersectionStatus] = []
    if SignalReason.NO_SIGNAL_PLAN not in conditions:
        status.append("fixedTimeOperation")
    if stale or empty:
        status.append("failureMode")
    if empty:
        status.append("noValidSPATisAvailableAtThisTime")
    return tuple(status)


def _states(view: PhaseView, now_ns: int) -> tuple[PhaseState, ...]:
    if not view.steps:
        return UNAVAILABLE
    certain = view.planned and not view.stale_ns
    return tuple(
        PhaseState(light=light(step.colour, view.settings), timing=_timing(step, view.planned, certain, now_ns))
        for step in view.steps
    )


def _timing(step: Step, planned: bool, certain: bool, now_ns: int) -> CountingDown:
    """Return the times of one step; of a plan's steps they are exact, so minEnd = maxEnd (T/CSAE 159-2020)."""
    start_s = _ahead_s(step.start_ns, now_ns)
    if step.end_ns is None:  # by the plan it never changes; without a plan its end is not known
        return CountingDown(start_s=start_s, likely_end_s=FOREVER_S if planned else None)
    end_s = _ahead_s(step.end_ns, now_ns)
    bound_s = end_s if certain else None
    return CountingDown(start_s=start_s, min_end_s=bound_s, max_end_s=bound_s, likely_end_s=end_s)


def _ahead_s(at_ns: int, now_ns: int) -> float:
    return 0.0 if at_ns <= now_ns else _MAX_S if (ahead_s := (at_ns - now_ns) / 1e9) > _MAX_S else ahead_s


class SpatComposer:
    """SPAT leaves at every tick. It needs nothing of the road: no traffic, however heavy, delays it."""

    def __init__(self, unit: SiteUnit) -> None:
        self._signal = unit.config.site.signal

    def conditions(self, tick: Tick) -> Iterator[Reason]:
        """Yield that there is no signal at this site."""
        if self._signal is None:
            yield RadioReason.NOTHING_TO_SAY

    def messages(self, tick: Tick) -> Iterator[Made]:
        """Yield the signal's message with its count."""
        if tick.moment.spat is not None:
            yield Made(msgspec.structs.replace(tick.moment.spat, msg_cnt=tick.next_count()))


ROW = MessageRow(
    kind="spat",
    title="Signal phase and timing",
    title_zh="信号灯相位与配时",
    services=("spat",),
    period_ticks=1,
    silent=NO_UTC | {SignalReason.NO_SIGNAL, SignalReason.SIGNAL_LOST, SignalReason.CONFLICTING_GREENS},
    degraded=frozenset(SignalReason) | {RadioReason.MAP_SILENT},
    turn=0,
    shares=False,
    composer=SpatComposer,
)
