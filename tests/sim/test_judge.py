"""The judge finds falsehoods on air: each kind of falsehood is put into a frame that is right, and must be named."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import msgspec
import numpy as np
import pytest

import v2x
from hw.radio.protocol import Transmit, encode_transmit
from perception.geo import Reference, to_wgs84
from sim import recorded, signals
from sim.frames import PERIOD_NS, WorldFrame
from sim.judge import times
from sim.judge.judge import Judge
from sim.judge.lights import must_not_meet
from v2x import NodeReferenceId, Position, PositionConfidenceSet, Size, dsmp
from v2x.records.rsm import Participant, RoadsideSafetyMessage
from v2x.records.spat import CountingDown, IntersectionState, Phase, PhaseState, SignalPhaseAndTiming

REFERENCE, NODE = Reference(22.5431, 114.0579, 12.0), (1, 10)
BEGIN = datetime(2026, 3, 1, 8, 30, 0, tzinfo=UTC)
BEGIN_NS = round(BEGIN.timestamp()) * 10**9
_AID = {"spat": 3619, "rsm": 3623, "map": 3618}


def at(seconds: float) -> int:
    return BEGIN_NS + round(seconds * 1e9)


@pytest.fixture(scope="module")
def world() -> list[WorldFrame]:
    """The first 30 s of the recorded world."""
    frames = recorded.frames()
    return [msgspec.structs.replace(next(frames), stamp_ns=at(number / 10)) for number in range(300)]


def judged_until(world: list[WorldFrame], seconds: float) -> Judge:
    judge = Judge(REFERENCE, NODE)
    for frame in world[: round(seconds * 10) + 2]:
        judge.look(frame)
    return judge


def spat(seconds: float, lights: dict[int, PhaseState], node: tuple[int, int] = NODE) -> SignalPhaseAndTiming:
    moy, ms = divmod(round(((BEGIN - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds() + seconds) * 1000), 60_000)
    state = IntersectionState(
        intersection_id=NodeReferenceId(region=node[0], id=node[1]),
        status=(),
        phases=tuple(Phase(phase_id=number, states=(state,)) for number, state in lights.items()),
    )
    return SignalPhaseAndTiming(msg_cnt=1, moy=moy, time_stamp_ms=ms, intersections=(state,))


def heard(judge: Judge, seconds: float, message: v2x.Message, kind: str = "spat") -> list[str]:
    frame = dsmp.frame(_AID[kind], v2x.encode(message), 1400)
    return judge.frame(at(seconds), encode_transmit(Transmit(_AID[kind], 100, frame)))[1]


def green(end_s: float) -> PhaseState:
    return PhaseState(light="protected-green", timing=CountingDown(start_s=0.0, min_end_s=end_s, likely_end_s=end_s))


GREEN = green(11.0)
RED = PhaseState(light="red")


def test_what_is_so_is_not_wrong(world: list[WorldFrame]) -> None:
    assert heard(judged_until(world, 2.0), 2.0, spat(2.0, {5: GREEN, 6: RED})) == []


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (spat(2.0, {5: GREEN, 6: GREEN}), "green together"),
        (spat(2.0, {5: GREEN}, (1, 11)), "another crossing"),
        (spat(-58.0, {5: GREEN}), "old"),
        (msgspec.structs.replace(spat(2.0, {5: GREEN}), moy=None), "undated"),
        (spat(2.0, {5: GREEN, 99: RED}), "none of this crossing"),
        (spat(2.0, {5: green(25.0)}), "really"),
    ],
)  # fmt: skip
def test_falsehoods_are_named(world: list[WorldFrame], message: SignalPhaseAndTiming, told: str) -> None:
    assert any(told in why for why in heard(judged_until(world, 2.0), 2.0, message))


def test_conflicts_are_found_in_what_is_announced(world: list[WorldFrame]) -> None:
    soon = PhaseState(light="protected-green", timing=CountingDown(start_s=1.0, min_end_s=9.0, likely_end_s=9.0))
    state = spat(2.0, {5: GREEN, 6: RED})
    phases = state.intersections[0].phases
    later = msgspec.structs.replace(phases[1], states=(RED, soon))
    changed = msgspec.structs.replace(state.intersections[0], phases=(phases[0], later))
    assert any(
        "green together from 1.0 s" in why
        for why in heard(judged_until(world, 2.0), 2.0, msgspec.structs.replace(state, intersections=(changed,)))
    )


def test_a_stale_green_is_wrong_once_the_limits_of_g1_are_over(world: list[WorldFrame]) -> None:
    judge = judged_until(world, 29.0)
    free = PhaseState(light="protected-green")
    verdicts = {t: heard(judge, t, spat(t, {5: free})) for t in (25.0, 26.0, 27.0, 28.0, 28.8)}
    assert [t for t, wrong in verdicts.items() if wrong] == [28.8]


def test_a_ghost_is_wrong_after_two_seconds(world: list[WorldFrame]) -> None:
    users = next(frame for frame in world if len(frame.id))
    far = np.array([40.0, 40.0])
    assert not any(np.hypot(*(place - far)) < 8 for frame in world for place in frame.position_m)
    judge = judged_until(world, 29.0)

    def rsm(seconds: float, place: np.ndarray) -> RoadsideSafetyMessage:
        latitude, longitude = to_wgs84(place[0], place[1], REFERENCE)
        one = Participant(
            ptc_type="motor", ptc_id=7, source="video", sec_mark_ms=round(seconds * 1000) % 60_000,
            position=Position(latitude_deg=float(latitude), longitude_deg=float(longitude)),
            position_confidence=PositionConfidenceSet(position="a5m"), speed_mps=0.0, heading_deg=0.0,
            size=Size(width_m=2.0, length_m=4.0),
        )  # fmt: skip
        return RoadsideSafetyMessage(
            msg_cnt=1, id=bytes(8), position=Position(latitude_deg=22.5431, longitude_deg=114.0579), participants=(one,)
        )

    assert [bool(heard(judge, t, rsm(t, far), "rsm")) for t in (25.0, 26.0, 26.9, 27.5)] == [False, False, False, True]
    there = users.position_m[0]
    early = judged_until(world, world.index(users) / 10 + 0.1)
    assert heard(early, users.stamp_ns / 1e9 - BEGIN_NS / 1e9, rsm(world.index(users) / 10, there), "rsm") == []


def test_the_programme_itself_has_no_conflict() -> None:
    loaded = signals.load()
    for one, other in combinations(loaded.lamps, 2):
        both = [s for s in range(60) if "green" in one.colour(s) and "green" in other.colour(s)]
        assert not (both and must_not_meet(one, other)), (one.phase, other.phase)


def test_garbage_is_wrong(world: list[WorldFrame]) -> None:
    assert judged_until(world, 1.0).frame(at(1.0), b"garbage")[1]


@pytest.mark.parametrize(
    ("moy", "ms", "arrival", "wrong"),
    [
        (0, 40, datetime(2027, 1, 1, tzinfo=UTC).timestamp() + 0.1, False),
        (525_599, 59_990, datetime(2027, 1, 1, tzinfo=UTC).timestamp() + 0.1, False),
        (0, 0, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp() + 0.9, False),
        (100, 0, datetime(2026, 1, 1, 1, 40, 1, tzinfo=UTC).timestamp() + 0.2, True),
        (100, 2_000, datetime(2026, 1, 1, 1, 40, 1, tzinfo=UTC).timestamp(), True),
    ],
)
def test_times_around_the_turn_of_the_year(moy: int, ms: int, arrival: float, wrong: bool) -> None:
    assert bool(times.of_year(moy, ms, round(arrival * 1e9))) is wrong


def test_a_lone_minute_may_have_ended_on_the_way() -> None:
    turn = round(datetime(2026, 1, 1, 1, 40, 0, 50_000, tzinfo=UTC).timestamp() * 1e9)
    assert times.minute_of_year(99, turn) is None
    assert times.minute_of_year(100, turn) is None
    assert times.minute_of_year(98, turn) is not None
    assert times.minute_of_year(99, turn + 2 * PERIOD_NS * 10) is not None
