"""A plan: where in its cycle a report was made, and the lights that follow."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.objects import Lamp, LampPlan
from rsu.station.checks.program import CyclePosition, Program

S = 1_000_000_000
STEPS = [("red", 20.0), ("green", 10.0), ("flashing-green", 3.0), ("yellow", 3.0), ("red", 24.0)]
OTHER = [("green", 12.0), ("yellow", 3.0), ("red", 45.0)]
CYCLE = 60
ENDS = {
    1: [("red", 20.0), ("green", 30.0), ("flashing-green", 33.0), ("yellow", 36.0), ("red", 80.0)],
    2: [("green", 12.0), ("yellow", 15.0), ("red", 60.0)],
}


def program(merge: bool = False, **steps: list[tuple[str, float]]) -> Program:
    """Return the plan of lamps 1 and 2, or of others: `lamp_7=[...]`."""
    lamps = {int(name[5:]): each for name, each in steps.items()} or {1: STEPS, 2: OTHER}
    return Program([LampPlan(number, 0, 1, each) for number, each in lamps.items()], merge)


def shown(number: int, at: float) -> tuple[str, float]:
    """Return colour and seconds to its end; the reds across the end of the cycle are one."""
    return next((colour, end - at) for colour, end in ENDS[number] if at < end)


def report(at: float, rounding: float = 1.0) -> list[Lamp]:
    """Return a controller's report at a second of the cycle: whole seconds, a green to the end of its flash."""
    found = []
    for number in ENDS:
        colour, left = shown(number, at)
        left += 3.0 if (number, colour) == (1, "green") else 0.0
        whole = math.floor(left + rounding) if rounding < 1.0 else math.ceil(left)
        found.append(Lamp(number, 0, 1, colour, float(whole) or None))
    return found


def at_s(place: CyclePosition | None) -> float:
    assert place is not None
    return place.at_ns / S


@given(st.integers(0, 599), st.sampled_from([0.0, 0.5, 0.999, 1.0]))
def test_a_report_is_found_in_the_cycle(tenth: int, rounding: float) -> None:
    """Within the second that rounding costs, and in the colours that were told, whatever rounding the maker chose."""
    lamps = report(tenth / 10, rounding)
    if all(lamp.countdown_s is None for lamp in lamps):
        return
    place = program().locate(lamps, None)
    off = (at_s(place) - tenth / 10 + 30) % 60 - 30
    assert abs(off) <= 1.5
    for lamp in lamps:
        first = program().ahead(lamp.number, round(at_s(place) * S), 0)[0]
        assert first.colour == lamp.colour


def test_the_expected_place_is_kept_as_long_as_the_report_allows_it() -> None:
    made = program()
    for expected in (5.0, 4.3, 5.9):
        assert at_s(made.locate(report(5.0), round(expected * S))) == expected
    assert at_s(made.locate(report(5.0), round(3.6 * S))) == 4.0  # as far as whole seconds may be off
    assert at_s(made.locate(report(5.0), round(3.0 * S))) == 5.0  # it has jumped
    assert at_s(made.locate(report(12.4), round(11.9 * S))) == pytest.approx(12.0)  # the change of colour was seen


def test_lamps_that_do_not_fit_are_left_out_and_a_plan_that_most_contradict_is_not_used() -> None:
    made = program(lamp_1=STEPS, lamp_2=OTHER, lamp_3=OTHER, lamp_4=OTHER)
    good = [Lamp(number, 0, 1, *shown(1 if number == 1 else 2, 5.0)) for number in (1, 2, 3, 4)]
    wrong = Lamp(4, 0, 1, "red", 20.0)
    place = made.locate([*good[:3], wrong], None)
    assert place is not None and place.lamps == {1, 2, 3}
    assert made.locate([*good[:2], Lamp(3, 0, 1, "red", 9.0), wrong], None) is None
    # a report of lamps without countdowns says nothing of the place
    assert made.locate([Lamp(1, 0, 1, "red", None), Lamp(2, 0, 1, "green", None)], 5 * S) is None
    # one without is not announced by the plan, and yet must not contradict it
    place = made.locate([*good[:3], Lamp(4, 0, 1, "green", None)], None)
    assert place is not None and place.lamps == {1, 2, 3}


def test_two_greens_in_a_cycle_are_told_apart_by_the_other_lamps() -> None:
    twice = [("green", 9.0), ("yellow", 3.0), ("red", 20.0), ("green", 15.0), ("yellow", 3.0), ("red", 10.0)]
    made = program(lamp_1=twice, lamp_2=[("red", 32.0), ("green", 15.0), ("red", 13.0)])
    place = made.locate([Lamp(1, 0, 1, "green", 5.0), Lamp(2, 0, 1, "green", 5.0)], None)
    assert at_s(place) == 42.0
    assert [(step.colour, step.end_ns) for step in made.ahead(1, 42 * S, 0)] == [
        ("green", 5 * S), ("yellow", 8 * S), ("red", 18 * S),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (15.0, [("red", 5.0), ("green", 15.0), ("flashing-green", 18.0), ("yellow", 21.0)]),
        (25.0, [("green", 5.0), ("flashing-green", 8.0), ("yellow", 11.0), ("red", 55.0)]),
        (31.0, [("flashing-green", 2.0), ("yellow", 5.0), ("red", 49.0), ("green", 59.0)]),
        (59.0, [("red", 21.0), ("green", 31.0), ("flashing-green", 34.0), ("yellow", 37.0)]),
    ],
)
def test_each_colour_of_the_cycle_is_told_once(at: float, expected: list[tuple[str, float]]) -> None:
    steps = program().ahead(1, round(at * S), 0)
    assert [(step.colour, step.end_ns) for step in steps] == [(colour, round(end * S)) for colour, end in expected]
    assert all(later.start_ns == earlier.end_ns for earlier, later in itertools.pairwise(steps))


def test_a_merged_green_runs_to_the_end_of_its_flash() -> None:
    made = program(merge=True)
    assert [(step.colour, step.end_ns) for step in made.ahead(1, 25 * S, 0)][:2] == [
        ("green", 8 * S),
        ("yellow", 11 * S),
    ]


def test_a_constant_lamp_has_no_end() -> None:
    made = program(lamp_1=STEPS, lamp_2=[("flashing-yellow", 60.0)])
    assert [(step.colour, step.end_ns) for step in made.ahead(2, 7 * S, 0)] == [("flashing-yellow", None)]
    place = made.locate([Lamp(1, 0, 1, "red", 5.0), Lamp(2, 0, 1, "flashing-yellow", None)], None)
    assert place is not None and place.lamps == {1, 2}


def test_lamps_of_another_cycle_and_empty_steps_are_no_part_of_it() -> None:
    made = program(lamp_1=STEPS, lamp_2=[*OTHER, ("green", 0.0)], lamp_3=[("red", 10.0)], lamp_4=[])
    assert [number for number in range(1, 5) if number in made] == [1, 2]
    assert [step.colour for step in made.ahead(2, 50 * S, 0)] == ["red", "green", "yellow"]
    assert made.locate([Lamp(3, 0, 1, "red", 5.0)], None) is None
    assert program(lamp_1=[]).locate([Lamp(1, 0, 1, "red", 5.0)], None) is None


steps = st.lists(
    st.tuples(st.sampled_from(["red", "green", "yellow", "flashing-green", "dark"]), st.integers(0, 60).map(float)),
    max_size=6,
)
lamps = st.lists(
    st.builds(
        Lamp, st.integers(1, 4), st.just(0), st.just(1),
        st.sampled_from(["red", "green", "yellow", "flashing-green", "dark", "unknown"]),
        st.one_of(st.none(), st.integers(1, 254).map(float)),
    ),
    max_size=5, unique_by=lambda lamp: lamp.number,
)  # fmt: skip


@given(st.lists(steps, min_size=1, max_size=4), lamps, st.integers(0, 200), st.booleans())
def test_whatever_is_said_what_is_announced_was_reported(
    plans: list[list[tuple[str, float]]], reported: list[Lamp], expected: int, merge: bool
) -> None:
    """A lamp that the plan tells of shows the colour that was reported, and each colour once."""
    made = Program([LampPlan(number, 0, 1, each) for number, each in enumerate(plans, 1)], merge)
    told = [lamp for lamp in reported if not (merge and lamp.colour == "flashing-green")]
    place = made.locate(told, expected * S % made.cycle_ns if made.cycle_ns else None)
    if place is None:
        return
    for lamp in told:
        if lamp.number in place.lamps:
            ahead = made.ahead(lamp.number, place.at_ns, 0)
            assert ahead[0].start_ns <= 0 and (ahead[0].end_ns is None or ahead[0].end_ns > 0)
            assert ahead[0].colour == lamp.colour and len({step.colour for step in ahead}) == len(ahead)
