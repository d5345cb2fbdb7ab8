"""An answer of the platform frees only records that were sent and not yet answered."""

from __future__ import annotations

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rsu.bus.handover import RANK, SKIPPED
from rsu.uplink.dialect import Answer
from rsu.uplink.ledger import REPEATED, UNKNOWN, Ledger, RecordRefusal
from rsu.uplink.record import Range, SpooledRecord


def _record(seq: int, kind: str = "event", boot: str = "b", first: int | None = None) -> SpooledRecord:
    return SpooledRecord(boot, seq if first is None else first, seq, kind, RANK[kind], 0, b"{}")


def _way(record: SpooledRecord) -> str:
    return "run-status" if record.kind == SKIPPED else record.kind


def _ledger(*records: SpooledRecord) -> Ledger:
    ledger = Ledger()
    for record in records:
        ledger.sent(_way(record), record)
    return ledger


def _said(first: int, last: int, kind: str = "event", boot: str | None = "b", code: int = 0, text: str = "") -> Answer:
    return Answer(kind, boot, first, last, code, text)


SENT = (
    _record(1),
    _record(2),
    _record(3, "participant"),
    _record(4),
    _record(9, SKIPPED, first=5),
    _record(1, boot="c"),
)


@pytest.mark.parametrize(
    ("answer", "freed"),
    [
        (_said(1, 1), [Range("b", 1, 1)]),
        (_said(1, 2), [Range("b", 2, 2), Range("b", 1, 1)]),
        (_said(5, 9, "run-status"), [Range("b", 5, 9)]),
        (_said(4, 4, boot=None), [Range("b", 4, 4)]),
        (_said(3, 3, "participant"), [Range("b", 3, 3)]),
    ],
)
def test_frees_what_was_sent(answer: Answer, freed: list[Range]) -> None:
    ledger = _ledger(*SENT)
    assert ledger.sum([answer]).held == freed
    assert not ledger.stray
    assert ledger.sum([answer]).held == []
    assert ledger.stray[REPEATED] + ledger.stray[UNKNOWN] == 1, "a second time it frees nothing"


@pytest.mark.parametrize(
    "answer",
    [
        _said(1, 355),  # one number too many
        _said(1, 1 << 62),
        _said(1, 4),  # 3 is a participant
        _said(3, 3),
        _said(1, 1, "participant"),
        _said(1, 1, boot="d"),
        _said(1, 1, boot=None),  # of which boot?
        _said(2, 1),
        _said(6, 9, "run-status"),  # half a marker
        _said(5, 8, "run-status"),
        _said(7, 7, boot=None),
    ],
)
@pytest.mark.parametrize("code", [0, 1, 2])
def test_what_was_not_sent_so_frees_nothing(answer: Answer, code: int) -> None:
    ledger = _ledger(*SENT)
    total = ledger.sum([answer._replace(code=code)])
    assert (total.held, total.refused, total.kinds) == ([], [], set())
    assert ledger.stray == {UNKNOWN: 1}
    assert ledger.sum([_said(1, 1)]).held == [Range("b", 1, 1)]


def test_a_refusal_is_no_acknowledgement() -> None:
    total = _ledger(*SENT).sum([_said(1, 1, code=1, text="ptcId"), _said(2, 2, code=7)])
    assert total.refused == [RecordRefusal(Range("b", 1, 1), "ptcId"), RecordRefusal(Range("b", 2, 2), "error code 7")]
    assert total.held == []


def test_not_now_is_neither() -> None:
    ledger = _ledger(*SENT)
    total = ledger.sum([_said(1, 1, code=2)])
    assert (total.held, total.refused, total.kinds, ledger.stray) == ([], [], {"event"}, {})
    assert ledger.sum([_said(1, 1)]).held == [Range("b", 1, 1)]


def test_a_range_over_one_that_is_answered_already_frees_the_rest() -> None:
    ledger = _ledger(*SENT)
    ledger.sum([_said(1, 1)])
    assert ledger.sum([_said(1, 2)]).held == [Range("b", 2, 2)]


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rsu.uplink.ledger._REMEMBERED", 3)
    ledger = _ledger(*[_record(seq) for seq in range(1, 10)])
    assert ledger.sum([_said(6, 6)]).held == []
    assert ledger.sum([_said(7, 9)]).held == [Range("b", 9, 9), Range("b", 8, 8), Range("b", 7, 7)]


class Answering(RuleBasedStateMachine):
    """Any answers against a model: a freed record was sent under that kind and boot, once."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.open: dict[tuple[str, str, int], int] = {}
        self.settled: list[tuple[str, int, int]] = []
        self.last = {"b": 0, "c": 0}

    @rule(boot=st.sampled_from(["b", "c"]), kind=st.sampled_from(["event", "lamp", SKIPPED]), span=st.integers(1, 4))
    def send(self, boot: str, kind: str, span: int) -> None:
        span = span if kind == SKIPPED else 1
        first, self.last[boot] = self.last[boot] + 1, self.last[boot] + span
        record = _record(self.last[boot], kind, boot, first)
        self.ledger.sent(_way(record), record)
        self.open[_way(record), boot, self.last[boot]] = first

    @rule(
        kind=st.sampled_from(["event", "lamp", "run-status"]),
        boot=st.sampled_from(["b", "c", "d", None]),
        first=st.integers(1, 30),
        span=st.integers(-1, 6),
        code=st.sampled_from([0, 1, 2]),
    )
    def answer(self, kind: str, boot: str | None, first: int, span: int, code: int) -> None:
        total = self.ledger.sum([Answer(kind, boot, first, first + span, code, "")])
        assert not (total.held and code != 0) and not (total.refused and code != 1)
        for numbers in (*total.held, *(each.numbers for each in total.refused)):
            assert self.open.pop((kind, numbers.boot, numbers.last)) == numbers.first
            assert first <= numbers.first <= numbers.last <= first + span
            assert boot in (None, numbers.boot)

    @invariant()
    def what_is_open_can_be_freed(self) -> None:
        """Shown on a copy of the ledger: nothing is stuck."""
        for (kind, boot, last), first in list(self.open.items())[:3]:
            assert not self.ledger._sent[kind, boot, last].answered
            assert self.ledger._named(_said(first, last, kind, boot)) == [(kind, boot, last)]


Answering.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnswering = Answering.TestCase
