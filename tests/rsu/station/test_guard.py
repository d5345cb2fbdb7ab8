"""The guard: what may follow what, for how long, which ends may move, who may be green together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

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


def message(phases: dict[int, Sequence[Told]], certain: bool = True) -> SignalPhaseAndTiming:
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

    def tell(self, phases: dict[int, Sequence[Told]], seconds: float = 0.1, certain: bool = True) -> Judged:
        """Tell the same lights for a while, their times counting down; return what the guard made of the last one."""
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
        found = []
        for light, seconds in story:
            judged = self.tell({number: [(light, 0.0, None)]}, seconds)
            (phase,) = judged.message.intersections[0].phases
            assert (phase.states[0].light == "unavailable") == (bool(judged.reasons) or light == "unavailable")
            found.append(next(iter(judged.reasons), None))
        return found


SEQUENCE, DURATION, COUNTDOWN = "impossible-sequence", "impossible-duration", "impossible-countdown"


@pytest.mark.parametrize(
    ("number", "story"),
    [
        (1, [("red", 10), (GREEN, 10), ("flashing-green", 3), ("yellow", 3), ("red", 10), (GREEN, 5)]),
        (1, [("red", 10), (GREEN, 10), ("yellow", 3), ("red", 10)]),
        (1, [(GREEN, 0.3), ("yellow", 0.3), ("red", 10)]),  # its beginning was not seen
        (1, [(GREEN, 9), ("flashing-yellow", 60), ("red", 5), (GREEN, 9)]),
        (1, [("flashing-yellow", 60), ("yellow", 3), ("red", 5)]),
        (1, [("yellow", 3), ("dark", 9), (GREEN, 9)]),
        (1, [(GREEN, 9), ("unavailable", 0.1), ("red", 9)]),  # nobody was told what lay between
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


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        ([(GREEN, 0, 9), ("flashing-green", 9, 12), ("yellow", 12, 15), ("red", 15, 60)], None),
        ([("flashing-green", 0, 1), ("yellow", 1, 4), ("red", 4, 40), (GREEN, 40, 42)], None),  # its flash runs now
        ([("red", 0, 3600)], None),
        ([("flashing-yellow", 0, 3600)], None),
        ([(GREEN, 0, 3600)], None),
        ([(GREEN, 0, None)], None),
        ([(GREEN, 0, 9), ("red", 9, 60)], SEQUENCE),
        ([("red", 0, 9), ("yellow", 9, 12)], SEQUENCE),
        ([("red", 0, 9), (GREEN, 9, 11), ("yellow", 11, 14)], DURATION),
        ([("red", 0, 9), (GREEN, 9, 10), ("flashing-green", 10, 14), ("yellow", 14, 17)], None),
        ([(GREEN, 0, 9), ("yellow", 9, 9.5), ("red", 9.5, 60)], DURATION),
        ([(GREEN, 0, 9), ("yellow", 9, 9), ("red", 9, 60)], DURATION),
        ([(GREEN, 0, 9), ("yellow", 9, 20), ("red", 20, 60)], DURATION),
        ([(GREEN, 0, 301)], COUNTDOWN),
        ([(GREEN, 0, 299), ("flashing-green", 299, 302), ("yellow", 302, 305)], COUNTDOWN),
        ([("yellow", 0, 9)], COUNTDOWN),
        ([("red", 0, 1000)], COUNTDOWN),
        ([(GREEN, 0, 9), ("yellow", 7, 12)], SEQUENCE),  # they overlap
        ([(GREEN, 3, 9)], SEQUENCE),  # nothing runs now
        ([(GREEN, 0, None), ("yellow", 9, 12)], SEQUENCE),
    ],
)
def test_what_may_be_announced(states: list[Told], reason: str | None) -> None:
    judged = Play().tell({1: states})
    assert judged.reasons == ({reason} if reason else frozenset())
    told = judged.message.intersections[0].phases[0].states
    assert [state.light for state in told] == (["unavailable"] if reason else [light for light, _, _ in states])
    assert ("failureMode" in judged.message.intersections[0].status) == bool(reason)


def test_an_end_that_jumps_is_no_certainty_and_one_that_jumps_again_is_not_told() -> None:
    play = Play()
    play.tell({1: [("red", 0, 40)]}, 5)
    judged = play.tell({1: [("red", 0, 33)]}, 3)  # 2 s less than it was
    assert judged.reasons == {"countdown-jump"}
    (phase,) = judged.message.intersections[0].phases
    timing = phase.states[0].timing
    assert isinstance(timing, CountingDown) and timing.likely_end_s is not None
    assert (timing.min_end_s, timing.max_end_s, timing.confidence_percent) == (None, None, 50.0)
    assert judged.message.intersections[0].time_confidence == "time-010-000"  # 10 ms and 2 s
    assert play.tell({1: [("red", 0, 30)]}, 2.1).reasons == frozenset()  # 5 s later all is well
    assert play.tell({1: [("red", 0, 20)]}, 1).reasons == {COUNTDOWN}
    assert play.tell({1: [("red", 0, 19)]}, 4).reasons == {COUNTDOWN}
    assert play.tell({1: [("red", 0, 15)]}, 0.2).reasons == frozenset()
    play.tell({1: [("red", 0, 15)]}, 60)
    assert play.tell({1: [("red", 0, 15)]}).reasons == {"countdown-jump"}  # a minute later it may jump again


def test_an_end_that_moves_to_and_fro_has_jumped_by_all_of_it() -> None:
    play = Play()
    assert play.tell({1: [("red", 0, 40)]}, 1).reasons == frozenset()
    assert play.tell({1: [("red", 0, 38)]}, 1).reasons == frozenset()  # a second less
    assert play.tell({1: [("red", 0, 39)]}, 1).reasons == {"countdown-jump"}  # and two more


@pytest.mark.parametrize("rate", [-1.0, 0.0, 0.8, 2.0])
def test_countdowns_that_rise_stand_or_run_away_are_not_told(rate: float) -> None:
    """Reports come once a second; between them it is counted as time passes."""
    play = Play()
    reasons = []
    for second in range(1, 20):
        reasons.append(play.tell({1: [("red", 0, 60 - rate * second)]}, 1).reasons)
    assert {COUNTDOWN} in reasons and frozenset() in reasons[:3]
    if rate != 0.8:
        assert reasons[-1] == {COUNTDOWN}


def test_a_countdown_in_whole_seconds_is_steady() -> None:
    play = Play()
    for second in range(40):
        assert play.tell({1: [("red", 0, 60.0 - second + (0.9 if second % 3 else 0.0))]}, 1).reasons == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ([(GREEN, 0, 9)], [("red", 0, 12), (GREEN, 12, 20)], False),
        ([(GREEN, 0, 9)], [("red", 0, 9), (GREEN, 9, 20)], False),
        ([(GREEN, 0, 6)], [("red", 0, 1), (GREEN, 1, 20)], True),  # north counts down 6 s, east turns green in 1 s
        ([(GREEN, 0, 6), ("flashing-green", 6, 9)], [("red", 0, 7), (GREEN, 7, 20)], True),
        ([(GREEN, 0, 6), ("yellow", 6, 9)], [("red", 0, 7), (GREEN, 7, 20)], False),
        ([("red", 0, 9), (GREEN, 9, 30)], [("red", 0, 20), (GREEN, 20, 40)], True),  # both to come
        ([(GREEN, 0, 3600)], [("red", 0, 50), (GREEN, 50, 70)], True),  # for ever
        ([(GREEN, 0, None)], [("red", 0, 5), (GREEN, 5, 20)], False),  # nobody knows how long
    ],
)
def test_greens_that_must_not_meet_are_not_announced(one: list[Told], other: list[Told], meet: bool) -> None:
    play = Play()
    judged = play.tell({1: one, 2: other, 3: [("red", 0, 9)]})
    lights = [phase.states[0].light for phase in judged.message.intersections[0].phases]
    assert lights == (["unavailable"] * 2 if meet else [one[0][0], other[0][0]]) + ["red"]
    assert judged.reasons == ({"conflicting-windows"} if meet else frozenset())
    assert play.latch.held is None
    assert not Play(conflicts=[]).tell({1: one, 2: other}).reasons


def test_greens_that_meet_now_never_leave_and_close_the_latch_if_it_lasts() -> None:
    play = Play()
    play.tell({1: [(GREEN, 0, 9)], 2: [("red", 0, 20)]}, 2)
    judged = play.tell({1: [(GREEN, 0, 7)], 2: [(GREEN, 0, 9)]}, 2.1)
    assert {phase.states[0].light for phase in judged.message.intersections[0].phases} == {"unavailable"}
    assert "noValidSPATisAvailableAtThisTime" in judged.message.intersections[0].status
    assert play.latch.held is None  # so far it may have been rounding
    play.tell({1: [(GREEN, 0, 5)], 2: [(GREEN, 0, 9)]}, 0.1)
    assert play.latch.held is not None and play.latch.held.phases == (1, 2)


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
    """Two conflicting phases that do anything; what leaves must be possible, seen from outside."""

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
            judged = self.play.tell(told)  # type: ignore[arg-type]
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
