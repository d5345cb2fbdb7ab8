"""The demo site while its system clock is set: labels are right or silent, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

import v2x
from hw.tape import AS_BEGUN, SystemClock
from rsu.bus.tape import Tape
from rsu.lab.importing.report import report
from rsu.recording.writer import RecordingWriter
from rsu.replay.player import replay
from rsu.site import config, content
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.scenes import only
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, S, World, record
from v2x import dsmp
from v2x.records.rsm import RoadsideSafetyMessage
from v2x.records.spat import SignalPhaseAndTiming

SECONDS, STEP_S, BACK_S = 5.0, 2, 3  # the clock is wrong in between
MINUTE_NS = 60 * S


def few() -> World:
    """Return the recorded world with every fourth road user."""
    return only(lambda frame: frame.id % 4 == 0)


def run(step_ns: int) -> list[Tape]:
    def said(at_ns: int) -> SystemClock:
        return SystemClock(step_ns) if STEP_S * S <= at_ns < BACK_S * S else AS_BEGUN

    return list(record(SECONDS, few(), said=said))


@pytest.fixture(scope="module")
def steady() -> list[Tape]:
    return list(record(SECONDS, few()))


@pytest.fixture(scope="module", params=[-60 * S, S, 28_800 * S + 1234567])
def stepped(request: pytest.FixtureRequest) -> list[Tape]:
    return run(request.param)


def sent(tape: Tape, kind: str) -> list[v2x.Message]:
    return [v2x.decode(dsmp.parse(frame.frame).payload) for frame in tape.outcome.frames if frame.kind == kind]


def told(tapes: list[Tape]) -> set[int]:
    """Return the numbers of all road users that RSMs tell of."""
    messages = [message for tape in tapes for message in sent(tape, "rsm")]
    return {one.ptc_id for rsm in messages if isinstance(rsm, RoadsideSafetyMessage) for one in rsm.participants}


def is_wrong(tape: Tape) -> bool:
    return STEP_S * S <= tape.outcome.now_ns - EPOCH_NS < BACK_S * S


def test_while_the_clock_is_wrong_nothing_with_a_time_in_it_leaves(stepped: list[Tape]) -> None:
    for tape in stepped:
        kinds = Counter(frame.kind for frame in tape.outcome.frames)
        if is_wrong(tape):
            assert kinds.keys() <= {"map"}
            assert all(message.moy is None for message in sent(tape, "map"))
            reasons = {decision.kind: decision.reasons for decision in tape.outcome.gate}
            assert "no-time" in reasons["spat"] and "no-time" in reasons["rsm"]
    again = [tape for tape in stepped if tape.outcome.now_ns - EPOCH_NS >= BACK_S * S + 3 * S // 10]
    assert again and all({"spat", "rsm"} <= {frame.kind for frame in tape.outcome.frames} for tape in again)


def test_every_time_on_air_is_of_the_right_second(stepped: list[Tape]) -> None:
    for tape in stepped:
        for message in [*sent(tape, "spat"), *sent(tape, "rsm")]:
            if isinstance(message, SignalPhaseAndTiming):
                assert message.time_stamp_ms == tape.outcome.now_ns % MINUTE_NS // 1_000_000
            if isinstance(message, RoadsideSafetyMessage):
                for participant in message.participants:
                    late_ms = (tape.outcome.now_ns // 1_000_000 - (participant.sec_mark_ms or 0)) % 60_000
                    assert min(late_ms, 60_000 - late_ms) <= 1000


def test_phases_tracks_and_rates_go_on(stepped: list[Tape], steady: list[Tape]) -> None:
    assert [tape.outcome.now_ns for tape in stepped] == [tape.outcome.now_ns for tape in steady]
    for tape, other in zip(stepped, steady, strict=True):
        if frames := sent(tape, "spat"):
            (shown,), (true,) = frames, sent(other, "spat")
            assert isinstance(shown, SignalPhaseAndTiming) and isinstance(true, SignalPhaseAndTiming)
            assert shown.intersections[0].phases == true.intersections[0].phases
    mine, theirs = told(stepped[-15:]), told(steady[-15:])
    assert len(theirs) > 5 and len(mine & theirs) >= 0.9 * len(theirs)


def test_a_replay_does_the_same_again(stepped: list[Tape]) -> None:
    for tape, again in replay(config.load(CONFIGS / "demo.yaml"), stepped):
        assert again == tape.outcome


def test_the_report_tells_when_the_clock_was_set_and_by_how_much(stepped: list[Tape], tmp_path: Path) -> None:
    site = config.load(CONFIGS / "demo.yaml")
    path = tmp_path / "steps.mcap"
    about = {"site": site.path.name, "boot": stepped[0].seed.hex()[:16], "version": "test"}
    with closing(RecordingWriter(path, about, content.collect(site), EPOCH_NS)) as writer:
        for tape in stepped:
            writer.add(tape)
    step_s = stepped[STEP_S * 10 + 5].clock.correction_ns / S
    (found,) = (one for one in report([path]).findings if one.kind == "clock-step")
    assert (found.device, found.count) == ("system clock", 2)
    assert f"(by {step_s:+.3f} s)" in found.first and f"(by {-step_s:+.3f} s)" in found.last


def test_the_report_tells_of_no_step_where_there_is_none() -> None:
    assert not any(one.kind == "clock-step" for one in report([FOLDER / "wrong-way.mcap"]).findings)
