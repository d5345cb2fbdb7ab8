"""What is known of the lamps: freshness of each (G1), plans that fit or do not, who is heard, what closes the latch."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Lamp, LampPlan, SignalPlan, SignalState
from rsu.bus.latch import Held, Setting
from rsu.messages import spat
from rsu.messages.row import Permission
from rsu.site.signal import LampSettings, PhaseSettings, SignalSettings
from rsu.station.checks.signals import SignalView
from rsu.station.gate import judge
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
Shown = tuple[str, float | None]


def state(stamp_ns: int, *shown: Shown, receipt_ns: int | None = None, repeated: bool = False) -> SignalState:
    lamps = [Lamp(number, 90 * (number - 1), 1, *each) for number, each in enumerate(shown, 1)]
    return reported(stamp_ns, lamps, stamp_ns if receipt_ns is None else receipt_ns, repeated)


def reported(stamp_ns: int, lamps: Sequence[Lamp], receipt_ns: int, repeated: bool = False) -> SignalState:
    return SignalState(device="signal", stamp_ns=stamp_ns, receipt_ns=receipt_ns, lamps=list(lamps), repeated=repeated)


def planned(plans: list[LampPlan] = PLANS) -> SignalPlan:
    return SignalPlan(device="signal", stamp_ns=0, receipt_ns=0, lamps=plans)


def view(plans: list[LampPlan] | None = PLANS, **changes: object) -> SignalView:
    made = SignalView(SETTINGS.model_copy(update=changes))
    if plans is not None:
        made.plan(planned(plans))
    return made


def at(second: float) -> tuple[tuple[str, float], tuple[str, float]]:
    t = second % 50
    first = next((c, e - t) for c, e in [("green", 20.0), ("yellow", 23.0), ("red", 50.0)] if t < e)
    second_ = next((c, e - t) for c, e in [("red", 25.0), ("green", 45.0), ("yellow", 48.0), ("red", 75.0)] if t < e)
    return first, second_


def colours(made: SignalView, now_ns: int) -> list[str | None]:
    return [phase.steps[0].colour if phase.steps else None for phase in made.phases(now_ns)]


@pytest.mark.parametrize(
    ("age_ms", "condition", "decision"),
    [
        (0, None, Permission.SEND),
        (2500, None, Permission.SEND),
        (2501, "signal-stale", Permission.DEGRADED),
        (3500, "signal-stale", Permission.DEGRADED),
        (3501, "signal-unavailable", Permission.DEGRADED),
        (8500, "signal-unavailable", Permission.DEGRADED),
        (8501, "signal-lost", Permission.SILENT),
    ],
)
def test_ages_of_a_one_hertz_source(age_ms: int, condition: str | None, decision: Permission) -> None:
    made = view()
    made.report(state(S, *at(1.0)))
    conditions = list(made.conditions(S + age_ms * MS))
    assert conditions == ([] if condition is None else [condition])
    assert judge("spat", conditions).decision is decision


def test_a_fast_source_has_at_least_300_ms() -> None:
    made = view(nominal_interval_ms=100)
    made.report(state(0, *at(0.0)))
    assert list(made.conditions(300 * MS)) == []
    assert list(made.conditions(301 * MS)) == ["signal-stale"]


def test_nothing_heard_yet() -> None:
    assert list(view().conditions(0)) == ["no-signal"]
    made = view()
    made.report(reported(S, [], S))
    assert list(made.conditions(S)) == ["no-signal"]  # a report with no lamp in it is none
    made = view(lamps=[LampSettings(lamp=number, angle_deg=45, type=1) for number in (1, 2)])
    made.report(state(S, *at(1.0)))
    assert list(made.conditions(S)) == ["no-signal", "lamp-mismatch"]  # all of another junction


def test_each_lamp_ages_by_itself() -> None:
    """Reports go on without lamp 2: it is counted on, marked, unavailable; lamp 1 is as fresh as ever."""
    made = view()
    made.report(state(0, *at(0.0)))
    seen = {}
    for n in range(1, 8):
        made.report(state(n * S, at(n)[0]))
        phases = made.phases(n * S)
        assert colours(made, n * S)[0] == "green" and phases[0].stale_ns == 0
        seen[n] = (colours(made, n * S)[1], phases[1].stale_ns // S)
        assert set(made.conditions(n * S)) == {"lamp-missing", "no-signal-plan"}
    assert seen == {1: ("red", 0), 2: ("red", 0), 3: ("red", 3)} | dict.fromkeys(range(4, 8), (None, 0))
    made.report(state(8 * S, *at(8.0)))
    assert colours(made, 8 * S) == ["green", "red"] and list(made.conditions(8 * S)) == []


def test_reports_without_a_lamp_are_none() -> None:
    made = view()
    made.report(state(0, *at(0.0)))
    for n in range(1, 10):
        made.report(reported(n * S, [], n * S))
    assert {"signal-lost", "signal-frozen"} <= set(made.conditions(9 * S)) and colours(made, 9 * S) == [None, None]


@pytest.mark.parametrize("interval_ms", [100, 200, 500, 1000])
@pytest.mark.parametrize("octets", [True, False])
def test_a_controller_that_repeats_itself_is_frozen(interval_ms: int, octets: bool) -> None:
    """The same countdown again and again, under its old time or new ones: named, unavailable, silent by G1's limits.

    The countdown must move within a second; that much later than a source that stopped is known to have.
    """
    made = view(nominal_interval_ms=interval_ms)
    last, story = at(5.0), []
    made.report(state(0, *last))
    for n in range(1, 12_000 // interval_ms):
        made.report(state(n * interval_ms * MS, *last, repeated=octets))
        now = set(made.conditions(n * interval_ms * MS))
        story.append(
            (n * interval_ms, now & {"signal-stale", "signal-unavailable", "signal-lost"}, "signal-frozen" in now)
        )
    fresh = max(300, 2.5 * interval_ms)
    grace = 0 if octets else 1000 - interval_ms
    for at_ms, state_now, frozen in story:
        age = at_ms - grace
        wanted = None if age <= fresh else "stale" if age <= fresh + 1000 else "unavailable"
        wanted = "lost" if age > fresh + 6000 else wanted
        assert state_now == ({f"signal-{wanted}"} if wanted else set()), at_ms
        assert frozen == (wanted is not None)
    moved = 12_000 * MS
    made.report(state(moved, *at(17.0)))
    assert "signal-frozen" not in made.conditions(moved) and colours(made, moved) == ["green", "red"]


def test_one_countdown_that_stands_ages_its_lamp_only() -> None:
    made = view(plans=None)
    for n in range(6):
        made.report(state(n * S, ("red", 30.0 - n), ("red", 9.0)))
    assert colours(made, 5 * S) == ["red", None]
    assert {"lamp-frozen"} <= set(made.conditions(5 * S)) and "signal-stale" not in made.conditions(5 * S)


def test_a_steady_lamp_without_a_countdown_is_fresh_while_others_move() -> None:
    made = view(plans=None)
    for n in range(100):
        made.report(state(n * S, ("red", None), ("red", float(100 - n))))
    assert colours(made, 99 * S) == ["red", "red"] and made.phases(99 * S)[0].stale_ns == 0
    # and while nobody has one, as under manual control, as long as the reports are new ones
    for n in range(100, 200):
        made.report(state(n * S, ("red", None), ("green", None)))
    assert colours(made, 199 * S) == ["red", "green"] and set(made.conditions(199 * S)) == {"no-signal-plan"}
    for n in range(200, 210):
        made.report(state(n * S, ("red", None), ("green", None), repeated=True))
    assert {"signal-frozen", "signal-lost"} <= set(made.conditions(209 * S))


def test_never_fresh_while_stale_over_many_random_steps() -> None:
    """An adversarial source: lost, doubled, late, empty reports. 0 violations of G1 in 20 000 steps."""
    chance = random.Random(1)
    made = view()
    now, newest = 10 * S, None
    for _ in range(20_000):
        now += chance.randrange(1, 400) * MS
        if chance.random() < 0.3:
            stamp = now - chance.choice([0, 20, 900, 2600, 7000]) * MS
            told = reported(stamp, [], now) if chance.random() < 0.1 else state(stamp, *at(stamp / S), receipt_ns=now)
            made.report(told)
            newest = stamp if told.lamps else newest
        verdict = judge("spat", set(made.conditions(now)) - {"lamp-missing", "no-signal-plan"})
        if newest is None or now - newest > 8500 * MS:
            assert verdict.decision is Permission.SILENT
        elif now - newest > 2500 * MS:
            assert verdict.decision is Permission.DEGRADED
        if verdict.decision is not Permission.SILENT and newest is not None:
            conditions = set(made.conditions(now))
            message = spat.build(0, now, NodeReferenceId(id=1), made.phases(now), newest, MS, conditions)
            lights = {s.light for p in message.intersections[0].phases for s in p.states}
            status = message.intersections[0].status
            if now - newest > 3500 * MS:
                assert lights == {"unavailable"} and "noValidSPATisAvailableAtThisTime" in status
            elif now - newest > 2500 * MS:
                assert "failureMode" in status
                assert all(
                    s.timing.min_end_s is None for p in message.intersections[0].phases for s in p.states if s.timing
                )  # type: ignore[union-attr]


def test_reports_count_in_the_order_in_which_they_come() -> None:
    """Also where our clock was set back by a minute: SPAT follows the controller from the first report on."""
    made = view()
    made.report(state(60 * S, *at(60.0)))
    for n in range(1, 66):
        made.report(state(n * S, *at(n)))
        assert colours(made, n * S) == [at(n)[0][0], at(n)[1][0]]
        assert list(made.conditions(n * S)) == []


def test_a_new_plan_holds_as_soon_as_the_reports_fit_it() -> None:
    """Until then the old one goes on, and the misfit is named."""
    made = view()
    made.report(state(4 * S, *at(4.0)))
    longer = [
        msgspec.structs.replace(plan, steps=[(plan.steps[0][0], plan.steps[0][1] + 10.0), *plan.steps[1:]])
        for plan in PLANS
    ]
    made.plan(planned([msgspec.structs.replace(longer[0], steps=[("green", 9.0), ("red", 51.0)]), longer[1]]))
    made.report(state(5 * S, *at(5.0)))
    assert set(made.conditions(5 * S)) == {"plan-mismatch"}
    assert [step.end_ns for step in made.phases(5 * S)[0].steps] == [20 * S, 23 * S, 50 * S]
    made.plan(planned(longer))
    made.report(state(6 * S, ("green", 24.0), ("red", 29.0)))  # ten seconds more of both
    assert list(made.conditions(6 * S)) == []
    assert [step.end_ns for step in made.phases(6 * S)[0].steps] == [30 * S, 33 * S, 60 * S]


def test_without_a_plan_that_fits_only_what_runs_is_announced() -> None:
    for plans in (None, [LampPlan(1, 0, 1, [("green", 50.0)]), LampPlan(2, 90, 1, [("red", 50.0)])]):
        made = view(plans)
        made.report(state(0, ("green", 12.0), ("red", 17.0)))
        assert [[step.colour for step in phase.steps] for phase in made.phases(S)] == [["green"], ["red"]]
        assert [phase.planned for phase in made.phases(S)] == [False, False]
        assert colours(made, 12 * S) == [None, None] if plans else colours(made, 13 * S)[0] is None
        wanted = {"no-signal-plan"} | ({"plan-mismatch"} if plans else set())
        assert set(made.conditions(S)) == wanted


@pytest.mark.parametrize(
    ("lamp", "shown"),
    [
        (Lamp(1, 0, 1, "green", 9.0), ["green", "red"]),
        (Lamp(1, 180, 1, "green", 9.0), [None, "red"]),  # another approach's
        (Lamp(1, 0, 2, "green", 9.0), [None, "red"]),  # an arrow
        (Lamp(1, 0, 1, "unknown", 9.0), [None, "red"]),
    ],
)
def test_a_lamp_is_the_one_that_the_site_says(lamp: Lamp, shown: list[str | None]) -> None:
    made = view(None, lamps=[LampSettings(lamp=1, angle_deg=0, type=1)])
    made.report(reported(S, [lamp, Lamp(2, 90, 1, "red", 9.0)], S))
    assert colours(made, S) == shown
    assert ("lamp-mismatch" in made.conditions(S)) == (lamp.angle != 0 or lamp.type != 1)


def test_a_lamp_told_of_twice_in_two_ways_is_not_known() -> None:
    made = view(None)
    twice = [
        Lamp(1, 0, 1, "green", 9.0),
        Lamp(1, 0, 1, "red", 9.0),
        Lamp(2, 90, 1, "red", 9.0),
        Lamp(2, 90, 1, "red", 9.0),
    ]
    made.report(reported(S, twice, S))
    assert colours(made, S) == [None, "red"] and "lamp-mismatch" in made.conditions(S)
    assert made.counters == {"signal: lamp told of twice": 1}


def test_conflicting_greens_in_one_report_latch() -> None:
    made = view()
    made.report(state(S, ("green", 5.0), ("flashing-green", 5.0)))
    made.report(state(2 * S, *at(2.0)))
    assert "conflicting-greens" in made.conditions(2 * S)
    assert judge("spat", made.conditions(2 * S)).decision is Permission.SILENT
    assert made.latch.held == Held((1, 2), S)
    made.latch.set(Setting(None))
    made.report(state(3 * S, *at(3.0)))
    assert list(made.conditions(3 * S)) == []


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["red", "green", "yellow"]), st.integers(0, 9)), max_size=30)
)
def test_a_latch_closes_only_for_greens_of_one_report(steps: list[tuple[int, str, int]]) -> None:
    """What was counted on from an older report is no evidence that both were green at once."""
    made = view(None)
    for n, (number, colour, left) in enumerate(steps):
        lamps = [Lamp(number, 0, 1, colour, float(left) or None)] if number else []
        made.report(reported(n * S, lamps, n * S))
        made.phases(n * S + 5)
    assert made.latch.held is None


def test_spat_content() -> None:
    made = view()
    made.report(state(60 * S, *at(10.0)))
    now = 60 * S + 400 * MS
    message = spat.build(5, now, NodeReferenceId(region=1, id=7), made.phases(now), 60 * S, 4 * MS, [])
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


@pytest.mark.parametrize(
    ("plans", "shown", "expected"),
    [
        (None, ("green", 9.0), (None, 9.0)),  # its own countdown, without certainty
        (None, ("green", None), (None, None)),  # nobody knows
        (PLANS, ("green", 9.0), (9.0, 9.0)),
        ([LampPlan(1, 0, 1, [("green", 50.0)]), PLANS[1]], ("green", None), (None, 3600.0)),  # for ever
    ],
)
def test_what_is_said_of_an_end(
    plans: list[LampPlan] | None, shown: Shown, expected: tuple[float | None, float | None]
) -> None:
    made = view(plans)
    made.report(state(0, shown, at(11.0)[1]))
    message = spat.build(0, 0, NodeReferenceId(id=1), made.phases(0), 0, MS, [])
    timing = message.intersections[0].phases[0].states[0].timing
    assert timing is not None and (timing.min_end_s, timing.likely_end_s) == expected
    assert timing.max_end_s == timing.min_end_s
