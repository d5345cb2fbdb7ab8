"""Ticks come to the recorder whole and in order, whatever the bus drops."""

from __future__ import annotations

import random

import msgspec
import pytest

from hw.tape import Read, Round
from rsu.bus.records import Outcome, Rewind, Tape
from rsu.bus.reel import AT_ONCE, KEPT, KEPT_OCTETS, PATIENCE_S, READ_OCTETS, Reel, Sequence


def tape(seq: int, seed: bytes = b"a") -> Tape:
    return Tape(seed, seq, [], [], Outcome(seq, [], [], []))


def test_as_a_rule_each_tick_is_published_once() -> None:
    reel = Reel()
    for seq in range(5):
        reel.add(tape(seq))
        assert [each.seq for each in reel.due()] == [seq]


def test_a_late_recorder_gets_the_beginning() -> None:
    reel, sequence, recorded = Reel(), Sequence(), []
    for seq in range(80):
        reel.add(tape(seq))
        for each in reel.due():
            if seq < 50:
                continue  # not there yet
            mine, wish = sequence.take(each, seq / 10)
            recorded += [each.seq] * mine
            if wish:
                reel.rewind(wish)
    assert recorded == list(range(80)) and sequence.lost == 0


@pytest.mark.parametrize("share", [0.05, 0.5])
def test_dropped_ticks_are_fetched(share: float) -> None:
    chance, reel, sequence, recorded = random.Random(1), Reel(), Sequence(), []
    for seq in range(400):
        reel.add(tape(seq))
        for each in reel.due():
            if seq < 300 and chance.random() < share:
                continue
            mine, wish = sequence.take(each, seq / 10)
            recorded += [each.seq] * mine
            if wish:
                reel.rewind(wish)
    assert recorded == sorted(set(recorded))
    assert len(recorded) + sequence.lost == 400
    if share < 0.1:
        assert sequence.lost == 0


def test_what_cannot_be_had_is_given_up_and_counted() -> None:
    sequence = Sequence()
    assert sequence.take(tape(0), 0.0) == (True, None)
    assert sequence.take(tape(5), 1.0) == (False, Rewind(b"a", 1))
    assert sequence.take(tape(6), 1.1) == (False, None)
    assert sequence.take(tape(60), 1.1 + PATIENCE_S) == (True, None)
    assert sequence.lost == 59
    assert sequence.take(tape(61), 7.0) == (True, None)


def test_far_into_a_start_the_recording_begins_where_it_is() -> None:
    assert Sequence().take(tape(KEPT), 0.0) == (True, None)


def test_a_new_start_is_taken_from_its_first_tick() -> None:
    sequence = Sequence()
    assert sequence.take(tape(7000), 0.0)[0]
    assert sequence.take(tape(0, b"b"), 1.0) == (True, None)


def test_a_station_gives_a_bounded_number_at_once_and_minds_no_other_start() -> None:
    reel = Reel()
    for seq in range(2 * KEPT):
        reel.add(tape(seq))
        reel.due()
    reel.rewind(Rewind(b"other", 0))
    assert reel.due() == []
    reel.rewind(Rewind(b"a", 0))
    assert [each.seq for each in reel.due()] == list(range(KEPT, KEPT + AT_ONCE))


def test_what_is_kept_is_bounded_in_octets_too() -> None:
    """A flood of the radio makes ticks large: fewer are kept, the newest always, and none is published twice."""
    reel, published = Reel(), []
    data = bytes(60_000)
    for seq in range(200):
        reads = [Read("radio", "link", seq, data)] * 50
        reel.add(msgspec.structs.replace(tape(seq), rounds=[Round(seq, [], reads)]))
        published += [each.seq for each in reel.due()]
    assert published == list(range(200))
    reel.rewind(Rewind(b"a", 0))
    first = reel.due()[0].seq
    assert 200 - first == KEPT_OCTETS // (50 * (60_000 + READ_OCTETS))
