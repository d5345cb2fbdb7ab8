"""The guard: which ends may be announced and moved, and which greens must not meet."""

from __future__ import annotations

import pytest

from tests.rsu.station.guarded import COUNTDOWN, DURATION, GREEN, SEQUENCE, Play, Told
from v2x.records.spat import CountingDown


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
        ([(GREEN, 0, None)], [("red", 0, 5), (GREEN, 5, 20)], False),  # of unknown duration
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
