"""The guard: which light may follow which, and for how long; after any story it lets no wrong light pass."""

from __future__ import annotations

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.rsu.station.guarded import DURATION, GREEN, SEQUENCE, SITE, Play, S
from v2x.records.names import Light


@pytest.mark.parametrize(
    ("number", "story"),
    [
        (1, [("red", 10), (GREEN, 10), ("flashing-green", 3), ("yellow", 3), ("red", 10), (GREEN, 5)]),
        (1, [("red", 10), (GREEN, 10), ("yellow", 3), ("red", 10)]),
        (1, [(GREEN, 0.3), ("yellow", 0.3), ("red", 10)]),  # its beginning was not seen
        (1, [(GREEN, 9), ("flashing-yellow", 60), ("red", 5), (GREEN, 9)]),
        (1, [("flashing-yellow", 60), ("yellow", 3), ("red", 5)]),
        (1, [("yellow", 3), ("dark", 9), (GREEN, 9)]),
        (1, [(GREEN, 9), ("unavailable", 0.1), ("red", 9)]),  # the light between was never told
        (3, [("red", 9), (GREEN, 9), ("flashing-green", 9), ("red", 9), (GREEN, 9)]),
        (3, [(GREEN, 9), ("dark", 9)]),
    ],
)
def test_what_may_be(number: int, story: list[tuple[Light, float]]) -> None:
    assert Play().go(number, *story) == [None] * len(story)


@pytest.mark.parametrize(
    ("number", "story", "reasons"),
    [
        (1, [(GREEN, 9), ("red", 9)], [None, SEQUENCE]),
        (1, [(GREEN, 9), ("flashing-green", 3), ("red", 9)], [None, None, SEQUENCE]),
        (1, [("red", 9), ("yellow", 3)], [None, SEQUENCE]),
        (1, [("red", 9), ("flashing-green", 3)], [None, SEQUENCE]),
        (1, [("yellow", 3), (GREEN, 9)], [None, SEQUENCE]),
        (1, [("flashing-green", 3), (GREEN, 9)], [None, SEQUENCE]),
        (3, [(GREEN, 9), ("red", 9)], [None, SEQUENCE]),  # no flash
        (3, [("flashing-green", 9), ("yellow", 3)], [None, SEQUENCE]),
        # too short: by more than the second of rounding and the interval between two reports
        (1, [("red", 9), (GREEN, 1.5), ("yellow", 3)], [None, None, DURATION]),
        (4, [("red", 9), (GREEN, 9), ("flashing-green", 3), ("yellow", 3)], [None, None, None, DURATION]),
        # too long
        (1, [("yellow", 9.9), ("yellow", 0.3)], [None, DURATION]),
        (4, [("red", 9), (GREEN, 31.9), (GREEN, 0.3)], [None, None, DURATION]),
    ],
)
def test_what_must_not_be(number: int, story: list[tuple[Light, float]], reasons: list[str | None]) -> None:
    assert Play().go(number, *story) == reasons


def test_a_phase_that_did_what_it_must_not_is_believed_after_a_proper_cycle() -> None:
    play = Play()
    assert play.go(1, (GREEN, 9), ("red", 9)) == [None, SEQUENCE]
    proper: list[tuple[Light, float]] = [(GREEN, 9), ("flashing-green", 3), ("yellow", 3)]
    assert play.go(1, *proper) == [SEQUENCE] * 3
    assert play.go(1, ("red", 9), *proper, ("red", 9)) == [None] * 5
    for _ in range(3):  # one that has no yellow is never believed again
        assert play.go(1, (GREEN, 9), ("red", 9)) in ([None, SEQUENCE], [SEQUENCE, SEQUENCE])
    assert play.go(1, (GREEN, 9), ("red", 9), (GREEN, 9)) == [SEQUENCE] * 3


def test_a_crosswalk_that_was_told_of_as_yellow_is_believed_after_a_proper_cycle() -> None:
    play = Play()
    assert play.go(3, ("red", 9), ("yellow", 2), ("red", 9)) == [None, SEQUENCE, SEQUENCE]
    assert play.go(3, (GREEN, 9), ("flashing-green", 9), ("red", 9)) == [SEQUENCE, SEQUENCE, None]


def test_a_change_that_was_counted_a_little_too_early_costs_no_cycle() -> None:
    play = Play()
    assert play.go(1, (GREEN, 9), ("yellow", 0.9), (GREEN, 0.4), ("yellow", 3), ("red", 9)) == [
        None,
        None,
        SEQUENCE,
        None,
        None,
    ]
    assert play.go(1, (GREEN, 9), ("yellow", 2), (GREEN, 0.4), ("yellow", 3)) == [None, None, SEQUENCE, SEQUENCE]


def test_limits_of_a_site_with_merged_flashes() -> None:
    play = Play(SITE.model_copy(update={"merge_flashing_green": True}))
    assert play.go(3, (GREEN, 9), ("red", 9)) == [None, None]
    assert play.go(1, (GREEN, 9), ("red", 9)) == [None, SEQUENCE]


def test_after_a_pause_nothing_is_compared() -> None:
    play = Play()
    play.tell({1: [(GREEN, 0, 9)]}, 1)
    play.now += 2 * S
    assert play.tell({1: [("red", 0, 40)]}).reasons == frozenset()
    play.now -= 60 * S
    assert play.tell({1: [(GREEN, 0, 30)]}).reasons == frozenset()


def test_what_the_guard_did_is_counted_once() -> None:
    play = Play()
    play.go(1, (GREEN, 9), ("red", 9))
    assert play.guard.counters == {"signal: phase 1 impossible-sequence": 1}


NEXT: dict[str, list[Light]] = {
    "red": ["protected-green"], "protected-green": ["flashing-green", "yellow"], "flashing-green": ["yellow"],
    "yellow": ["red"], "unavailable": ["red", "protected-green", "yellow", "flashing-green"],
}  # fmt: skip
LIGHTS: list[Light] = ["red", "protected-green", "flashing-green", "yellow", "unavailable"]


class GuardMachine(RuleBasedStateMachine):
    """Two conflicting phases that do anything; the lights that leave must be possible, seen from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.air: dict[int, str] = {}
        self.lights: dict[int, tuple[Light, float | None]] = {1: ("red", 30.0), 2: ("red", 30.0)}

    @rule(number=st.sampled_from([1, 2]), light=st.sampled_from(LIGHTS), end=st.one_of(st.none(), st.floats(0.5, 90)))
    def change(self, number: int, light: Light, end: float | None) -> None:
        self.lights[number] = light, end

    @rule(number=st.sampled_from([1, 2]), end=st.floats(0.5, 90))
    def go_on_as_one_should(self, number: int, end: float) -> None:
        self.lights[number] = NEXT[self.lights[number][0]][0], end

    def shown(self, number: int) -> Light:
        return self.lights[number][0]

    @rule(ticks=st.integers(1, 60))
    def pass_time(self, ticks: int) -> None:
        for _ in range(ticks):
            told = {n: [(light, 0.0, end)] if light != "unavailable" else [] for n, (light, end) in self.lights.items()}
            judged = self.play.tell(told)
            self.lights = {
                n: (light, None if end is None else max(0.0, end - 0.1)) for n, (light, end) in self.lights.items()
            }
            before, self.air = (
                self.air,
                {phase.phase_id: phase.states[0].light for phase in judged.message.intersections[0].phases},
            )
            for number, light in self.air.items():
                assert light == self.shown(number) or (light == "unavailable" and judged.reasons)
                earlier = before.get(number, "unavailable")
                assert light in ("unavailable", earlier, *NEXT[earlier])
            greens = {number for number, light in self.air.items() if light in ("protected-green", "flashing-green")}
            assert greens != {1, 2}


TestGuardMachine = GuardMachine.TestCase
TestGuardMachine.settings = hypothesis_settings(max_examples=30, stateful_step_count=30, deadline=None)
