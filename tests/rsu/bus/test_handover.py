"""The hand-over under loss, kills, failing commits and a lost spool: every number is on disk or accounted for."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rsu.bus.handover import BEFORE, SKIPPED, ReportOutbox, beyond, first_of
from rsu.bus.records import Committed, Report
from rsu.bus.resend import RESEND_NS, Inlet
from rsu.bus.told import GivenUp, Participants

KINDS = st.sampled_from(["participant", "lamp", "traffic", "event"])


def _accepted(inlet: Inlet, report: Report) -> list[Report]:
    """Return the parts that the uplink takes of a report, as its store does."""
    known = inlet.known(report.boot)
    if not inlet.accept(report.boot, first_of(report), report.seq):
        return []
    return [beyond(report, known) if report.kind == SKIPPED else report]


class Handover(RuleBasedStateMachine):
    """Station and uplink with a bus between them that loses, and an uplink that dies."""

    LIMIT = 6

    def __init__(self) -> None:
        super().__init__()
        self.outbox = ReportOutbox("boot", self.LIMIT)
        self.added: list[Report] = []
        self.bus: list[Report] = []
        self.group: list[Report] = []
        self.disk: list[Report] = []
        self.lost_with_spool: set[int] = set()
        self.inlet = Inlet({}, BEFORE)
        self.now_ns = 0

    @rule(kind=KINDS, live=st.booleans())
    def add(self, kind: str, live: bool = False) -> None:
        self.added.append(self.outbox.add(kind, self.now_ns, Participants([]), live))

    @rule(wait_ns=st.sampled_from([0, 10_000_000, RESEND_NS]))
    def publish(self, wait_ns: int) -> None:
        self.now_ns += wait_ns
        self.bus += self.outbox.due(self.now_ns)

    @rule(count=st.integers(1, 5))
    def lose(self, count: int) -> None:
        del self.bus[:count]

    @rule(count=st.integers(1, 20))
    def deliver(self, count: int) -> None:
        for report in self.bus[:count]:
            self.group += _accepted(self.inlet, report)
        del self.bus[:count]

    @rule(works=st.booleans())
    def commit(self, works: bool) -> None:
        if works:
            self.disk += self.group
            self.inlet.commit()
        else:
            self.inlet.roll_back()
        self.group = []

    @rule()
    def tell(self) -> None:
        word = self.inlet.word()
        if word is not None:
            self.outbox.committed(word)

    @rule()
    def kill_uplink(self) -> None:
        self.group = []
        self.inlet = Inlet({"boot": self.disk[-1].seq} if self.disk else {}, BEFORE)

    @precondition(lambda self: self.disk)
    @rule()
    def lose_spool(self) -> None:
        self.lost_with_spool |= {n for report in self.disk for n in range(first_of(report), report.seq + 1)}
        self.disk = []
        self.kill_uplink()

    @invariant()
    def nothing_is_lost_silently(self) -> None:
        end = 0
        for report in self.disk:
            assert first_of(report) == end + 1, "a hole or an overlap on disk"
            if report.kind == SKIPPED:
                skipped = range(first_of(report), report.seq + 1)
                given_up = sum(self.outbox.evicted.values())
                assert len(set(skipped) - self.lost_with_spool) <= given_up
            else:
                assert report == self.added[report.seq - 1]
            end = report.seq

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.outbox) <= self.LIMIT

    def teardown(self) -> None:
        """Without further faults everything arrives; a new spool learns of the boot by the next report."""
        self.add("event")
        for _ in range(6):
            self.publish(RESEND_NS)
            self.deliver(len(self.bus))
            self.commit(True)
            self.tell()
        assert len(self.outbox) == 0
        assert self.disk[-1].seq == len(self.added)
        self.nothing_is_lost_silently()


Handover.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestHandover = Handover.TestCase


def _filled(limit: int, *kinds: str) -> ReportOutbox:
    outbox = ReportOutbox("boot", limit)
    for number, kind in enumerate(kinds):
        outbox.add(kind, number, Participants([]))
    return outbox


@pytest.mark.parametrize(
    ("kinds", "evicted"),
    [
        (["event", "traffic", "participant", "event"], {"participant": 1}),
        (["event", "traffic", "event", "traffic"], {"traffic": 1}),
        (["event", "event", "basic-status", "run-status"], {"event": 1}),
    ],
)
def test_gives_up_the_lowest_class_first(kinds: list[str], evicted: dict[str, int]) -> None:
    assert _filled(3, *kinds).evicted == evicted


def test_a_live_report_goes_before_a_start_or_end_of_its_kind() -> None:
    outbox = ReportOutbox("boot", 2)
    outbox.add("event", 1, Participants([]))
    outbox.add("event", 2, Participants([]), live=True)
    outbox.add("traffic", 3, Participants([]))
    assert [(report.kind, report.live) for report in outbox.due(0)] == [
        ("event", False), (SKIPPED, False), ("traffic", False),
    ]  # fmt: skip


def test_neighbouring_markers_become_one() -> None:
    outbox = _filled(2, "event", "lamp", "participant", "lamp", "event")
    (_, marker, _) = outbox.due(0)
    assert (marker.kind, marker.seq) == (SKIPPED, 4)
    assert marker.data == GivenUp(2, {"lamp": 2, "participant": 1})


def test_a_marker_over_what_was_on_disk_already_holds_up_nothing() -> None:
    """Report 1 is given up, in one marker with 2, before the word comes that it is on disk: the rest is sent again."""
    outbox = _filled(2, "lamp", "lamp", "event", "event")
    outbox.due(0)
    for tenth in range(15):  # said again and again, it is progress once
        outbox.committed(Committed("boot", 1))
        if due := outbox.due(tenth * RESEND_NS // 10):
            break
    assert (first_of(due[0]), [report.seq for report in due]) == (2, [2, 3, 4])


def test_words_of_other_boots_and_of_the_future_change_nothing() -> None:
    outbox = _filled(10, "event")
    outbox.committed(Committed("other", 1))
    outbox.committed(Committed("boot", 2))
    assert len(outbox) == 1


def test_a_marker_is_taken_only_for_what_is_not_known() -> None:
    (accepted,) = _accepted(Inlet({"boot": 3}, BEFORE), Report(SKIPPED, 0, "boot", 5, GivenUp(2, {"lamp": 4})))
    assert (first_of(accepted), accepted.seq) == (4, 5)
