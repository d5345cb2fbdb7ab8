"""The protocol itself: which records are published when, and the meaning of a word."""

from __future__ import annotations

from typing import NamedTuple

from rsu.bus.records import Committed
from rsu.bus.resend import RESEND_NS, Inlet, Outbox

WORD_NS = RESEND_NS // 10


class Thing(NamedTuple):
    seq: int


def _filled(count: int, at_once: int = 100) -> Outbox[Thing]:
    outbox: Outbox[Thing] = Outbox("s", 0, at_once)
    for seq in range(1, count + 1):
        outbox._add(Thing(seq))
    return outbox


def _numbers(outbox: Outbox[Thing], now_ns: int) -> list[int]:
    return [thing.seq for thing in outbox.due(now_ns)]


def test_new_things_go_at_once_and_again_only_on_words_without_progress() -> None:
    outbox = _filled(2)
    assert _numbers(outbox, 0) == [1, 2]
    outbox.committed(Committed("s", 0))
    assert _numbers(outbox, RESEND_NS - 1) == [], "too early"
    assert _numbers(outbox, RESEND_NS) == [2], "no word since then: who comes now hears of the start"
    outbox.committed(Committed("s", 0))
    assert _numbers(outbox, RESEND_NS) == [1, 2]
    outbox.committed(Committed("s", 1))
    assert _numbers(outbox, RESEND_NS + 1) == []
    outbox.committed(Committed("s", 1))
    assert _numbers(outbox, 2 * RESEND_NS + 1) == [2]


def test_nobody_hears_of_what_is_held() -> None:
    outbox = _filled(2)
    outbox.due(0)
    outbox.committed(Committed("s", 2))
    assert _numbers(outbox, 5 * RESEND_NS) == []


def test_what_is_new_after_a_pause_is_not_sent_twice_for_the_pause() -> None:
    outbox = _filled(1)
    outbox.due(0)
    outbox.committed(Committed("s", 1))
    outbox.due(1)
    outbox._add(Thing(2))
    assert _numbers(outbox, 50 * RESEND_NS) == [2]
    outbox.committed(Committed("s", 1))
    assert _numbers(outbox, 50 * RESEND_NS + WORD_NS) == []


def test_a_clock_that_steps_back_does_not_stop_the_resending() -> None:
    outbox = _filled(1)
    outbox.due(10 * RESEND_NS)
    outbox.committed(Committed("s", 0))
    assert _numbers(outbox, 0) == [1]


def test_the_bus_queue_stays_small_whatever_waits() -> None:
    outbox = _filled(250)
    assert [len(outbox.due(tick)) for tick in range(4)] == [100, 100, 50, 0]


def test_words_of_other_starts_and_of_the_future_change_nothing() -> None:
    outbox = _filled(1)
    outbox.due(0)
    outbox.committed(Committed("other", 1))
    outbox.committed(Committed("s", 2))
    assert _numbers(outbox, RESEND_NS - 1) == []
    outbox.committed(Committed("s", 0))
    assert _numbers(outbox, RESEND_NS) == [1]


def test_an_inlet_takes_each_number_once_and_in_order() -> None:
    inlet = Inlet({"s": 3}, before=0)
    assert inlet.word() is None
    assert [inlet.accept("s", number, number) for number in (3, 5, 4, 4, 5)] == [False, False, True, False, True]
    assert inlet.word() == Committed("s", 3)
    inlet.commit()
    assert inlet.word() == Committed("s", 5)
    assert inlet.accept("t", 1, 1) and inlet.word() == Committed("t", 0)
    inlet.roll_back()
    assert inlet.known("t") == 0 and inlet.accept("t", 1, 1)
