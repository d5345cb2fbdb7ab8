"""Counting one lamp on between the controller's reports."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Lamp, LampPlan
from rsu.checks.lamps import LampClock

S = 1_000_000_000
STEPS = [("red", 20.0), ("green", 10.0), ("flashing-green", 3.0), ("yellow", 3.0), ("red", 24.0)]
CYCLE = 60


def lamp(colour: str, countdown: float | None) -> Lamp:
    return Lamp(number=1, angle=0, type=1, colour=colour, countdown=countdown)


def truth(second: float) -> tuple[str, float]:
    """Return colour and seconds to its end at a second of the cycle; the reds are one step."""
    ends = [("red", 20.0), ("green", 30.0), ("flashing-green", 33.0), ("yellow", 36.0), ("red", 80.0)]
    return next((colour, end - second) for colour, end in ends if second < end)


def clock(merge: bool = False) -> LampClock:
    made = LampClock(merge)
    made.plan(LampPlan(number=1, angle=0, type=1, steps=STEPS))
    return made


@pytest.mark.parametrize(
    ("colour", "countdown", "after_s", "expected", "left"),
    [
        ("red", 5.0, 0.0, "red", 5.0),
        ("red", 5.0, 4.9, "red", 0.1),
        ("red", 5.0, 5.0, "green", 10.0),
        # the countdown of a steady green runs to the end of the green flash
        ("green", 8.0, 0.0, "green", 5.0),
        ("green", 8.0, 5.5, "flashing-green", 2.5),
        ("flashing-green", 2.0, 2.5, "yellow", 2.5),
        ("yellow", 1.0, 1.0, "red", 44.0),
        ("red", 44.0, 44.0 + 60.0, "green", 10.0),
    ],
)
def test_counts_on(colour: str, countdown: float, after_s: float, expected: str, left: float) -> None:
    made = clock()
    made.report(lamp(colour, countdown), 1000 * S)
    step = made.at(1000 * S + round(after_s * S))
    assert step is not None and step.end_ns is not None
    assert step.colour == expected
    assert (step.end_ns - 1000 * S) / S - after_s == pytest.approx(left)


def test_merged_green_runs_to_the_end_of_the_flash() -> None:
    made = clock(merge=True)
    made.report(lamp("green", 8.0), 0)
    assert [(step.colour, step.end_ns) for step in made.ahead(0)][:2] == [("green", 8 * S), ("yellow", 11 * S)]


def test_all_colours_of_the_cycle_stand_once() -> None:
    made = clock()
    made.report(lamp("green", 13.0), 0)
    steps = made.ahead(0)
    assert [step.colour for step in steps] == ["green", "flashing-green", "yellow", "red"]
    assert all(later.start_ns == earlier.end_ns for earlier, later in itertools.pairwise(steps))


def test_without_a_plan_nothing_is_known_after_the_countdown() -> None:
    made = LampClock(False)
    made.report(lamp("green", 3.0), 0)
    assert [step.colour for step in made.ahead(2 * S)] == ["green"]
    assert made.ahead(3 * S) == [] and not made.planned


def test_a_constant_lamp_has_no_end() -> None:
    made = LampClock(False)
    made.plan(LampPlan(number=1, angle=0, type=12, steps=[("flashing-yellow", 60.0)]))
    made.report(lamp("flashing-yellow", None), 0)
    assert [(step.colour, step.end_ns) for step in made.ahead(10**15)] == [("flashing-yellow", None)]


def test_a_jump_is_counted_and_followed() -> None:
    made = clock()
    made.report(lamp("red", 20.0), 0)
    made.report(lamp("red", 9.0), 1 * S)
    assert made.jumps == 1
    step = made.at(1 * S)
    assert step is not None and step.end_ns == 10 * S


def test_a_day_of_silence_costs_nothing_and_keeps_the_cycle() -> None:
    made = clock()
    made.report(lamp("red", 5.0), 0)
    day = 86_400 * S
    near, far = made.ahead(7 * S), made.ahead(day + 7 * S)  # a day is 1440 cycles
    assert [(s.colour, s.end_ns and s.end_ns + day) for s in near] == [(s.colour, s.end_ns) for s in far]


def test_a_new_plan_holds_from_the_next_report_on() -> None:
    made = clock()
    made.report(lamp("green", 13.0), 0)
    before = made.ahead(S)
    made.plan(LampPlan(number=1, angle=0, type=1, steps=STEPS[2:] + STEPS[:2]))
    assert made.ahead(S) == before


@given(start=st.floats(0, 59.9), interval=st.floats(0.2, 2.5), offset=st.floats(0, 0.999))
def test_never_further_from_the_truth_than_the_rounding(start: float, interval: float, offset: float) -> None:
    """Reports of whole seconds, at any pace: the counted time stays within the 1 s that rounding costs."""
    made = clock()
    t = start
    for _ in range(40):
        colour, left = truth(t % CYCLE)
        shown = left + (3.0 if colour == "green" else 0.0)
        made.report(lamp(colour, float(int(shown + offset))), round(t * S))
        t += interval
        colour, left = truth((t - interval / 2) % CYCLE)
        step = made.at(round((t - interval / 2) * S))
        assert step is not None and step.end_ns is not None
        if step.colour == colour:
            assert abs(step.end_ns / S - (t - interval / 2) - left) <= 1.01
        else:  # within rounding of a change of colour
            assert min(left, abs(left - dict(STEPS)[colour])) <= 1.01 or colour == "red"
    assert made.jumps == 0
