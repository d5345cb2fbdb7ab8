"""Signal freshness (G1) and conflicting greens (G2)."""

from __future__ import annotations

import random

import pytest

from perception.objects import Lamp, LampPlan, SignalPlan, SignalState
from rsu.checks.signals import PhaseSettings, SignalSettings, SignalView
from rsu.gate import Decision, judge
from rsu.messages import spat
from v2x.records.common import NodeReferenceId

S = 1_000_000_000
MS = 1_000_000
SETTINGS = SignalSettings(
    device="signal",
    nominal_interval_ms=1000,
    phases=[PhaseSettings(id=1, lamp=1), PhaseSettings(id=2, lamp=2, green="permissive")],
    conflicts=[(1, 2)],
)
PLANS = [
    LampPlan(number=1, angle=0, type=1, steps=[("green", 20.0), ("yellow", 3.0), ("red", 27.0)]),
    LampPlan(number=2, angle=90, type=1, steps=[("red", 25.0), ("green", 20.0), ("yellow", 3.0), ("red", 2.0)]),
]


def state(stamp_ns: int, first: tuple[str, float], second: tuple[str, float]) -> SignalState:
    lamps = [Lamp(1, 0, 1, *first), Lamp(2, 90, 1, *second)]
    return SignalState(device="signal", stamp_ns=stamp_ns, receipt_ns=stamp_ns, lamps=lamps)


def view() -> SignalView:
    made = SignalView(SETTINGS)
    made.plan(SignalPlan(device="signal", stamp_ns=0, receipt_ns=0, lamps=PLANS))
    return made


def at(second: float) -> tuple[tuple[str, float], tuple[str, float]]:
    t = second % 50
    first = next((c, e - t) for c, e in [("green", 20.0), ("yellow", 23.0), ("red", 50.0)] if t < e)
    second_ = next((c, e - t) for c, e in [("red", 25.0), ("green", 45.0), ("yellow", 48.0), ("red", 75.0)] if t < e)
    return first, second_


@pytest.mark.parametrize(
    ("age_ms", "condition", "decision"),
    [
        (0, None, Decision.SEND),
        (2500, None, Decision.SEND),
        (2501, "signal-stale", Decision.DEGRADED),
        (3500, "signal-stale", Decision.DEGRADED),
        (3501, "signal-unavailable", Decision.DEGRADED),
        (8500, "signal-unavailable", Decision.DEGRADED),
        (8501, "signal-lost", Decision.SILENT),
    ],
)
def test_ages_of_a_one_hertz_source(age_ms: int, condition: str | None, decision: Decision) -> None:
    made = view()
    made.report(state(S, *at(1.0)))
    conditions = list(made.conditions(S + age_ms * MS))
    assert conditions == ([] if condition is None else [condition])
    assert judge("spat", conditions).decision is decision


def test_a_fast_source_has_at_least_300_ms() -> None:
    made = SignalView(SETTINGS.model_copy(update={"nominal_interval_ms": 100}))
    made.plan(SignalPlan(device="signal", stamp_ns=0, receipt_ns=0, lamps=PLANS))
    made.report(state(0, *at(0.0)))
    assert list(made.conditions(300 * MS)) == []
    assert list(made.conditions(301 * MS)) == ["signal-stale"]


def test_nothing_heard_yet() -> None:
    assert list(view().conditions(0)) == ["no-signal"]


def test_conflicting_greens_latch() -> None:
    made = view()
    made.report(state(S, ("green", 5.0), ("green", 5.0)))
    made.report(state(2 * S, *at(2.0)))
    assert "conflicting-greens" in made.conditions(2 * S)
    assert judge("spat", made.conditions(2 * S)).decision is Decision.SILENT


def test_never_fresh_while_stale_over_many_random_steps() -> None:
    """An adversarial source: late, lost, doubled, reordered reports. 0 violations of G1 in 100 000 steps."""
    chance = random.Random(1)
    made = view()
    now, newest = 10 * S, None
    for _ in range(100_000):
        now += chance.randrange(1, 400) * MS
        if chance.random() < 0.3:
            stamp = now - chance.choice([0, 20, 900, 2600, 7000]) * MS
            made.report(state(stamp, *at(stamp / S)))
            newest = stamp if newest is None else max(newest, stamp)
        conditions = set(made.conditions(now))
        verdict = judge("spat", conditions)
        if newest is None or now - newest > 8500 * MS:
            assert verdict.decision is Decision.SILENT
        elif now - newest > 2500 * MS:
            assert verdict.decision is not Decision.SEND
        if verdict.decision is not Decision.SILENT and newest is not None:
            message = spat.build(0, now, NodeReferenceId(id=1), made.phases(now), newest, MS, conditions)
            lights = {s.light for p in message.intersections[0].phases for s in p.states}
            status = message.intersections[0].status
            if now - newest > 3500 * MS:
                assert lights == {"unavailable"} and "noValidSPATisAvailableAtThisTime" in status
            elif now - newest > 2500 * MS:
                assert "failureMode" in status


def test_spat_content() -> None:
    made = view()
    made.report(state(60 * S, *at(10.0)))
    message = spat.build(
        5, 60 * S + 400 * MS, NodeReferenceId(region=1, id=7), made.phases(60 * S + 400 * MS), 60 * S, 4 * MS, []
    )
    intersection = message.intersections[0]
    assert (message.moy, message.time_stamp_ms, intersection.time_stamp_ms) == (1, 400, 0)
    assert intersection.time_confidence == "time-000-005"
    assert intersection.status == ("fixedTimeOperation",)
    first, second = intersection.phases
    assert [s.light for s in first.states] == ["protected-green", "yellow", "red"]
    assert [s.light for s in second.states] == ["red", "permissive-green", "yellow"]
    green = first.states[0].timing
    assert green is not None and green.start_s == 0
    assert green.min_end_s == green.max_end_s == green.likely_end_s == pytest.approx(9.6)
    coming = second.states[1].timing
    assert coming is not None and (coming.start_s, coming.likely_end_s) == (pytest.approx(14.6), pytest.approx(34.6))
