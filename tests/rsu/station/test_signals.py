"""Knowledge of the lamps: plans that fit or do not, which lamps are meant, SPAT, the causes that close the latch."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Lamp, LampPlan
from rsu.bus.latch import Held, Setting
from rsu.messages import spat
from rsu.messages.row import Permission
from rsu.site.signal import LampSettings
from rsu.station.gate import judge
from tests.rsu.station.lamps import MS, PLANS, S, Shown, at, colours, planned, reported, state, view
from v2x.records.common import NodeReferenceId


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
    assert ("lamp-mismatch" in set(made.conditions(S))) == (lamp.angle_deg != 0 or lamp.type != 1)


def test_a_lamp_told_of_twice_in_two_ways_is_not_known() -> None:
    made = view(None)
    twice = [
        Lamp(1, 0, 1, "green", 9.0),
        Lamp(1, 0, 1, "red", 9.0),
        Lamp(2, 90, 1, "red", 9.0),
        Lamp(2, 90, 1, "red", 9.0),
    ]
    made.report(reported(S, twice, S))
    assert colours(made, S) == [None, "red"] and "lamp-mismatch" in set(made.conditions(S))
    assert made.counters == {"signal: lamp told of twice": 1}


def test_conflicting_greens_in_one_report_latch() -> None:
    made = view()
    made.report(state(S, ("green", 5.0), ("flashing-green", 5.0)))
    made.report(state(2 * S, *at(2.0)))
    assert "conflicting-greens" in set(made.conditions(2 * S))
    assert judge("spat", made.conditions(2 * S)).decision is Permission.SILENT
    assert made.latch.held == Held((1, 2), S)
    made.latch.set(Setting(None))
    made.report(state(3 * S, *at(3.0)))
    assert list(made.conditions(3 * S)) == []


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["red", "green", "yellow"]), st.integers(0, 9)), max_size=30)
)
def test_a_latch_closes_only_for_greens_of_one_report(steps: list[tuple[int, str, int]]) -> None:
    """A time counted on from an older report is no evidence that both were green at once."""
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
    assert coming is not None and (coming.start_s, coming.likely_end_s) == pytest.approx((14.6, 34.6))


@pytest.mark.parametrize(
    ("plans", "shown", "expected"),
    [
        (None, ("green", 9.0), (None, 9.0)),  # its own countdown, without certainty
        (None, ("green", None), (None, None)),  # unknown
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
