"""The sender's window: the records sent when the platform answers, stays silent, or comes back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.site.uplink import PlatformSettings
from rsu.uplink.record import Range, SpooledRecord
from rsu.uplink.sender import PlatformSender
from rsu.uplink.spool import Waiting
from rsu.uplink.tits0180.dialect import Tits0180
from rsu.uplink.window import LiveWindow, Window
from tests.rsu.uplink.said import box

if TYPE_CHECKING:
    from rsu.uplink.link import BrokerLink
    from rsu.uplink.store import Store

TIMEOUT_NS = 1000
STREAM = ("event", 2)


def _send(window: Window, last: int, now_ns: int) -> list[int]:
    """Send those that may be sent of records 1..last."""
    after, room = window.place(now_ns)
    numbers = list(range(after + 1, min(last, after + room) + 1))
    for number in numbers:
        window.sent(Waiting(number, SpooledRecord("b", number, number, "event", 2, 0, b"{}")), now_ns)
    return numbers


def test_never_more_than_the_window_is_under_way() -> None:
    window = Window(3, TIMEOUT_NS)
    assert _send(window, 10, 0) == [1, 2, 3]
    assert _send(window, 10, 1) == []
    window.acknowledged([Range("b", 1, 2)], 2)
    assert _send(window, 10, 3) == [4, 5]


def test_silence_is_answered_by_one_probe_at_growing_intervals() -> None:
    window = Window(3, TIMEOUT_NS)
    sent = [(now, number) for now in range(0, 16 * TIMEOUT_NS, 100) for number in _send(window, 10, now)]
    assert sent == [(0, 1), (0, 2), (0, 3), (1000, 1), (3000, 2), (7000, 3), (15000, 4)]


def test_an_answer_to_the_probe_opens_the_window() -> None:
    window = Window(3, TIMEOUT_NS)
    _send(window, 10, 0)
    assert _send(window, 10, TIMEOUT_NS) == [1]
    window.acknowledged([Range("b", 1, 1)], TIMEOUT_NS + 1)
    assert _send(window, 10, TIMEOUT_NS + 2) == [1, 2, 3], "from the oldest that the spool still has"


def test_a_record_that_is_never_taken_holds_up_nothing() -> None:
    window, waiting, taken = Window(1, TIMEOUT_NS), list(range(1, 6)), []
    for now_ns in range(0, 400 * TIMEOUT_NS, TIMEOUT_NS // 2):
        after, room = window.place(now_ns)
        batch = [number for number in waiting if number > after][:room]
        for number in batch:
            window.sent(Waiting(number, SpooledRecord("b", number, number, "event", 2, 0, b"{}")), now_ns)
            if number != 1:
                window.acknowledged([Range("b", number, number)], now_ns)
                waiting.remove(number)
                taken.append(number)
        if not batch and room:
            window.nothing_follows()
    assert (waiting, taken) == ([1], [2, 3, 4, 5])


def test_a_new_connection_begins_with_the_oldest() -> None:
    window = Window(3, TIMEOUT_NS)
    _send(window, 10, 0)
    window.restart()
    assert _send(window, 10, 1) == [1, 2, 3]


def test_acknowledgements_of_what_is_not_under_way_change_nothing() -> None:
    window = Window(3, TIMEOUT_NS)
    _send(window, 10, 0)
    window.acknowledged([Range("other", 1, 3), Range("b", 4, 1 << 62)], 1)
    assert window.place(2) == (3, 0)


class _Store:
    """Records of one kind that wait, one more a step."""

    error: str | None = None

    def __init__(self) -> None:
        self.numbers: list[int] = []

    def waiting(self, kind: str, of_class: int, after: int, limit: int) -> list[Waiting]:
        chosen = [number for number in self.numbers if number > after][:limit]
        return [Waiting(number, SpooledRecord("b", number, number, kind, of_class, 0, b"{}")) for number in chosen]


class _Link:
    """Takes every record; the platform's answer is the test's."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    room = None

    def send(self, record: SpooledRecord, said: object) -> bool:
        self.sent.append(record.seq)
        return True


def _run(monkeypatch: pytest.MonkeyPatch, window: Window, missed: dict[int, int], steps: int) -> list[tuple[int, int]]:
    """Send a record a step, ten a time-out; `missed`: how often the platform misses it. Return (step, record) again."""
    store, link, sender = _Store(), _Link(), PlatformSender(PlatformSettings(host="h"), "R", 60, Tits0180(box()))
    sender._windows[STREAM] = window
    again: list[tuple[int, int]] = []
    seen: Counter[int] = Counter()
    for step in range(steps):
        now_ns = step * TIMEOUT_NS // 10
        monkeypatch.setattr("rsu.uplink.sender.time.monotonic_ns", lambda now_ns=now_ns: now_ns)
        store.numbers.append(step + 1)
        link.sent.clear()
        sender._send_stream(cast("BrokerLink", link), STREAM, cast("Store", store))
        for number in link.sent:
            again += [(step, number)] if seen[number] else []
            seen[number] += 1
            if seen[number] > missed.get(number, 0):
                window.acknowledged([Range("b", number, number)], now_ns)
                store.numbers.remove(number)
    assert set(store.numbers) <= set(missed)
    return again


@pytest.mark.parametrize("window", [Window, LiveWindow])
def test_missed_records_are_sent_again_while_later_ones_are_acknowledged(
    monkeypatch: pytest.MonkeyPatch, window: type[Window]
) -> None:
    assert _run(monkeypatch, window(20, TIMEOUT_NS), {4: 1, 5: 1, 6: 1}, 100) == [(13, 4), (14, 5), (15, 6)], (
        "once each, a time-out later"
    )


def test_a_record_missed_for_ever_is_sent_again_at_growing_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    again = _run(monkeypatch, Window(20, TIMEOUT_NS), {1: 1000}, 1300)
    assert again == [(step, 1) for step in (10, 30, 70, 150, 310, 630, 950, 1270)]


def test_a_slow_platform_that_answers_in_order_gets_nothing_twice() -> None:
    window = Window(10, TIMEOUT_NS)
    _send(window, 10, 0)
    for number in range(1, 11):
        now_ns = number * TIMEOUT_NS // 2
        assert (_send(window, 10, now_ns), window.overdue(now_ns)) == ([], [])
        window.acknowledged([Range("b", number, number)], now_ns)


def test_a_record_given_up_by_the_spool_is_under_way_no_longer() -> None:
    window = Window(2, TIMEOUT_NS)
    _send(window, 2, 0)
    window.acknowledged([Range("b", 2, 2)], 1)
    assert window.overdue(TIMEOUT_NS) == [1]
    window.gone(1)
    assert window.overdue(TIMEOUT_NS) == []
    assert window.place(9 * TIMEOUT_NS) == (2, 2)


@given(st.lists(st.booleans(), max_size=200))
def test_lost_acknowledgements_cost_at_most_the_window_and_the_probes(heard: list[bool]) -> None:
    """Records come one a step, the platform gets all of them; `heard`: its acknowledgement arrives."""
    window, waiting, copies, probes = Window(5, TIMEOUT_NS), list(range(1, 11)), 0, 0
    seen: set[int] = set()
    for step, arrives in enumerate([*heard, *[True] * 100]):
        now_ns = step * TIMEOUT_NS
        after, room = window.place(now_ns)
        batch = [number for number in waiting if number > after][:room]
        for number in batch:
            window.sent(Waiting(number, SpooledRecord("b", number, number, "event", 2, 0, b"{}")), now_ns)
        if not batch:
            window.nothing_follows()
        copies += len(seen & set(batch))
        probes += room == 1 and bool(seen & set(batch))
        seen |= set(batch)
        if arrives:
            ranges = [Range("b", number, number) for number in batch]
            window.acknowledged(ranges, now_ns)
            waiting = [number for number in waiting if number not in batch]
    assert waiting == []
    assert copies <= 5 * (1 + probes)


def _send_live(window: LiveWindow, last: int, now_ns: int) -> list[int]:
    after, room = window.place(now_ns)
    numbers = list(range(after + 1, min(last, after + room) + 1))
    for number in numbers:
        window.sent(Waiting(number, SpooledRecord("b", number, number, "lamp", 0, 0, b"{}")), now_ns)
    return numbers


def test_live_records_leave_at_once_whether_the_platform_answers_or_not() -> None:
    window = LiveWindow(5, TIMEOUT_NS)
    sent = [number for step in range(100) for number in _send_live(window, step, step * TIMEOUT_NS)]
    assert sent == list(range(1, 100)), "each once"
    assert len(window._flight) == 5


def test_in_a_silence_the_newest_live_record_is_the_probe_at_growing_intervals() -> None:
    window = LiveWindow(5, TIMEOUT_NS)
    _send_live(window, 3, 0)
    probes = []
    for now_ns in range(0, 16 * TIMEOUT_NS, 100):
        for number in window.overdue(now_ns):
            probes.append((now_ns, number))
            window.sent(Waiting(number, SpooledRecord("b", number, number, "lamp", 0, 0, b"{}")), now_ns)
    assert probes == [(1000, 3), (3000, 3), (7000, 3), (15000, 3)]
    window.acknowledged([Range("b", 3, 3)], 16 * TIMEOUT_NS)
    assert window.overdue(16 * TIMEOUT_NS) == [1, 2], "then what still waits"


def test_live_records_that_wait_follow_when_the_platform_answers_after_a_silence() -> None:
    window = LiveWindow(5, TIMEOUT_NS)
    for step in range(20):
        _send_live(window, step, step * TIMEOUT_NS)
        window.overdue(step * TIMEOUT_NS)
    window.acknowledged([Range("b", 19, 19)], 20 * TIMEOUT_NS)
    assert window.overdue(20 * TIMEOUT_NS) == [15, 16, 17, 18], "those that the spool still has"


def test_a_platform_that_answers_live_records_late_gets_nothing_twice() -> None:
    window = LiveWindow(10, TIMEOUT_NS)
    for step in range(50):
        now_ns = step * TIMEOUT_NS // 4
        assert _send_live(window, step + 1, now_ns) == [step + 1]
        assert window.overdue(now_ns) == []
        window.acknowledged([Range("b", step - 2, step - 2)], now_ns)
