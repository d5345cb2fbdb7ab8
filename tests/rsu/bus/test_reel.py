"""Ticks come to the recorder whole and in order, whichever messages the bus drops and whichever process is killed."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hw.tape import Read, Round
from rsu.bus.records import Committed
from rsu.bus.reel import AT_ONCE, KEPT, KEPT_OCTETS, READ_OCTETS, Reel, TickInlet, start_of
from rsu.bus.resend import RESEND_NS
from rsu.bus.tape import Outcome, Tape

A = bytes(16)
TICK_NS = 100_000_000


def tape(seq: int, seed: bytes = A, oldest: int = 0) -> Tape:
    return Tape(seed, seq, [], [], Outcome(seq, [], [], []), oldest=oldest)


class Recording(RuleBasedStateMachine):
    """Station and recorder with a bus between them that loses some; both are killed; files keep synced octets."""

    def __init__(self) -> None:
        super().__init__()
        self.starts = 0
        self.now_ns = 0
        self.begin_start()
        self.bus: list[Tape] = []
        self.file: list[tuple[bytes, int]] = []  # the content of files
        self.inlet = TickInlet()

    @rule()
    def begin_start(self) -> None:
        self.starts += 1
        self.seed = self.starts.to_bytes(16, "little")
        self.reel, self.ticks = Reel(self.seed), 0

    @rule(count=st.integers(1, 30))
    def tick(self, count: int) -> None:
        for _ in range(count):
            self.now_ns += TICK_NS
            self.reel.add(tape(self.ticks, self.seed))
            self.ticks += 1
            self.bus += self.reel.due(self.now_ns)

    @rule(count=st.integers(1, 20))
    def lose(self, count: int) -> None:
        del self.bus[:count]

    @rule(count=st.integers(1, 60))
    def deliver(self, count: int) -> None:
        for each in self.bus[:count]:
            if self.inlet.take(each):
                self.file.append((each.seed, each.seq))
        del self.bus[:count]

    @rule()
    def sync_and_tell(self) -> None:
        self.inlet.commit()
        word = self.inlet.word()
        if word is not None:
            self.reel.committed(word)

    @rule()
    def kill_recorder(self) -> None:
        """Every written tick is in the file, synced or not: the next one goes on after it."""
        self.inlet = TickInlet(*self.file[-1]) if self.file else TickInlet()

    @invariant()
    def in_order_and_once(self) -> None:
        for before, after in zip(self.file, self.file[1:], strict=False):
            if before[0] == after[0]:
                assert after[1] == before[1] + 1

    def teardown(self) -> None:
        """Without further faults all of this start is there, from its first tick on."""
        for _ in range(40):
            self.tick(1)
            self.deliver(len(self.bus))
            self.sync_and_tell()
        assert [seq for seed, seq in self.file if seed == self.seed] == list(range(self.ticks))


Recording.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestRecording = Recording.TestCase


def play(reel: Reel, inlet: TickInlet, count: int, lost: float = 0.0, absent: int = 0) -> list[int]:
    """Run station and recorder; `lost`: share of published ticks; `absent`: ticks before there is a recorder."""
    chance, recorded = random.Random(1), []
    for seq in range(count):
        reel.add(tape(seq))
        for each in reel.due(seq * TICK_NS):
            if seq >= absent and chance.random() >= lost and inlet.take(each):
                recorded.append(each.seq)
        inlet.commit()
        word = inlet.word()
        if word is not None:
            reel.committed(word)
    return recorded


def test_as_a_rule_each_tick_is_published_once() -> None:
    reel = Reel(A)
    for seq in range(30):
        reel.add(tape(seq))
        assert [each.seq for each in reel.due(seq * TICK_NS)] == [seq]


def test_a_late_recorder_gets_the_beginning() -> None:
    inlet = TickInlet()
    assert play(Reel(A), inlet, 80, absent=50) == list(range(80)) and inlet.lost == 0


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_dropped_ticks_are_fetched(share: float) -> None:
    inlet = TickInlet()
    recorded = play(Reel(A), inlet, 400, lost=share)
    assert recorded == list(range(len(recorded))) and inlet.lost == 0
    assert share == 0.5 or len(recorded) > 380, "it keeps up"


def test_what_cannot_be_had_is_given_up_and_counted() -> None:
    inlet = TickInlet()
    assert inlet.take(tape(0))
    assert not inlet.take(tape(5)), "1 may still come"
    assert not inlet.take(tape(61, oldest=60))
    assert inlet.take(tape(60, oldest=60)) and inlet.lost == 59
    assert inlet.take(tape(61, oldest=60))


def test_far_into_a_start_the_recording_begins_a_minute_before() -> None:
    reel, inlet = Reel(A), TickInlet()
    recorded = play(reel, inlet, KEPT + 400, absent=KEPT + 100)
    assert recorded == list(range(recorded[0], KEPT + 400)) and inlet.lost == 0
    assert 100 <= recorded[0] <= 120, "what was given up before anybody recorded is no loss"


def test_a_new_start_is_taken_from_its_first_tick() -> None:
    inlet = TickInlet()
    assert inlet.take(tape(7000, oldest=7000))
    assert inlet.take(tape(0, b"b" + bytes(15)))


def test_a_station_gives_a_bounded_number_at_once_and_minds_no_other_start() -> None:
    reel = Reel(A)
    for seq in range(2 * KEPT):
        reel.add(tape(seq))
        reel.due(seq * TICK_NS)
    later_ns = 2 * KEPT * TICK_NS + RESEND_NS
    reel.committed(Committed("other", 0))
    assert [each.seq for each in reel.due(later_ns)] == [2 * KEPT - 1]
    reel.committed(Committed(start_of(A), -1))
    assert [each.seq for each in reel.due(later_ns)] == list(range(KEPT, KEPT + AT_ONCE))


def test_what_is_kept_is_bounded_in_octets_too() -> None:
    """A flood of the radio makes ticks large: fewer are kept, the newest always, and none is published twice."""
    reel, published = Reel(A), []
    data = bytes(60_000)
    for seq in range(200):
        reads = [Read("radio", "link", seq, data)] * 50
        reel.add(msgspec.structs.replace(tape(seq), rounds=[Round(seq, [], reads)]))
        published += [each.seq for each in reel.due(seq * TICK_NS)]
    assert published == list(range(200))
    reel.committed(Committed(start_of(A), -1))
    first = reel.due(200 * TICK_NS + RESEND_NS)[0].seq
    assert 200 - first == KEPT_OCTETS // (50 * (60_000 + READ_OCTETS))
