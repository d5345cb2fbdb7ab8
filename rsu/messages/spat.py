"""SPAT: the signal's phases as they are and as they will be (YD/T 3709-2020, T/CSAE 159-2020)."""

from __future__ import annotations

from collections.abc import Collection

from rsu.checks.lamps import Step
from rsu.checks.signals import PhaseSettings, PhaseView
from rsu.messages.common import minute_of_year, sec_mark_ms
from v2x.confidence import time_confidence
from v2x.records.common import NodeReferenceId
from v2x.records.names import IntersectionStatus, Light
from v2x.records.spat import CountingDown, IntersectionState, Phase, PhaseState, SignalPhaseAndTiming

_FOREVER_S = 3600.0
_MAX_S = 3599.9
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

    Both are steady; UTC is `correction_ns` more.

    While `signal-stale` holds the state is marked, while `signal-unavailable` holds no light is shown (G1).
    """
    hidden = "signal-unavailable" in conditions
    return SignalPhaseAndTiming(
        msg_cnt=count,
        moy=minute_of_year(now_ns + correction_ns),
        time_stamp_ms=sec_mark_ms(now_ns + correction_ns),
        intersections=(
            IntersectionState(
                intersection_id=node,
                status=_status(conditions),
                moy=minute_of_year(stamp_ns + correction_ns),
                time_stamp_ms=sec_mark_ms(stamp_ns + correction_ns),
                time_confidence=time_confidence(_bound_s(now_ns, stamp_ns, uncertainty_ns, conditions)),
                phases=tuple(Phase(phase_id=view.id, states=_states(view, now_ns, hidden)) for view in phases),
            ),
        ),
    )


def _bound_s(now_ns: int, stamp_ns: int, uncertainty_ns: int, conditions: Collection[str]) -> float:
    """Return how well the state's time is known: worse by the age of the report while it is stale."""
    stale = conditions and any(name in conditions for name in ("signal-stale", "signal-unavailable"))
    return (uncertainty_ns + (now_ns - stamp_ns if stale else 0)) / 1e9


def _status(conditions: Collection[str]) -> tuple[IntersectionStatus, ...]:
    status: list[IntersectionStatus] = []
    if "no-signal-plan" not in conditions:
        status.append("fixedTimeOperation")
    if "signal-stale" in conditions or "signal-unavailable" in conditions:
        status.append("failureMode")
    if "signal-unavailable" in conditions:
        status.append("noValidSPATisAvailableAtThisTime")
    return tuple(status)


def _states(view: PhaseView, now_ns: int, hidden: bool) -> tuple[PhaseState, ...]:
    if hidden or not view.steps:
        return (PhaseState(light="unavailable"),)
    return tuple(
        PhaseState(light=light(step.colour, view.settings), timing=_timing(step, view.steps, now_ns))
        for step in view.steps
    )


def _timing(step: Step, steps: list[Step], now_ns: int) -> CountingDown:
    """Return the times of one step; of a plan's steps they are exact, so minEnd = maxEnd (T/CSAE 159-2020)."""
    start_s = _ahead_s(step.start_ns, now_ns)
    if step.end_ns is None:
        constant = len(steps) == 1  # one colour for ever, or nobody knows how long
        return CountingDown(start_s=start_s, likely_end_s=_FOREVER_S if constant else None)
    end_s = _ahead_s(step.end_ns, now_ns)
    return CountingDown(start_s=start_s, min_end_s=end_s, max_end_s=end_s, likely_end_s=end_s)


def _ahead_s(at_ns: int, now_ns: int) -> float:
    return 0.0 if at_ns <= now_ns else _MAX_S if (ahead_s := (at_ns - now_ns) / 1e9) > _MAX_S else ahead_s
